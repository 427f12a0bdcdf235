// A world with its past and its branches: what a player, the window and the proofs drive.
#pragma once

#include <functional>

#include "engine/history.h"
#include "engine/world.h"
#include "sim/record/timeline.h"

namespace app::lab {

/// How a timeline drives a world of the engine.
struct WorldTraits {
    using History = engine::History;
    static sim::u64 index(const engine::World& world) { return world.kernel().event_index; }
    static bool step(engine::World& world, History* history);
    static void apply(engine::World& world, const sim::Input& input, History* history);
    static sim::u64 trace(const engine::World& world) { return world.kernel().trace; }
    static sim::u64 weight(const engine::World& world) { return engine::weight(world); }
    static History prefix(const History& history, sim::u64 index) { return engine::prefix(history, index); }
};

using Timeline = sim::Timeline<engine::World, WorldTraits>;

/// Moves a timeline by time. The clock may stand between two events; inputs are stamped with it.
class Run {
public:
    explicit Run(const engine::World& origin, sim::KeyframeBudget budget = {});

    [[nodiscard]] const engine::World& world() const { return timeline_.world(); }
    [[nodiscard]] const engine::History& history() const { return timeline_.branch().history; }
    [[nodiscard]] sim::u64 cursor() const { return timeline_.cursor(); }
    [[nodiscard]] Timeline& timeline() { return timeline_; }
    [[nodiscard]] const Timeline& timeline() const { return timeline_; }
    /// The moment shown: of the last event, or later if nothing happened since.
    [[nodiscard]] sim::Nanos clock() const { return clock_; }
    /// The same on the learner's clock, which begins at the origin.
    [[nodiscard]] sim::Nanos lesson_clock() const { return clock_ - world().frame->origin; }

    /// One event forward. False if nothing is left to happen.
    bool advance();
    /// One event forward if it happens not later than `moment`.
    bool advance_within(sim::Nanos moment);
    /// All events up to `moment`, and the clock to it.
    void run_to(sim::Nanos moment);
    /// Moves the clock alone. Requires clock <= moment, and no event before it.
    void let_pass(sim::Nanos moment);
    /// Applies a line at the clock: appended at the head, or a new branch below it.
    void act(sim::InputAuthor author, std::string line);
    /// Called after each input and answer: whoever keeps a session saves it then.
    void on_input(std::function<void()> listener) { listener_ = std::move(listener); }

    void seek(sim::u64 index);
    void switch_to(sim::u32 branch, sim::u64 index);
    /// Index of the last event at or before a moment of the current branch, plus one.
    [[nodiscard]] sim::u64 index_at(sim::Nanos moment) const;

    /// Tables that events since the last call may have changed.
    sim::u64 take_touched();
    void note_answer(std::string prompt, std::string choice, bool correct);

private:
    Timeline timeline_;
    sim::Nanos clock_;
    std::function<void()> listener_;
};

}  // namespace app::lab
