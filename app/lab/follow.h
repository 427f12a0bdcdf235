// Where a person stands in a lesson that is followed by hand: which step, which part of it, what was answered, and
// what came of the steps before. Plain data; lab.h moves it.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "sim/base/types.h"

namespace app::lab {

/// The parts of a step that take time, in their order. What comes between them (view, spotlight; expect, explain)
/// happens at once.
enum class StepPart : sim::u8 {
    asking,    // the words are said, the question is open; nothing of this step has run
    running,   // the step's `do` has been carried out, its `until` does not hold yet
    stopped,   // it ran to its stop: the answer of the run is known, the explanation is open
};

/// What came of a step, kept for every step that was begun.
struct StepRecord {
    sim::u64 first_index = 0;     // cursor when it began
    sim::u64 last_index = 0;      // cursor at its stop; before that, 0
    sim::u32 branch = 0;          // on which it was played
    sim::Nanos began;             // the run's clock at its beginning
    sim::Nanos stopped;
    std::string chosen;           // the learner's answer; "" none
    std::string answer;           // the run's answer, as its query returned it
    bool reached = true;          // the condition came true in time
    bool begun = false;           // its `do` has started: what it asks is answered or passed over
    bool answered = false;        // chosen was locked in
    std::vector<std::string> refused;    // actions that did not apply, with the reason
    std::vector<std::string> missed;     // expectations that did not hold
};

struct GoalRecord {
    bool at_start = false;        // held when the free part began
    bool holds = false;           // at the cursor
    bool reached = false;         // held at some event of the free part
    bool broken = false;          // a guard that stopped holding
    sim::u64 at = 0;              // the event after which it was reached or broken
    std::string error;            // the query cannot be asked
};

struct Following {
    std::size_t step = 0;         // index into the lesson's steps; their number: the free part
    StepPart part = StepPart::asking;
    std::string chosen;           // ticked and not yet locked in
    std::vector<StepRecord> steps;    // those begun, in their order
    std::vector<GoalRecord> goals;    // as the lesson's
    bool won = false;             // all goals held together
};

/// How time goes while it plays.
struct Pace {
    bool by_event = true;         // each event gets its moment, idle gaps collapse
    sim::i64 per_mille = 1000;    // of real time, or of one event each 320 ms; 0: as fast as it goes

    friend bool operator==(const Pace&, const Pace&) = default;
};

/// The speeds there are, slowest first; the last is as fast as it goes.
constexpr std::array<sim::i64, 13> kSpeeds = {1, 2, 5, 10, 50, 100, 250, 500, 1000, 2000, 10'000, 100'000, 0};
/// "1x", "0.001x", "max".
std::string speed_text(const Pace& pace);

}  // namespace app::lab
