// A TCP-like connection: two directions, each a queue of segments that arrive in order or not at all.
#pragma once

#include <array>

#include "sim/base/frame.h"
#include "sim/base/ring.h"
#include "sim/kernel/host.h"
#include "sim/kernel/recorder.h"

namespace sim {

enum class SegmentKind : u8 { syn, syn_ack, data, fin, reset };
enum class SegmentState : u8 {
    flying,   // on its way; an arrival event is scheduled
    stalled,  // did not get through; a retransmit event is scheduled
    held,     // a learner holds it back
    arrived,  // at the other end, waiting for one sent before it
};

/// One application message, or one step of opening and closing, on its way.
struct Segment {
    SegmentKind kind = SegmentKind::data;
    SegmentState state = SegmentState::flying;
    CloseReason reason = CloseReason::by_peer;  // what a fin or reset says
    bool local = false;  // told by this end's own machine: no link to cross
    u16 label = 0;
    u16 attempts = 0;    // transmissions that failed so far
    u64 message = 0;     // unique in the world; ascending within a direction
    FrameRef frame;      // data only
    Nanos sent_at;
    Nanos due;           // next arrival or retransmission
    FactId sent_by;      // the event that sent it
};

/// One end: who sits there and whether it still cares.
struct End {
    NodeId node = kNoNode;
    u32 incarnation = 0;
    u8 lane = 0;
    bool open = false;
};

/// Side 0 is the one that connected. Direction i carries what side i sends.
struct Connection {
    std::array<End, 2> ends;
    std::array<Ring<Segment>, 2> segments;
    std::array<Nanos, 2> last_due;  // nothing sent later may arrive earlier
    u16 port = 0;
    bool established = false;
};

constexpr u32 other(u32 side) { return 1 - side; }
static_assert(other(0) == 1 && other(1) == 0);

}  // namespace sim
