// Plays a lesson: its steps in their fixed order, its free part with a solution, and what came of each. The
// player answers nothing itself: predictions, expectations and goals are questions to the run.
#pragma once

#include <functional>
#include <optional>

#include "app/lab/lesson/lesson.h"
#include "app/lab/run/run.h"
#include "app/lab/sql/sql_view.h"

namespace app::lab {

/// A query that is asked again only when an event touched a table that it reads.
class Predicate {
public:
    /// A query that cannot be prepared or asked holds never; `error` says why.
    Predicate(SqlView& view, std::string sql);
    /// Notes tables that may have changed.
    void note(sim::u64 touched) { stale_ = stale_ || (touched & mask_) != 0; }
    /// Whether the query returns one row with one true value now.
    bool holds();
    [[nodiscard]] const std::string& error() const { return error_; }
    [[nodiscard]] const std::string& sql() const { return sql_; }
    /// What the query returned last, as text.
    [[nodiscard]] const std::string& value() const { return value_; }

private:
    std::string sql_;
    std::string error_;
    std::string value_;
    std::optional<Statement> statement_;
    sim::u64 mask_ = 0;
    bool stale_ = true;
    bool holds_ = false;
};

struct ExpectOutcome {
    std::string sql;
    bool holds = false;
    std::string value;          // what it returned, or the error
};

struct PredictionOutcome {
    bool asked = false;
    std::string before;         // what the query returned before the step's `do`; "no row" if none
    std::string value;          // what it returns at the stop
    int choice = -1;            // the choice that this is; -1 = none of them
    std::string error;
};

struct StepOutcome {
    std::string id;
    bool reached = false;       // the condition came true in time
    bool skipped = false;       // it was true before the step's `do`
    std::string until_value;    // what the condition's query returned last
    std::vector<std::string> refused;   // actions of `do` that did not apply, with the reason
    std::vector<ExpectOutcome> expects;
    PredictionOutcome prediction;
    sim::u64 first_index = 0;   // cursor when the step began
    sim::u64 last_index = 0;    // and at its stop
    sim::Nanos stopped;         // on the learner's clock
};

struct GoalOutcome {
    std::string id;
    bool at_start = false;
    bool at_end = false;
    std::string error;
};

struct FreeOutcome {
    std::vector<GoalOutcome> goals;
    std::vector<std::string> refused;
    bool won = false;           // all goals held together at some event
    sim::u64 won_at = 0;
    sim::Nanos won_moment;
};

/// Where a run ends before the lesson does: at a moment of the run's clock, or when a query holds.
struct Horizon {
    sim::Nanos moment = sim::kForever;
    std::string sql;
};

class Player {
public:
    Player(const Lesson& lesson, Run& run);

    /// From now on nothing runs beyond this. A query that cannot be asked is told by `horizon_error`.
    void set_horizon(const Horizon& horizon);
    [[nodiscard]] bool at_horizon() const { return at_horizon_; }
    [[nodiscard]] std::string horizon_error() const { return stop_ ? stop_->error() : ""; }
    /// One event, if it lies before `moment` and before the horizon.
    bool advance_within(sim::Nanos moment);
    /// All events up to `moment`, or to the horizon.
    void run_to(sim::Nanos moment);

    /// Shows the run's present moment to the SQL view. Called by everything here that asks.
    void show();
    /// Plays a step to its stop. `answer` with a choice journals the learner's answer.
    StepOutcome play_step(std::size_t step);
    /// All steps up to and with `last`.
    std::vector<StepOutcome> play_steps(std::size_t last);
    /// Carries out lines as a learner and watches the goals until `at_least` has passed since the beginning.
    FreeOutcome play_free(const std::vector<std::string>& lines, sim::Nanos at_least = {});
    /// Carries out one line; waits as long as it says. Why it did not apply, or "".
    std::string carry_out(const std::string& line, sim::InputAuthor author, const std::function<void()>& watch = {});
    /// Runs until a query holds. False after `limit`.
    bool run_until(Predicate& until, sim::Nanos limit);

    [[nodiscard]] SqlView& view() { return view_; }
    [[nodiscard]] Run& run() { return run_; }
    [[nodiscard]] const Lesson& lesson() const { return lesson_; }

private:
    void do_actions(const StepBlock& step, StepOutcome& outcome);
    bool run_to_stop(const StepBlock& step, StepOutcome& outcome, sim::Nanos began);
    void ask_prediction(const PredictBlock& prediction, PredictionOutcome& outcome, bool before);
    ExpectOutcome ask(const std::string& sql);

    [[nodiscard]] sim::u64 take_touched();

    const Lesson& lesson_;
    Run& run_;
    SqlView view_;
    sim::Nanos horizon_ = sim::kForever;
    std::optional<Predicate> stop_;
    sim::u64 touched_ = 0;      // taken from the run, not yet from here
    bool at_horizon_ = false;
};

/// The verb `wait`: how long, counted from `clock`; nothing if the line is another verb.
std::optional<sim::Nanos> wait_of(const std::string& line, const Lesson& lesson, sim::Nanos lesson_clock);

}  // namespace app::lab
