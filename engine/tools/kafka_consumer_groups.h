// kafka-consumer-groups: lists groups, describes them and how far behind they are, resets and deletes what they
// committed.
//
// What it asks, one after the other: who is there (Metadata), who looks after the group (FindCoordinator), what it is
// (DescribeGroups), what it committed (OffsetFetch), where the logs end or begin (ListOffsets), and then its order.
#pragma once

#include "engine/client/admin.h"
#include "engine/tools/options.h"

namespace engine::tools {

struct ToolCall;

enum class GroupsStep : u8 { none, metadata, list, coordinator, describe, committed, ends, targets, order };

/// A member, as DescribeGroups tells it.
struct ShownMember {
    std::string id;
    std::string instance;
    std::string host;
    std::string client;
    std::vector<client::PartitionName> assignment;
};

struct ShownGroup {
    std::string name;
    std::string state;
    std::string protocol_type;
    std::string protocol;
    std::vector<ShownMember> members;
};

/// An offset that a reset sets.
struct ResetRow {
    std::string group;
    client::PartitionName partition;
    i64 offset = -1;
};

/// What became of a group that was to be deleted.
struct GroupDeletion {
    std::string group;
    ErrorCode error = ErrorCode::none;
};

struct GroupsTool {
    GroupsStep step = GroupsStep::none;
    OptionValues options;
    std::vector<std::string> wanted;  // groups still to be done, the first is being done
    BrokerId coordinator = kNoBroker;
    std::string coordinator_address;
    sim::FlatMap<u64, bool> asked_targets;                    // questions that are about targets, not ends
    bool had_groups = false;
    u32 missing = 0;                                          // answers of this step
    std::vector<std::pair<std::string, std::string>> listed;  // group, state
    ShownGroup group;
    sim::FlatMap<client::PartitionName, i64> committed;
    sim::FlatMap<client::PartitionName, i64> ends;
    sim::FlatMap<client::PartitionName, i64> targets;  // of a reset: earliest, or by time
    std::vector<ResetRow> resets;                             // of all groups, to be printed at the end
    std::vector<GroupDeletion> deletions;                     // likewise
    std::vector<BrokerId> brokers;
    sim::FlatMap<client::PartitionName, BrokerId> leaders;  // of all partitions there are
};

void begin_groups(ToolCall& call);
void on_groups_result(ToolCall& call, const client::AdminResult& result);

}  // namespace engine::tools
