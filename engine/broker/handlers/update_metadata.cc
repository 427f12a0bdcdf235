#include "engine/wire/messages/update_metadata.h"

#include "engine/broker/controller_orders.h"
#include "engine/broker/group_coordinator.h"
#include "engine/broker/handlers.h"
#include "engine/broker/replicas.h"
#include "engine/broker/topic_rules.h"
#include "sim/base/assert.h"

namespace engine::broker {
namespace {

using UpdateRequest = wire::UpdateMetadataRequest;
constexpr i32 kLeaderDuringDelete = -2;
static_assert(kLeaderDuringDelete != kNoBroker.value);

BrokerList brokers_of(const wire::Items<i32>& ids) {
    BrokerList brokers;
    for (const i32 id : ids) brokers.push_back(BrokerId{id});
    return brokers;
}

void take_brokers(MetadataCache& cache, const UpdateRequest& request) {
    cache.controller = BrokerId{request.controller_id};
    cache.brokers.clear();
    for (const auto& broker : request.live_brokers) {
        if (broker.endpoints.empty()) continue;
        const auto& endpoint = broker.endpoints.front();
        cache.brokers[BrokerId{broker.id}] = {endpoint.host, endpoint.port, broker.rack.value_or("")};
    }
}

CachedPartition cached(const UpdateRequest::TopicState::PartitionState& state) {
    CachedPartition partition;
    partition.leader = BrokerId{state.leader};
    partition.leader_epoch = LeaderEpoch{state.leader_epoch};
    partition.partition_epoch = PartitionEpoch{state.zk_version};
    partition.replicas = brokers_of(state.replicas);
    partition.isr = brokers_of(state.isr);
    partition.offline = brokers_of(state.offline_replicas);
    return partition;
}

/// Of two topics with one name, one after the other, the new one has it.
void take_id(MetadataCache& cache, NameId name, CachedTopic& topic, const wire::Uuid& id) {
    if (topic.id == id && cache.names->contains(id)) return;
    auto& names = cache.names.edit();
    if (topic.id != id) names.erase(topic.id);
    topic.id = id;
    if (!id.is_zero()) names[id] = name;
}

/// Topics that are no more.
std::vector<NameId> take_topics(Ctx ctx, const UpdateRequest& request) {
    std::vector<NameId> gone;
    auto& topics = ctx.memory().metadata.topics.edit();
    for (const auto& state : request.topic_states) {
        const NameId name = ctx.env.intern(state.topic_name);
        for (const auto& partition : state.partition_states) {
            if (partition.leader == kLeaderDuringDelete) {
                topics[name].partitions.erase(partition.partition_index);
                continue;
            }
            take_id(ctx.memory().metadata, name, topics[name], state.topic_id);
            topics[name].partitions[partition.partition_index] = cached(partition);
        }
        if (!topics[name].partitions.empty()) continue;
        ctx.memory().metadata.names.edit().erase(topics[name].id);
        topics.erase(name);
        ctx.memory().topic_configs.erase(name);
        gone.push_back(name);
    }
    return gone;
}

}  // namespace

bool handle_update_metadata(Ctx ctx, const RequestCall& call, wire::Reader& in) {
    MR_ASSERT(call.reply_to.api == UpdateRequest::kApi);
    UpdateRequest request;
    if (!wire::decode(in, request, call.reply_to.version)) return false;
    wire::UpdateMetadataResponse response;
    const ErrorCode refused =
        check_controller(ctx, ControllerEpoch{request.controller_epoch}, BrokerEpoch{request.broker_epoch});
    response.error_code = static_cast<i16>(refused);
    if (!failed(refused)) {
        take_brokers(ctx.memory().metadata, request);
        const std::vector<NameId> gone = take_topics(ctx, request);
        if (!gone.empty()) forget_offsets_of_topics(ctx, gone);
        recheck_admin_waits(ctx);
        send_unsent_proposals(ctx);
        retry_stuck_fetchers(ctx);
    }
    respond(ctx, call.reply_to, response);
    return true;
}

}  // namespace engine::broker
