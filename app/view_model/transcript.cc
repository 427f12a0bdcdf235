#include "app/view_model/transcript.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/lab/play/transcript.h"
#include "app/view_model/make.h"
#include "app/view_model/scene.h"
#include "app/view_model/words.h"

namespace app {
namespace {

using lab::StepBlock;
using lab::StepRecord;
using TranscriptRows = std::vector<TranscriptRowVm>;

constexpr std::size_t kMostTold = 160;

/// Takes lines of the transcript: the first is a heading, the others are words.
lab::LineSink into(TranscriptRows& rows, TranscriptKind first) {
    return [&rows, kind = first](const std::string& line) mutable {
        rows.push_back({kind, "", "", lab::one_line(line)});
        kind = TranscriptKind::words;
    };
}

/// What came of a step as the transcript of a headless run tells it; of what was expected, what did not come.
lab::StepOutcome outcome_of(const StepBlock& step, const StepRecord& record) {
    lab::StepOutcome outcome;
    outcome.reached = record.reached;
    outcome.until_value = "nothing that is true";
    outcome.refused = record.refused;
    for (const std::string& missed : record.missed) outcome.expects.push_back({missed, false, ""});
    outcome.prediction.asked = step.predict.given();
    outcome.prediction.value = record.answer;
    const auto& choices = step.predict.choices;
    const auto found = std::ranges::find_if(
        choices, [&](const lab::ChoiceBlock& choice) { return choice.value.value == record.answer; });
    outcome.prediction.choice = found == choices.end() ? -1 : static_cast<int>(found - choices.begin());
    outcome.prediction.error = record.answer;
    return outcome;
}

void tell_answer(const StepBlock& step, const StepRecord& record, TranscriptRows& rows) {
    for (const lab::ChoiceBlock& choice : step.predict.choices)
        if (record.answered && choice.value.value == record.chosen)
            rows.push_back({TranscriptKind::deed, "", "", "You answered: " + lab::plain(choice.text.value)});
}

class Story {
public:
    explicit Story(const Scene& scene) : scene_(scene) {}

    TranscriptVm tell() {
        TranscriptVm vm;
        const auto* following = scene_.at().following;
        std::size_t place = following == nullptr ? 0 : following->steps.size();
        u64 to = scene_.cursor();
        if (place == 0) vm.rows = told_between(scene_.history().first_index, to);
        for (; place > 0 && vm.rows.size() < kMostTold; --place) {
            const StepRecord& record = following->steps[place - 1];
            if (record.first_index > scene_.cursor()) continue;
            TranscriptRows rows = step_rows(place - 1, record, to);
            std::ranges::move(vm.rows, std::back_inserter(rows));
            vm.rows = std::move(rows);
            to = record.first_index;
        }
        vm.cut = place > 0 || vm.rows.size() > kMostTold;
        if (vm.rows.size() > kMostTold)
            vm.rows.erase(vm.rows.begin(), vm.rows.end() - static_cast<std::ptrdiff_t>(kMostTold));
        vm.end = scene_.cursor() * 4 + (following == nullptr ? 0 : static_cast<u64>(following->part));
        return vm;
    }

private:
    TranscriptRows step_rows(std::size_t place, const StepRecord& record, u64 to) {
        TranscriptRows rows;
        const lab::Lesson& lesson = *scene_.at().lesson;
        const bool is_step = place < lesson.steps.size();
        if (is_step)
            lab::write_step_begin(lesson.steps[place], place, lesson.steps.size(), into(rows, TranscriptKind::heading));
        else rows.push_back({TranscriptKind::heading, "", "", "Your turn"});
        if (is_step) tell_answer(lesson.steps[place], record, rows);
        std::ranges::move(told_between(record.first_index, to), std::back_inserter(rows));
        const bool stopped = record.last_index != 0 && record.last_index <= scene_.cursor();
        if (is_step && stopped)
            lab::write_step_end(lesson.steps[place], outcome_of(lesson.steps[place], record),
                                into(rows, TranscriptKind::words));
        return rows;
    }
    /// Facts that are worth a line and what the person did, of events in [from, to); the last ones if there are many.
    TranscriptRows told_between(u64 from, u64 to) {
        TranscriptRows rows;
        const engine::History& history = scene_.history();
        u64 input = engine::rows_before(history.inputs, to);
        const u64 first_input = engine::rows_before(history.inputs, from),
                  first = engine::rows_before(history.facts, from);
        const auto tell_deeds_from = [&](u64 index) {
            for (; input > first_input && history.inputs[input - 1].event_index >= index; --input)
                if (history.inputs[input - 1].author == sim::InputAuthor::learner)
                    rows.push_back({TranscriptKind::deed, "", clock(history.inputs[input - 1].at),
                                    "You: " + history.inputs[input - 1].line});
        };
        for (u64 i = engine::rows_before(history.facts, to); i > first && rows.size() < kMostTold; --i) {
            const engine::FactRow& row = history.facts[i - 1];
            tell_deeds_from(row.index() + 1);
            if (!lab::worth_a_line(engine::kind_of(row.fact)) || lab::tells_again(history, row)) continue;
            rows.push_back({TranscriptKind::fact, Scene::fact_object(row.id), clock(scene_.event_time(row.index())),
                            capital(scene_.fact_text(row.fact))});
        }
        if (rows.size() < kMostTold) tell_deeds_from(from);
        std::ranges::reverse(rows);
        return rows;
    }
    [[nodiscard]] std::string clock(Nanos moment) const { return lab::clock_text(scene_.world(), moment); }

    const Scene& scene_;
};

}  // namespace

TranscriptVm make_transcript(const Scene& scene) { return Story(scene).tell(); }

}  // namespace app
