// The life of a segment: launched, flying, stalled, arrived, handed over.
#include <algorithm>

#include "sim/net/network.h"

namespace sim {
namespace {

constexpr u64 tag_of(u64 message, u32 side) { return message << 1 | side; }
static_assert(tag_of(5, 1) >> 1 == 5 && (tag_of(5, 1) & 1) == 1);

u64 wire_bytes(const Segment& segment) { return segment.frame ? segment.frame->wire_size() : 0; }

Nanos retransmission_delay(u16 attempts) {
    static_assert(kRetransmitFirst * (i64{1} << 8) >= kRetransmitMost);  // enough doublings to get there
    const u32 doublings = std::min<u32>(attempts > 0 ? attempts - 1u : 0u, 8);
    return std::min(kRetransmitFirst * (i64{1} << doublings), kRetransmitMost);
}

/// Place of a message in a queue whose ids ascend; its size if it is not there.
u32 index_in(const Ring<Segment>& segments, u64 message) {
    u32 low = 0, high = segments.size();
    while (low < high) {
        const u32 middle = (low + high) / 2;
        if (segments[middle].message < message) low = middle + 1;
        else high = middle;
    }
    return low < segments.size() && segments[low].message == message ? low : segments.size();
}

/// When the last of so many bytes has left the interface, if the first may leave at `from`.
Nanos occupy(Link& link, Nanos from, u64 bytes) {
    Nanos takes;
    if (link.effective.bandwidth > 0) takes = nanos(static_cast<i64>(bytes * 1'000'000'000 / link.effective.bandwidth));
    Busy& busy = link.occupied;
    if (from + takes <= busy.from) return from + takes;
    if (from > busy.until) busy.from = from;
    busy.until = std::max(from, busy.until) + takes;
    MR_ASSERT(busy.from <= busy.until && busy.until >= from);
    return busy.until;
}

}  // namespace

bool Network::locate(const Event& event, Place& place) const {
    place.handle = connections_.handle_at(event.slot);
    place.side = static_cast<u32>(event.tag & 1);
    if (!place.handle) return false;
    const auto& segments = connections_.at(place.handle).segments[place.side];
    place.index = index_in(segments, event.tag >> 1);
    return place.index < segments.size();
}

bool Network::locate(u64 message, Place& place) const {
    bool found = false;
    connections_.for_each([&](Handle handle, const Connection& connection) {
        for (u32 side = 0; side < 2 && !found; ++side) {
            const u32 index = index_in(connection.segments[side], message);
            if (index == connection.segments[side].size()) continue;
            place = {handle, side, index};
            found = true;
        }
    });
    return found;
}

Segment& Network::segment_at(const Place& place) {
    return connections_.at(place.handle).segments[place.side][place.index];
}

bool Network::is_current(const Event& event) const {
    Place place;
    if (!locate(event, place)) return false;
    const Segment& segment = connections_.at(place.handle).segments[place.side][place.index];
    const SegmentState due_in =
        event.kind == EventKind::arrival ? SegmentState::flying : SegmentState::stalled;
    return segment.state == due_in && segment.due == event.at;
}

void Network::launch(Kernel& kernel, Handle handle, u32 side, Segment segment, Nanos delay) {
    Connection& connection = connections_.at(handle);
    MR_ASSERT(delay.count >= 0 && side < 2);
    MR_ASSERT((segment.kind == SegmentKind::data) == static_cast<bool>(segment.frame));
    segment.message = kernel.next_message++;
    segment.sent_at = kernel.now + delay;
    segment.sent_by = kernel.here();
    const Nanos arrival = segment.local ? kernel.now + kLoopDelay
                                        : transit(connection, side, segment, segment.sent_at);
    const Nanos due = std::max(arrival, connection.last_due[side]);
    connection.last_due[side] = due;
    MR_ASSERT(connection.segments[side].empty() || connection.segments[side].back().message < segment.message);
    connection.segments[side].push_back(std::move(segment));
    fly(kernel, {handle, side, connection.segments[side].size() - 1}, due);
}

void Network::fly(Kernel& kernel, const Place& place, Nanos due) {
    Segment& segment = segment_at(place);
    MR_ASSERT(due >= kernel.now);
    segment.state = SegmentState::flying;
    segment.due = due;
    kernel.schedule(due, connections_.at(place.handle).ends[other(place.side)].node, EventKind::arrival,
                    place.handle.index, tag_of(segment.message, place.side));
}

Nanos Network::transit(const Connection& connection, u32 side, const Segment& segment, Nanos from) {
    const NodeId sender = connection.ends[side].node, receiver = connection.ends[other(side)].node;
    if (sender == receiver) return from + kLoopbackLatency;
    Link& link = this->link(sender, receiver);
    const Nanos leaves = occupy(link, from, wire_bytes(segment));
    const Nanos jitter = link.effective.jitter.count > 0 ? link.rng.between(Nanos{}, link.effective.jitter) : Nanos{};
    return leaves + link.effective.latency + jitter;
}

bool Network::gets_through(const Kernel& kernel, const Connection& connection, u32 side) {
    const NodeId sender = connection.ends[side].node, receiver = connection.ends[other(side)].node;
    const HostState state = kernel.host(receiver).state;
    if (state == HostState::off || state == HostState::absent) return false;
    if (sender == receiver) return true;
    Link& link = this->link(sender, receiver);
    if (link.blocked) return false;
    return link.effective.loss_per_million == 0 || !link.rng.chance(link.effective.loss_per_million, 1'000'000);
}

void Network::stall(Carrier carrier, const Place& place) {
    Segment& segment = segment_at(place);
    if (carrier.kernel.now - segment.sent_at > kConnectionGiveUp)
        return break_both(carrier, place.handle, CloseReason::timed_out);
    MR_ASSERT(!segment.local && segment.attempts < UINT16_MAX);
    ++segment.attempts;
    segment.state = SegmentState::stalled;
    segment.due = carrier.kernel.now + retransmission_delay(segment.attempts);
    carrier.kernel.schedule(segment.due, connections_.at(place.handle).ends[other(place.side)].node,
                            EventKind::retransmit, place.handle.index, tag_of(segment.message, place.side));
}

/// A retransmission got through, so the sender's window opens: what waits behind it flies at once.
void Network::revive_stalled(Kernel& kernel, Place place) {
    Connection& connection = connections_.at(place.handle);
    for (; place.index < connection.segments[place.side].size(); ++place.index) {
        Segment& segment = segment_at(place);
        if (segment.state != SegmentState::stalled) continue;
        fly(kernel, place, transit(connection, place.side, segment, kernel.now));
    }
}

NodeId Network::on_event(Kernel& kernel, Recorder& recorder, const Event& event, Notice& notice) {
    Place place;
    const bool found = locate(event, place);
    MR_ASSERT(found);
    MR_ASSERT(segment_at(place).due == kernel.now);
    if (event.kind == EventKind::arrival) return arrive({kernel, recorder}, place, notice);
    MR_ASSERT(event.kind == EventKind::retransmit);
    Connection& connection = connections_.at(place.handle);
    fly(kernel, place, transit(connection, place.side, segment_at(place), kernel.now));
    return kNoNode;
}

NodeId Network::arrive(Carrier carrier, const Place& place, Notice& notice) {
    Connection& connection = connections_.at(place.handle);
    Segment& segment = segment_at(place);
    MR_ASSERT(segment.state == SegmentState::flying);
    if (!segment.local && !gets_through(carrier.kernel, connection, place.side)) {
        stall(carrier, place);
        return kNoNode;
    }
    segment.state = SegmentState::arrived;
    if (segment.attempts > 0) revive_stalled(carrier.kernel, place);
    return place.index == 0 ? deliver_front(carrier, place.handle, place.side, notice) : kNoNode;
}

NodeId Network::deliver_front(Carrier carrier, Handle handle, u32 side, Notice& notice) {
    Connection& connection = connections_.at(handle);
    Segment segment = connection.segments[side].pop_front();
    MR_ASSERT(segment.state == SegmentState::arrived);
    MR_ASSERT(segment.kind != SegmentKind::syn || side == 0);
    MR_ASSERT(segment.kind != SegmentKind::syn_ack || side == 1);
    auto& behind = connection.segments[side];
    if (!behind.empty() && behind.front().state == SegmentState::arrived)
        fly(carrier.kernel, {handle, side, 0}, carrier.kernel.now);
    switch (segment.kind) {
        case SegmentKind::syn: return accept(carrier, handle, notice);
        case SegmentKind::syn_ack: connection.established = true; [[fallthrough]];
        case SegmentKind::data: return hand_over(carrier, handle, side, segment, notice);
        case SegmentKind::fin:
        case SegmentKind::reset: return end_told(carrier, handle, side, segment.reason, notice);
    }
    return kNoNode;
}

NodeId Network::accept(Carrier carrier, Handle handle, Notice& notice) {
    Connection& connection = connections_.at(handle);
    End& server = connection.ends[1];
    const Host& host = carrier.kernel.host(server.node);
    if (!host.alive() || !listens(server.node, connection.port)) {
        refuse(carrier, handle, 1);
        return kNoNode;
    }
    MR_ASSERT(!server.open && !connection.established);
    server.open = true;
    server.incarnation = host.incarnation;
    Segment answer;
    answer.kind = SegmentKind::syn_ack;
    launch(carrier.kernel, handle, 1, std::move(answer), {});
    notice.kind = NoticeKind::accepted;
    notice.connection = {handle, 1};
    notice.lane = server.lane;
    notice.tag = connection.port;
    return server.node;
}

NodeId Network::hand_over(Carrier carrier, Handle handle, u32 side, Segment& segment, Notice& notice) {
    Connection& connection = connections_.at(handle);
    const End& receiver = connection.ends[other(side)];
    const Host& host = carrier.kernel.host(receiver.node);
    const bool heard = receiver.open && host.alive() && host.incarnation == receiver.incarnation;
    MR_ASSERT(connection.established);
    if (segment.kind == SegmentKind::data) {
        carrier.kernel.fold(digest_of(*segment.frame));
        carrier.recorder.on_message_ended(
            {segment.message, carrier.kernel.event_index, carrier.kernel.now,
             heard ? MessageOutcome::delivered : MessageOutcome::connection_lost});
    }
    if (!heard) {
        refuse(carrier, handle, other(side));
        return kNoNode;
    }
    notice.kind = segment.kind == SegmentKind::data ? NoticeKind::frame : NoticeKind::connected;
    notice.connection = {handle, other(side)};
    notice.frame = std::move(segment.frame);
    notice.lane = receiver.lane;
    notice.tag = segment.message;
    return receiver.node;
}

NodeId Network::end_told(Carrier carrier, Handle handle, u32 side, CloseReason reason, Notice& notice) {
    Connection& connection = connections_.at(handle);
    End& receiver = connection.ends[other(side)];
    const End told = receiver;
    receiver.open = false;
    erase_if_closed(carrier, handle);
    if (!told.open || carrier.kernel.host(told.node).incarnation != told.incarnation) return kNoNode;
    notice.kind = NoticeKind::closed;
    notice.reason = reason;
    notice.connection = {handle, other(side)};
    notice.lane = told.lane;
    return told.node;
}

}  // namespace sim
