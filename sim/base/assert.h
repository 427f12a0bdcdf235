// Two tiers of assertion, both on in Release.
//
// MR_ASSERT(cond)    always evaluated; for O(1) contracts.
// MR_VALIDATE(expr)  evaluated on a sampling schedule (every event in tests); for O(n) invariants.
//
// A failed assertion calls the installed handler with the place and the simulated moment. The program
// installs one that saves the session and exits with 70; sweeps and tests install one that throws, because
// the broken world is thrown away. Neither tier may have side effects on a world.
#pragma once

#include "sim/base/types.h"

namespace sim {

/// Where in a simulation the code that runs now is; kept by the world's step function.
struct Moment {
    u64 seed = 0;
    u64 event_index = 0;
    Nanos now;
    NodeId node = kNoNode;
};

struct BrokenInvariant {
    const char* expression;
    const char* file;
    int line;
    Moment moment;
};

using AssertHandler = void (*)(const BrokenInvariant&);

/// Replaces the handler and returns the one before. The default prints and exits with 70.
AssertHandler set_assert_handler(AssertHandler handler);

/// The moment that a failing assertion reports. One per thread.
Moment& current_moment();

/// Whether MR_VALIDATE evaluates now. `every` = 1 validates always, 0 never.
bool validation_due();
void set_validation_interval(u32 every);

[[noreturn]] void assertion_failed(const char* expression, const char* file, int line);

}  // namespace sim

#define MR_ASSERT(cond) \
    ((cond) ? static_cast<void>(0) : ::sim::assertion_failed(#cond, __FILE__, __LINE__))
#define MR_VALIDATE(expr) \
    (!::sim::validation_due() || (expr) ? static_cast<void>(0) \
                                        : ::sim::assertion_failed(#expr, __FILE__, __LINE__))
