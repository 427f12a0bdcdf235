// What the answers of several APIs tell alike of a partition: its replicas, its leader, and where that one is reached.
#pragma once

#include <algorithm>

#include "engine/broker/broker.h"

namespace engine::broker {

inline wire::Items<i32> ids_of(const BrokerList& brokers) {
    wire::Items<i32> ids;
    for (const BrokerId broker : brokers) ids.push_back(broker.value);
    return ids;
}

/// A partition as Metadata and DescribeTopicPartitions tell it. A leader that does not live is none.
template <class Answer>
void describe_partition(const MetadataCache& cache, i32 index, const CachedPartition& state, Answer& answer) {
    MR_ASSERT(index >= 0);
    const bool has_leader = cache.brokers.contains(state.leader);
    answer.error_code = static_cast<i16>(has_leader ? ErrorCode::none : ErrorCode::leader_not_available);
    answer.partition_index = index;
    answer.leader_id = has_leader ? state.leader.value : -1;
    answer.leader_epoch = state.leader_epoch.value;
    answer.replica_nodes = ids_of(state.replicas);
    answer.isr_nodes = ids_of(state.isr);
    for (const BrokerId broker : state.replicas)
        if (!cache.brokers.contains(broker)) answer.offline_replicas.push_back(broker.value);
    MR_ASSERT(answer.offline_replicas.size() <= answer.replica_nodes.size());
}

/// Tells the asker once where a leader is that was named to it (KIP-951).
template <class Response>
void name_endpoint(Ctx ctx, const ReplyTo& to, BrokerId leader, Response& response) {
    const Endpoint* inner = ctx.memory().metadata.brokers.find(leader);
    const Socket* socket = ctx.memory().sockets.open.find(to.connection);
    const bool told =
        std::ranges::any_of(response.node_endpoints, [&](const auto& node) { return node.node_id == leader.value; });
    if (inner == nullptr || socket == nullptr || told) return;
    const Endpoint endpoint = endpoint_for(ctx, socket->peer, leader, *inner);
    auto& node = response.node_endpoints.emplace_back();
    node.node_id = leader.value;
    node.host = endpoint.host;
    node.port = endpoint.port;
    if (!endpoint.rack.empty()) node.rack = endpoint.rack;
}

}  // namespace engine::broker
