// Settings of a topic, typed. The text form is what znodes, tools and DescribeConfigs show.
#pragma once

#include <span>

#include "engine/model/config_def.h"

namespace engine {

enum class TimestampType : u8 { create_time, log_append_time };

struct TopicConfig {
    i64 segment_bytes = 1'073'741'824;
    Nanos segment_time;            // segment.ms
    Nanos segment_jitter;          // segment.jitter.ms
    i64 index_interval_bytes = 4096;
    i64 segment_index_bytes = 10'485'760;
    i64 max_message_bytes = 1'048'588;
    i32 min_insync_replicas = 1;
    bool unclean_leader_election = false;
    bool cleanup_delete = true;
    bool cleanup_compact = false;
    i64 retention_ms = 604'800'000;   // -1: for ever
    i64 retention_bytes = -1;         // -1: no limit
    i64 flush_messages = INT64_MAX;
    i64 delete_retention_ms = 86'400'000;
    i64 min_compaction_lag_ms = 0;
    i64 max_compaction_lag_ms = INT64_MAX;
    i64 min_cleanable_dirty_millionths = 500'000;
    i64 file_delete_delay_ms = 60'000;
    i64 timestamp_before_max_ms = INT64_MAX;
    i64 timestamp_after_max_ms = INT64_MAX;
    TimestampType timestamp_type = TimestampType::create_time;
    i8 compression = -1;              // -1: keep the producer's codec
};

/// All topic settings, sorted by name, with Kafka 3.9's defaults.
std::span<const ConfigKey> topic_config_keys();

/// The typed form. Requires that all given values were checked.
TopicConfig make_topic_config(const ConfigMap& given);

}  // namespace engine
