#include "engine/broker/partition.h"

#include <algorithm>

namespace engine::broker {
namespace {

bool caught_up(const Partition& partition, const FollowerState& follower, const IsrRules& rules) {
    return follower.log_end_offset == partition.log_end_offset() ||
           rules.now - follower.last_caught_up <= rules.lag_time_max;
}

/// Whether the high watermark has to wait for this follower.
bool must_hold(const Partition& partition, BrokerId broker, const FollowerState& follower, const IsrRules& rules) {
    if (contains(partition.isr.maximal(), broker) && !rules.isr_ignores_lag_bug) return true;
    return rules.now - follower.last_caught_up <= rules.lag_time_max;
}

}  // namespace

bool Partition::holds_together() const {
    if (log.log_start > high_watermark || high_watermark > log_end_offset() || !isr.holds_together()) return false;
    if (role == Role::none) return true;
    if (!is_subset(isr.committed, replicas) || (leader != kNoBroker && !contains(isr.committed, leader))) return false;
    if (role == Role::follower) return followers.empty();
    return leader_epoch == log.latest_epoch() && epoch_start <= log_end_offset() &&
           followers.size() + 1 == replicas.size();
}

i32 Partition::effective_min_isr() const {
    return std::min(log.config.min_insync_replicas, static_cast<i32>(replicas.size()));
}

Offset Partition::last_stable_offset() const {
    const Offset unstable = log.producers.first_unstable_offset();
    MR_ASSERT(unstable < log_end_offset() || unstable == kNoOffset);
    return unstable == kNoOffset ? high_watermark : min(high_watermark, unstable);
}

Offset Partition::readable_end(bool is_replica, bool read_committed) const {
    if (is_replica) return log_end_offset();
    return read_committed ? last_stable_offset() : high_watermark;
}

void begin_leadership(Partition& partition, const IsrRules& rules) {
    MR_ASSERT(partition.leader == rules.self && contains(partition.replicas, rules.self));
    partition.followers.clear();
    for (const BrokerId replica : partition.replicas) {
        if (replica == rules.self) continue;
        FollowerState follower;
        follower.last_caught_up =
            contains(partition.isr.committed, replica) ? rules.now : Nanos{} - rules.lag_time_max * 2;
        partition.followers[replica] = follower;
    }
    MR_ASSERT(partition.followers.size() + 1 == partition.replicas.size());
    partition.epoch_start = partition.log_end_offset();
}

void note_follower_fetch(Partition& partition, const IsrRules& rules, BrokerId follower_id, Offset offset,
                         Offset log_start, Offset leader_end_at_read, BrokerEpoch broker_epoch) {
    FollowerState* follower = partition.followers.find(follower_id);
    MR_ASSERT(follower != nullptr && partition.leads() && follower_id != rules.self);
    MR_ASSERT(offset <= leader_end_at_read && leader_end_at_read <= partition.log_end_offset());
    MR_ASSERT(follower->last_fetch <= rules.now);
    if (offset >= leader_end_at_read) follower->last_caught_up = std::max(follower->last_caught_up, rules.now);
    else if (follower->leader_end_at_last_fetch != kNoOffset && offset >= follower->leader_end_at_last_fetch)
        follower->last_caught_up = std::max(follower->last_caught_up, follower->last_fetch);
    follower->log_end_offset = offset;
    follower->log_start_offset = log_start;
    follower->leader_end_at_last_fetch = leader_end_at_read;
    follower->last_fetch = rules.now;
    follower->broker_epoch = broker_epoch;
}

bool maybe_advance_high_watermark(Partition& partition, const IsrRules& rules) {
    MR_ASSERT(partition.leads() && partition.high_watermark <= partition.log_end_offset());
    if (rules.profile.high_watermark_needs_min_isr && partition.under_min_isr()) return false;
    Offset candidate = partition.log_end_offset();
    for (const auto& [broker, follower] : partition.followers) {
        if (rules.high_watermark_early_bug) break;
        if (must_hold(partition, broker, follower, rules)) candidate = min(candidate, follower.log_end_offset);
    }
    if (candidate <= partition.high_watermark) return false;
    partition.high_watermark = candidate;
    partition.log.producers.on_high_watermark(candidate);
    MR_ASSERT(partition.high_watermark <= partition.log_end_offset());
    return true;
}

bool may_join_isr(const Partition& partition, BrokerId follower_id) {
    const FollowerState* follower = partition.followers.find(follower_id);
    if (follower == nullptr || contains(partition.isr.maximal(), follower_id)) return false;
    MR_ASSERT(follower_id != partition.leader);
    return follower->log_end_offset >= partition.high_watermark && follower->log_end_offset >= partition.epoch_start;
}

std::vector<BrokerId> out_of_sync_members(const Partition& partition, const IsrRules& rules) {
    std::vector<BrokerId> members;
    if (rules.isr_ignores_lag_bug) return members;
    for (const BrokerId broker : partition.isr.committed) {
        const FollowerState* follower = partition.followers.find(broker);
        if (follower != nullptr && !caught_up(partition, *follower, rules)) members.push_back(broker);
    }
    MR_ASSERT(!contains(members, rules.self));
    return members;
}

}  // namespace engine::broker
