// A lesson that is open and followed by hand: time that plays, steps back and branches; the parts of each step in their
// fixed order; predictions; goals. The window and scripted learners drive it; it draws nothing.
//
// The lesson's own part goes on at the head of a branch only. Below it the past is shown: time moves through what is
// known, and the step shown is the one that was current then. An action in the past opens a branch, and the lesson
// goes on from there. The same inputs at the same moments give the same hash as a headless run.
//
// Files: lab.cc opening, saving, acting; lab_steps.cc the parts of a step; lab_moves.cc time.
#pragma once

#include "app/lab/follow.h"
#include "app/lab/play/player.h"
#include "app/lab/run/session.h"

namespace app::lab {

enum class StepUnit : sim::u8 { event, node_event, marker, stop };

/// Whether an event of the history is one at which a move by this unit stands still.
using IsStation = std::function<bool(const engine::History& history, sim::u64 event_index)>;

constexpr sim::Nanos kLongestSearch = sim::seconds(600);   // on the run's clock, for a station that may never come
constexpr int kSliceEvents = 64;       // most events of one call: the caller measures its time between calls

class Lab {
public:
    explicit Lab(std::unique_ptr<Session> session);
    ~Lab();
    Lab(const Lab&) = delete;
    Lab& operator=(const Lab&) = delete;

    /// A lesson at its beginning; `session_file` "" keeps it in memory only.
    static std::expected<std::unique_ptr<Lab>, std::string> open(const std::string& lesson,
                                                                 std::optional<sim::u64> seed,
                                                                 const std::string& session_file = "");
    /// A saved session where it stood: its branches, its answers, the step it was in.
    static std::expected<std::unique_ptr<Lab>, std::string> reopen(const std::string& session_file);

    // ---- what is there
    [[nodiscard]] const Session& session() const { return *session_; }
    [[nodiscard]] const Lesson& lesson() const { return session_->lesson; }
    [[nodiscard]] const Run& run() const { return *session_->run; }
    [[nodiscard]] const Following& following() const { return following_; }
    /// The step that is shown; nullptr in the free part.
    [[nodiscard]] const StepBlock* step() const;
    [[nodiscard]] const Pace& pace() const { return pace_; }
    [[nodiscard]] bool playing() const { return playing_; }
    /// Long work is under way: to a stop, a moment or a predicate, as fast as it goes.
    [[nodiscard]] bool hurrying() const { return hurry_ != Hurry::no; }
    /// The last step by station came to its end without one: none was there for kLongestSearch.
    [[nodiscard]] bool searched_in_vain() const { return in_vain_; }
    [[nodiscard]] bool at_head() const { return run().timeline().at_head(); }
    /// Whether the step's question waits for its answer: then time does not go on at the head.
    [[nodiscard]] bool question_open() const;
    /// The world at the beginning of the step that is shown.
    [[nodiscard]] const engine::World& since() const { return *since_; }
    /// What could not be saved; "" nothing.
    [[nodiscard]] const std::string& save_error() const { return save_error_; }

    // ---- time
    void play();
    void pause();
    void set_pace(Pace pace);
    /// Lets wall time pass: at most kSliceEvents events. False if nothing is to be done: it stands still. Long work
    /// goes on with wall time 0, so the caller may call again within the same frame.
    bool advance_for(sim::Nanos wall);
    /// One event, or to the next station of a kind; the stations of `event` and `stop` are known here.
    void step_forward(StepUnit unit, const IsStation& is_station = {});
    void step_back(StepUnit unit, const IsStation& is_station = {});
    void go_to(sim::u64 index);
    /// To a moment of the run's clock that is known already; later ones lead to the newest.
    void go_to_moment(sim::Nanos moment);
    /// Runs as fast as it goes until a query holds. What is wrong with the query, or "".
    std::string run_until(const std::string& sql);
    void stop_work();

    // ---- the lesson
    void choose(const std::string& value);
    /// Commits to the choice and lets the step run. Nothing is chosen: nothing happens.
    void lock_in();
    /// Goes on: begins the step, the next one, or hurries to the stop of the one that runs.
    void run_to_stop();

