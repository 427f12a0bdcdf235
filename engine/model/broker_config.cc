#include "engine/model/broker_config.h"

#include <array>

#include "engine/model/topic_config.h"

namespace engine {
namespace {

using T = ConfigType;

// clang-format off
constexpr std::array kKeys = {
    ConfigKey{"advertised.listeners", T::text, ""},
    ConfigKey{"alter.config.policy.class.name", T::text, ""},
    ConfigKey{"auto.create.topics.enable", T::boolean, "true"},
    ConfigKey{"auto.include.jmx.reporter", T::boolean, "true"},
    ConfigKey{"auto.leader.rebalance.enable", T::boolean, "true"},
    ConfigKey{"background.threads", T::int32, "10", 1},
    ConfigKey{"broker.heartbeat.interval.ms", T::int32, "2000"},
    ConfigKey{"broker.id", T::int32, "-1"},
    ConfigKey{"broker.id.generation.enable", T::boolean, "true"},
    ConfigKey{"broker.rack", T::text, ""},
    ConfigKey{"broker.session.timeout.ms", T::int32, "9000"},
    ConfigKey{"compression.gzip.level", T::int32, "-1", -1, 9},
    ConfigKey{"compression.lz4.level", T::int32, "9", 1, 17},
    ConfigKey{"compression.type", T::text, "producer", 0, 0, "uncompressed|zstd|lz4|snappy|gzip|producer"},
    ConfigKey{"compression.zstd.level", T::int32, "3", -131072, 22},
    ConfigKey{"connections.max.idle.ms", T::int64, "600000"},
    ConfigKey{"controlled.shutdown.enable", T::boolean, "true"},
    ConfigKey{"controlled.shutdown.max.retries", T::int32, "3"},
    ConfigKey{"controlled.shutdown.retry.backoff.ms", T::int64, "5000"},
    ConfigKey{"controller.quorum.election.backoff.max.ms", T::int32, "1000"},
    ConfigKey{"controller.quorum.election.timeout.ms", T::int32, "1000"},
    ConfigKey{"controller.quorum.fetch.timeout.ms", T::int32, "2000"},
    ConfigKey{"controller.socket.timeout.ms", T::int32, "30000"},
    ConfigKey{"default.replication.factor", T::int32, "1"},
    ConfigKey{"delete.topic.enable", T::boolean, "true"},
    ConfigKey{"fetch.max.bytes", T::int32, "57671680", 1024},
    ConfigKey{"fetch.purgatory.purge.interval.requests", T::int32, "1000"},
    ConfigKey{"group.initial.rebalance.delay.ms", T::int32, "3000"},
    ConfigKey{"group.max.session.timeout.ms", T::int32, "1800000"},
    ConfigKey{"group.max.size", T::int32, "2147483647", 1},
    ConfigKey{"group.min.session.timeout.ms", T::int32, "6000"},
    ConfigKey{"inter.broker.listener.name", T::text, ""},
    ConfigKey{"inter.broker.protocol.version", T::text, "3.9-IV0"},
    ConfigKey{"leader.imbalance.check.interval.seconds", T::int64, "300", 1},
    ConfigKey{"leader.imbalance.per.broker.percentage", T::int32, "10"},
    ConfigKey{"listener.security.protocol.map", T::text, "PLAINTEXT:PLAINTEXT"},
    ConfigKey{"listeners", T::text, "PLAINTEXT://:9092"},
    ConfigKey{"log.cleaner.backoff.ms", T::int64, "15000", 0},
    ConfigKey{"log.cleaner.dedupe.buffer.size", T::int64, "134217728"},
    ConfigKey{"log.cleaner.delete.retention.ms", T::int64, "86400000", 0},
    ConfigKey{"log.cleaner.enable", T::boolean, "true"},
    ConfigKey{"log.cleaner.io.buffer.size", T::int32, "524288", 0},
    ConfigKey{"log.cleaner.max.compaction.lag.ms", T::int64, "9223372036854775807", 1},
    ConfigKey{"log.cleaner.min.cleanable.ratio", T::real, "0.5", 0, 1000000},
    ConfigKey{"log.cleaner.min.compaction.lag.ms", T::int64, "0", 0},
    ConfigKey{"log.cleaner.threads", T::int32, "1", 0},
    ConfigKey{"log.cleanup.policy", T::list, "delete", 0, 0, "compact|delete"},
    ConfigKey{"log.dir", T::text, "/tmp/kafka-logs"},
    ConfigKey{"log.dirs", T::text, ""},
    ConfigKey{"log.flush.interval.messages", T::int64, "9223372036854775807", 1},
    ConfigKey{"log.flush.interval.ms", T::int64, "9223372036854775807"},
    ConfigKey{"log.flush.offset.checkpoint.interval.ms", T::int32, "60000", 0},
    ConfigKey{"log.flush.scheduler.interval.ms", T::int64, "9223372036854775807"},
    ConfigKey{"log.flush.start.offset.checkpoint.interval.ms", T::int32, "60000", 0},
    ConfigKey{"log.index.interval.bytes", T::int32, "4096", 0},
    ConfigKey{"log.index.size.max.bytes", T::int32, "10485760", 4},
    ConfigKey{"log.initial.task.delay.ms", T::int64, "30000", 0},
    ConfigKey{"log.local.retention.bytes", T::int64, "-2", -2},
    ConfigKey{"log.local.retention.ms", T::int64, "-2", -2},
    ConfigKey{"log.message.downconversion.enable", T::boolean, "true"},
    ConfigKey{"log.message.format.version", T::text, "3.0-IV1"},
    ConfigKey{"log.message.timestamp.after.max.ms", T::int64, "9223372036854775807", 0},
    ConfigKey{"log.message.timestamp.before.max.ms", T::int64, "9223372036854775807", 0},
    ConfigKey{"log.message.timestamp.difference.max.ms", T::int64, "9223372036854775807", 0},
    ConfigKey{"log.message.timestamp.type", T::text, "CreateTime", 0, 0, "CreateTime|LogAppendTime"},
    ConfigKey{"log.preallocate", T::boolean, "false"},
    ConfigKey{"log.retention.bytes", T::int64, "-1"},
    ConfigKey{"log.retention.check.interval.ms", T::int64, "300000", 1},
    ConfigKey{"log.retention.hours", T::int32, "168"},
    ConfigKey{"log.retention.minutes", T::int32, "10080"},
    ConfigKey{"log.retention.ms", T::int64, "604800000", -1},
    ConfigKey{"log.roll.hours", T::int32, "168", 1},
    ConfigKey{"log.roll.jitter.hours", T::int32, "0", 0},
    ConfigKey{"log.roll.jitter.ms", T::int64, "0", 0},
    ConfigKey{"log.roll.ms", T::int64, "604800000", 1},
    ConfigKey{"log.segment.bytes", T::int32, "1073741824", 14},
    ConfigKey{"log.segment.delete.delay.ms", T::int64, "60000", 0},
    ConfigKey{"max.connections", T::int32, "2147483647", 0},
    ConfigKey{"max.connections.per.ip", T::int32, "2147483647", 0},
    ConfigKey{"max.incremental.fetch.session.cache.slots", T::int32, "1000", 0},
    ConfigKey{"message.max.bytes", T::int32, "1048588", 0},
    ConfigKey{"metadata.log.dir", T::text, ""},
    ConfigKey{"min.insync.replicas", T::int32, "1", 1},
    ConfigKey{"node.id", T::int32, "-1"},
    ConfigKey{"num.io.threads", T::int32, "8", 1},
    ConfigKey{"num.network.threads", T::int32, "3", 1},
    ConfigKey{"num.partitions", T::int32, "1", 1},
    ConfigKey{"num.recovery.threads.per.data.dir", T::int32, "1", 1},
    ConfigKey{"num.replica.fetchers", T::int32, "1"},
    ConfigKey{"offset.metadata.max.bytes", T::int32, "4096"},
    ConfigKey{"offsets.commit.timeout.ms", T::int32, "5000", 1},
    ConfigKey{"offsets.retention.check.interval.ms", T::int64, "600000", 1},
    ConfigKey{"offsets.retention.minutes", T::int32, "10080", 1},
    ConfigKey{"offsets.topic.num.partitions", T::int32, "50", 1},
    ConfigKey{"offsets.topic.replication.factor", T::int16, "3", 1},
    ConfigKey{"offsets.topic.segment.bytes", T::int32, "104857600", 1},
    ConfigKey{"port", T::int32, "9092"},
    ConfigKey{"process.roles", T::list, ""},
    ConfigKey{"producer.id.expiration.check.interval.ms", T::int32, "600000", 1},
    ConfigKey{"producer.id.expiration.ms", T::int32, "86400000", 1},
    ConfigKey{"producer.purgatory.purge.interval.requests", T::int32, "1000"},
    ConfigKey{"queued.max.request.bytes", T::int64, "-1"},
    ConfigKey{"queued.max.requests", T::int32, "500", 1},
    ConfigKey{"replica.fetch.backoff.ms", T::int32, "1000", 0},
    ConfigKey{"replica.fetch.max.bytes", T::int32, "1048576", 0},
    ConfigKey{"replica.fetch.min.bytes", T::int32, "1"},
    ConfigKey{"replica.fetch.response.max.bytes", T::int32, "10485760", 0},
    ConfigKey{"replica.fetch.wait.max.ms", T::int32, "500"},
    ConfigKey{"replica.high.watermark.checkpoint.interval.ms", T::int64, "5000"},
    ConfigKey{"replica.lag.time.max.ms", T::int64, "30000"},
    ConfigKey{"replica.selector.class", T::text, ""},
    ConfigKey{"replica.socket.receive.buffer.bytes", T::int32, "65536"},
    ConfigKey{"replica.socket.timeout.ms", T::int32, "30000"},
    ConfigKey{"replication.quota.window.num", T::int32, "11", 1},
    ConfigKey{"replication.quota.window.size.seconds", T::int32, "1", 1},
    ConfigKey{"request.timeout.ms", T::int32, "30000"},
    ConfigKey{"socket.receive.buffer.bytes", T::int32, "102400"},
    ConfigKey{"socket.request.max.bytes", T::int32, "104857600", 1},
    ConfigKey{"socket.send.buffer.bytes", T::int32, "102400"},
    ConfigKey{"transaction.abort.timed.out.transaction.cleanup.interval.ms", T::int32, "10000", 1},
    ConfigKey{"transaction.max.timeout.ms", T::int32, "900000", 1},
    ConfigKey{"transaction.remove.expired.transaction.cleanup.interval.ms", T::int32, "3600000", 1},
    ConfigKey{"transaction.state.log.min.isr", T::int32, "2", 1},
    ConfigKey{"transaction.state.log.num.partitions", T::int32, "50", 1},
    ConfigKey{"transaction.state.log.replication.factor", T::int16, "3", 1},
    ConfigKey{"transaction.state.log.segment.bytes", T::int32, "104857600", 1},
    ConfigKey{"transactional.id.expiration.ms", T::int32, "604800000", 1},
    ConfigKey{"unclean.leader.election.enable", T::boolean, "false"},
    ConfigKey{"zookeeper.clientCnxnSocket", T::text, ""},
    ConfigKey{"zookeeper.connect", T::text, ""},
    ConfigKey{"zookeeper.connection.timeout.ms", T::int32, "18000"},
    ConfigKey{"zookeeper.max.in.flight.requests", T::int32, "10", 1},
    ConfigKey{"zookeeper.session.timeout.ms", T::int32, "18000"},
    ConfigKey{"zookeeper.set.acl", T::boolean, "false"},
};
// clang-format on
static_assert(std::ranges::is_sorted(kKeys, {}, &ConfigKey::name));

void read_replication(const ConfigReader& read, BrokerConfig& config) {
    config.replica_lag_time_max = read.millis("replica.lag.time.max.ms");
    config.replica_fetch_wait_max = read.millis("replica.fetch.wait.max.ms");
    config.replica_fetch_min_bytes = read.number32("replica.fetch.min.bytes");
    config.replica_fetch_max_bytes = read.number32("replica.fetch.max.bytes");
    config.replica_fetch_response_max_bytes = read.number32("replica.fetch.response.max.bytes");
    config.replica_fetch_backoff = read.millis("replica.fetch.backoff.ms");
    config.replica_socket_timeout = read.millis("replica.socket.timeout.ms");
    config.high_watermark_checkpoint_interval = read.millis("replica.high.watermark.checkpoint.interval.ms");
    config.auto_leader_rebalance = read.boolean("auto.leader.rebalance.enable");
    config.leader_imbalance_check_interval = sim::seconds(read.number("leader.imbalance.check.interval.seconds"));
    config.leader_imbalance_percentage = read.number32("leader.imbalance.per.broker.percentage");
}

void read_groups(const ConfigReader& read, BrokerConfig& config) {
    config.offsets_topic_partitions = read.number32("offsets.topic.num.partitions");
    config.offsets_topic_replication_factor = static_cast<i16>(read.number("offsets.topic.replication.factor"));
    config.offsets_topic_segment_bytes = read.number32("offsets.topic.segment.bytes");
    config.offsets_commit_timeout = read.millis("offsets.commit.timeout.ms");
    config.offset_metadata_max_bytes = read.number32("offset.metadata.max.bytes");
    config.group_initial_rebalance_delay = read.millis("group.initial.rebalance.delay.ms");
    config.group_min_session_timeout_ms = read.number32("group.min.session.timeout.ms");
    config.group_max_session_timeout_ms = read.number32("group.max.session.timeout.ms");
    config.group_max_size = read.number32("group.max.size");
}

UpkeepConfig read_upkeep(const ConfigReader& read) {
    UpkeepConfig config;
    config.retention_check_interval = read.millis("log.retention.check.interval.ms");
    config.cleaner = read.boolean("log.cleaner.enable");
    config.cleaner_backoff = read.millis("log.cleaner.backoff.ms");
    config.cleaner_buffer_bytes = read.number("log.cleaner.dedupe.buffer.size");
    config.offsets_retention = sim::seconds(60 * read.number("offsets.retention.minutes"));
    config.offsets_retention_check_interval = read.millis("offsets.retention.check.interval.ms");
    MR_ASSERT(config.retention_check_interval.count > 0 && config.offsets_retention_check_interval.count > 0);
    return config;
}

}  // namespace

std::span<const ConfigKey> broker_config_keys() { return kKeys; }

BrokerConfig make_broker_config(const ConfigMap& given) {
    const ConfigMap good = without_refused(kKeys, given);
    const ConfigReader read(kKeys, good);
    BrokerConfig config;
    config.num_partitions = read.number32("num.partitions");
    config.default_replication_factor = read.number32("default.replication.factor");
    config.auto_create_topics = read.boolean("auto.create.topics.enable");
    config.delete_topics = read.boolean("delete.topic.enable");
    config.controlled_shutdown = read.boolean("controlled.shutdown.enable");
    config.controlled_shutdown_retries = read.number32("controlled.shutdown.max.retries");
    config.controlled_shutdown_backoff = read.millis("controlled.shutdown.retry.backoff.ms");
    config.upkeep = read_upkeep(read);
    config.zookeeper_session_timeout = read.millis("zookeeper.session.timeout.ms");
    config.fetch_max_bytes = read.number32("fetch.max.bytes");
    config.fetch_session_slots = read.number32("max.incremental.fetch.session.cache.slots");
    config.producer_id_expiration_ms = read.number("producer.id.expiration.ms");
    config.request_timeout = read.millis("request.timeout.ms");
    config.initial_task_delay = read.millis("log.initial.task.delay.ms");
    config.socket_request_max_bytes = read.number32("socket.request.max.bytes");
    read_replication(read, config);
    read_groups(read, config);
    MR_ASSERT(config.replica_lag_time_max.count > 0 && config.zookeeper_session_timeout.count > 0);
    return config;
}

ConfigMap topic_defaults_of(const ConfigMap& broker) {
    ConfigMap defaults;
    for (const ConfigKey& key : topic_config_keys())
        if (const std::string* value = key.broker_name.empty() ? nullptr : broker.find(key.broker_name))
            defaults[std::string(key.name)] = *value;
    return defaults;
}

}  // namespace engine
