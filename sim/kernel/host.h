// A node's machine as the kernel sees it: whether it runs, how fast, and what waits for its attention.
#pragma once

#include <array>

#include "sim/base/frame.h"
#include "sim/base/prng.h"
#include "sim/base/ring.h"
#include "sim/base/slot_table.h"
#include "sim/kernel/fact.h"

namespace sim {

enum class HostState : u8 {
    absent,   // never started
    up,
    paused,   // the process does nothing; its sockets stay open and take in bytes
    down,     // the process is gone; the machine answers connection attempts with a reset
    off,      // the machine is gone: nothing answers
};

enum class NoticeKind : u8 { none, boot, timer, accepted, connected, frame, closed, disk };
enum class CloseReason : u8 { by_peer, reset, refused, timed_out };

/// One side of a connection, as its owner names it; a default one names none. Side 0 is the one that connected.
struct ConnectionId {
    Handle handle;
    u32 side = 0;

    explicit operator bool() const { return static_cast<bool>(handle); }
    friend auto operator<=>(const ConnectionId&, const ConnectionId&) = default;
};

/// One call into a node's code.
struct Notice {
    NoticeKind kind = NoticeKind::none;
    CloseReason reason = CloseReason::by_peer;
    u8 lane = 0;
    u16 timer_kind = 0;
    ConnectionId connection;
    FrameRef frame;
    u64 tag = 0;          // of the timer or disk ticket; of a frame its message
    u64 cause = kNoEvent;  // index of the event by which it came here
};

/// Work of one lane is done one piece after the other: a thread of the process.
struct Lane {
    Nanos busy_until;
    Ring<Notice> queue;
    bool waking = false;  // an event is scheduled that will take the next piece
};
constexpr u32 kLanes = 4;
static_assert(kLanes <= 4);  // two bits hold a lane in the tags of disk events

/// The speed of a node: every cost is multiplied by numerator / denominator.
struct LimpFactor {
    u32 numerator = 1;
    u32 denominator = 1;
};

struct Host {
    HostState state = HostState::absent;
    u32 incarnation = 0;  // grows at each start
    LimpFactor limp;
    Nanos wall_offset;    // wall clock minus true time
    std::array<Lane, kLanes> lanes;
    Prng rng;
    Prng buggify_rng;

    [[nodiscard]] bool runs() const { return state == HostState::up; }
    [[nodiscard]] bool alive() const { return state == HostState::up || state == HostState::paused; }
};

}  // namespace sim
