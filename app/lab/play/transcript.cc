#include "app/lab/play/transcript.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/model/facts.h"
#include "engine/model/stream_facts.h"

namespace app::lab {
namespace {

using engine::FactKind;
using sim::u64;

std::string verdict(bool good) { return good ? "yes" : "NO"; }

/// The ISR that a fact tells of, as the number of its text; negative if it tells of none.
sim::i64 isr_in(const sim::Fact& fact) {
    const FactKind kind = engine::kind_of(fact);
    if (kind == FactKind::isr) return fact.n[0];
    return kind == FactKind::leader || kind == FactKind::no_leader ? fact.n[2] : -1;
}

}  // namespace

/// What happens all the time is seen on the stage, not told.
bool worth_a_line(FactKind kind) {
    if (kind == engine::kind_of(engine::StreamFact::phase_began)) return false;
    switch (kind) {
        case FactKind::record_sent: case FactKind::batch_sent: case FactKind::batch_acked:
        case FactKind::appended: case FactKind::replicated: case FactKind::high_watermark:
        case FactKind::produce_waits: case FactKind::fetch_session_opened: case FactKind::fetch_session_ended:
        case FactKind::fetch_nothing_new: case FactKind::delivered: case FactKind::metadata_learned:
        case FactKind::znode_changed: case FactKind::watch_fired: case FactKind::offsets_committed: return false;
        default: return true;
    }
}

bool tells_again(const engine::History& history, const engine::FactRow& row) {
    if (engine::kind_of(row.fact) != FactKind::isr) return false;
    for (u64 i = history.facts.partition_point([&](const engine::FactRow& other) { return other.id < row.id; }); i > 0;
         --i) {
        const sim::Fact& earlier = history.facts[i - 1].fact;
        const bool same = earlier.subject == row.fact.subject && earlier.partition == row.fact.partition;
        if (same && isr_in(earlier) >= 0) return isr_in(earlier) == isr_in(row.fact);
    }
    return false;
}

std::string one_line(const std::string& words) {
    std::string text;
    for (const char c : words) {
        const bool blank = c == '\n' || c == ' ';
        if (blank && (text.empty() || text.back() == ' ')) continue;
        text.push_back(blank ? ' ' : c);
    }
    while (!text.empty() && text.back() == ' ') text.pop_back();
    return text;
}

std::string plain(const std::string& markdown) {
    std::string text = one_line(markdown);
    std::erase_if(text, [](char c) { return c == '*' || c == '`'; });
    return text;
}

std::string clock_text(const engine::World& world, sim::Nanos moment) {
    const sim::i64 ms = world.epoch_ms(moment) % 86'400'000;
    return fmt::format("{:02}:{:02}:{:02}.{:03}", ms / 3'600'000, ms / 60'000 % 60, ms / 1000 % 60, ms % 1000);
}

std::string fact_line(const engine::World& world, const engine::FactRow& row) {
    const engine::FactWords words{world.kernel().names, [&](engine::NodeId node) {
        return node.value < world.nodes.size() ? world.card(node).name : std::string("somebody");
    }};
    return engine::fact_text(row.fact, words);
}

void write_facts(const Run& run, u64 from, u64 to, const LineSink& out) {
    const engine::History& history = run.history();
    for (u64 i = engine::rows_before(history.facts, from); i < engine::rows_before(history.facts, to); ++i) {
        const engine::FactRow& row = history.facts[i];
        if (!worth_a_line(engine::kind_of(row.fact)) || tells_again(history, row)) continue;
        const sim::Nanos at = history.events[row.index() - history.first_index].at;
        out(fmt::format("  {}  {}", clock_text(run.world(), at), fact_line(run.world(), row)));
    }
}

void write_title(const Lesson& lesson, u64 seed, const LineSink& out) {
    out(fmt::format("{}: {} (level {}, {} minutes, seed {})", lesson.info.id.value, lesson.info.title.value,
                    lesson.info.level.value, lesson.info.minutes.value, seed));
    for (const Text& objective : lesson.info.objectives) out("  You will: " + plain(objective.value));
}

void write_step_begin(const StepBlock& step, std::size_t place, std::size_t count, const LineSink& out) {
    out(fmt::format("Step {} of {}: {}", place + 1, count, step.id.value));
    out("  " + plain(step.say.value));
    if (step.predict.given()) {
        out("  Predict: " + plain(step.predict.ask.value));
        for (std::size_t i = 0; i < step.predict.choices.size(); ++i)
            out(fmt::format("    {}) {}", static_cast<char>('a' + i), plain(step.predict.choices[i].text.value)));
    }
    for (const Text& action : step.actions) out("  Do: " + action.value);
}

void write_step_end(const StepBlock& step, const StepOutcome& outcome, const LineSink& out) {
    for (const std::string& refused : outcome.refused) out("  Not possible: " + refused);
    if (!outcome.reached)
        out(fmt::format("  NOT REACHED: {} (it says {})", one_line(step.until.value), outcome.until_value));
    if (outcome.prediction.asked) {
        const int choice = outcome.prediction.choice;
        if (choice < 0) out("  The run answers with none of the choices: " + outcome.prediction.error);
        else {
            const ChoiceBlock& right = step.predict.choices[static_cast<std::size_t>(choice)];
            out(fmt::format("  The run answers: {}) {}. {}", static_cast<char>('a' + choice), plain(right.text.value),
                            plain(right.because.value)));
        }
    }
    for (const ExpectOutcome& expect : outcome.expects)
        out(fmt::format("  Expected: {}: {}", verdict(expect.holds), one_line(expect.sql)));
    if (!step.explain.value.empty()) out("  Why: " + plain(step.explain.value));
}

void write_free(const Lesson& lesson, const FreeOutcome& outcome, const LineSink& out) {
    for (const std::string& refused : outcome.refused) out("  Not possible: " + refused);
    for (std::size_t i = 0; i < lesson.goals.size() && i < outcome.goals.size(); ++i)
        out(fmt::format("  Goal: {}: {}", verdict(outcome.goals[i].at_end || outcome.won),
                        plain(lesson.goals[i].text.value)));
    out(outcome.won ? "  All goals hold." : "  Not all goals hold.");
}

void write_card(const Lesson& lesson, const LineSink& out) {
    out("Real: " + plain(lesson.info.real.value));
    out("Simulated: " + plain(lesson.info.simulated.value));
    out("Differs: " + plain(lesson.info.differs.value));
}

}  // namespace app::lab
