// Settings of a broker, typed, with Kafka 3.9's names and defaults.
#pragma once

#include <span>

#include "engine/model/config_def.h"

namespace engine {

/// What a broker does with its logs and offsets in the background.
struct UpkeepConfig {
    Nanos retention_check_interval;
    bool cleaner = true;
    Nanos cleaner_backoff;
    i64 cleaner_buffer_bytes = 134'217'728;
    Nanos offsets_retention;
    Nanos offsets_retention_check_interval;
};

struct BrokerConfig {
    i32 num_partitions = 1;
    i32 default_replication_factor = 1;
    bool auto_create_topics = true;
    bool delete_topics = true;
    bool controlled_shutdown = true;
    i32 controlled_shutdown_retries = 3;
    Nanos controlled_shutdown_backoff;
    UpkeepConfig upkeep;
    Nanos zookeeper_session_timeout;
    Nanos replica_lag_time_max;
    Nanos replica_fetch_wait_max;
    i32 replica_fetch_min_bytes = 1;
    i32 replica_fetch_max_bytes = 1 << 20;
    i32 replica_fetch_response_max_bytes = 10 << 20;
    Nanos replica_fetch_backoff;
    Nanos replica_socket_timeout;
    Nanos high_watermark_checkpoint_interval;
    i32 fetch_max_bytes = 57'671'680;
    i32 fetch_session_slots = 1000;
    bool auto_leader_rebalance = true;
    Nanos leader_imbalance_check_interval;
    i32 leader_imbalance_percentage = 10;
    i32 offsets_topic_partitions = 50;
    i16 offsets_topic_replication_factor = 3;
    i32 offsets_topic_segment_bytes = 104'857'600;
    Nanos offsets_commit_timeout;
    i32 offset_metadata_max_bytes = 4096;
    Nanos group_initial_rebalance_delay;
    i32 group_min_session_timeout_ms = 6000;
    i32 group_max_session_timeout_ms = 1'800'000;
    i32 group_max_size = INT32_MAX;
    i64 producer_id_expiration_ms = 86'400'000;
    Nanos request_timeout;
    Nanos initial_task_delay;
    i32 socket_request_max_bytes = 104'857'600;
};

/// All broker settings we know, sorted by name.
std::span<const ConfigKey> broker_config_keys();

/// The typed form. Requires that all given values were checked.
BrokerConfig make_broker_config(const ConfigMap& given);

/// Defaults that a broker's settings give to a topic that does not set them itself.
ConfigMap topic_defaults_of(const ConfigMap& broker);

}  // namespace engine
