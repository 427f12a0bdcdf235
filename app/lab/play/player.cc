#include "app/lab/play/player.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "app/lab/lesson/lesson_world.h"
#include "app/lab/lesson/times.h"
#include "app/lab/play/rewind.h"
#include "engine/verb.h"

namespace app::lab {
namespace {

using sim::Nanos;
using sim::u64;


std::string first_value(const Table& table) {
    if (table.rows.empty()) return "no row";
    return table.rows.front().empty() ? "" : text_of(table.rows.front().front());
}

bool one_true_value(const Table& table) {
    return table.rows.size() == 1 && table.rows.front().size() == 1 && is_true(table.rows.front().front());
}

int choice_of(const PredictBlock& prediction, const std::string& value) {
    for (std::size_t i = 0; i < prediction.choices.size(); ++i)
        if (prediction.choices[i].value.value == value) return static_cast<int>(i);
    return -1;
}

}  // namespace

Predicate::Predicate(SqlView& view, std::string sql) : sql_(std::move(sql)) {
    auto prepared = view.prepare(sql_);
    if (!prepared) {
        error_ = with_caret(sql_, prepared.error());
        return;
    }
    statement_.emplace(std::move(*prepared));
    mask_ = statement_->touches();
}

bool Predicate::holds() {
    if (!statement_ || !stale_) return holds_;
    stale_ = false;
    const auto table = statement_->run();
    holds_ = table && one_true_value(*table);
    value_ = table ? first_value(*table) : table.error().message;
    if (!table) error_ = with_caret(sql_, table.error());
    return holds_;
}

Player::Player(const Lesson& lesson, Run& run) : lesson_(lesson), run_(run) { show(); }

void Player::show() {
    view_.show({&run_.world(), &run_.history(), run_.cursor(), run_.timeline().branch().id});
}

void Player::set_horizon(const Horizon& horizon) {
    horizon_ = horizon.moment;
    stop_.reset();
    if (!horizon.sql.empty()) stop_.emplace(view_, horizon.sql);
    at_horizon_ = stop_ && stop_->holds();
}

bool Player::advance_within(Nanos moment) {
    if (at_horizon_) return false;
    if (!run_.advance_within(std::min(moment, horizon_))) {
        if (horizon_ > moment) return false;
        run_.let_pass(horizon_);
        at_horizon_ = true;
        return false;
    }
    if (!stop_) return true;
    const u64 touched = run_.take_touched();
    touched_ |= touched;
    stop_->note(touched);
    show();
    at_horizon_ = stop_->holds();
    return true;
}

void Player::run_to(Nanos moment) {
    while (advance_within(moment)) {}
    if (!at_horizon_) run_.let_pass(moment);
}

u64 Player::take_touched() { return std::exchange(touched_, 0) | run_.take_touched(); }

bool Player::run_until(Predicate& until, Nanos limit) {
    const Nanos deadline = run_.clock() + limit;
    until.note(~u64{0});
    for (;;) {
        show();
        if (until.holds()) return true;
        if (!advance_within(deadline)) {
            if (!at_horizon_) run_.let_pass(deadline);
            return false;
        }
        until.note(take_touched());
    }
}

ExpectOutcome Player::ask(const std::string& sql) {
    show();
    Predicate question(view_, sql);
    const bool holds = question.holds();
    return {sql, holds, question.error().empty() ? question.value() : question.error()};
}

void Player::ask_prediction(const PredictBlock& prediction, PredictionOutcome& outcome, bool before) {
    const ExpectOutcome answer = ask(prediction.answer.value);
    (before ? outcome.before : outcome.value) = answer.value;
    if (before) return;
    outcome.asked = true;
    outcome.choice = choice_of(prediction, answer.value);
    if (outcome.choice < 0)
        outcome.error = fmt::format("the run answers '{}', which is none of the choices", answer.value);
}

void Player::do_actions(const StepBlock& step, StepOutcome& outcome) {
    for (const Text& action : step.actions)
        if (std::string why = carry_out(action.value, sim::InputAuthor::lesson); !why.empty())
            outcome.refused.push_back(fmt::format("{}: {}", action.value, why));
}

bool Player::run_to_stop(const StepBlock& step, StepOutcome& outcome, Nanos began) {
    if (step.until_after.given()) return run_to(began + step.until_after.value), true;
    if (step.until_time.given()) return run_to(run_.world().frame->origin + step.until_time.value.since_start), true;
    if (step.until.value.empty()) return true;
    Predicate until(view_, step.until.value);
    const bool reached = run_until(until, timeout_of(step));
    outcome.until_value = until.error().empty() ? until.value() : until.error();
    return reached;
}

StepOutcome Player::play_step(std::size_t place) {
    MR_ASSERT(place < lesson_.steps.size());
    const StepBlock& step = lesson_.steps[place];
    StepOutcome outcome;
    outcome.id = step.id.value;
    outcome.first_index = run_.cursor();
    if (step.predict.given()) ask_prediction(step.predict, outcome.prediction, true);
    if (!step.until.value.empty()) outcome.skipped = ask(step.until.value).holds;
    const Nanos began = run_.clock();
    do_actions(step, outcome);
    outcome.reached = run_to_stop(step, outcome, began);
    for (const Text& expect : step.expect) outcome.expects.push_back(ask(expect.value));
    if (step.predict.given()) ask_prediction(step.predict, outcome.prediction, false);
    outcome.last_index = run_.cursor();
    outcome.stopped = run_.lesson_clock();
    return outcome;
}

std::vector<StepOutcome> Player::play_steps(std::size_t last) {
    std::vector<StepOutcome> outcomes;
    for (std::size_t i = 0; i <= last && i < lesson_.steps.size() && !at_horizon_; ++i)
        outcomes.push_back(play_step(i));
    return outcomes;
}

std::string Player::carry_out(const std::string& line, sim::InputAuthor author, const std::function<void()>& watch) {
    const auto wait = wait_of(line, lesson_, run_.lesson_clock());
    if (rewind_for(run_, line)) {
        show();
        touched_ = ~u64{0};
    }
    if (wait && wait->count < 0) return "wait needs a time, such as 5s, or 'until' and a clock time";
    if (!wait)
        if (std::string why = engine::refusal_of(run_.world(), line); !why.empty()) return why;
    run_.act(author, line);
    if (watch) watch();
    if (!wait) return "";
    const Nanos until = run_.clock() + *wait;
    while (advance_within(until))
        if (watch) watch();
    if (!at_horizon_) run_.let_pass(until);
    return "";
}

FreeOutcome Player::play_free(const std::vector<std::string>& lines, Nanos at_least) {
    FreeOutcome outcome;
    std::vector<Predicate> goals;
    show();
    for (const GoalBlock& goal : lesson_.goals) {
        goals.emplace_back(view_, goal.check.value);
        outcome.goals.push_back({goal.id.value, goals.back().holds(), false, goals.back().error()});
    }
    static_cast<void>(take_touched());
    const auto watch = [&] {
        const u64 touched = take_touched();
        if (outcome.won) return;
        show();
        for (Predicate& goal : goals) goal.note(touched);
        if (goals.empty() || !std::ranges::all_of(goals, &Predicate::holds)) return;
        outcome.won = true;
        outcome.won_at = run_.cursor();
        outcome.won_moment = run_.lesson_clock();
    };
    const Nanos end = run_.clock() + at_least;
    for (const std::string& line : lines)
        if (std::string why = carry_out(line, sim::InputAuthor::learner, watch); !why.empty())
            outcome.refused.push_back(fmt::format("{}: {}", line, why));
    while (run_.clock() < end && advance_within(end)) watch();
    if (!at_horizon_) run_.let_pass(end);
    show();
    for (std::size_t i = 0; i < goals.size(); ++i) {
        goals[i].note(~u64{0});
        outcome.goals[i].at_end = goals[i].holds();
    }
    return outcome;
}

std::optional<Nanos> wait_of(const std::string& line, const Lesson& lesson, Nanos lesson_clock) {
    const engine::Verb verb = engine::parse_verb(line);
    if (verb.name != "wait" || verb.words.empty()) return {};
    if (verb.words[0] != "until") return engine::parse_duration(verb.words[0]);
    const Nanos start = sim::millis(start_ms_of(lesson) - day_start_ms(start_ms_of(lesson)));
    const auto target = verb.words.size() > 1 ? parse_clock(verb.words[1]) : std::nullopt;
    return target ? std::max(*target - start - lesson_clock, Nanos{}) : sim::nanos(-1);
}

}  // namespace app::lab
