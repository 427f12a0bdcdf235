// Kafka's request types: key, name, and which header versions they use.
#pragma once

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

#include "engine/model/ids.h"

namespace engine::wire {

enum class ApiKey : i16 {
    produce = 0,
    fetch = 1,
    list_offsets = 2,
    metadata = 3,
    leader_and_isr = 4,
    stop_replica = 5,
    update_metadata = 6,
    controlled_shutdown = 7,
    offset_commit = 8,
    offset_fetch = 9,
    find_coordinator = 10,
    join_group = 11,
    heartbeat = 12,
    leave_group = 13,
    sync_group = 14,
    describe_groups = 15,
    list_groups = 16,
    sasl_handshake = 17,
    api_versions = 18,
    create_topics = 19,
    delete_topics = 20,
    delete_records = 21,
    init_producer_id = 22,
    offset_for_leader_epoch = 23,
    add_partitions_to_txn = 24,
    add_offsets_to_txn = 25,
    end_txn = 26,
    write_txn_markers = 27,
    txn_offset_commit = 28,
    describe_configs = 32,
    alter_configs = 33,
    describe_log_dirs = 35,
    create_partitions = 37,
    delete_groups = 42,
    elect_leaders = 43,
    incremental_alter_configs = 44,
    alter_partition_reassignments = 45,
    list_partition_reassignments = 46,
    offset_delete = 47,
    alter_partition = 56,
    describe_cluster = 60,
    describe_producers = 61,
    describe_transactions = 65,
    list_transactions = 66,
    describe_topic_partitions = 75,
};

/// What a frame on a connection is called in the lab: the request type, and whether it is the answer.
/// Labels of other protocols follow from 1000 on.
constexpr u16 request_label(ApiKey api) { return static_cast<u16>(static_cast<u16>(api) << 1); }
constexpr u16 response_label(ApiKey api) { return static_cast<u16>(request_label(api) | 1); }

struct ApiInfo {
    ApiKey key = ApiKey::produce;
    std::string_view name;
    i16 flexible_since = INT16_MAX;
};

constexpr i16 kNotFlexible = INT16_MAX;

/// All request types we know, by key.
inline constexpr std::array kApis = {
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
static_assert(std::ranges::adjacent_find(kApis, {}, &ApiInfo::key) == kApis.end());
static_assert(kApis.front().key == ApiKey::produce && kApis.back().key == ApiKey::describe_topic_partitions);
static_assert(response_label(kApis.back().key) < 1000);

/// All of that.
std::span<const ApiInfo> all_apis();
/// What is known of a key, or nullptr.
const ApiInfo* find_api(i16 key);
const ApiInfo* find_api(std::string_view name);
inline const ApiInfo* find_api(ApiKey key) { return find_api(static_cast<i16>(key)); }

/// Request header: 1, or 2 in flexible versions.
i16 request_header_version(ApiKey api, i16 version);
/// Response header: 0, or 1 in flexible versions; ApiVersions always 0, because the client cannot yet know.
i16 response_header_version(ApiKey api, i16 version);

/// From which version on the headers of an API are flexible.
consteval i16 flexible_since(ApiKey api) {
    return std::ranges::find(kApis, api, &ApiInfo::key)->flexible_since;
}
/// What a message says of itself is sound: the protocol's number of its API, a range of versions that is not empty,
/// and a body that turns flexible together with its header.
template <class Message>
consteval bool sound_versions(i16 key) {
    return static_cast<i16>(Message::kApi) == key && Message::kLowest >= 0 && Message::kLowest <= Message::kHighest &&
           (Message::kFlexibleSince <= Message::kHighest || Message::kFlexibleSince == kNotFlexible) &&
           Message::kFlexibleSince == flexible_since(Message::kApi);
}
/// An answer is of the API and the versions of its request.
template <class Request, class Response>
consteval bool are_pair() {
    return Request::kApi == Response::kApi && Request::kLowest == Response::kLowest &&
           Request::kHighest == Response::kHighest && Request::kFlexibleSince == Response::kFlexibleSince;
}

}  // namespace engine::wire
