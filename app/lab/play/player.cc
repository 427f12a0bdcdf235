#include "app/lab/play/player.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/verb.h"

namespace app::lab {
namespace {

using sim::Nanos;
using sim::u64;

constexpr Nanos kDefaultTimeout = sim::seconds(60);
constexpr Nanos kDay = sim::seconds(86'400);

/// "hh:mm:ss" as a moment of the day; negative if it is none.
Nanos parse_clock(const std::string& text) {
    int hours = 0, minutes = 0, seconds = 0;
    if (std::sscanf(text.c_str(), "%d:%d:%d", &hours, &minutes, &seconds) < 2) return sim::nanos(-1);
    return sim::seconds(hours * 3600 + minutes * 60 + seconds);
}

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

bool Player::run_until(Predicate& until, Nanos limit) {
    const Nanos deadline = run_.clock() + limit;
    until.note(~u64{0});
    for (;;) {
        show();
        if (until.holds()) return true;
        if (!run_.advance_within(deadline)) return run_.let_pass(deadline), false;
        until.note(run_.take_touched());
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
    if (outcome.choice < 0) outcome.error = fmt::format("the run answers '{}', which is none of the choices", answer.value);
}

void Player::do_actions(const StepBlock& step, StepOutcome& outcome) {
    for (const Text& action : step.actions)
        if (std::string why = carry_out(action.value, sim::InputAuthor::lesson); !why.empty())
            outcome.refused.push_back(fmt::format("{}: {}", action.value, why));
}

bool Player::run_to_stop(const StepBlock& step, StepOutcome& outcome, Nanos began) {
    if (step.until_after.given()) return run_.run_to(began + step.until_after.value), true;
    if (step.until_time.given()) return run_.run_to(run_.world().frame->origin + step.until_time.value.since_start), true;
    if (step.until.value.empty()) return true;
    Predicate until(view_, step.until.value);
    const bool reached = run_until(until, step.timeout.given() ? step.timeout.value : kDefaultTimeout);
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
    for (std::size_t i = 0; i <= last && i < lesson_.steps.size(); ++i) outcomes.push_back(play_step(i));
    return outcomes;
}

std::string Player::carry_out(const std::string& line, sim::InputAuthor author, const std::function<void()>& watch) {
    const auto wait = wait_of(line, lesson_, run_.lesson_clock());
    if (wait && wait->count < 0) return "wait needs a time, such as 5s, or 'until' and a clock time";
    if (!wait)
        if (std::string why = engine::refusal_of(run_.world(), line); !why.empty()) return why;
    run_.act(author, line);
    if (watch) watch();
    if (!wait) return "";
    const Nanos until = run_.clock() + *wait;
    while (run_.advance_within(until))
        if (watch) watch();
    run_.let_pass(until);
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
    run_.take_touched();
    const auto watch = [&] {
        const u64 touched = run_.take_touched();
        if (outcome.won) return;
        show();
        bool all = !goals.empty();
        for (Predicate& goal : goals) {
            goal.note(touched);
            all = goal.holds() && all;
        }
        if (!all) return;
        outcome.won = true;
        outcome.won_at = run_.cursor();
        outcome.won_moment = run_.lesson_clock();
    };
    const Nanos end = run_.clock() + at_least;
    for (const std::string& line : lines)
        if (std::string why = carry_out(line, sim::InputAuthor::learner, watch); !why.empty())
            outcome.refused.push_back(fmt::format("{}: {}", line, why));
    while (run_.clock() < end && run_.advance_within(end)) watch();
    run_.let_pass(end);
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
    const Nanos start = sim::millis(lesson.info.start_time.value.epoch_ms % kDay.to_millis());
    const Nanos target = verb.words.size() > 1 ? parse_clock(verb.words[1]) : sim::nanos(-1);
    if (target.count < 0) return sim::nanos(-1);
    return std::max(target - start - lesson_clock, Nanos{});
}

}  // namespace app::lab
