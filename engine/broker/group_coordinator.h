// The group coordinator: members join, are told their assignment, and store how far they have read.
//
//   group_rules     pure rules: which partition, which protocol, who leads
//   group_members   JoinGroup, SyncGroup, Heartbeat, LeaveGroup and the rebalance between them
//   group_offsets   OffsetCommit and OffsetFetch
//   group_upkeep    deleting groups and offsets, by request and by time
//   group_storage   records of `__consumer_offsets`: writing, loading, unloading
#pragma once

#include "engine/broker/broker.h"
#include "engine/wire/messages/describe_groups.h"
#include "engine/wire/messages/join_group.h"
#include "engine/wire/messages/leave_group.h"
#include "engine/wire/messages/offset_commit.h"
#include "engine/wire/messages/offset_delete.h"
#include "engine/wire/messages/offset_fetch.h"
#include "engine/wire/messages/sync_group.h"

namespace engine::broker {

/// From this version on OffsetCommit and OffsetFetch mean the group's own offsets; version 0 kept them in ZooKeeper.
constexpr i16 kKeptByGroups = 1;

// ---- group_rules.cc --------------------------------------------------------------------------------

/// Partitions of `__consumer_offsets`: as many as it has, or as it will be given.
i32 offsets_partition_count(Ctx ctx);
/// Whether we look after a group: none, not_coordinator or coordinator_load_in_progress.
ErrorCode check_coordinator(Ctx ctx, const std::string& group);
/// Protocol that most members prefer among those that all support; "" if there is none.
std::string select_protocol(const Group& group);
bool supports_protocols(const Group& group, const std::string& protocol_type,
                        const std::vector<MemberProtocol>& protocols);
bool all_joined(const Group& group);
i32 longest_rebalance_timeout_ms(const Group& group);
const std::vector<u8>& metadata_for(const GroupMember& member, const std::string& protocol);

// ---- group_members.cc ------------------------------------------------------------------------------

struct JoinCall {
    ReplyTo reply_to;
    NodeId peer = sim::kNoNode;
    std::string client_id;
    std::string group;
    std::string member_id;
    std::string instance_id;
    std::string protocol_type;
    std::vector<MemberProtocol> protocols;
    i32 session_timeout_ms = 0;
    i32 rebalance_timeout_ms = 0;
    std::string reason;
};
void join_group(Ctx ctx, const JoinCall& call);
void sync_group(Ctx ctx, const ReplyTo& to, const wire::SyncGroupRequest& request);
ErrorCode heartbeat(Ctx ctx, const std::string& group, i32 generation, const std::string& member,
                    const std::string& instance);
wire::LeaveGroupResponse leave_group(Ctx ctx, const wire::LeaveGroupRequest& request, i16 version);
void on_rebalance_timer(Ctx ctx, NameId group);
void on_member_session_expired(Ctx ctx, u64 serial);
/// The assignment is stored in the log, or could not be.
void on_assignment_stored(Ctx ctx, const std::string& group, i32 generation, ErrorCode error);
/// Answers everybody who waits in a group, with an error.
void fail_waiting_members(Ctx ctx, Group& group, ErrorCode error);
/// A sign of life of a member: its session starts anew.
void renew_session(Ctx ctx, Group& group, GroupMember& member);

// ---- group_offsets.cc ------------------------------------------------------------------------------

void commit_offsets(Ctx ctx, const ReplyTo& to, const wire::OffsetCommitRequest& request);
wire::OffsetFetchResponse fetch_offsets(Ctx ctx, const wire::OffsetFetchRequest& request, i16 version);

// ---- group_storage.cc ------------------------------------------------------------------------------

/// We lead a partition of `__consumer_offsets` now, or no longer.
void load_groups(Ctx ctx, i32 partition);
void unload_groups(Ctx ctx, i32 partition);
/// A record for a group's partition, written acks=all; the append's end comes to `on_group_append_done`.
struct GroupRecord {
    std::vector<u8> key;
    std::vector<u8> value;
    bool tombstone = false;
};
void store(Ctx ctx, GroupAppend append, const std::vector<GroupRecord>& records);
void store_group(Ctx ctx, const Group& group);
/// An append to `__consumer_offsets` is replicated, or has failed.
void on_group_append_done(Ctx ctx, u64 append, ErrorCode error);
GroupRecord offset_record(Ctx ctx, const std::string& group, TopicPartition id, const CommittedOffset& offset);

/// Appends records for a group without waiting for them.
void append_group_records(Ctx ctx, const std::string& group, const std::vector<GroupRecord>& records);

// ---- group_upkeep.cc -------------------------------------------------------------------------------

ErrorCode delete_group(Ctx ctx, const std::string& name);
wire::OffsetDeleteResponse delete_offsets(Ctx ctx, const wire::OffsetDeleteRequest& request);
/// Topics are gone: nobody can have read in them.
void forget_offsets_of_topics(Ctx ctx, const std::vector<NameId>& topics);
void on_offsets_expiry(Ctx ctx);

Group& edit_group(Ctx ctx, const std::string& name);
const Group* find_group(Ctx ctx, const std::string& name);

}  // namespace engine::broker
