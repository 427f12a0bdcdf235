// One entry of the world's agenda.
#pragma once

#include <type_traits>

#include "sim/base/types.h"

namespace sim {

enum class EventKind : u16 {
    none,
    boot,        // a node starts; tag = incarnation
    timer,       // a timer is due; slot and tag name it
    arrival,     // a segment reaches the other end of a connection; slot = connection, tag = message
    retransmit,  // a segment that did not get through is tried again; as arrival
    disk,        // a disk operation has finished; tag = the ticket that the node gave
    lane,        // a lane of a node is free for what waits in its queue; slot = lane
    rule,        // a fault rule begins or ends; slot = rule
    input,       // an intervention; never in the heap, but an event of the trace
};

/// Ordered by (at, seq). seq is given at scheduling and unique, so the order is total.
struct Event {
    Nanos at;
    u64 seq = 0;
    NodeId node = kNoNode;
    EventKind kind = EventKind::none;
    u32 slot = 0;
    u64 tag = 0;
};
static_assert(sizeof(Event) == 32 && std::is_trivially_copyable_v<Event>);

constexpr bool before(const Event& a, const Event& b) {
    return a.at != b.at ? a.at < b.at : a.seq < b.seq;
}
static_assert(before({nanos(1), 9}, {nanos(2), 1}) && before({nanos(1), 1}, {nanos(1), 2}));
static_assert(!before(Event{}, Event{}));

}  // namespace sim
