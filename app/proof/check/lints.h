// The rules that a lesson must keep, as one table. A rule that needs no run is a function here; the others are
// listed so that their numbers have names, and are decided where the lesson runs.
//
// Rules read a lesson that has loaded (rule 1 is loading itself) and only tell findings.
#pragma once

#include <span>

#include "app/lab/lesson/catalogue.h"
#include "app/lab/lesson/lesson.h"
#include "app/proof/check/findings.h"

namespace app::proof {

/// All lessons, and what they share.
struct Course {
    std::vector<lab::Lesson> lessons;
    const lab::Catalogue* catalogue = nullptr;
};

enum class Scope : sim::u8 { loading, text, course, run };

struct Lint {
    int number;
    Level level;
    std::string_view name;
    Scope scope;                                       // of what needs most; a rule may have parts of several scopes
    void (*text)(const lab::Lesson&, Findings&);       // nullptr: nothing to see in the text alone
    void (*course)(const Course&, Findings&);          // nullptr: nothing that needs all lessons
};

std::span<const Lint> lint_table();
const Lint& lint_of(int number);

/// Every rule that a single file decides without running.
void check_text(const lab::Lesson& lesson, Findings& findings);
/// Every rule over all lessons.
void check_course(const Course& course, Findings& findings);

/// Time to read a lesson and answer it: 200 words a minute, 20 s a prediction. What its run takes comes on top.
sim::Nanos reading_time(const lab::Lesson& lesson);
/// Rule 13 with the time that a run is watched.
void lint_minutes_with_run(const lab::Lesson& lesson, sim::Nanos watched, Findings& findings);

/// The first choice without a misconception; nullptr if there is none.
const lab::ChoiceBlock* right_choice(const lab::PredictBlock& predict);

// One function a rule.
void lint_id(const lab::Lesson&, Findings&);               // 2
void lint_choices(const lab::Lesson&, Findings&);          // 7
void lint_spoilers(const lab::Lesson&, Findings&);         // 8
void lint_minutes(const lab::Lesson&, Findings&);          // 13
void lint_lengths(const lab::Lesson&, Findings&);          // 14
void lint_card(const lab::Lesson&, Findings&);             // 16
void lint_stream_words(const lab::Lesson&, Findings&);     // 19
void lint_colours(const lab::Lesson&, Findings&);          // 20
void lint_style(const lab::Lesson&, Findings&);            // 21
void lint_fault(const lab::Lesson&, Findings&);            // 22
void lint_reviews(const lab::Lesson&, Findings&);          // 23
void lint_prerequisites(const Course&, Findings&);         // 2
void lint_terms(const Course&, Findings&);                 // 15
void lint_coverage(const Course&, Findings&);              // 17

}  // namespace app::proof
