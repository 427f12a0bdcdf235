// Steps with their predictions, and what comes after them: free play, goals, comparisons, the fault.
#include <fmt/format.h>

#include <algorithm>

#include "app/lab/lesson/catalogue.h"
#include "app/lab/lesson/check_lesson.h"
#include "app/lab/lesson/names.h"

namespace app::lab {
namespace {

constexpr std::string_view kNoMisconception = "none:";

std::string_view first_word(std::string_view text) { return text.substr(0, text.find(' ')); }

// ---- spotlights ---------------------------------------------------------------------------------

std::vector<std::string> spotlight_objects(const LessonNames& names) {
    std::vector<std::string> all = names.nodes;
    const auto append = [&](const std::vector<std::string>& more) { all.insert(all.end(), more.begin(), more.end()); };
    append(names.topic_names());
    append(names.partition_names());
    append(names.startable);
    append(names.groups);
    for (const std::string_view word : spotlight_words()) all.emplace_back(word);
    return all;
}

void check_spotlight(const LessonCheck& check, const Text& spot) {
    const std::string_view word = first_word(spot.value);
    if (word == "query" && spot.value.size() > word.size())
        return void(check.require({spot.value.substr(6), spot.place}, "query", check.names.queries));
    if (contains(spotlight_words(), word) && (word != "executor" || word.size() == spot.value.size())) return;
    if (check.names.is_partition(spot.value)) return;
    check.require(spot, "object of a spotlight", spotlight_objects(check.names));
}

// ---- steps --------------------------------------------------------------------------------------

void check_end_of_step(const LessonCheck& check, const StepBlock& step) {
    const int ends = step.until.given() + step.until_time.given() + step.until_after.given();
    if (ends != 1)
        check.fail(step.place,
            fmt::format("step '{}' needs one of 'until', 'until_time' and 'until_after'", step.id.value));
    if (step.timeout.given() && !step.until.given()) check.fail(step.timeout.place, "'timeout' goes with 'until' only");
}

void check_step(const LessonCheck& check, const StepBlock& step) {
    for (const Text& view : step.view.items)
        if (!contains(view_titles(), view.value))
            check.fail(view.place, fmt::format("unknown view '{}'", view.value), nearest_of(view.value, view_titles()));
    for (const Text& spot : step.spotlight) check_spotlight(check, spot);
    for (const Text& line : step.actions) check_line(check, line);
    check_end_of_step(check, step);
}

void check_choices(const LessonCheck& check, const PredictBlock& predict) {
    std::vector<std::string> ids;
    for (const Misconception& known : catalogue().misconceptions) ids.push_back(known.id.value);
    for (const ChoiceBlock& choice : predict.choices)
        if (!choice.misconception.value.starts_with(kNoMisconception))
            check.require(choice.misconception, "misconception", ids);
    if (predict.choices.size() < 2)
        check.fail(predict.place, fmt::format("prediction '{}' needs at least two choices", predict.id.value));
}

}  // namespace

void check_steps(const LessonCheck& check) {
    std::vector<const Text*> steps;
    std::vector<const Text*> predictions;
    for (const StepBlock& step : check.lesson.steps) {
        check_step(check, step);
        steps.push_back(&step.id);
        if (!step.predict.given()) continue;
        check_choices(check, step.predict);
        predictions.push_back(&step.predict.id);
    }
    check.unique("step", steps);
    check.unique("prediction", predictions);
    if (steps.empty()) check.fail({}, "a lesson needs at least one [[step]]");
}

// ---- after the steps ----------------------------------------------------------------------------

namespace {

void check_free(const LessonCheck& check) {
    const FreeBlock& free = check.lesson.free;
    std::vector<std::string> moments = check.names.steps;
    moments.insert(moments.begin(), {"end", "start"});
    check.require(free.from, "step", moments);
    const auto verbs = verb_names();
    for (const Text& verb : free.verbs) check.require(verb, "verb", {verbs.begin(), verbs.end()});
    for (const Text& line : free.solution) check_line(check, line);
}

/// `block name key value`: the whole is checked when it is applied; here its first words are.
void check_changes(const LessonCheck& check, const std::vector<Text>& changes) {
    const std::vector<std::string> blocks =
        {"lesson", "cluster", "network", "spark", "topic", "producer", "consumer", "query", "dstream", "app", "table"};
    for (const Text& change : changes)
        check.require({std::string(first_word(change.value)), change.place}, "block", blocks);
}

void check_fault(const LessonCheck& check) {
    const FaultBlock& fault = check.lesson.fault;
    for (const Text& line : fault.actions) check_line(check, line);
    std::vector<const Text*> causes;
    for (const CauseBlock& cause : fault.causes) causes.push_back(&cause.value);
    check.unique("cause", causes);
}

}  // namespace

void check_after_steps(const LessonCheck& check) {
    const Lesson& lesson = check.lesson;
    check_free(check);
    check_fault(check);
    std::vector<const Text*> names;
    for (const GoalBlock& goal : lesson.goals) names.push_back(&goal.id);
    check.unique("goal", names);
    names.clear();
    for (const CompareBlock& compare : lesson.compares)
        check_changes(check, compare.change), names.push_back(&compare.id);
    for (const WorldBlock& world : lesson.worlds) check_changes(check, world.change), names.push_back(&world.name);
    check.unique("comparison or world", names);
    if (!lesson.goals.empty() && lesson.free.place.line == 0)
        check.fail(lesson.goals.front().place, "goals need a [free] block");
}

}  // namespace app::lab
