// The clock, the agenda and the hosts of a world. Knows nodes by number and time by nanoseconds.
//
// Invariants: time never goes back; every event has a unique seq; two kernels with equal members give equal
// futures for equal inputs.
#pragma once

#include <string_view>
#include <vector>

#include "sim/base/flat_map.h"
#include "sim/base/slot_table.h"
#include "sim/kernel/event_heap.h"
#include "sim/kernel/host.h"
#include "sim/kernel/name_table.h"
#include "sim/kernel/recorder.h"

namespace sim {

constexpr u32 kTimerCapacity = 1u << 20;
constexpr u32 kFewCancelled = 256;      // so many may lie on the agenda, however short it is
constexpr Nanos kLoopDelay = nanos(1);  // the least time between a cause and its effect on the same node
static_assert(kLoopDelay > Nanos{});

/// A timer that a node has set and that has neither fired nor been cancelled.
struct Timer {
    NodeId node = kNoNode;
    u8 lane = 0;
    u16 kind = 0;  // by the node's own enum
    u64 tag = 0;
    Nanos due;
    FactId set_by;  // the event that set it
};

/// Names a timer; a default one names none.
struct TimerId {
    Handle handle;
    explicit operator bool() const { return static_cast<bool>(handle); }
    friend auto operator<=>(const TimerId&, const TimerId&) = default;
};

struct Kernel {
    u64 seed = 0;
    Nanos now;
    i64 wall_start_ms = 0;  // epoch milliseconds at now = 0
    u64 next_seq = 1;
    u64 next_message = 1;
    u64 event_index = 0;    // of the event being carried out; then of the next one
    u32 fact_ordinal = 0;   // facts told by the event being carried out
    u64 trace = 0;          // folds in every event
    EventHeap events;
    u32 cancelled = 0;      // timers among them that will not fire
    SlotTable<Timer> timers{kTimerCapacity};
    std::vector<Host> hosts;
    NameTable names;
    FlatMap<std::pair<NameId, u16>, NodeId> addresses;  // host name and port -> who listens there

    [[nodiscard]] Host& host(NodeId node) { MR_ASSERT(node.value < hosts.size()); return hosts[node.value]; }
    [[nodiscard]] const Host& host(NodeId node) const { return const_cast<Kernel*>(this)->host(node); }

    /// Adds a host that is not yet running.
    NodeId add_host();
    /// Puts an event on the agenda. Requires at >= now.
    void schedule(Nanos at, NodeId node, EventKind kind, u32 slot, u64 tag);
    TimerId set_timer(const Timer& timer);
    /// Cancels a timer if it still lives, and forgets its name.
    void cancel(TimerId& id);
    /// Takes note that a stale event left the agenda.
    void note_stale(const Event& event);
    /// Cancels every timer of a node.
    void cancel_timers_of(NodeId node);

    /// Folds words of the running event into the trace.
    void fold(u64 word) { trace = (trace ^ mix64(word + 0x9e3779b97f4a7c15ULL)) * 0xff51afd7ed558ccdULL; }
    /// Begins the event `event` (already off the agenda): moves the clock, folds it, tells the recorder.
    void begin(const Event& event, u64 cause, Recorder& recorder);
    /// Ends the running event.
    void end();
    /// The running event as a cause.
    [[nodiscard]] FactId here() const { return {event_index, 0}; }

    /// Hands a notice to a node's lane: true if the node's code shall run now, false if it was queued or
    /// the node is not running.
    bool offer(NodeId node, Notice& notice);
    /// Takes what a lane event of this incarnation promised; kind `none` if nothing is to run.
    Notice take(NodeId node, u8 lane, u32 incarnation);
    /// After the node's code ran: the lane is busy for `cost` (times the limp factor).
    void occupy(NodeId node, u8 lane, Nanos cost);
    /// Lets the queues of a node run again after it was resumed.
    void wake_lanes(NodeId node);

    [[nodiscard]] Nanos limped(NodeId node, Nanos cost) const;
    /// Wall clock of a node in epoch milliseconds.
    [[nodiscard]] i64 wall_ms(NodeId node) const;

private:
    [[nodiscard]] bool is_cancelled(const Event& event) const;
    void note_cancelled();
    void wake(NodeId node, u8 lane);
};

}  // namespace sim
