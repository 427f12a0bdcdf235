#include "engine/outside.h"

#include "engine/broker/broker_node.h"
#include "engine/client/outside_node.h"

namespace engine {
namespace {

u64 weight_of(const sim::Ring<sim::FrameRef>& frames) {
    u64 weight = 0;
    for (u32 i = 0; i < frames.size(); ++i) weight += outside_weight(frames[i]->wire_size());
    return weight;
}

u64 weight_on_the_way(const sim::Connection& connection) {
    u64 weight = 0;
    const auto& segments = connection.segments[0];
    for (u32 i = 0; i < segments.size(); ++i)
        if (segments[i].frame) weight += outside_weight(segments[i].frame->wire_size());
    return weight;
}

/// What has arrived at a node and waits for its attention.
u64 weight_in_lanes(const World& world, NodeId node, sim::ConnectionId accepted) {
    u64 weight = 0;
    for (const sim::Lane& lane : world.kernel().host(node).lanes)
        for (u32 i = 0; i < lane.queue.size(); ++i)
            if (lane.queue[i].frame && lane.queue[i].connection == accepted)
                weight += outside_weight(lane.queue[i].frame->wire_size());
    return weight;
}

/// What a broker has of a connection behind the request that it works on.
u64 weight_queued_at(const World& world, NodeId node, sim::ConnectionId accepted) {
    if (world.nodes[node.value].code().kind() != NodeKind::broker) return 0;
    const auto* socket = world.nodes[node.value].as<broker::BrokerNode>().state.memory.sockets.open.find(accepted);
    return socket == nullptr ? 0 : weight_of(socket->queued);
}

}  // namespace

u64 outside_weight_waiting(const World& world, u32 slot) {
    const NodeId door = world.find_node(kOutsideDoor);
    if (door == sim::kNoNode) return 0;
    const auto* entry = world.nodes[door.value].as<client::OutsideNode>().state.open.find(slot);
    if (entry == nullptr) return 0;
    const sim::Connection* connection = world.machine.network.find(entry->connection);
    if (connection == nullptr) return weight_of(entry->waiting);
    MR_ASSERT(connection->ends[0].node == door);
    const sim::ConnectionId accepted{entry->connection.handle, 1};
    const NodeId node = connection->ends[1].node;
    return weight_of(entry->waiting) + weight_on_the_way(*connection) + weight_in_lanes(world, node, accepted) +
           weight_queued_at(world, node, accepted);
}

}  // namespace engine
