// Kafka's request types: key, name, and which header versions they use.
#pragma once

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

/// All request types we know, by key.
std::span<const ApiInfo> all_apis();
/// What is known of a key, or nullptr.
const ApiInfo* find_api(i16 key);
const ApiInfo* find_api(std::string_view name);
inline const ApiInfo* find_api(ApiKey key) { return find_api(static_cast<i16>(key)); }

/// Request header: 1, or 2 in flexible versions.
i16 request_header_version(ApiKey api, i16 version);
/// Response header: 0, or 1 in flexible versions; ApiVersions always 0, because the client cannot yet know.
i16 response_header_version(ApiKey api, i16 version);

}  // namespace engine::wire
