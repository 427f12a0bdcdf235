// What all lessons share: the catalogue of misconceptions, the glossary, the coverage of the lecture decks. Read
// once from assets/.
#pragma once

#include <expected>

#include "app/lab/lesson/lesson_error.h"
#include "app/lab/lesson/place.h"

namespace app::lab {

struct Misconception {
    Place place;
    Text id;
    Text lesson;                       // "204": where it is met
    Text says;                         // the mistaken sentence
    Flag documented;                   // seen in trackers or on question sites
};

struct GlossaryTerm {
    Place place;
    Text term;
    std::vector<Text> forms;           // other spellings, plurals, short forms
    Text lesson;                       // the first that uses it
    Text means;
};

struct CoverageRow {
    Place place;
    Text id;                           // "D12"
    Text slide;                        // what is on the slide
    std::vector<Text> lessons;
    Text does;                         // what the system does instead; "": the slide is right
};

struct Catalogue {
    Place place;
    std::vector<Misconception> misconceptions;
    std::vector<GlossaryTerm> terms;
    std::vector<CoverageRow> rows;

    [[nodiscard]] const Misconception* misconception(std::string_view id) const;
    [[nodiscard]] const CoverageRow* row(std::string_view id) const;
    /// The term that is spelt like this, letters' case aside.
    [[nodiscard]] const GlossaryTerm* term(std::string_view spelling) const;
};

/// Reads the three files of a folder.
std::expected<Catalogue, LessonErrors> read_catalogue(const std::string& folder);
/// That of the root folder, read once; empty if it cannot be read, which `catalogue_errors` explains.
const Catalogue& catalogue();
const LessonErrors& catalogue_errors();

}  // namespace app::lab
