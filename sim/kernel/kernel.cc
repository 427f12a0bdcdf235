#include "sim/kernel/kernel.h"

#include <algorithm>

namespace sim {

NodeId Kernel::add_host() {
    MR_ASSERT(hosts.size() < kNoNode.value);
    const NodeId node{static_cast<u16>(hosts.size())};
    Host& host = hosts.emplace_back();
    host.rng = Prng::forked(seed, "node", node.value);
    host.buggify_rng = Prng::forked(seed, "buggify", node.value);
    return node;
}

void Kernel::schedule(Nanos at, NodeId node, EventKind kind, u32 slot, u64 tag) {
    MR_ASSERT(at >= now);
    MR_ASSERT(kind != EventKind::none && kind != EventKind::input);
    MR_ASSERT(kind == EventKind::rule || node.value < hosts.size());
    events.push({at, next_seq++, node, kind, slot, tag});
}

TimerId Kernel::set_timer(const Timer& timer) {
    MR_ASSERT(timer.due >= now && timer.node.value < hosts.size() && timer.lane < kLanes);
    const Handle handle = timers.insert(timer);
    schedule(timer.due, timer.node, EventKind::timer, handle.index, handle.generation);
    return {handle};
}

bool Kernel::is_cancelled(const Event& event) const {
    return event.kind == EventKind::timer && timers.find({event.slot, static_cast<u32>(event.tag)}) == nullptr;
}

/// Most timers are time limits that are cancelled long before they are due: they must not become most of the agenda.
void Kernel::note_cancelled() {
    if (++cancelled <= std::max(kFewCancelled, events.size() / 2)) return;
    MR_ASSERT(cancelled <= events.size());
    events.sweep([this](const Event& event) { return is_cancelled(event); });
    cancelled = 0;
    MR_ASSERT(timers.size() <= events.size());   // each that lives has its event
}

void Kernel::note_stale(const Event& event) {
    if (event.kind != EventKind::timer) return;
    MR_ASSERT(cancelled > 0);
    --cancelled;
}

void Kernel::cancel(TimerId& id) {
    if (timers.find(id.handle) != nullptr) {
        timers.erase(id.handle);
        note_cancelled();
    }
    id = {};
}

void Kernel::cancel_timers_of(NodeId node) {
    std::vector<Handle> gone;
    timers.for_each([&](Handle handle, const Timer& timer) {
        if (timer.node == node) gone.push_back(handle);
    });
    for (Handle handle : gone) {
        timers.erase(handle);
        note_cancelled();
    }
}

void Kernel::begin(const Event& event, u64 cause, Recorder& recorder) {
    MR_ASSERT(event.at >= now && event.kind != EventKind::none);
    MR_ASSERT(event.kind == EventKind::input ? event.seq == 0 : event.seq < next_seq);
    MR_ASSERT(cause == kNoEvent || cause < event_index);
    now = event.at;
    fact_ordinal = 0;
    fold(static_cast<u64>(now.count));
    fold(static_cast<u64>(event.node.value) << 16 | static_cast<u64>(event.kind));
    fold(event.tag);
    current_moment() = {seed, event_index, now, event.node};
    recorder.on_event({event_index, now, event.seq, next_seq, cause, event.node, event.kind, event.slot,
                       event.tag});
}

void Kernel::end() { ++event_index; }

bool Kernel::offer(NodeId node, Notice& notice) {
    Host& host = this->host(node);
    if (!host.alive()) return false;
    MR_ASSERT(notice.lane < kLanes);
    Lane& lane = host.lanes[notice.lane];
    if (host.runs() && lane.busy_until <= now && lane.queue.empty()) return true;
    notice.cause = event_index;
    lane.queue.push_back(std::move(notice));
    wake(node, static_cast<u8>(&lane - host.lanes.data()));
    return false;
}

Notice Kernel::take(NodeId node, u8 lane_index, u32 incarnation) {
    MR_ASSERT(lane_index < kLanes);
    Host& host = this->host(node);
    if (host.incarnation != incarnation) return {};  // the process that this was for is gone
    Lane& lane = host.lanes[lane_index];
    MR_ASSERT(lane.waking || !host.alive());
    lane.waking = false;
    if (!host.runs() || lane.queue.empty()) return {};
    MR_ASSERT(lane.busy_until <= now);
    MR_ASSERT(lane.queue.front().lane == lane_index && lane.queue.front().cause < event_index);
    return lane.queue.pop_front();
}

void Kernel::occupy(NodeId node, u8 lane_index, Nanos cost) {
    MR_ASSERT(lane_index < kLanes && cost.count >= 0);
    Host& host = this->host(node);
    Lane& lane = host.lanes[lane_index];
    lane.busy_until = std::max(lane.busy_until, now + limped(node, cost));
    if (!lane.queue.empty()) wake(node, lane_index);
}

void Kernel::wake(NodeId node, u8 lane_index) {
    Host& host = this->host(node);
    Lane& lane = host.lanes[lane_index];
    if (lane.waking || !host.runs()) return;
    lane.waking = true;
    schedule(std::max(now, lane.busy_until), node, EventKind::lane, lane_index, host.incarnation);
}

void Kernel::wake_lanes(NodeId node) {
    for (u8 lane = 0; lane < kLanes; ++lane)
        if (!host(node).lanes[lane].queue.empty()) wake(node, lane);
}

Nanos Kernel::limped(NodeId node, Nanos cost) const {
    const LimpFactor limp = host(node).limp;
    MR_ASSERT(limp.denominator > 0 && cost.count >= 0);
    const Nanos whole =
        cost / limp.denominator;  // multiplied apart, so that long work of a slow node does not overflow
    const Nanos rest = cost - whole * limp.denominator;
    MR_ASSERT(whole <= (kForever - seconds(1'000)) / std::max<i64>(limp.numerator, 1));
    return whole * limp.numerator + rest * limp.numerator / limp.denominator;
}

i64 Kernel::wall_ms(NodeId node) const {
    return wall_start_ms + (now + host(node).wall_offset).to_millis();
}

}  // namespace sim
