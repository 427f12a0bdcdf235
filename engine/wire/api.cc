#include "engine/wire/api.h"

#include <algorithm>
#include <array>

#include "sim/base/assert.h"

namespace engine::wire {
namespace {

constexpr i16 kNotFlexible = INT16_MAX;

constexpr std::array kApis = {
    ApiInfo{ApiKey::produce, "Produce", 9},
    ApiInfo{ApiKey::fetch, "Fetch", 12},
    ApiInfo{ApiKey::list_offsets, "ListOffsets", 6},
    ApiInfo{ApiKey::metadata, "Metadata", 9},
    ApiInfo{ApiKey::leader_and_isr, "LeaderAndIsr", 4},
    ApiInfo{ApiKey::stop_replica, "StopReplica", 2},
    ApiInfo{ApiKey::update_metadata, "UpdateMetadata", 6},
    ApiInfo{ApiKey::controlled_shutdown, "ControlledShutdown", 3},
    ApiInfo{ApiKey::offset_commit, "OffsetCommit", 8},
    ApiInfo{ApiKey::offset_fetch, "OffsetFetch", 6},
    ApiInfo{ApiKey::find_coordinator, "FindCoordinator", 3},
    ApiInfo{ApiKey::join_group, "JoinGroup", 6},
    ApiInfo{ApiKey::heartbeat, "Heartbeat", 4},
    ApiInfo{ApiKey::leave_group, "LeaveGroup", 4},
    ApiInfo{ApiKey::sync_group, "SyncGroup", 4},
    ApiInfo{ApiKey::describe_groups, "DescribeGroups", 5},
    ApiInfo{ApiKey::list_groups, "ListGroups", 3},
    ApiInfo{ApiKey::sasl_handshake, "SaslHandshake", kNotFlexible},
    ApiInfo{ApiKey::api_versions, "ApiVersions", 3},
    ApiInfo{ApiKey::create_topics, "CreateTopics", 5},
    ApiInfo{ApiKey::delete_topics, "DeleteTopics", 4},
    ApiInfo{ApiKey::delete_records, "DeleteRecords", 2},
    ApiInfo{ApiKey::init_producer_id, "InitProducerId", 2},
    ApiInfo{ApiKey::offset_for_leader_epoch, "OffsetForLeaderEpoch", 4},
    ApiInfo{ApiKey::add_partitions_to_txn, "AddPartitionsToTxn", 3},
    ApiInfo{ApiKey::add_offsets_to_txn, "AddOffsetsToTxn", 3},
    ApiInfo{ApiKey::end_txn, "EndTxn", 3},
    ApiInfo{ApiKey::write_txn_markers, "WriteTxnMarkers", 1},
    ApiInfo{ApiKey::txn_offset_commit, "TxnOffsetCommit", 3},
    ApiInfo{ApiKey::describe_configs, "DescribeConfigs", 4},
    ApiInfo{ApiKey::alter_configs, "AlterConfigs", 2},
    ApiInfo{ApiKey::describe_log_dirs, "DescribeLogDirs", 2},
    ApiInfo{ApiKey::create_partitions, "CreatePartitions", 2},
    ApiInfo{ApiKey::delete_groups, "DeleteGroups", 2},
    ApiInfo{ApiKey::elect_leaders, "ElectLeaders", 2},
    ApiInfo{ApiKey::incremental_alter_configs, "IncrementalAlterConfigs", 1},
    ApiInfo{ApiKey::alter_partition_reassignments, "AlterPartitionReassignments", 0},
    ApiInfo{ApiKey::list_partition_reassignments, "ListPartitionReassignments", 0},
    ApiInfo{ApiKey::offset_delete, "OffsetDelete", kNotFlexible},
    ApiInfo{ApiKey::alter_partition, "AlterPartition", 0},
    ApiInfo{ApiKey::describe_cluster, "DescribeCluster", 0},
    ApiInfo{ApiKey::describe_producers, "DescribeProducers", 0},
    ApiInfo{ApiKey::describe_transactions, "DescribeTransactions", 0},
    ApiInfo{ApiKey::list_transactions, "ListTransactions", 0},
    ApiInfo{ApiKey::describe_topic_partitions, "DescribeTopicPartitions", 0},
};
static_assert(std::ranges::is_sorted(kApis, {}, &ApiInfo::key));

bool is_flexible(ApiKey api, i16 version) {
    const ApiInfo* info = find_api(api);
    MR_ASSERT(info != nullptr);
    return version >= info->flexible_since;
}

}  // namespace

std::span<const ApiInfo> all_apis() { return kApis; }

const ApiInfo* find_api(i16 key) {
    const auto at = std::ranges::lower_bound(kApis, static_cast<ApiKey>(key), {}, &ApiInfo::key);
    return at != kApis.end() && static_cast<i16>(at->key) == key ? &*at : nullptr;
}

const ApiInfo* find_api(std::string_view name) {
    const auto at = std::ranges::find(kApis, name, &ApiInfo::name);
    return at != kApis.end() ? &*at : nullptr;
}

i16 request_header_version(ApiKey api, i16 version) {
    if (api == ApiKey::controlled_shutdown && version == 0) return 0;
    return is_flexible(api, version) ? 2 : 1;
}

i16 response_header_version(ApiKey api, i16 version) {
    if (api == ApiKey::api_versions) return 0;
    return is_flexible(api, version) ? 1 : 0;
}

}  // namespace engine::wire
