// The parts of a step, and the goals of the free part. What a headless run does in one go is done here event by event;
// the order and the moments are the same (play/player.cc).
#include <algorithm>

#include "app/lab/lab.h"
#include "app/lab/lesson/lesson_world.h"
#include "engine/verb.h"

namespace app::lab {

using sim::Nanos;
using sim::u64;

// ---- asking ---------------------------------------------------------------------------------------

void Lab::show() { view_.show({&run().world(), &run().history(), run().cursor(), run().timeline().branch().id}); }

ExpectOutcome Lab::ask(const std::string& sql) {
    show();
    Predicate question(view_, sql);
    const bool holds = question.holds();
    return {sql, holds, question.error().empty() ? question.value() : question.error()};
}

bool Lab::holds_now(Predicate& predicate) {
    show();
    return predicate.holds();
}

/// Everything that is watched hears which tables may have changed. Events that are run again tell nothing new to the
/// history, so after them everything may have.
void Lab::note_touched(bool replayed) {
    const u64 touched = replayed ? ~u64{0} : edit().take_touched();
    if (until_) until_->note(touched);
    if (hurry_query_) hurry_query_->note(touched);
    for (Predicate& goal : goals_) goal.note(touched);
}

const StepBlock* Lab::step() const {
    return following_.step < lesson().steps.size() ? &lesson().steps[following_.step] : nullptr;
}

bool Lab::question_open() const {
    const StepBlock* block = step();
    return block != nullptr && block->predict.given() && following_.part == StepPart::asking &&
           !following_.steps.back().begun;
}

// ---- beginning and ending ---------------------------------------------------------------------------

void Lab::begin_step(std::size_t place) {
    MR_ASSERT(place == following_.steps.size() && place <= lesson().steps.size());
    StepRecord fresh;
    fresh.first_index = run().cursor();
    fresh.began = run().clock();
    fresh.branch = run().timeline().branch().id;
    following_.steps.push_back(std::move(fresh));
    following_.step = place;
    following_.part = StepPart::asking;
    following_.chosen.clear();
    sync_since();
    if (place < lesson().steps.size()) return;
    following_.part = StepPart::running;
    record().begun = true;
    begin_goals();
}

void Lab::start_running() {
    MR_ASSERT(at_head() && step() != nullptr && !record().begun);
    record().begun = true;
    // Its clock is that of its `do`, as in a headless run: what passed before belongs to the question.
    record().began = run().clock();
    following_.part = StepPart::running;
    step_run_ = {};
    until_.reset();
}

/// From where the lesson stands at the head: the step begins to run, or the next one is asked.
void Lab::go_on() {
    MR_ASSERT(at_head());
    if (following_.part == StepPart::asking && step() != nullptr) return start_running();
    if (following_.part != StepPart::stopped) return;
    begin_step(following_.step + 1);
    if (step() != nullptr && !step()->predict.given()) start_running();
}

void Lab::finish_step(bool reached, bool retracing) {
    const StepBlock& block = lesson().steps[following_.step];
    StepRecord& done = record();
    for (const Text& expect : block.expect)
        if (!ask(expect.value).holds) done.missed.push_back(expect.value);
    if (block.predict.given()) done.answer = ask(block.predict.answer.value).value;
    done.reached = reached;
    done.last_index = run().cursor();
    done.stopped = run().clock();
    done.branch = run().timeline().branch().id;
    following_.part = StepPart::stopped;
    until_.reset();
    if (retracing) return;
    pause();
    if (done.answered) edit().note_answer(block.predict.id.value, done.chosen, done.chosen == done.answer);
    else save();
}

// ---- running --------------------------------------------------------------------------------------

void Lab::carry_out_line(const StepBlock& block) {
    const std::string& line = block.actions[step_run_.next_line++].value;
    const auto wait = wait_of(line, lesson(), run().lesson_clock());
    if (!wait)
        if (const std::string why = engine::refusal_of(run().world(), line); !why.empty()) {
            record().refused.push_back(line + ": " + why);
            return;
        }
    edit().act(sim::InputAuthor::lesson, line);
    if (wait) step_run_.wait_until = run().clock() + std::max(*wait, Nanos{});
    note_touched();
}

void Lab::begin_watching(const StepBlock& block) {
    step_run_.watching = true;
    if (block.until_after.given()) step_run_.deadline = record().began + block.until_after.value;
    else if (block.until_time.given())
        step_run_.deadline = run().world().frame->origin + block.until_time.value.since_start;
    else if (block.until.value.empty()) step_run_.deadline = run().clock();
    else step_run_.deadline = run().clock() + timeout_of(block);
    until_.reset();
    if (!block.until.value.empty() && !block.until_after.given() && !block.until_time.given())
        until_.emplace(view_, block.until.value);
}

Lab::Moved Lab::pump_step(Nanos limit) {
    const StepBlock& block = lesson().steps[following_.step];
    if (step_run_.wait_until.count >= 0) {
        if (edit().advance_within(std::min(step_run_.wait_until, limit))) return note_touched(), Moved::event;
        edit().let_pass(std::min(step_run_.wait_until, limit));
        if (limit < step_run_.wait_until) return Moved::idle;
        step_run_.wait_until = sim::nanos(-1);
        return Moved::event;
    }
    if (step_run_.next_line < block.actions.size()) return carry_out_line(block), Moved::event;
    if (!step_run_.watching) begin_watching(block);
    if (until_ && holds_now(*until_)) return finish_step(true), Moved::stopped;
    if (edit().advance_within(std::min(step_run_.deadline, limit))) return note_touched(), Moved::event;
    edit().let_pass(std::min(step_run_.deadline, limit));
    if (limit < step_run_.deadline) return Moved::idle;
    finish_step(!until_.has_value());
    return Moved::stopped;
}

Lab::Moved Lab::pump_free(Nanos limit) {
    if (!edit().advance_within(limit)) {
        if (limit < sim::kForever) edit().let_pass(limit);
        return limit < sim::kForever ? Moved::idle : Moved::stopped;
    }
    note_touched();
    const bool won_before = following_.won;
    watch_goals();
    if (won_before || !following_.won) return Moved::event;
    pause();
    return Moved::stopped;
}

Lab::Moved Lab::pump(Nanos limit) {
    if (step() == nullptr) return pump_free(limit);
    switch (following_.part) {
        case StepPart::running: return pump_step(limit);
        case StepPart::asking:
        case StepPart::stopped: break;
    }
    if (question_open()) return pause(), Moved::stopped;
    const bool was_stopped = following_.part == StepPart::stopped;
    go_on();
    if (!was_stopped || following_.part == StepPart::running) return Moved::event;
    pause();
    return Moved::stopped;
}

/// How much of the running step lies behind the head is read from its journal: lines of the lesson since it began.
void Lab::resume_step() {
    step_run_ = {};
    until_.reset();
    goals_.clear();
    if (step() == nullptr) return begin_goals();
    if (following_.part != StepPart::running) return;
    const StepBlock& block = *step();
    Nanos last = record().began;
    for (const sim::Input& input : run().timeline().branch().inputs) {
        if (input.author != sim::InputAuthor::lesson || input.at_index < record().first_index ||
            input.at_index >= run().cursor())
            continue;
        ++step_run_.next_line;
        last = input.at;
        const auto wait = wait_of(input.line, lesson(), input.at - run().world().frame->origin);
        if (wait) last = input.at + std::max(*wait, Nanos{});
    }
    step_run_.next_line = std::min(step_run_.next_line + record().refused.size(), block.actions.size());
    if (last > run().clock()) {
        step_run_.wait_until = last;
        return;
    }
    if (step_run_.next_line < block.actions.size()) return;
    begin_watching(block);
    if (until_) step_run_.deadline = last + timeout_of(block);
}

// ---- goals ----------------------------------------------------------------------------------------

void Lab::begin_goals() {
    const bool again = !following_.goals.empty();
    goals_.clear();
    if (!again) following_.goals.resize(lesson().goals.size());
    for (std::size_t i = 0; i < lesson().goals.size(); ++i) {
        goals_.emplace_back(view_, lesson().goals[i].check.value);
        GoalRecord& goal = following_.goals[i];
        goal.holds = holds_now(goals_[i]);
        goal.error = goals_[i].error();
        if (!again) goal.at_start = goal.holds;
    }
    note_touched();
}

/// A guard that held at the start and does not any more is broken until it holds again; any other goal is reached
/// when it once held. All together at one event: the lesson is won.
void Lab::watch_goals() {
    bool all = !goals_.empty();
    for (std::size_t i = 0; i < goals_.size(); ++i) {
        GoalRecord& goal = following_.goals[i];
        const bool held = goal.holds;
        goal.holds = holds_now(goals_[i]);
        all = all && goal.holds;
        if (lesson().goals[i].keep.value) {
            if (held && !goal.holds) goal.at = run().cursor();
            goal.broken = goal.at_start && !goal.holds;
        } else if (goal.holds && !goal.reached) {
            goal.reached = true;
            goal.at = run().cursor();
        }
    }
    following_.won = following_.won || all;
}

void Lab::refresh() {
    if (step() == nullptr && !goals_.empty()) return;
    if (following_.goals.size() != lesson().goals.size()) following_.goals.resize(lesson().goals.size());
    for (std::size_t i = 0; i < lesson().goals.size(); ++i) {
        if (!lesson().goals[i].keep.value) continue;
        const ExpectOutcome outcome = ask(lesson().goals[i].check.value);
        following_.goals[i].holds = outcome.holds;
    }
}

// ---- finding the steps of a run again ---------------------------------------------------------------

/// Reads where the steps of the current branch lie from what was journaled, by running it again beside the lesson.
void Lab::retrace() {
    const u64 target = run().cursor();
    const Nanos clock = run().clock();
    const Nanos head_clock = at_head() ? clock : Nanos{};   // time may have passed after the last event
    following_ = {};
    goals_.clear();
    edit().seek(run().timeline().first());
    begin_step(0);
    if (lesson().steps.empty()) goals_.clear();
    while (!at_head() && step() != nullptr && retrace_step(head_clock)) {}
    if (at_head()) edit().let_pass(clock);
    if (!at_head() && step() == nullptr)
        while (edit().advance()) {
            note_touched(true);
            watch_goals();
            if (at_head()) break;
        }
    if (at_head()) {
        if (step() != nullptr && following_.part == StepPart::running) resume_step();
    }
    keep_track();
    if (target != run().cursor()) {
        edit().seek(target);
        edit().let_pass(clock);
        sync();
    }
}

/// Lines of a step's `do` as they were journaled. False if the head comes first.
bool Lab::retrace_lines(const StepBlock& block) {
    const auto& inputs = run().timeline().branch().inputs;
    for (const Text& action : block.actions) {
        const auto here = std::ranges::lower_bound(inputs, run().cursor(), {}, &sim::Input::at_index);
        const bool journaled = std::find_if(here, inputs.end(), [&](const sim::Input& input) {
            return input.author == sim::InputAuthor::lesson && input.line == action.value;
        }) != inputs.end();
        if (!journaled) {
            record().refused.push_back(action.value);
            continue;
        }
        for (bool done = false; !done;) {
            if (at_head()) return false;
            const auto next = std::ranges::lower_bound(inputs, run().cursor(), {}, &sim::Input::at_index);
            done = next != inputs.end() && next->at_index == run().cursor() && next->author == sim::InputAuthor::lesson;
            edit().advance();
        }
        const auto wait = wait_of(action.value, lesson(), run().lesson_clock());
        if (!wait) continue;
        const Nanos until = run().clock() + std::max(*wait, Nanos{});
        while (!at_head() && edit().advance_within(until)) {}
        if (at_head()) return false;
        edit().let_pass(until);
    }
    return true;
}

/// One step of the journal. False if the head lies within it.
bool Lab::retrace_step(Nanos head_clock) {
    const StepBlock& block = *step();
    const auto& answers = run().history().answers;
    const engine::AnswerRow* answer = nullptr;
    for (u64 i = 0; i < answers.size(); ++i)
        if (answers[i].prompt == block.predict.id.value) answer = &answers[i];
    const auto& inputs = run().timeline().branch().inputs;
    const bool acted = std::ranges::any_of(inputs, [&](const sim::Input& input) {
        return input.author == sim::InputAuthor::lesson && input.at_index >= run().cursor();
    });
    if (block.predict.given() && answer == nullptr && !acted) {
        while (!at_head()) edit().advance();   // the learner tried something while the question was open
        return false;
    }
    record().begun = true;
    record().answered = answer != nullptr;
    if (answer != nullptr) record().chosen = answer->choice;
    following_.part = StepPart::running;
    step_run_ = {};
    if (!retrace_lines(block)) return false;
    begin_watching(block);
    for (;;) {
        if (until_ && holds_now(*until_)) break;
        if (at_head() && (until_ || head_clock < step_run_.deadline)) return false;
        if (!at_head() && edit().advance_within(step_run_.deadline)) {
            note_touched(true);
            continue;
        }
        edit().let_pass(step_run_.deadline);
        break;
    }
    finish_step(!until_ || holds_now(*until_), true);
    if (at_head()) return false;
    begin_step(following_.step + 1);
    return true;
}

}  // namespace app::lab
