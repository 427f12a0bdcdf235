// Telling brokers: one queue and one connection a broker, one request in flight, repeated until it is answered
// or the broker is gone.
#include <algorithm>

#include "engine/broker/controller/steps.h"
#include "engine/broker/controller_work.h"
#include "engine/broker/partition_answers.h"
#include "engine/broker/timers.h"
#include "engine/wire/messages/leader_and_isr.h"
#include "engine/wire/messages/stop_replica.h"
#include "engine/wire/messages/update_metadata.h"
#include "sim/base/assert.h"

namespace engine::broker {
namespace controller {
namespace {

using wire::LeaderAndIsrRequest;
using wire::UpdateMetadataRequest;

constexpr Nanos kChannelRetry = sim::millis(100);
constexpr Nanos kRequestTimeout = sim::seconds(30);
constexpr i16 kPlaintext = 0;
constexpr i32 kLeaderDuringDelete = -2;
constexpr i32 kEpochDuringDelete = -2;
static_assert(kLeaderDuringDelete != kNoBroker.value && kEpochDuringDelete < 0);
static_assert(kChannelRetry > Nanos{} && kChannelRetry < kRequestTimeout);

// ---- queues -------------------------------------------------------------------------------------

void send_first(Ctx ctx, ControllerChannel& to) {
    if (!to.channel.open() || !to.channel.idle() || to.queue.empty()) return;
    const ControllerRequest& request = to.queue.front();
    MR_ASSERT(request.frame && request.correlation_id < to.channel.next_correlation_id);
    ctx.env.send(to.channel.connection, request.frame, wire::request_label(request.api));
    wire::note_sent(to.channel, ctx.env, request.api, request.version, request.correlation_id, 0, kRequestTimeout);
}

void connect(Ctx ctx, BrokerId broker, ControllerChannel& to) {
    MR_ASSERT(to.channel.state == wire::ChannelState::closed && to.channel.idle());
    const NodeId node = node_of(ctx, broker);
    if (node == sim::kNoNode) return;
    to.channel.peer = node;
    to.channel.port = static_cast<u16>(ctx.memory().controller.brokers.at(broker).endpoint.port);
    to.channel.lane = kZooKeeperLane;
    to.channel.client_id = std::to_string(ctx.self().value);
    wire::connect(to.channel, ctx.env);
}

template <class Request>
void enqueue_request(Ctx ctx, BrokerId broker, const Request& request, i16 version) {
    ControllerChannel* to = ctx.memory().controller.channels.find(broker);
    if (to == nullptr) return;
    const i32 correlation_id = to->channel.next_correlation_id++;
    MR_ASSERT(to->queue.empty() || to->queue.back().correlation_id < correlation_id);
    to->queue.push_back({Request::kApi, wire::request_frame(request, version, correlation_id, to->channel.client_id),
                         version, correlation_id});
    if (to->channel.state == wire::ChannelState::closed && !to->retry) connect(ctx, broker, *to);
    else send_first(ctx, *to);
}

// ---- messages -----------------------------------------------------------------------------------

/// Calls visit(name, topic, indexes) for each topic of a list of partitions, in order.
template <class Visit>
void for_each_topic(Ctx ctx, std::vector<TopicPartition> partitions, Visit&& visit) {
    std::ranges::sort(partitions);
    for (std::size_t i = 0; i < partitions.size();) {
        const NameId name = partitions[i].topic;
        MR_ASSERT(i == 0 || partitions[i - 1].topic < name);
        std::vector<i32> indexes;
        for (; i < partitions.size() && partitions[i].topic == name; ++i) indexes.push_back(partitions[i].partition);
        visit(ctx.text(name), ctx.memory().controller.topics.at(name), indexes);
    }
}

/// What both messages tell of a partition alike.
void tell_partition(auto& entry, i32 index, const ControlledPartition& partition) {
    MR_ASSERT(index >= 0);
    entry.partition_index = index;
    entry.controller_epoch = partition.controller_epoch.value;
    entry.leader = partition.leader.value;
    entry.leader_epoch = partition.leader_epoch.value;
    entry.isr = ids_of(partition.isr);
    entry.replicas = ids_of(partition.replicas);
}

LeaderAndIsrRequest leader_and_isr(Ctx ctx, BrokerId to, const std::vector<TopicPartition>& partitions) {
    const Controller& self = ctx.memory().controller;
    LeaderAndIsrRequest request;
    request.controller_id = ctx.self().value;
    request.controller_epoch = self.epoch.value;
    request.broker_epoch = self.brokers.at(to).epoch.value;
    MR_ASSERT(self.active && !partitions.empty());
    BrokerList leaders;
    for_each_topic(ctx, partitions,
                   [&](const std::string& name, const ControlledTopic& topic, const std::vector<i32>& indexes) {
                       auto& state = request.topic_states.emplace_back();
                       state.topic_name = name;
                       state.topic_id = topic.id;
                       for (const i32 index : indexes) {
                           const ControlledPartition& partition = topic.partitions.at(index);
                           auto& entry = state.partition_states.emplace_back();
                           MR_ASSERT(partition.has_state && contains(partition.replicas, to));
                           tell_partition(entry, index, partition);
                           entry.partition_epoch = partition.partition_epoch.value;
                           if (self.is_live(partition.leader) && !contains(leaders, partition.leader))
                               leaders.push_back(partition.leader);
                       }
                   });
    for (const BrokerId leader : leaders) {
        const Endpoint& endpoint = self.brokers.at(leader).endpoint;
        request.live_leaders.push_back({leader.value, endpoint.host, endpoint.port});
    }
    return request;
}

UpdateMetadataRequest update_metadata(Ctx ctx, BrokerId to, const std::vector<TopicPartition>& partitions) {
    const Controller& self = ctx.memory().controller;
    MR_ASSERT(self.active && self.is_live(to));
    UpdateMetadataRequest request;
    request.controller_id = ctx.self().value;
    request.controller_epoch = self.epoch.value;
    request.broker_epoch = self.brokers.at(to).epoch.value;
    for_each_topic(ctx, partitions,
                   [&](const std::string& name, const ControlledTopic& topic, const std::vector<i32>& indexes) {
                       auto& state = request.topic_states.emplace_back();
                       state.topic_name = name;
                       state.topic_id = topic.id;
                       for (const i32 index : indexes) {
                           const ControlledPartition& partition = topic.partitions.at(index);
                           auto& entry = state.partition_states.emplace_back();
                           tell_partition(entry, index, partition);
                           if (self.deletions.contains(ctx.env.find_name(name))) entry.leader = kLeaderDuringDelete;
                           entry.zk_version = partition.partition_epoch.value;
                           for (const BrokerId broker : partition.replicas)
                               if (!self.is_live(broker)) entry.offline_replicas.push_back(broker.value);
                       }
                   });
    for (const auto& [broker, info] : self.brokers) {
        auto& live = request.live_brokers.emplace_back();
        live.id = broker.value;
        live.endpoints.push_back({info.endpoint.port, info.endpoint.host, "PLAINTEXT", kPlaintext});
        if (!info.endpoint.rack.empty()) live.rack = info.endpoint.rack;
    }
    return request;
}

std::vector<TopicPartition> those_with_state(Ctx ctx, const std::vector<TopicPartition>& partitions) {
    std::vector<TopicPartition> ready;
    for (const TopicPartition id : partitions)
        if (const auto* partition = ctx.memory().controller.find(id); partition != nullptr && partition->has_state)
            ready.push_back(id);
    return ready;
}

}  // namespace

void announce(Ctx ctx, const std::vector<TopicPartition>& partitions, const BrokerList& only) {
    const auto ready = those_with_state(ctx, partitions);
    for (const BrokerId broker : live_brokers(ctx)) {
        if (!only.empty() && !contains(only, broker)) continue;
        std::vector<TopicPartition> own;
        for (const TopicPartition id : ready)
            if (contains(ctx.memory().controller.find(id)->replicas, broker)) own.push_back(id);
        if (!own.empty())
            enqueue_request(ctx, broker, leader_and_isr(ctx, broker, own), ctx.memory().profile.leader_and_isr_version);
    }
    if (only.empty()) tell_metadata(ctx, ready, live_brokers(ctx));
}

void tell_metadata(Ctx ctx, const std::vector<TopicPartition>& partitions, const BrokerList& to) {
    const auto ready = those_with_state(ctx, partitions);
    for (const BrokerId broker : to)
        if (ctx.memory().controller.is_live(broker))
            enqueue_request(ctx, broker, update_metadata(ctx, broker, ready),
                            ctx.memory().profile.update_metadata_version);
}

void tell_stop(Ctx ctx, BrokerId broker, const std::vector<TopicPartition>& partitions, bool delete_logs) {
    const Controller& self = ctx.memory().controller;
    if (partitions.empty() || !self.is_live(broker)) return;
    MR_ASSERT(self.active);
    wire::StopReplicaRequest request;
    request.controller_id = ctx.self().value;
    request.controller_epoch = self.epoch.value;
    request.broker_epoch = self.brokers.at(broker).epoch.value;
    for_each_topic(
        ctx, partitions, [&](const std::string& name, const ControlledTopic& topic, const std::vector<i32>& indexes) {
            auto& state = request.topic_states.emplace_back();
            state.topic_name = name;
            for (const i32 index : indexes) {
                const i32 epoch = delete_logs ? kEpochDuringDelete : topic.partitions.at(index).leader_epoch.value;
                state.partition_states.push_back({index, epoch, delete_logs});
            }
        });
    enqueue_request(ctx, broker, request, ctx.memory().profile.stop_replica_version);
}

void open_channel(Ctx ctx, BrokerId broker) {
    MR_ASSERT(ctx.memory().controller.is_live(broker));
    close_channel(ctx, broker);
    ctx.memory().controller.channels[broker] = {};
}

void close_channel(Ctx ctx, BrokerId broker) {
    ControllerChannel* channel = ctx.memory().controller.channels.find(broker);
    if (channel == nullptr) return;
    ctx.env.cancel(channel->retry);
    wire::close(channel->channel, ctx.env);
    MR_ASSERT(!channel->retry && channel->channel.idle());
    ctx.memory().controller.channels.erase(broker);
}

}  // namespace controller

namespace {

/// Replicas that a broker has deleted because we said so.
std::vector<TopicPartition> deleted_by(Ctx ctx, const ControllerRequest& order, wire::Reader& in) {
    std::vector<TopicPartition> ids;
    if (order.api != wire::ApiKey::stop_replica) return ids;
    wire::Reader again(*order.frame);
    wire::RequestHeader header;
    wire::StopReplicaRequest request;
    wire::StopReplicaResponse response;
    const bool good = wire::read_request_header(again, header) && wire::decode(again, request, order.version) &&
                      wire::decode(in, response, order.version) && response.error_code == 0;
    if (!good) return ids;
    for (const auto& topic : request.topic_states)
        for (const auto& state : topic.partition_states)
            if (state.delete_partition) ids.push_back({ctx.env.find_name(topic.topic_name), state.partition_index});
    for (const auto& refused : response.partition_errors)
        if (refused.error_code != 0)
            std::erase(ids, TopicPartition{ctx.env.find_name(refused.topic_name), refused.partition_index});
    return ids;
}

void on_channel_answer(Ctx ctx, BrokerId broker, ControllerChannel& to, sim::Notice& notice) {
    wire::Reader in(*notice.frame);
    wire::InFlightRequest request;
    if (!wire::take_answer(to.channel, in, request)) return wire::close(to.channel, ctx.env);
    MR_ASSERT(!to.queue.empty() && to.queue.front().correlation_id == request.correlation_id);
    const std::vector<TopicPartition> deleted = deleted_by(ctx, to.queue.front(), in);
    to.queue.pop_front();
    controller::send_first(ctx, to);
    for (const TopicPartition id : deleted) controller::note_replica_deleted(ctx, broker, id);
}

}  // namespace

bool on_controller_channel_notice(Ctx ctx, sim::Notice& notice) {
    for (auto& [broker, to] : ctx.memory().controller.channels) {
        if (!wire::concerns(to.channel, notice)) continue;
        MR_ASSERT(to.channel.state != wire::ChannelState::closed && !to.retry);
        if (notice.kind == sim::NoticeKind::connected) {
            wire::note_connected(to.channel);
            controller::send_first(ctx, to);
        } else if (notice.kind == sim::NoticeKind::frame) {
            on_channel_answer(ctx, broker, to, notice);
        } else {
            wire::note_closed(to.channel);
            to.retry = ctx.env.timer(controller::kChannelRetry, kControllerChannelRetry, static_cast<u64>(broker.value),
                                     kZooKeeperLane);
        }
        return true;
    }
    return false;
}

void on_controller_channel_retry(Ctx ctx, BrokerId broker) {
    ControllerChannel* to = ctx.memory().controller.channels.find(broker);
    if (to == nullptr) return;
    to->retry = {};
    if (to->channel.state == wire::ChannelState::closed && !to->queue.empty()) controller::connect(ctx, broker, *to);
}

}  // namespace engine::broker
