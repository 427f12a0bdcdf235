// Roles, appends and the high watermark of the replicas of this broker.
#include "engine/broker/replicas.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/broker/group_coordinator.h"
#include "engine/model/facts.h"
#include "engine/model/touch.h"
#include "sim/base/assert.h"

namespace engine::broker {
namespace {

constexpr u64 kPartitionTables = touch::kPartitions | touch::kReplicas;
constexpr u64 kLogTables = kPartitionTables | touch::kRecords | touch::kSegments | touch::kLedger;

bool stores_offsets(Ctx ctx, TopicPartition id) { return ctx.text(id.topic) == kOffsetsTopic; }

void adopt(Partition& partition, const PartitionOrder& order) {
    MR_ASSERT(partition.id == order.id && partition.leader_epoch <= order.leader_epoch);
    partition.topic_id = order.topic_id;
    partition.controller_epoch = order.controller_epoch;
    partition.leader = order.leader;
    partition.leader_epoch = order.leader_epoch;
    partition.partition_epoch = order.partition_epoch;
    partition.replicas = order.replicas;
    partition.isr.confirm(order.isr);
    MR_ASSERT(partition.leader == kNoBroker || contains(partition.isr.committed, partition.leader));
}

/// An order that does not contradict itself: what comes over the wire is looked at before it is believed.
bool is_sound(const PartitionOrder& order) {
    const bool leads_in_sync = order.leader == kNoBroker || contains(order.isr, order.leader);
    return order.id.partition >= 0 && order.leader_epoch.value >= 0 && all_differ(order.replicas) &&
           all_differ(order.isr) && is_subset(order.isr, order.replicas) && leads_in_sync;
}

void tell_epoch(Ctx ctx, const Partition& partition, sim::FactId cause) {
    MR_ASSERT(!partition.log.epochs.entries.empty());
    ctx.env.fact(partition_fact(FactKind::epoch_began, partition.id,
                                {partition.leader_epoch.value, partition.log.epochs.entries.back().start.value},
                                cause));
    ctx.env.touch(touch::kLeaderEpochs);
}

void make_leader(Ctx ctx, Partition& partition, const PartitionOrder& order) {
    const bool led_before = partition.leads();
    adopt(partition, order);
    partition.role = Role::leader;
    unfollow(ctx, partition.id);
    partition.role_set_by = ctx.env.fact(partition_fact(
        FactKind::became_leader, partition.id, {order.leader_epoch.value, partition.log_end_offset().value}));
    LogScope log(ctx);
    log::begin_epoch(partition.log, log, order.leader_epoch);
    begin_leadership(partition, ctx.isr_rules());
    MR_ASSERT(partition.log.latest_epoch() == order.leader_epoch);
    tell_epoch(ctx, partition, partition.role_set_by);
    if (!led_before && stores_offsets(ctx, partition.id)) load_groups(ctx, partition.id.partition);
}

void make_follower(Ctx ctx, Partition& partition, const PartitionOrder& order) {
    const bool led_before = partition.leads();
    MR_ASSERT(order.leader != ctx.self());
    adopt(partition, order);
    partition.role = Role::follower;
    partition.followers.clear();
    partition.role_set_by = ctx.env.fact(
        partition_fact(FactKind::became_follower, partition.id, {order.leader_epoch.value, order.leader.value}));
    if (led_before && stores_offsets(ctx, partition.id)) unload_groups(ctx, partition.id.partition);
    unfollow(ctx, partition.id);
    if (order.leader != kNoBroker) follow(ctx, partition.id, order.leader, order.leader_epoch);
}

void note_high_watermark(Ctx ctx, Partition& partition, Offset before) {
    MR_ASSERT(before < partition.high_watermark);
    partition.high_watermark_set_by = ctx.env.fact(partition_fact(
        FactKind::high_watermark, partition.id, {before.value, partition.high_watermark.value}));
    ctx.env.touch(kPartitionTables);
}

void refuse_append(Ctx ctx, TopicPartition id, ErrorCode code) {
    MR_ASSERT(id.partition >= 0 && id.topic != kNoName);
    const sim::FactId refused =
        ctx.env.fact(partition_fact(FactKind::append_refused, id, {static_cast<i64>(code)}));
    if (code == ErrorCode::invalid_producer_epoch)
        ctx.env.fact(node_fact(FactKind::fenced, {static_cast<i64>(code)}, refused));
    if (code == ErrorCode::kafka_storage_error) halt(ctx, "the log directory failed");
}

void tell_append(Ctx ctx, const Partition& partition, const log::AppendInfo& info) {
    const FactKind kind = info.duplicate ? FactKind::duplicate_batch : FactKind::appended;
    ctx.env.fact(partition_fact(kind, partition.id, {info.first_offset.value, info.last_offset.value}));
    ctx.env.touch(kLogTables);
}

void propose_shrink(Ctx ctx, Partition& partition, const std::vector<BrokerId>& lagging) {
    MR_ASSERT(partition.leads() && !lagging.empty() && !contains(lagging, ctx.self()));
    BrokerList isr = partition.isr.committed;
    for (const BrokerId broker : lagging) isr = without(isr, broker);
    const NameId why = ctx.env.intern("has not caught up for replica.lag.time.max.ms");
    partition.isr_set_by = ctx.env.fact(partition_fact(
        FactKind::isr_proposed, partition.id,
        {ctx.env.intern(to_text(isr)).value, lagging.front().value, why.value}));
    partition.isr.propose(IsrChange::shrink, std::move(isr));
    send_isr_proposal(ctx, partition.id);
}

}  // namespace

std::string directory_of(Ctx ctx, TopicPartition id) { return fmt::format("{}-{}", ctx.text(id.topic), id.partition); }

/// A log of the topic's earlier life, which was deleted while this broker could not be told. Kafka touches it no more:
/// somebody must delete the directory.
bool is_other_life(Ctx ctx, const PartitionOrder& order) {
    const Partition* known = ctx.find(order.id);
    if (known == nullptr || known->topic_id.is_zero() || order.topic_id.is_zero() || known->topic_id == order.topic_id)
        return false;
    ctx.env.fact(
        partition_fact(FactKind::role_refused, order.id, {static_cast<i64>(ErrorCode::inconsistent_topic_id)}));
    return true;
}

ErrorCode take_role(Ctx ctx, const PartitionOrder& order) {
    if (is_other_life(ctx, order)) return ErrorCode::inconsistent_topic_id;
    const Partition* known = ctx.find(order.id);
    if (known != nullptr && order.leader_epoch < known->leader_epoch) return ErrorCode::stale_controller_epoch;
    if (known != nullptr && order.leader_epoch == known->leader_epoch &&
        order.partition_epoch <= known->partition_epoch)
        return ErrorCode::none;  // nothing new: a repeated order
    if (!contains(order.replicas, ctx.self())) return ErrorCode::unknown_topic_or_partition;
    if (!is_sound(order)) return ErrorCode::invalid_request;
    if (!ensure_partition(ctx, order.id, order.topic_id)) return ErrorCode::kafka_storage_error;
    if (is_other_life(ctx, order)) return ErrorCode::inconsistent_topic_id;
    Partition& partition = ctx.edit(order.id);
    const bool same_leadership =
        order.leader == ctx.self() && partition.leads() && order.leader_epoch == partition.leader_epoch;
    if (same_leadership) adopt(partition, order);
    else if (order.leader == ctx.self()) make_leader(ctx, partition, order);
    else make_follower(ctx, partition, order);
    ctx.env.touch(kLogTables);
    if (order.leader == ctx.self()) advance_high_watermark(ctx, order.id);
    recheck_produces(ctx, order.id);
    recheck_fetches(ctx, order.id);
    MR_ASSERT(ctx.find(order.id) != nullptr && ctx.find(order.id)->leader_epoch == order.leader_epoch);
    MR_ASSERT(ctx.find(order.id)->leads() == (order.leader == ctx.self()));
    return ErrorCode::none;
}

void stop_replica(Ctx ctx, TopicPartition id, bool delete_log) {
    if (ctx.find(id) == nullptr) return;
    Partition& partition = ctx.edit(id);
    if (partition.leads() && stores_offsets(ctx, id)) unload_groups(ctx, id.partition);
    partition.role = Role::none;
    partition.leader = kNoBroker;
    partition.followers.clear();
    unfollow(ctx, id);
    recheck_produces(ctx, id);
    recheck_fetches(ctx, id);
    if (delete_log) {
        auto disk = ctx.env.disk();
        const bool keeps = ctx.broker.has_bug(PlantedBug::deleted_log_kept);
        for (const std::string& path : disk.list(directory_of(ctx, id) + "/"))
            if (!keeps) disk.remove(path);
        ctx.memory().partitions.erase(id);
        forget_cleaned(ctx, id);
    }
    MR_ASSERT(ctx.find(id) == nullptr || !delete_log);
    ctx.env.touch(kLogTables);
}

std::expected<log::AppendInfo, log::AppendRefusal> append_to_leader(Ctx ctx, TopicPartition id, const sim::Slice& batch,
                                                                    log::AppendOrigin origin, bool all_acks) {
    Partition& partition = ctx.edit(id);
    MR_ASSERT(partition.leads());
    if (all_acks && partition.under_min_isr() && !ctx.broker.has_bug(PlantedBug::min_isr_ignored)) {
        refuse_append(ctx, id, ErrorCode::not_enough_replicas);
        return std::unexpected(log::AppendRefusal{
            ErrorCode::not_enough_replicas,
            fmt::format("The size of the current ISR {} is insufficient to satisfy the min.isr requirement of {} for "
                        "partition {}",
                        partition.isr.committed.size(), partition.effective_min_isr(), directory_of(ctx, id)),
            {}});
    }
    LogScope scope(ctx);
    const bool checked = !ctx.broker.has_bug(PlantedBug::no_sequence_check);
    const auto info = log::append_as_leader(partition.log, scope, batch, partition.leader_epoch, origin, checked);
    if (!info) {
        refuse_append(ctx, id, info.error().code);
        return info;
    }
    MR_ASSERT(info->duplicate || info->last_offset + 1 == partition.log_end_offset());
    tell_append(ctx, partition, *info);
    advance_high_watermark(ctx, id);
    recheck_fetches(ctx, id);
    return info;
}

void advance_high_watermark(Ctx ctx, TopicPartition id) {
    MR_ASSERT(id.partition >= 0 && id.topic != kNoName);
    Partition& partition = ctx.edit(id);
    if (!partition.leads()) return;
    const Offset before = partition.high_watermark;
    if (!maybe_advance_high_watermark(partition, ctx.isr_rules())) return;
    MR_VALIDATE(partition.holds_together());
    note_high_watermark(ctx, partition, before);
    recheck_produces(ctx, id);
    recheck_fetches(ctx, id);
}

void check_isrs(Ctx ctx) {
    std::vector<TopicPartition> leading;
    for (const auto& [id, partition] : ctx.memory().partitions)
        if (partition->leads() && !partition->isr.in_flight) leading.push_back(id);
    for (const TopicPartition id : leading) {
        const auto lagging = out_of_sync_members(*ctx.find(id), ctx.isr_rules());
        if (!lagging.empty()) propose_shrink(ctx, ctx.edit(id), lagging);
    }
}

void maybe_propose_expansion(Ctx ctx, TopicPartition id, BrokerId follower) {
    const Partition& partition = *ctx.find(id);
    if (partition.isr.in_flight || !may_join_isr(partition, follower)) return;
    if (!ctx.memory().metadata.brokers.contains(follower)) return;  // not yet known to be alive
    MR_ASSERT(partition.leads() && follower != ctx.self());
    Partition& writable = ctx.edit(id);
    BrokerList isr = writable.isr.committed;
    isr.push_back(follower);
    writable.isr_set_by = ctx.env.fact(partition_fact(
        FactKind::isr_proposed, id,
        {ctx.env.intern(to_text(isr)).value, follower.value, ctx.env.intern("has caught up").value}));
    writable.isr.propose(IsrChange::expand, std::move(isr));
    send_isr_proposal(ctx, id);
}

void halt(Ctx ctx, std::string_view why) {
    if (ctx.memory().halted) return;
    ctx.memory().halted = true;
    ctx.env.fact(node_fact(FactKind::node_halted, {ctx.env.intern(why).value}));
    ctx.env.halt();
}

}  // namespace engine::broker
