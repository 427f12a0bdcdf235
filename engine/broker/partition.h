// One partition replica on one broker: its log, its role, and, if it leads, what it knows of its followers.
//
// The rules here are pure: they look at this replica and a clock, and tell the caller what followed (the high
// watermark moved, a follower may join). Sending, waiting and asking the controller are done elsewhere.
#pragma once

#include <vector>

#include "engine/broker/isr.h"
#include "engine/log/log.h"
#include "engine/model/version_profile.h"
#include "engine/wire/uuid.h"
#include "sim/kernel/fact.h"

namespace engine::broker {

enum class Role : u8 { none, leader, follower };

/// What a leader remembers of one follower in its present term.
struct FollowerState {
    Offset log_end_offset = kNoOffset;   // unknown until its first fetch
    Offset log_start_offset = kNoOffset;
    Nanos last_caught_up;                // when it last held everything the leader had
    Nanos last_fetch;
    Offset leader_end_at_last_fetch = kNoOffset;
    BrokerEpoch broker_epoch = kNoBrokerEpoch;
};

struct Partition {
    TopicPartition id;
    wire::Uuid topic_id;
    log::Log log;
    Role role = Role::none;
    BrokerId leader = kNoBroker;
    LeaderEpoch leader_epoch = kNoEpoch;
    PartitionEpoch partition_epoch{-1};
    ControllerEpoch controller_epoch;
    std::vector<BrokerId> replicas;       // assignment, preferred leader first
    IsrState isr;
    Offset high_watermark;
    Offset epoch_start;                   // where the leader's present term begins
    sim::FlatMap<BrokerId, FollowerState> followers;  // leader only
    std::vector<u64> waiting_produces;    // operations of the purgatories that wait for this partition
    std::vector<u64> waiting_fetches;
    sim::FactId role_set_by;              // the fact that last set what it names
    sim::FactId isr_set_by;
    sim::FactId high_watermark_set_by;

    /// What holds of a replica between two events, whatever its role: high watermark and log are in order, the ISR is
    /// part of the replicas, a leader is in it, and only a leader keeps followers. O(replicas).
    [[nodiscard]] bool holds_together() const;
    [[nodiscard]] bool leads() const { return role == Role::leader; }
    [[nodiscard]] Offset log_end_offset() const { return log.next_offset; }
    /// min.insync.replicas, but never more than there are replicas.
    [[nodiscard]] i32 effective_min_isr() const;
    [[nodiscard]] bool under_min_isr() const { return static_cast<i32>(isr.committed.size()) < effective_min_isr(); }
    /// First offset that read_committed consumers may not see: the high watermark, or an open transaction's.
    [[nodiscard]] Offset last_stable_offset() const;
    /// Up to where somebody may read: replicas everything, others what is committed.
    [[nodiscard]] Offset readable_end(bool is_replica, bool read_committed) const;
};

/// What the rules need to know besides the partition.
struct IsrRules {
    BrokerId self;
    Nanos now;
    Nanos lag_time_max;
    VersionProfile profile;
    bool high_watermark_early_bug = false;  // planted (tests only)
    bool isr_ignores_lag_bug = false;
};

/// Starts a term as leader: followers are unknown, and those in the ISR count as caught up now.
void begin_leadership(Partition& partition, const IsrRules& rules);

/// A follower fetched at `offset`: it has everything below. Notes what it knows and when it was caught up.
void note_follower_fetch(Partition& partition, const IsrRules& rules, BrokerId follower, Offset offset,
                         Offset log_start, Offset leader_end_at_read, BrokerEpoch broker_epoch);

/// Moves the high watermark to the least log end of those that must hold a record for it to be committed.
/// True if it moved. Never moves back within a term.
bool maybe_advance_high_watermark(Partition& partition, const IsrRules& rules);

/// Whether a follower that is out of the ISR may be proposed for it.
bool may_join_isr(const Partition& partition, BrokerId follower);

/// Members of the ISR, other than the leader, that have not been caught up for longer than the lag limit.
std::vector<BrokerId> out_of_sync_members(const Partition& partition, const IsrRules& rules);

}  // namespace engine::broker
