#include "engine/broker/alter_partition.h"

#include <algorithm>

#include "engine/broker/replicas.h"
#include "engine/broker/timers.h"
#include "engine/model/facts.h"
#include "engine/model/touch.h"
#include "engine/wire/messages/alter_partition.h"
#include "sim/base/assert.h"

namespace engine::broker {
namespace {

using wire::AlterPartitionRequest;
using wire::AlterPartitionResponse;

constexpr Nanos kRequestTimeout = sim::seconds(30);
constexpr Nanos kRetryDelay = sim::millis(50);
static_assert(kRetryDelay > Nanos{} && kRetryDelay < kRequestTimeout);
static_assert(kRetryDelay < kRequestTimeout);

void retry_later(Ctx ctx) {
    AlterPartitionState& state = ctx.memory().alter_partition;
    if (state.retry) return;
    state.retry = ctx.env.timer(kRetryDelay, kAlterPartitionRetry, 0, kBackgroundLane);
}

void take_back(AlterPartitionState& state) {
    for (const TopicPartition id : state.in_flight) state.unsent.push_back(id);
    state.in_flight.clear();
    MR_VALIDATE(std::ranges::none_of(state.unsent, [](TopicPartition id) { return id.partition < 0; }));
}

void connect(Ctx ctx) {
    AlterPartitionState& state = ctx.memory().alter_partition;
    MR_ASSERT(state.in_flight.empty() && !state.unsent.empty());
    const MetadataCache& metadata = ctx.memory().metadata;
    const Endpoint* endpoint = metadata.brokers.find(metadata.controller);
    const NodeId node =
        endpoint == nullptr ? sim::kNoNode : ctx.env.resolve(endpoint->host, static_cast<u16>(endpoint->port));
    if (node == sim::kNoNode) return retry_later(ctx);
    state.controller = metadata.controller;
    state.channel.peer = node;
    state.channel.port = static_cast<u16>(endpoint->port);
    state.channel.lane = kBackgroundLane;
    state.channel.client_id = std::to_string(ctx.self().value);
    wire::connect(state.channel, ctx.env);
}

void add_item(Ctx ctx, AlterPartitionRequest& request, const Partition& partition, i16 version) {
    MR_ASSERT(partition.leads() && partition.isr.in_flight && !partition.isr.proposed.empty());
    MR_ASSERT(contains(partition.isr.proposed, partition.leader));
    auto& topic = request.topics.emplace_back();
    topic.topic_name = ctx.text(partition.id.topic);
    topic.topic_id = partition.topic_id;
    auto& item = topic.partitions.emplace_back();
    item.partition_index = partition.id.partition;
    item.leader_epoch = partition.leader_epoch.value;
    item.partition_epoch = partition.partition_epoch.value;
    for (const BrokerId broker : partition.isr.proposed) {
        if (version <= 2) item.new_isr.push_back(broker.value);
        else item.new_isr_with_epochs.push_back({broker.value, -1});
    }
}

/// A proposal that no longer stands: the leadership has changed meanwhile.
bool still_stands(const Partition* partition) {
    return partition != nullptr && partition->leads() && partition->isr.in_flight;
}

void send_all(Ctx ctx) {
    AlterPartitionState& state = ctx.memory().alter_partition;
    const i16 version = ctx.memory().profile.alter_partition_version;
    AlterPartitionRequest request;
    request.broker_id = ctx.self().value;
    request.broker_epoch = ctx.memory().broker_epoch.value;
    MR_ASSERT(state.channel.open() && state.channel.idle() && state.in_flight.empty());
    for (const TopicPartition id : std::exchange(state.unsent, {})) {
        const Partition* partition = ctx.find(id);
        if (!still_stands(partition)) continue;
        add_item(ctx, request, *partition, version);
        state.in_flight.push_back(id);
    }
    if (!state.in_flight.empty()) wire::send(state.channel, ctx.env, request, version, 0, kRequestTimeout);
}

// ---- answers ------------------------------------------------------------------------------------

void confirm(Ctx ctx, Partition& partition, const AlterPartitionResponse::Topic::Partition& item) {
    BrokerList isr;
    for (const i32 broker : item.isr) isr.push_back(BrokerId{broker});
    MR_ASSERT(partition.leads() && partition.isr.in_flight);
    const bool sound = all_differ(isr) && is_subset(isr, partition.replicas) && contains(isr, ctx.self());
    if (!sound) return partition.isr.drop_proposal();
    const std::string before = to_text(partition.isr.committed);
    partition.isr.confirm(isr);
    partition.partition_epoch = PartitionEpoch{item.partition_epoch};
    partition.isr_set_by = ctx.env.fact(partition_fact(
        FactKind::isr, partition.id, {ctx.env.intern(to_text(isr)).value, ctx.env.intern(before).value}));
    ctx.env.touch(touch::kPartitions | touch::kReplicas);
    MR_VALIDATE(partition.holds_together());
    if (ctx.memory().profile.high_watermark_moves_on_isr_change) advance_high_watermark(ctx, partition.id);
}

/// What a leader does with the controller's word on one partition: take it, ask again, or wait for its orders.
void on_item(Ctx ctx, TopicPartition id, const AlterPartitionResponse::Topic::Partition& item) {
    MR_ASSERT(id.partition >= 0 && id.topic != kNoName);
    if (!still_stands(ctx.find(id))) return;
    Partition& partition = ctx.edit(id);
    const auto error = static_cast<ErrorCode>(item.error_code);
    if (!failed(error)) {
        const bool newer = LeaderEpoch{item.leader_epoch} == partition.leader_epoch &&
                           PartitionEpoch{item.partition_epoch} > partition.partition_epoch;
        if (newer) confirm(ctx, partition, item);
        else partition.isr.drop_proposal();
    } else if (is_retriable(error) && error != ErrorCode::fenced_leader_epoch &&
               error != ErrorCode::unknown_topic_or_partition && error != ErrorCode::unknown_topic_id) {
        ctx.memory().alter_partition.unsent.push_back(id);
        retry_later(ctx);
    } else {
        partition.isr.drop_proposal();
    }
}

NameId topic_of(Ctx ctx, const AlterPartitionResponse::Topic& topic) {
    if (!topic.topic_name.empty()) return ctx.env.find_name(topic.topic_name);
    for (const auto& [id, partition] : ctx.memory().partitions)
        if (partition->topic_id == topic.topic_id) return id.topic;
    return kNoName;
}

void on_answer(Ctx ctx, sim::Notice& notice) {
    AlterPartitionState& state = ctx.memory().alter_partition;
    MR_ASSERT(state.channel.open() && notice.kind == sim::NoticeKind::frame);
    wire::Reader in(*notice.frame);
    wire::InFlightRequest request;
    AlterPartitionResponse response;
    const bool good = wire::take_answer(state.channel, in, request) && wire::decode(in, response, request.version);
    if (!good || failed(static_cast<ErrorCode>(response.error_code))) {
        take_back(state);
        wire::close(state.channel, ctx.env);  // not the controller, or not us it knows: ask anew whom to ask
        return retry_later(ctx);
    }
    for (const auto& topic : response.topics)
        for (const auto& item : topic.partitions) {
            const TopicPartition id{topic_of(ctx, topic), item.partition_index};
            if (std::erase(state.in_flight, id) > 0) on_item(ctx, id, item);
        }
    take_back(state);  // what the controller did not mention is asked again
    send_unsent_proposals(ctx);
}

}  // namespace

void send_isr_proposal(Ctx ctx, TopicPartition id) {
    MR_ASSERT(ctx.find(id) != nullptr && ctx.find(id)->isr.in_flight);
    ctx.memory().alter_partition.unsent.push_back(id);
    send_unsent_proposals(ctx);
}

void send_unsent_proposals(Ctx ctx) {
    AlterPartitionState& state = ctx.memory().alter_partition;
    const bool moved =
        state.channel.state != wire::ChannelState::closed && state.controller != ctx.memory().metadata.controller;
    if (moved) {
        take_back(state);
        wire::close(state.channel, ctx.env);
    }
    if (state.unsent.empty()) return;
    if (state.channel.state == wire::ChannelState::closed) connect(ctx);
    else if (state.channel.open() && state.channel.idle()) send_all(ctx);
}

bool on_alter_partition_notice(Ctx ctx, sim::Notice& notice) {
    AlterPartitionState& state = ctx.memory().alter_partition;
    if (!wire::concerns(state.channel, notice)) return false;
    MR_ASSERT(state.channel.state != wire::ChannelState::closed);
    if (notice.kind == sim::NoticeKind::connected) {
        wire::note_connected(state.channel);
        send_unsent_proposals(ctx);
    } else if (notice.kind == sim::NoticeKind::frame) {
        on_answer(ctx, notice);
    } else {
        wire::note_closed(state.channel);
        take_back(state);
        retry_later(ctx);
    }
    return true;
}

}  // namespace engine::broker
