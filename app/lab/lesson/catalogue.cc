#include "app/lab/lesson/catalogue.h"

#include <algorithm>

#include "app/lab/host/files.h"
#include "app/lab/lesson/block_reader.h"
#include "app/lab/lesson/times.h"
#include "sim/base/ascii.h"

namespace app::lab {
namespace {

constexpr KeyOf<Misconception> kMisconception[] = {
    key<&Misconception::id>("id", must),
    key<&Misconception::lesson>("lesson", must),
    key<&Misconception::says>("says", must),
    key<&Misconception::documented>("documented"),
};
constexpr KeyOf<GlossaryTerm> kTerm[] = {
    key<&GlossaryTerm::term>("term", must),
    key<&GlossaryTerm::forms>("forms"),
    key<&GlossaryTerm::lesson>("lesson", must),
    key<&GlossaryTerm::means>("means", must),
};
constexpr KeyOf<CoverageRow> kRow[] = {
    key<&CoverageRow::id>("id", must),
    key<&CoverageRow::slide>("slide", must),
    key<&CoverageRow::lessons>("lessons", must),
    key<&CoverageRow::does>("does"),
};
constexpr KeyOf<Catalogue> kCatalogue[] = {
    key<&Catalogue::misconceptions>("misconception"),
    key<&Catalogue::terms>("term"),
    key<&Catalogue::rows>("row"),
};

}  // namespace

// Found by the reader through their arguments' namespace.
KeyTable<Misconception> keys_of(const Misconception*) { return {"[[misconception]]", kMisconception}; }
KeyTable<GlossaryTerm> keys_of(const GlossaryTerm*) { return {"[[term]]", kTerm}; }
KeyTable<CoverageRow> keys_of(const CoverageRow*) { return {"[[row]]", kRow}; }
KeyTable<Catalogue> keys_of(const Catalogue*) { return {"the catalogue", kCatalogue}; }

namespace {

bool same_spelling(std::string_view a, std::string_view b) {
    return sim::lower_ascii(a) == sim::lower_ascii(b);
}

void read_into(const std::string& path, Catalogue& catalogue, LessonErrors& errors) {
    const auto text = read_file(path);
    if (!text) return void(errors.push_back({path, {}, text.error(), ""}));
    const auto tree = parse_toml(*text);
    if (!tree) return void(errors.push_back({path, tree.error().place, tree.error().what, ""}));
    ErrorSink sink(path);
    BlockReader reader(sink, kDefaultStartMs);
    reader.read(*tree, catalogue);
    for (LessonError& error : sink.take()) errors.push_back(std::move(error));
}

const std::expected<Catalogue, LessonErrors>& shared() {
    static const auto read = read_catalogue(join_path(root_folder(), "assets"));
    return read;
}

}  // namespace

const Misconception* Catalogue::misconception(std::string_view id) const {
    const auto at =
        std::ranges::find(misconceptions, id, [](const Misconception& m) -> std::string_view { return m.id.value; });
    return at == misconceptions.end() ? nullptr : &*at;
}

const CoverageRow* Catalogue::row(std::string_view id) const {
    const auto at = std::ranges::find(rows, id, [](const CoverageRow& r) -> std::string_view { return r.id.value; });
    return at == rows.end() ? nullptr : &*at;
}

const GlossaryTerm* Catalogue::term(std::string_view spelling) const {
    const auto spelt = [&](const Text& text) { return same_spelling(text.value, spelling); };
    const auto at =
        std::ranges::find_if(terms,
        [&](const GlossaryTerm& t) { return spelt(t.term) || std::ranges::any_of(t.forms, spelt); });
    return at == terms.end() ? nullptr : &*at;
}

std::expected<Catalogue, LessonErrors> read_catalogue(const std::string& folder) {
    Catalogue read;
    LessonErrors errors;
    for (const char* name : {"misconceptions.toml", "glossary.toml", "coverage.toml"})
        read_into(join_path(folder, name), read, errors);
    if (!errors.empty()) return std::unexpected(std::move(errors));
    return read;
}

const Catalogue& catalogue() {
    static const Catalogue empty;
    return shared() ? *shared() : empty;
}

const LessonErrors& catalogue_errors() {
    static const LessonErrors none;
    return shared() ? none : shared().error();
}

}  // namespace app::lab
