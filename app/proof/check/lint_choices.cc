// Rules 7 and 8: wrong choices teach, and nothing gives the right one away. Which choice is right is the run's to
// say; in the text it is the one without a misconception.
#include <fmt/format.h>

#include <algorithm>

#include "app/proof/check/lints.h"
#include "app/proof/check/prose.h"

namespace app::proof {
namespace {

using lab::ChoiceBlock;
using lab::Lesson;
using lab::PredictBlock;

constexpr int kLeastFeedback = 8;      // words
constexpr std::size_t kShortAnswer = 4;  // letters: "yes", "no", a digit stand everywhere

void check_prediction(const PredictBlock& predict, Findings& findings) {
    int unnamed = 0;
    for (const ChoiceBlock& choice : predict.choices) {
        if (!choice.misconception.given() && ++unnamed > 1)
            findings.add(choice.value.place,
                fmt::format("'{}' has no misconception; only the right choice may have none, or say \"none: why\"",
                choice.value.value));
        if (count_words(choice.because.value) < kLeastFeedback && choice.misconception.given())
            findings.add(choice.because.place,
                fmt::format("feedback of {} words; a wrong choice needs {}", count_words(choice.because.value),
                kLeastFeedback));
        const auto twin =
            std::ranges::find(predict.choices, choice.value.value,
            [](const ChoiceBlock& other) -> std::string_view { return other.value.value; });
        if (&*twin != &choice)
            findings.add(choice.value.place, fmt::format("two choices have the value '{}'", choice.value.value));
    }
    if (unnamed == 0)
        findings.add(predict.place,
            fmt::format("every choice of '{}' has a misconception; the right one must not", predict.id.value));
}

/// Whether the learner has read this text before answering in step `step`.
bool comes_before(const VisibleText& text, int step) {
    const bool told = text.kind == TextKind::say || text.kind == TextKind::explain ||
        text.kind == TextKind::slide_says || text.kind == TextKind::slide_does;
    return told && text.step >= 0 && (text.step < step || (text.step == step && text.kind == TextKind::say));
}

}  // namespace

const ChoiceBlock* right_choice(const PredictBlock& predict) {
    const auto right =
        std::ranges::find_if(predict.choices, [](const ChoiceBlock& choice) { return !choice.misconception.given(); });
    return right == predict.choices.end() ? nullptr : &*right;
}

void lint_choices(const Lesson& lesson, Findings& findings) {
    for (const lab::StepBlock& step : lesson.steps)
        if (step.predict.given()) check_prediction(step.predict, findings);
}

void lint_spoilers(const Lesson& lesson, Findings& findings) {
    const auto texts = visible_texts(lesson);
    for (int i = 0; i < static_cast<int>(lesson.steps.size()); ++i) {
        const PredictBlock& predict = lesson.steps[static_cast<std::size_t>(i)].predict;
        const ChoiceBlock* right = predict.given() ? right_choice(predict) : nullptr;
        const std::string answer = right == nullptr ? "" : normalised(right->text.value);
        if (answer.size() < kShortAnswer) continue;
        for (const VisibleText& text : texts)
            if (comes_before(text, i) && has_phrase(normalised(text.text->value), answer))
                findings.add(text.text->place,
                    fmt::format("this gives away the answer of '{}': \"{}\"", predict.id.value, right->text.value));
    }
}

}  // namespace app::proof
