// Plays a case of a crashed query: what is done to it, a person who starts again what has died, and in the end a look
// at what the sink holds.
#pragma once

#include "app/proof/streams/crash_case.h"
#include "app/proof/sweep/shrink.h"

namespace app::proof {

struct Crashed {
    std::string shape;
    std::string wrong;  ///< "" = the sink holds what it promises
    u64 events = 0;
    u64 trace = 0;
    i64 batches = 0;     ///< that were committed
    i64 again = 0;       ///< that were begun more than once
    i64 expected = 0;    ///< rows
    i64 duplicates = 0;  ///< rows beyond those, all named
    i64 lives = 0;       ///< of the driver
    std::vector<sim::Input> inputs;
    sim::Nanos ended;  ///< on the learner's clock
};

Crashed play_crash(const CrashCase& c, engine::PlantedBug bug);
Crashed play_crashes(u64 seed, engine::PlantedBug bug);

/// A case as a plan of a sweep, which can be saved, and back: what is done to it is what its seed drew and the plan
/// still has; its shape is the seed's.
Plan plan_of(const CrashCase& c, engine::PlantedBug bug);
CrashCase case_of(const Plan& plan);
/// What came of a case as a sweep tells it.
Played played_of(const Crashed& crashed);
/// A failing plan with as few deeds and records as break the same promise; none if it breaks none.
std::optional<Shrunk> shrink_crash(const Plan& plan);

}  // namespace app::proof
