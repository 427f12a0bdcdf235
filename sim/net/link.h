// One direction between two nodes: how long a segment takes, and what stands in its way.
#pragma once

#include "sim/base/prng.h"
#include "sim/base/types.h"

namespace sim {

/// What a link is like. Latency and jitter are one-way; bandwidth 0 means unlimited.
struct LinkProfile {
    Nanos latency = micros(100);
    Nanos jitter;               // uniform in [0, jitter], added to each segment
    u64 bandwidth = 0;          // bytes a second
    u32 loss_per_million = 0;   // each lost transmission costs a retransmission delay

    friend bool operator==(const LinkProfile&, const LinkProfile&) = default;
};

/// The last stretch of time in which bytes leave the sender's interface. It may lie ahead: slow work sends when it
/// is done, and what is sent before that goes first.
struct Busy {
    Nanos from, until;
};

struct Link {
    LinkProfile base;       // as the world was built
    LinkProfile effective;  // with the fault rules of this moment
    bool blocked = false;   // by a fault rule of this moment
    Busy occupied;
    Prng rng;
};

}  // namespace sim
