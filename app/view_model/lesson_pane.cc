// The lesson's side of the screen: what is said, what is asked, what the run answered, what is to be reached.
#include "app/view_model/lesson_pane.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "app/view_model/make.h"
#include "app/view_model/scene.h"
#include "app/view_model/words.h"

namespace app {
namespace {

using lab::ChoiceBlock;
using lab::Following;
using lab::Lesson;
using lab::PredictBlock;
using lab::StepBlock;
using lab::StepPart;
using lab::StepRecord;

constexpr std::array<std::string_view, 6> kAnswerLevels = {"",         "THE LOG", "REPLICATION",
                                                           "DELIVERY", "STREAMS", "PIPELINES"};

std::string level_text(const Lesson& lesson) {
    const i64 level = lesson.info.level.value;
    const bool known = level > 0 && level < static_cast<i64>(kAnswerLevels.size());
    return fmt::format("LEVEL {}{}{}", level, known ? "  " : "",
                       known ? kAnswerLevels[static_cast<std::size_t>(level)] : "");
}

const ChoiceBlock* choice_of(const PredictBlock& prediction, const std::string& value) {
    const auto found =
        std::ranges::find(prediction.choices, value, [](const ChoiceBlock& choice) { return choice.value.value; });
    return found == prediction.choices.end() ? nullptr : &*found;
}

// ---- questions ------------------------------------------------------------------------------------

void tell_verdict(const PredictBlock& prediction, const StepRecord& record, PredictionVm& vm) {
    const ChoiceBlock* truth = choice_of(prediction, record.answer);
    const ChoiceBlock* chosen = choice_of(prediction, record.chosen);
    const bool wrong = chosen != nullptr && chosen != truth;
    vm.state = wrong ? PredictionState::wrong : PredictionState::right;
    vm.run_says = truth == nullptr ? record.answer : truth->text.value;
    if (!wrong) {
        vm.because = truth == nullptr ? "The run answers with none of the choices." : truth->because.value;
        return;
    }
    vm.said = chosen->text.value;
    vm.because = chosen->because.value;
    vm.links.push_back({"see it", "See the moment it was decided", false});
}

PredictionVm prediction_vm(const StepBlock& step, const Following& following, const StepRecord* record) {
    PredictionVm vm;
    vm.id = step.predict.id.value;
    vm.stop = fmt::format("stop {}", following.step + 1);
    vm.ask = step.predict.ask.value;
    if (following.part == StepPart::stopped && record != nullptr) {
        tell_verdict(step.predict, *record, vm);
        return vm;
    }
    vm.state = following.part == StepPart::running ? PredictionState::running : PredictionState::open;
    const std::string& chosen =
        following.part == StepPart::running && record != nullptr ? record->chosen : following.chosen;
    for (const ChoiceBlock& choice : step.predict.choices)
        vm.choices.push_back({choice.value.value, choice.text.value, !chosen.empty() && choice.value.value == chosen});
    return vm;
}

// ---- what is said ---------------------------------------------------------------------------------

std::string paragraphs(const std::vector<std::string>& parts) {
    std::string text;
    for (const std::string& part : parts)
        if (!part.empty()) text += (text.empty() ? "" : "\n\n") + part;
    return text;
}

std::string what_went_wrong(const StepBlock& step, const StepRecord& record) {
    std::vector<std::string> parts;
    if (!record.reached)
        parts.push_back(fmt::format("**This run did not get there** within {}. What was waited for: `{}`",
                                    step.timeout.given() ? span_text(step.timeout.value) : "its time",
                                    step.until.value));
    for (const std::string& refused : record.refused) parts.push_back("Not possible: " + refused);
    for (const std::string& missed : record.missed) parts.push_back("Not as the lesson expects: `" + missed + "`");
    return paragraphs(parts);
}

std::string step_narration(const StepBlock& step, const Following& following, const StepRecord* record) {
    if (following.part != StepPart::stopped || record == nullptr) return step.say.value;
    const std::string after = paragraphs({step.explain.value, what_went_wrong(step, *record)});
    return after.empty() ? step.say.value : after;
}

std::string free_narration(const Lesson& lesson, const Following& following) {
    if (following.won)
        return paragraphs({"**All goals hold.** The lesson is done; the world is yours.", lesson.free.say.value});
    return lesson.free.say.value;
}

std::string run_verb(const Lesson& lesson, const StepBlock* step, const Following& following) {
    if (step == nullptr) return "";
    switch (following.part) {
        case StepPart::asking: return step->predict.given() ? "" : "Run to the next stop";
        case StepPart::running: return "Go on";
        case StepPart::stopped: break;
    }
    if (following.step + 1 < lesson.steps.size()) return "Next";
    return lesson.goals.empty() && lesson.free.say.value.empty() ? "Finish" : "Your turn";
}

// ---- goals ----------------------------------------------------------------------------------------

/// Predictions that were answered stand above the goals as what is already done.
void add_answered(const Scene& scene, LessonPaneVm& vm) {
    const Following& following = *scene.at().following;
    const Lesson& lesson = *scene.at().lesson;
    constexpr std::size_t kMost = 3;
    for (std::size_t i = 0; i < std::min(following.step, std::min(following.steps.size(), lesson.steps.size())); ++i) {
        const PredictBlock& prediction = lesson.steps[i].predict;
        const StepRecord& record = following.steps[i];
        if (!prediction.given() || !record.answered || record.last_index == 0) continue;
        const ChoiceBlock* truth = choice_of(prediction, record.answer);
        const bool right = record.chosen == record.answer;
        GoalVm row;
        row.state = right ? GoalState::reached : GoalState::broken;
        row.text = prediction.ask.value;
        row.note = fmt::format("{}, {}", truth == nullptr ? record.answer : truth->value.value,
                               right ? "right" : "not this time");
        vm.goals.push_back(std::move(row));
    }
    if (vm.goals.size() > kMost) vm.goals.erase(vm.goals.begin(), vm.goals.end() - static_cast<std::ptrdiff_t>(kMost));
}

GoalVm goal_vm(const Scene& scene, const lab::GoalBlock& goal, const lab::GoalRecord& record) {
    GoalVm vm;
    vm.text = goal.text.value;
    if (!record.error.empty()) {
        vm.state = GoalState::broken;
        vm.note = "cannot be asked";
    } else if (record.broken) {
        vm.state = GoalState::broken;
        vm.note = fmt::format("broken at {} s", scene.time(scene.event_time(record.at - 1)));
        vm.object = fmt::format("fact {}.0", record.at - 1);
    } else if (goal.keep.value) {
        vm.state = record.holds ? GoalState::holds : GoalState::open;
        vm.note = record.holds ? "holds" : "not yet";
    } else if (record.reached || record.holds) {
        vm.state = GoalState::reached;
        vm.note = record.holds ? "reached" : "reached before";
    }
    return vm;
}

void add_goals(const Scene& scene, LessonPaneVm& vm) {
    const auto& goals = scene.at().lesson->goals;
    const auto& records = scene.at().following->goals;
    const bool free_part = scene.step() == nullptr;
    for (std::size_t i = 0; i < goals.size(); ++i) {
        if (!free_part && !goals[i].keep.value) continue;
        vm.goals.push_back(goal_vm(scene, goals[i], i < records.size() ? records[i] : lab::GoalRecord{}));
    }
}

// ---- the rest -------------------------------------------------------------------------------------

void add_slide(const Scene& scene, LessonPaneVm& vm) {
    const StepBlock* step = scene.step();
    if (step == nullptr || scene.at().following->part != StepPart::stopped) return;
    std::vector<std::string> says, does;
    for (const lab::SlideBlock& slide : scene.at().lesson->slides) {
        if (slide.after.value != step->id.value) continue;
        says.push_back(slide.says.value);
        does.push_back(slide.does.value);
    }
    vm.slide_says = paragraphs(says);
    vm.system_does = paragraphs(does);
}

std::string fidelity(const Lesson& lesson) {
    const auto part = [](std::string_view head, const lab::Text& text) {
        return text.value.empty() ? std::string() : fmt::format("**{}.** {}", head, text.value);
    };
    return paragraphs({part("Real", lesson.info.real), part("Simulated", lesson.info.simulated),
                       part("Differs", lesson.info.differs)});
}

i32 line_number_in(std::string_view text) {
    i32 value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

}  // namespace

/// "path:line:column: what; nearest: X"
LessonErrorVm make_lesson_error(const std::string& message, const std::string& file_text) {
    LessonErrorVm vm;
    const auto first = message.find(':');
    const auto second = first == std::string::npos ? first : message.find(':', first + 1);
    const auto third = second == std::string::npos ? second : message.find(": ", second + 1);
    vm.text = "The lesson stays as it was until the file loads.";
    if (third == std::string::npos) {
        vm.title = capital(message);
        return vm;
    }
    const std::string path = message.substr(0, first);
    vm.line_number = message.substr(first + 1, second - first - 1);
    vm.column = std::max(0, line_number_in(std::string_view(message).substr(second + 1)) - 1);
    vm.length = 1;
    const auto slash = path.rfind('/');
    vm.place = fmt::format("{} {}:{}", slash == std::string::npos ? path : path.substr(slash + 1), vm.line_number,
                           vm.column + 1);
    const std::string what = message.substr(third + 2);
    const auto nearest = what.rfind("; nearest: ");
    vm.title = capital(what.substr(0, nearest));
    if (nearest != std::string::npos) vm.nearest = what.substr(nearest + 11);
    std::size_t begin = 0;
    for (i32 line = 1; line < line_number_in(vm.line_number) && begin != std::string::npos; ++line) {
        begin = file_text.find('\n', begin);
        if (begin != std::string::npos) ++begin;
    }
    if (begin < file_text.size()) vm.line = file_text.substr(begin, file_text.find('\n', begin) - begin);
    return vm;
}

std::vector<CardLinkVm> worlds_beside(const Scene& scene) {
    std::vector<CardLinkVm> links;
    const Lesson* lesson = scene.at().lesson;
    if (lesson == nullptr || scene.at().following == nullptr) return links;
    const std::string& shown = scene.at().desk.beside;
    for (const lab::WorldBlock& world : lesson->worlds)
        if (world.name.value != shown)
            links.push_back({world.name.value, "Beside this world: " + world.name.value, false});
    for (const lab::CompareBlock& compare : lesson->compares)
        if (scene.at().following->won && compare.id.value != shown)
            links.push_back({compare.id.value, compare.text.value, false});
    if (!shown.empty()) links.push_back({"none", "Close the other world", false});
    return links;
}

LessonPaneVm make_lesson_pane(const Scene& scene) {
    LessonPaneVm vm;
    const Lesson* lesson = scene.at().lesson;
    const Following* following = scene.at().following;
    vm.shown = lesson != nullptr && following != nullptr;
    if (!vm.shown) return vm;
    const StepBlock* step = scene.step();
    vm.level = level_text(*lesson);
    vm.title = lesson->info.title.value;
    vm.stops = static_cast<i32>(lesson->steps.size());
    vm.stop = static_cast<i32>(std::min(following->step + 1, lesson->steps.size()));
    if (step == nullptr) vm.stop = vm.stops + 1;
    vm.narration =
        step == nullptr ? free_narration(*lesson, *following) : step_narration(*step, *following, scene.record());
    if (step != nullptr && step->predict.given())
        vm.predictions.push_back(prediction_vm(*step, *following, scene.record()));
    vm.run_verb = run_verb(*lesson, step, *following);
    add_answered(scene, vm);
    add_goals(scene, vm);
    vm.beside = worlds_beside(scene);
    add_slide(scene, vm);
    vm.fidelity = fidelity(*lesson);
    vm.fidelity_open = scene.at().desk.fidelity_open;
    if (!scene.at().lesson_errors.empty())
        vm.error = make_lesson_error(scene.at().lesson_errors.front(), scene.at().lesson_file);
    return vm;
}

}  // namespace app
