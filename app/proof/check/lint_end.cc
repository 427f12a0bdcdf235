// Rules 22 and 23, as far as the text decides them: hidden faults and review cards.
#include <fmt/format.h>

#include <algorithm>

#include "app/proof/check/lints.h"
#include "app/proof/check/prose.h"

namespace app::proof {
namespace {

using lab::CauseBlock;
using lab::Lesson;
using lab::PredictBlock;

constexpr std::string_view kCausePrompt = "cause";

int step_of_cause(const Lesson& lesson) {
    const auto asks =
        [](const lab::StepBlock& step) { return step.predict.given() && step.predict.id.value == kCausePrompt; };
    const auto at = std::ranges::find_if(lesson.steps, asks);
    return at == lesson.steps.end() ? -1 : static_cast<int>(at - lesson.steps.begin());
}

bool offers(const PredictBlock& predict, std::string_view value) {
    return std::ranges::any_of(predict.choices,
        [&](const lab::ChoiceBlock& choice) { return choice.value.value == value; });
}

bool is_read_before(const VisibleText& text, int step) {
    if (text.kind == TextKind::objective) return true;
    return text.step >= 0 &&
        (text.step < step || (text.step == step && (text.kind == TextKind::say || text.kind == TextKind::ask)));
}

void check_silence(const Lesson& lesson, const std::string& cause, int step, Findings& findings) {
    for (const VisibleText& text : visible_texts(lesson))
        if (is_read_before(text, step) && has_phrase(normalised(text.text->value), cause))
            findings.add(text.text->place, "this names the hidden cause before it is asked for");
}

}  // namespace

void lint_fault(const Lesson& lesson, Findings& findings) {
    const lab::FaultBlock& fault = lesson.fault;
    if (fault.place.line == 0) return;
    const int step = step_of_cause(lesson);
    if (step < 0) return findings.add(fault.place, "a fault lab needs a prediction with the id 'cause'");
    const PredictBlock& predict = lesson.steps[static_cast<std::size_t>(step)].predict;
    for (const CauseBlock& cause : fault.causes)
        if (!offers(predict, cause.value.value))
            findings.add(cause.value.place, fmt::format("no choice of 'cause' has the value '{}'", cause.value.value));
    for (const lab::ChoiceBlock& choice : predict.choices)
        if (!std::ranges::any_of(fault.causes,
            [&](const CauseBlock& cause) { return cause.value.value == choice.value.value; }))
            findings.add(choice.value.place,
                fmt::format("the choice '{}' has no evidence in [fault] causes", choice.value.value));
    if (const lab::ChoiceBlock* right = right_choice(predict))
        check_silence(lesson, normalised(right->text.value), step, findings);
}

void lint_reviews(const Lesson& lesson, Findings& findings) {
    for (const lab::ReviewBlock& review : lesson.reviews)
        if (!review.instance.given() && lesson.slides.empty())
            findings.add(review.place, "nothing decides this card: it needs an 'instance', or the lesson a [[slide]]");
}

}  // namespace app::proof
