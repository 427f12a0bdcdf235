// The group coordinator's state: groups by name, each with its members, its generation and its offsets. What
// must survive is in `__consumer_offsets`; the rest is rebuilt when the coordinator moves.
#pragma once

#include "engine/broker/sockets.h"
#include "engine/model/error_codes.h"
#include "sim/base/ref.h"
#include "sim/kernel/fact.h"

namespace engine::broker {

constexpr std::string_view kOffsetsTopic = "__consumer_offsets";

enum class GroupPhase : u8 { empty, preparing_rebalance, completing_rebalance, stable, dead };
std::string_view name_of(GroupPhase phase);

struct MemberProtocol {
    std::string name;
    std::vector<u8> metadata;
};

struct GroupMember {
    std::string id;
    std::string instance_id;      // "" = dynamic
    std::string client_id;
    std::string client_host;
    i32 session_timeout_ms = 0;
    i32 rebalance_timeout_ms = 0;
    std::vector<MemberProtocol> protocols;   // in order of preference
    std::vector<u8> assignment;
    u64 serial = 0;               // names its session timer
    sim::TimerId session_timer;
    Nanos session_deadline;
    bool awaiting_join = false;   // its JoinGroup waits for the others
    bool awaiting_sync = false;
    bool is_new = false;
    ReplyTo join_reply;
    ReplyTo sync_reply;
    NodeId node = sim::kNoNode;
};

struct CommittedOffset {
    Offset offset;
    LeaderEpoch leader_epoch = kNoEpoch;
    std::string metadata;
    i64 commit_timestamp_ms = 0;
};

/// A member id given out (KIP-394) that has not joined yet; it has one session timeout to do so.
struct PendingMember {
    u64 serial = 0;
    sim::TimerId timer;
};

struct Group {
    NameId name = kNoName;
    GroupPhase phase = GroupPhase::empty;
    i32 generation = 0;
    std::string protocol_type;
    std::string protocol;
    std::string leader;                                    // member id
    sim::FlatMap<std::string, GroupMember> members;        // by id
    sim::FlatMap<std::string, PendingMember> pending_members;  // by id
    sim::FlatMap<std::string, std::string> static_members; // instance id -> member id
    sim::FlatMap<TopicPartition, CommittedOffset> offsets;
    sim::TimerId rebalance_timer;
    Nanos rebalance_deadline;
    Nanos initial_delay_ends;     // of a group that was empty
    bool new_member_joined = false;
    bool storing_assignment = false;
    i64 state_since_ms = 0;
    sim::FactId phase_set_by;

    /// What holds of a group between two events: its leader and its static members are members, an empty group has
    /// none, and only members of a rebalance wait for answers. O(members).
    [[nodiscard]] bool holds_together() const;
};

enum class PartitionLoad : u8 { absent, loading, loaded };

/// An append to `__consumer_offsets` that somebody waits for.
struct GroupAppend {
    enum class For : u8 { offsets, assignment } purpose = For::offsets;
    std::string group;
    i32 generation = 0;
    ReplyTo reply_to;
    std::vector<std::pair<TopicPartition, CommittedOffset>> offsets;
    std::vector<std::pair<TopicPartition, ErrorCode>> refused;
};

struct Groups {
    sim::FlatMap<std::string, sim::Cow<Group>> groups;
    sim::FlatMap<i32, PartitionLoad> partitions;   // of __consumer_offsets that we lead
    sim::FlatMap<u64, GroupAppend> appends;
    u64 next_append = 1;
    u64 next_member_serial = 1;
};

/// Partition of `__consumer_offsets` (or `__transaction_state`) for a name: Java's String.hashCode, masked.
i32 java_string_hash(std::string_view utf8);
i32 coordinator_partition(std::string_view name, i32 partitions);

}  // namespace engine::broker
