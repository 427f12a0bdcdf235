#include "app/proof/check/lints.h"

#include <algorithm>
#include <array>

#include "sim/base/assert.h"

namespace app::proof {
namespace {

constexpr auto E = Level::error;
constexpr auto W = Level::warning;

constexpr std::array kLints = {
    Lint{1, E, "the file is strict TOML and every name in it exists", Scope::loading, nullptr, nullptr},
    Lint{2, E, "id, level and prerequisites fit the course", Scope::course, lint_id, lint_prerequisites},
    Lint{3, E, "every step's end is reached in time", Scope::run, nullptr, nullptr},
    Lint{4, E, "no step is over before it begins", Scope::run, nullptr, nullptr},
    Lint{5, E, "what a step expects, lights up and acts on is there", Scope::run, nullptr, nullptr},
    Lint{6, E, "every prediction is decided by the run, and at its moment", Scope::run, nullptr, nullptr},
    Lint{7, E, "every wrong choice teaches", Scope::text, lint_choices, nullptr},
    Lint{8, W, "no text gives an answer away", Scope::text, lint_spoilers, nullptr},
    Lint{9, E, "goals are open at first and reached by the solution", Scope::run, nullptr, nullptr},
    Lint{10, E, "no solution without an idea reaches the goals", Scope::run, nullptr, nullptr},
    Lint{11, E, "what holds for any seed holds for five others", Scope::run, nullptr, nullptr},
    Lint{12, E, "equal runs have equal hashes", Scope::run, nullptr, nullptr},
    Lint{13, E, "the learner acts often enough, and the minutes are honest", Scope::run, lint_minutes, nullptr},
    Lint{14, E, "texts are short and plain", Scope::text, lint_lengths, nullptr},
    Lint{15, E, "every term is explained before it is used", Scope::course, nullptr, lint_terms},
    Lint{16, E, "the fidelity card names all that differs", Scope::text, lint_card, nullptr},
    Lint{17, E, "all rows of the lecture decks are covered", Scope::course, nullptr, lint_coverage},
    Lint{18, E, "queries read the world's tables, in order, within their budget", Scope::run, nullptr, nullptr},
    Lint{19, E, "dropped, late, evicted and closed keep their meanings", Scope::text, lint_stream_words, nullptr},
    Lint{20, E, "the lesson can be followed without the picture", Scope::run, lint_colours, nullptr},
    Lint{21, W, "nothing is called easy, and numbers have units", Scope::text, lint_style, nullptr},
    Lint{22, E, "a hidden fault shows and is not named", Scope::run, lint_fault, nullptr},
    Lint{23, E, "every review card is decided by a run or a slide", Scope::run, lint_reviews, nullptr},
};

}  // namespace

std::span<const Lint> lint_table() { return kLints; }

const Lint& lint_of(int number) {
    MR_ASSERT(number >= 1 && number <= static_cast<int>(kLints.size()));
    return kLints[static_cast<std::size_t>(number) - 1];
}

void check_text(const lab::Lesson& lesson, Findings& findings) {
    for (const Lint& lint : kLints) {
        if (lint.text == nullptr) continue;
        findings.begin(lint.number, lint.level, lesson.path);
        lint.text(lesson, findings);
    }
}

void check_course(const Course& course, Findings& findings) {
    MR_ASSERT(course.catalogue != nullptr);
    for (const Lint& lint : kLints) {
        if (lint.course == nullptr) continue;
        findings.begin(lint.number, lint.level, "course");
        lint.course(course, findings);
    }
}

}  // namespace app::proof