    // ---- acting
    /// Carries out a line as the learner; in the past this opens a branch. Why not, or "". A line about what has
    /// happened already goes back to before it, and time then hurries to the moment one came from.
    std::string act(const std::string& line);
    bool undo();
    bool redo();
    /// Marks this moment, or takes its mark away; with a note it is marked, and the note is the newest. True: marked.
    bool bookmark(const std::string& note = "");
    /// Goes to a marked moment on its branch.
    void go_to_bookmark(std::size_t place);
    void switch_branch(sim::u32 id);
    /// The moment of another branch that stands beside this one: the stop of the same step, or else the same clock.
    [[nodiscard]] sim::Nanos moment_beside(sim::u32 branch) const;
    /// Lets the branch that this one left at its newest moment live on to this moment (`let_parent_live`). Time stands.
    void live_beside();

    /// Compares the goals with this moment.
    void refresh();

private:
    enum class Hurry : sim::u8 { no, stop, moment, again, query, marker };
    enum class Moved : sim::u8 { event, idle, stopped };

    /// The part of a step's run that lies ahead; made again from the journal when the head changes.
    struct StepRun {
        std::size_t next_line = 0;
        sim::Nanos wait_until{-1};     // of a `wait` line; negative: none
        bool watching = false;         // all lines are done, `deadline` counts
        sim::Nanos deadline;
    };
    struct Position {
        sim::u32 branch = 0;
        sim::u64 cursor = 0;
        sim::Nanos clock;
    };
    /// What is remembered of a branch that is not current.
    struct Track {
        std::vector<StepRecord> steps;
        std::vector<GoalRecord> goals;
        bool won = false;
        bool known = false;
        sim::Nanos head_clock;
        bool lives_on = false;   // another branch left it at its newest moment: it goes on beside that one
        sim::Nanos lived_to;
    };

    // lab.cc
    void save();
    void keep_track();
    void after_fork(const std::vector<StepRecord>& before);
    [[nodiscard]] Position position() const;
    void go_to(const Position& position);

    // lab_steps.cc
    void begin_step(std::size_t place);
    void go_on();
    void start_running();
    Moved pump(sim::Nanos limit);
    Moved pump_step(sim::Nanos limit);
    Moved pump_free(sim::Nanos limit);
    void carry_out_line(const StepBlock& block);
    void begin_watching(const StepBlock& block);
    void resume_step();
    void finish_step(bool reached, bool retracing = false);
    void begin_goals();
    void watch_goals();
    [[nodiscard]] ExpectOutcome ask(const std::string& sql);
    [[nodiscard]] bool holds_now(Predicate& predicate);
    void note_touched(bool replayed = false);
    void show();
    void retrace();
    bool retrace_step(sim::Nanos head_clock);
    bool retrace_lines(const StepBlock& block);

    // lab_moves.cc
    Moved move_once(sim::Nanos limit);
    Moved replay_once(sim::Nanos limit);
    bool hurry_on();
    void live_again(const Position& left);
    bool pass_again(sim::Nanos moment);
    bool play_on(sim::Nanos wall);
    void sync();
    void sync_since();
    void arrive_at_head();
    [[nodiscard]] sim::Nanos moment_of_last_event() const;
    [[nodiscard]] sim::u64 last_station(const IsStation& is_station) const;

    [[nodiscard]] StepRecord& record() { return following_.steps.back(); }
    [[nodiscard]] Run& edit() { return *session_->run; }

    std::unique_ptr<Session> session_;
    std::optional<SessionWriter> writer_;
    std::string save_error_;
    SqlView view_;
    Following following_;
    StepRun step_run_;
    std::optional<Predicate> until_;       // of the step that runs
    std::vector<Predicate> goals_;         // watched in the free part
    std::vector<Track> tracks_;            // by branch
    std::unique_ptr<engine::World> since_;
    std::size_t since_step_ = 0;
    sim::u32 since_branch_ = 0;

    Pace pace_;
    bool playing_ = false;
    sim::Nanos credit_;                    // wall time not yet used, at the pace
    Hurry hurry_ = Hurry::no;
    sim::Nanos hurry_moment_ = sim::kForever;
    bool in_vain_ = false;
    std::optional<Predicate> hurry_query_;
    IsStation hurry_station_;
    sim::u32 left_ = 0;                    // the branch whose time is lived again
    std::vector<Position> undo_, redo_;
};

}  // namespace app::lab
