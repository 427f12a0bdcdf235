// Random numbers for a world: xoshiro256++ seeded by splitmix64, integers only.
//
// Streams are split by purpose (`Prng::forked(seed, "link", index)`): removing one fault or one node must
// not reshuffle everyone else's draws, or a shrunk session would no longer show the same failure.
#pragma once

#include <array>
#include <string_view>

#include "sim/base/assert.h"
#include "sim/base/hash.h"
#include "sim/base/types.h"

namespace sim {

struct Prng {
    std::array<u64, 4> state{};

    static Prng forked(u64 seed, std::string_view purpose, u64 index = 0);

    u64 next();
    /// Uniform in [0, bound). Requires bound > 0. Lemire's method with rejection.
    u64 below(u64 bound);
    /// Uniform in [low, high], both included.
    i64 between(i64 low, i64 high);
    /// True in `numerator` of `denominator` cases.
    bool chance(u64 numerator, u64 denominator) { return below(denominator) < numerator; }
    /// Uniform span in [low, high].
    Nanos between(Nanos low, Nanos high) { return {between(low.count, high.count)}; }
    /// Exponentially distributed span with this mean, from an integer table; at most 8 times the mean.
    Nanos exponential(Nanos mean);
};

}  // namespace sim
