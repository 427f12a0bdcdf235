// What a node's code does to connections.
#include "sim/kernel/env.h"
#include "sim/net/network.h"

namespace sim {

void Env::listen(u16 port) { parts_.network.listen(node_, port); }

ConnectionId Env::connect(NodeId to, u16 port, u8 lane) {
    return parts_.network.connect(parts_.kernel, node_, to, port, lane, parts_.kernel.limped(node_, charged_));
}

void Env::send(ConnectionId connection, FrameRef frame, u16 label) {
    parts_.network.send(parts_.kernel, parts_.recorder, connection, std::move(frame), label,
                        parts_.kernel.limped(node_, charged_));
}

void Env::close(ConnectionId connection) {
    parts_.network.close(parts_.kernel, parts_.recorder, connection, parts_.kernel.limped(node_, charged_));
}

void Env::move_to_lane(ConnectionId connection, u8 lane) {
    MR_ASSERT(lane < kLanes && connection.side < 2);
    Connection* found = parts_.network.find(connection);
    if (found == nullptr) return;
    MR_ASSERT(found->ends[connection.side].node == node_);
    found->ends[connection.side].lane = lane;
}

NodeId Env::peer(ConnectionId connection) const {
    const Connection* found = parts_.network.find(connection);
    if (found == nullptr) return kNoNode;
    return found->ends[other(connection.side)].node;
}

}  // namespace sim
