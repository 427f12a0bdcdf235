#include "engine/model/topic_config.h"

#include <array>

namespace engine {
namespace {

using T = ConfigType;
constexpr std::string_view kLongMax = "9223372036854775807";

// clang-format off
constexpr std::array kTopicKeys = {
    ConfigKey{"cleanup.policy", T::list, "delete", 0, 0, "compact|delete", "log.cleanup.policy"},
    ConfigKey{"compression.gzip.level", T::int32, "-1", -1, 9, {}, "compression.gzip.level"},
    ConfigKey{"compression.lz4.level", T::int32, "9", 1, 17, {}, "compression.lz4.level"},
    ConfigKey{"compression.type", T::text, "producer", 0, 0, "uncompressed|zstd|lz4|snappy|gzip|producer", "compression.type"},
    ConfigKey{"compression.zstd.level", T::int32, "3", -131072, 22, {}, "compression.zstd.level"},
    ConfigKey{"delete.retention.ms", T::int64, "86400000", 0, INT64_MAX, {}, "log.cleaner.delete.retention.ms"},
    ConfigKey{"file.delete.delay.ms", T::int64, "60000", 0, INT64_MAX, {}, "log.segment.delete.delay.ms"},
    ConfigKey{"flush.messages", T::int64, kLongMax, 1, INT64_MAX, {}, "log.flush.interval.messages"},
    ConfigKey{"flush.ms", T::int64, kLongMax, 0, INT64_MAX, {}, "log.flush.interval.ms"},
    ConfigKey{"follower.replication.throttled.replicas", T::list, ""},
    ConfigKey{"index.interval.bytes", T::int32, "4096", 0, INT64_MAX, {}, "log.index.interval.bytes"},
    ConfigKey{"leader.replication.throttled.replicas", T::list, ""},
    ConfigKey{"local.retention.bytes", T::int64, "-2", -2, INT64_MAX, {}, "log.local.retention.bytes"},
    ConfigKey{"local.retention.ms", T::int64, "-2", -2, INT64_MAX, {}, "log.local.retention.ms"},
    ConfigKey{"max.compaction.lag.ms", T::int64, kLongMax, 1, INT64_MAX, {}, "log.cleaner.max.compaction.lag.ms"},
    ConfigKey{"max.message.bytes", T::int32, "1048588", 0, INT64_MAX, {}, "message.max.bytes"},
    ConfigKey{"message.downconversion.enable", T::boolean, "true", 0, 0, {}, "log.message.downconversion.enable"},
    ConfigKey{"message.format.version", T::text, "3.0-IV1", 0, 0, {}, "log.message.format.version"},
    ConfigKey{"message.timestamp.after.max.ms", T::int64, kLongMax, 0, INT64_MAX, {}, "log.message.timestamp.after.max.ms"},
    ConfigKey{"message.timestamp.before.max.ms", T::int64, kLongMax, 0, INT64_MAX, {}, "log.message.timestamp.before.max.ms"},
    ConfigKey{"message.timestamp.difference.max.ms", T::int64, kLongMax, 0, INT64_MAX, {}, "log.message.timestamp.difference.max.ms"},
    ConfigKey{"message.timestamp.type", T::text, "CreateTime", 0, 0, "CreateTime|LogAppendTime", "log.message.timestamp.type"},
    ConfigKey{"min.cleanable.dirty.ratio", T::real, "0.5", 0, 1'000'000, {}, "log.cleaner.min.cleanable.ratio"},
    ConfigKey{"min.compaction.lag.ms", T::int64, "0", 0, INT64_MAX, {}, "log.cleaner.min.compaction.lag.ms"},
    ConfigKey{"min.insync.replicas", T::int32, "1", 1, INT64_MAX, {}, "min.insync.replicas"},
    ConfigKey{"preallocate", T::boolean, "false", 0, 0, {}, "log.preallocate"},
    ConfigKey{"remote.log.copy.disable", T::boolean, "false"},
    ConfigKey{"remote.log.delete.on.disable", T::boolean, "false"},
    ConfigKey{"remote.storage.enable", T::boolean, "false"},
    ConfigKey{"retention.bytes", T::int64, "-1", INT64_MIN, INT64_MAX, {}, "log.retention.bytes"},
    ConfigKey{"retention.ms", T::int64, "604800000", -1, INT64_MAX, {}, "log.retention.ms"},
    ConfigKey{"segment.bytes", T::int32, "1073741824", 14, INT64_MAX, {}, "log.segment.bytes"},
    ConfigKey{"segment.index.bytes", T::int32, "10485760", 4, INT64_MAX, {}, "log.index.size.max.bytes"},
    ConfigKey{"segment.jitter.ms", T::int64, "0", 0, INT64_MAX, {}, "log.roll.jitter.ms"},
    ConfigKey{"segment.ms", T::int64, "604800000", 1, INT64_MAX, {}, "log.roll.ms"},
    ConfigKey{"unclean.leader.election.enable", T::boolean, "false", 0, 0, {}, "unclean.leader.election.enable"},
};
// clang-format on
static_assert(std::ranges::is_sorted(kTopicKeys, {}, &ConfigKey::name));
static_assert(std::ranges::all_of(kTopicKeys, [](const ConfigKey& key) { return key.least <= key.most; }));
static_assert(std::ranges::all_of(kTopicKeys, [](const ConfigKey& key) {
    return key.type != T::boolean || key.by_default == "true" || key.by_default == "false";
}));

i8 codec_number(std::string_view name) {
    if (name == "producer") return -1;
    if (name == "gzip") return 1;
    if (name == "snappy") return 2;
    if (name == "lz4") return 3;
    return name == "zstd" ? 4 : 0;
}

}  // namespace

std::span<const ConfigKey> topic_config_keys() { return kTopicKeys; }

TopicConfig make_topic_config(const ConfigMap& given) {
    const ConfigMap good = without_refused(kTopicKeys, given);
    const ConfigReader read(kTopicKeys, good);
    const std::string_view cleanup = read.text("cleanup.policy");
    TopicConfig config;
    config.segment_bytes = read.number("segment.bytes");
    config.segment_time = read.millis("segment.ms");
    config.segment_jitter = read.millis("segment.jitter.ms");
    config.index_interval_bytes = read.number("index.interval.bytes");
    config.segment_index_bytes = read.number("segment.index.bytes");
    config.max_message_bytes = read.number("max.message.bytes");
    config.min_insync_replicas = read.number32("min.insync.replicas");
    config.unclean_leader_election = read.boolean("unclean.leader.election.enable");
    config.cleanup_delete = cleanup.find("delete") != std::string_view::npos;
    config.cleanup_compact = cleanup.find("compact") != std::string_view::npos;
    config.retention_ms = read.number("retention.ms");
    config.retention_bytes = read.number("retention.bytes");
    config.flush_messages = read.number("flush.messages");
    config.delete_retention_ms = read.number("delete.retention.ms");
    config.min_compaction_lag_ms = read.number("min.compaction.lag.ms");
    config.max_compaction_lag_ms = read.number("max.compaction.lag.ms");
    config.min_cleanable_dirty_millionths = read.millionths("min.cleanable.dirty.ratio");
    config.file_delete_delay_ms = read.number("file.delete.delay.ms");
    config.timestamp_before_max_ms = read.number("message.timestamp.before.max.ms");
    config.timestamp_after_max_ms = read.number("message.timestamp.after.max.ms");
    config.timestamp_type = read.text("message.timestamp.type") == "LogAppendTime" ? TimestampType::log_append_time
                                                                                  : TimestampType::create_time;
    config.compression = codec_number(read.text("compression.type"));
    MR_ASSERT(config.min_insync_replicas >= 1 && config.segment_bytes > 0);
    return config;
}

}  // namespace engine
