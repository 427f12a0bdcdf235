// Links, opening and closing of connections, and what a learner may do to one message.
// The life of a segment is in segments.cc.
#include "sim/net/network.h"

#include <algorithm>

namespace sim {

void Network::add_node(NodeId node, const LinkProfile& profile) {
    MR_ASSERT(node.value == links_.size());
    const auto make = [&](NodeId from, NodeId to) {
        const u64 stream = static_cast<u64>(from.value) << 16 | to.value;
        return Link{profile, profile, false, {}, Prng::forked(seed_, "link", stream)};
    };
    for (u16 from = 0; from < node.value; ++from) links_[from].push_back(make({from}, node));
    auto& row = links_.emplace_back();
    for (u16 to = 0; to <= node.value; ++to) row.push_back(make(node, {to}));
    ports_.emplace_back();
    MR_ASSERT(links_.size() == ports_.size());
    MR_VALIDATE(std::ranges::all_of(links_, [&](const auto& of) { return of.size() == links_.size(); }));
}

Link& Network::link(NodeId from, NodeId to) {
    MR_ASSERT(from.value < links_.size() && to.value < links_.size());
    return links_[from.value][to.value];
}

void Network::listen(NodeId node, u16 port) {
    MR_ASSERT(node.value < ports_.size());
    if (!listens(node, port)) ports_[node.value].push_back(port);
}

bool Network::listens(NodeId node, u16 port) const {
    MR_ASSERT(node.value < ports_.size());
    return std::ranges::find(ports_[node.value], port) != ports_[node.value].end();
}

ConnectionId Network::connect(Kernel& kernel, NodeId from, NodeId to, u16 port, u8 lane, Nanos delay) {
    MR_ASSERT(from.value < links_.size() && to.value < links_.size());
    MR_ASSERT(lane < kLanes && delay.count >= 0);
    Connection connection;
    connection.ends[0] = {from, kernel.host(from).incarnation, lane, true};
    connection.ends[1] = {to, 0, 0, false};
    connection.port = port;
    const Handle handle = connections_.insert(std::move(connection));
    Segment syn;
    syn.kind = SegmentKind::syn;
    launch(kernel, handle, 0, std::move(syn), delay);
    return {handle, 0};
}

void Network::send(Kernel& kernel, Recorder& recorder, ConnectionId id, FrameRef frame, u16 label, Nanos delay) {
    MR_ASSERT(frame && id.side < 2);
    Connection* connection = connections_.find(id.handle);
    if (connection == nullptr || !connection->ends[id.side].open) return;
    MR_ASSERT(connection->established || id.side == 1);  // a client sends after its connected notice
    recorder.on_message_sent({kernel.next_message, kernel.event_index, id.handle.packed(),
                              connection->ends[id.side].node, connection->ends[other(id.side)].node,
                              kernel.now + delay, frame->wire_size(), label});
    Segment segment;
    segment.label = label;
    segment.frame = std::move(frame);
    launch(kernel, id.handle, id.side, std::move(segment), delay);
}

void Network::close(Kernel& kernel, Recorder& recorder, ConnectionId id, Nanos delay) {
    MR_ASSERT(id.side < 2);
    Connection* connection = connections_.find(id.handle);
    if (connection == nullptr || !connection->ends[id.side].open) return;
    connection->ends[id.side].open = false;
    if (connection->ends[other(id.side)].open) {
        Segment fin;
        fin.kind = SegmentKind::fin;
        launch(kernel, id.handle, id.side, std::move(fin), delay);
    }
    erase_if_closed({kernel, recorder}, id.handle);
}

void Network::on_host_gone(Kernel& kernel, Recorder& recorder, NodeId node, bool machine_answers) {
    MR_ASSERT(node.value < ports_.size());
    std::vector<ConnectionId> lost;
    connections_.for_each([&](Handle handle, Connection& connection) {
        for (u32 side = 0; side < 2; ++side) {
            if (connection.ends[side].node != node || !connection.ends[side].open) continue;
            connection.ends[side].open = false;
            lost.push_back({handle, side});
        }
    });
    for (ConnectionId id : lost) {
        if (connections_.find(id.handle) == nullptr) continue;  // both of its ends were here
        forget_unsent({kernel, recorder}, connections_.at(id.handle), id.side);
        if (machine_answers) refuse({kernel, recorder}, id.handle, id.side);
        erase_if_closed({kernel, recorder}, id.handle);
    }
    ports_[node.value].clear();
    for (Link& link : links_[node.value]) link.occupied = {};
}

void Network::refuse(Carrier carrier, Handle handle, u32 refusing_side) {
    MR_ASSERT(refusing_side < 2);
    Connection& connection = connections_.at(handle);
    if (!connection.ends[other(refusing_side)].open) return;
    Segment reset;
    reset.kind = SegmentKind::reset;
    reset.reason = connection.established ? CloseReason::reset : CloseReason::refused;
    launch(carrier.kernel, handle, refusing_side, std::move(reset), {});
}

void Network::break_both(Carrier carrier, Handle handle, CloseReason reason) {
    Connection& connection = connections_.at(handle);
    for (u32 side = 0; side < 2; ++side) forget_segments(carrier, connection, side);
    for (u32 side = 0; side < 2; ++side) {
        if (!connection.ends[other(side)].open) continue;
        Segment reset;
        reset.kind = SegmentKind::reset;
        reset.reason = reason;
        reset.local = true;
        connection.last_due[side] = {};
        launch(carrier.kernel, handle, side, std::move(reset), {});
    }
    erase_if_closed(carrier, handle);
}

void Network::forget_segments(Carrier carrier, Connection& connection, u32 side) {
    auto& segments = connection.segments[side];
    while (!segments.empty()) {
        const Segment gone = segments.pop_front();
        if (gone.kind != SegmentKind::data) continue;
        carrier.recorder.on_message_ended({gone.message, carrier.kernel.event_index, carrier.kernel.now,
                                           MessageOutcome::connection_lost});
    }
    MR_ASSERT(segments.empty());
}

void Network::forget_unsent(Carrier carrier, Connection& connection, u32 side) {
    Ring<Segment> all = std::move(connection.segments[side]);
    connection.segments[side] = {};
    connection.last_due[side] = {};
    while (!all.empty()) {
        Segment segment = all.pop_front();
        if (segment.sent_at <= carrier.kernel.now) {
            connection.last_due[side] = std::max(connection.last_due[side], segment.due);
            connection.segments[side].push_back(std::move(segment));
        } else if (segment.kind == SegmentKind::data) {
            carrier.recorder.on_message_ended({segment.message, carrier.kernel.event_index, carrier.kernel.now,
                                               MessageOutcome::connection_lost});
        }
    }
}

void Network::erase_if_closed(Carrier carrier, Handle handle) {
    Connection& connection = connections_.at(handle);
    if (connection.ends[0].open || connection.ends[1].open) return;
    for (u32 side = 0; side < 2; ++side) forget_segments(carrier, connection, side);
    connections_.erase(handle);
}

// ---- one message --------------------------------------------------------------------------------

bool Network::hold(u64 message) {
    Place place;
    if (!locate(message, place)) return false;
    Segment& segment = segment_at(place);
    if (segment.kind != SegmentKind::data || segment.state == SegmentState::held) return false;
    segment.state = SegmentState::held;
    return true;
}

bool Network::release(Kernel& kernel, u64 message) {
    Place place;
    if (!locate(message, place) || segment_at(place).state != SegmentState::held) return false;
    fly(kernel, place, std::max(kernel.now + kLoopDelay, segment_at(place).due));
    return true;
}

bool Network::delay(Kernel& kernel, u64 message, Nanos by) {
    Place place;
    if (!locate(message, place)) return false;
    Segment& segment = segment_at(place);
    if (segment.kind != SegmentKind::data || segment.state != SegmentState::flying) return false;
    MR_ASSERT(by.count > 0);
    fly(kernel, place, segment.due + by);
    return true;
}

bool Network::drop(Kernel& kernel, Recorder& recorder, u64 message) {
    Place place;
    if (!locate(message, place)) return false;
    Connection& connection = connections_.at(place.handle);
    if (segment_at(place).kind != SegmentKind::data) return false;
    connection.segments[place.side].erase_at(place.index);
    recorder.on_message_ended({message, kernel.event_index, kernel.now, MessageOutcome::dropped});
    break_both({kernel, recorder}, place.handle, CloseReason::reset);
    MR_VALIDATE(find(message) == nullptr);
    return true;
}

const Segment* Network::find(u64 message) const {
    Place place;
    return locate(message, place) ? &const_cast<Network*>(this)->segment_at(place) : nullptr;
}

void Network::digest(Hasher& hasher) const {
    hasher.add(seed_);
    sim::digest(hasher, links_);
    sim::digest(hasher, ports_);
    sim::digest(hasher, connections_);
}

}  // namespace sim
