// Plays a case of a crashed query: what is done to it, a person who starts again what has died, and in the end a look
// at what the sink holds.
#pragma once

#include "app/proof/streams/crash_case.h"

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
};

Crashed play_crash(const CrashCase& c, engine::PlantedBug bug);
Crashed play_crashes(u64 seed, engine::PlantedBug bug);

}  // namespace app::proof
