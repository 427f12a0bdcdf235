// A lesson as plain text, line by line: what the lab says, what happened, what was asked and what the run
// answered. For screen readers, terminals and logs; nothing in it depends on colour.
#pragma once

#include <functional>

#include "app/lab/play/player.h"
#include "engine/model/facts.h"

namespace app::lab {

using LineSink = std::function<void(const std::string&)>;

/// Whether a fact is told, not only seen on the stage: not every append and fetch.
bool worth_a_line(engine::FactKind kind);
/// Whether a fact only repeats what was told before: a leader hears of the ISR that the controller has written down.
bool tells_again(const engine::History& history, const engine::FactRow& row);
/// One line of what happened: clock and sentence.
std::string fact_line(const engine::World& world, const engine::FactRow& row);
/// Facts of events in [from, to) that are worth a line: not every append and fetch.
void write_facts(const Run& run, sim::u64 from, sim::u64 to, const LineSink& out);

void write_title(const Lesson& lesson, sim::u64 seed, const LineSink& out);
/// A step before it runs (what is said, what is asked), and after it.
void write_step_begin(const StepBlock& step, std::size_t place, std::size_t count, const LineSink& out);
void write_step_end(const StepBlock& step, const StepOutcome& outcome, const LineSink& out);
void write_free(const Lesson& lesson, const FreeOutcome& outcome, const LineSink& out);
void write_card(const Lesson& lesson, const LineSink& out);

/// Words on one line, whatever their line ends were.
std::string one_line(const std::string& words);
/// Text of a lesson without its markup, on one line.
std::string plain(const std::string& markdown);
/// A moment of the learner's clock as the wall clock of the lesson: 12:00:03.250.
std::string clock_text(const engine::World& world, sim::Nanos moment);

}  // namespace app::lab
