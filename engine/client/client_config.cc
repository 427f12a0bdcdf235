#include "engine/client/client_config.h"

#include <fmt/format.h>

#include <array>

#include "engine/client/assignor.h"
#include "sim/base/assert.h"

namespace engine::client {
namespace {

using T = ConfigType;

// clang-format off
constexpr std::array kProducerKeys = {
    ConfigKey{"acks", T::text, "all", 0, 0, "all|-1|0|1"},
    ConfigKey{"batch.size", T::int32, "16384", 0},
    ConfigKey{"bootstrap.servers", T::list, ""},
    ConfigKey{"buffer.memory", T::int64, "33554432", 0},
    ConfigKey{"client.dns.lookup", T::text, "use_all_dns_ips"},
    ConfigKey{"client.id", T::text, ""},
    ConfigKey{"compression.type", T::text, "none", 0, 0, "none|gzip|snappy|lz4|zstd"},
    ConfigKey{"connections.max.idle.ms", T::int64, "540000"},
    ConfigKey{"delivery.timeout.ms", T::int32, "120000", 0},
    ConfigKey{"enable.idempotence", T::boolean, "true"},
    ConfigKey{"interceptor.classes", T::list, ""},
    ConfigKey{"key.serializer", T::text, "org.apache.kafka.common.serialization.StringSerializer"},
    ConfigKey{"linger.ms", T::int64, "0", 0},
    ConfigKey{"max.block.ms", T::int64, "60000", 0},
    ConfigKey{"max.in.flight.requests.per.connection", T::int32, "5", 1},
    ConfigKey{"max.request.size", T::int32, "1048576", 0},
    ConfigKey{"metadata.max.age.ms", T::int64, "300000", 0},
    ConfigKey{"metadata.max.idle.ms", T::int64, "300000", 5000},
    ConfigKey{"partitioner.adaptive.partitioning.enable", T::boolean, "true"},
    ConfigKey{"partitioner.availability.timeout.ms", T::int64, "0", 0},
    ConfigKey{"partitioner.class", T::text, ""},
    ConfigKey{"partitioner.ignore.keys", T::boolean, "false"},
    ConfigKey{"receive.buffer.bytes", T::int32, "32768", -1},
    ConfigKey{"reconnect.backoff.max.ms", T::int64, "1000", 0},
    ConfigKey{"reconnect.backoff.ms", T::int64, "50", 0},
    ConfigKey{"request.timeout.ms", T::int32, "30000", 0},
    ConfigKey{"retries", T::int32, "2147483647", 0},
    ConfigKey{"retry.backoff.max.ms", T::int64, "1000", 0},
    ConfigKey{"retry.backoff.ms", T::int64, "100", 0},
    ConfigKey{"send.buffer.bytes", T::int32, "131072", -1},
    ConfigKey{"socket.connection.setup.timeout.max.ms", T::int64, "30000"},
    ConfigKey{"socket.connection.setup.timeout.ms", T::int64, "10000"},
    ConfigKey{"transaction.timeout.ms", T::int32, "60000"},
    ConfigKey{"transactional.id", T::text, ""},
    ConfigKey{"value.serializer", T::text, "org.apache.kafka.common.serialization.StringSerializer"},
};
constexpr std::array kConsumerKeys = {
    ConfigKey{"allow.auto.create.topics", T::boolean, "true"},
    ConfigKey{"auto.commit.interval.ms", T::int32, "5000", 0},
    ConfigKey{"auto.offset.reset", T::text, "latest", 0, 0, "latest|earliest|none"},
    ConfigKey{"bootstrap.servers", T::list, ""},
    ConfigKey{"check.crcs", T::boolean, "true"},
    ConfigKey{"client.dns.lookup", T::text, "use_all_dns_ips"},
    ConfigKey{"client.id", T::text, ""},
    ConfigKey{"client.rack", T::text, ""},
    ConfigKey{"connections.max.idle.ms", T::int64, "540000"},
    ConfigKey{"default.api.timeout.ms", T::int32, "60000", 0},
    ConfigKey{"enable.auto.commit", T::boolean, "true"},
    ConfigKey{"exclude.internal.topics", T::boolean, "true"},
    ConfigKey{"fetch.max.bytes", T::int32, "52428800", 0},
    ConfigKey{"fetch.max.wait.ms", T::int32, "500", 0},
    ConfigKey{"fetch.min.bytes", T::int32, "1", 0},
    ConfigKey{"group.id", T::text, ""},
    ConfigKey{"group.instance.id", T::text, ""},
    ConfigKey{"group.protocol", T::text, "classic", 0, 0, "classic|consumer"},
    ConfigKey{"heartbeat.interval.ms", T::int32, "3000"},
    ConfigKey{"interceptor.classes", T::list, ""},
    ConfigKey{"isolation.level", T::text, "read_uncommitted", 0, 0, "read_committed|read_uncommitted"},
    ConfigKey{"key.deserializer", T::text, "org.apache.kafka.common.serialization.StringDeserializer"},
    ConfigKey{"max.partition.fetch.bytes", T::int32, "1048576", 0},
    ConfigKey{"max.poll.interval.ms", T::int32, "300000", 1},
    ConfigKey{"max.poll.records", T::int32, "500", 1},
    ConfigKey{"metadata.max.age.ms", T::int64, "300000", 0},
    ConfigKey{"partition.assignment.strategy", T::list, "org.apache.kafka.clients.consumer.RangeAssignor,org.apache.kafka.clients.consumer.CooperativeStickyAssignor"},
    ConfigKey{"receive.buffer.bytes", T::int32, "65536", -1},
    ConfigKey{"reconnect.backoff.max.ms", T::int64, "1000", 0},
    ConfigKey{"reconnect.backoff.ms", T::int64, "50", 0},
    ConfigKey{"request.timeout.ms", T::int32, "30000", 0},
    ConfigKey{"retry.backoff.max.ms", T::int64, "1000", 0},
    ConfigKey{"retry.backoff.ms", T::int64, "100", 0},
    ConfigKey{"send.buffer.bytes", T::int32, "131072", -1},
    ConfigKey{"session.timeout.ms", T::int32, "45000"},
    ConfigKey{"socket.connection.setup.timeout.max.ms", T::int64, "30000"},
    ConfigKey{"socket.connection.setup.timeout.ms", T::int64, "10000"},
    ConfigKey{"value.deserializer", T::text, "org.apache.kafka.common.serialization.StringDeserializer"},
};
// clang-format on
static_assert(std::ranges::is_sorted(kProducerKeys, {}, &ConfigKey::name));
static_assert(std::ranges::is_sorted(kConsumerKeys, {}, &ConfigKey::name));

ConnectionConfig read_connection(const ConfigReader& read, std::string_view name) {
    ConnectionConfig config;
    config.client_id = read.text("client.id").empty() ? std::string(name) : std::string(read.text("client.id"));
    config.request_timeout = read.millis("request.timeout.ms");
    config.retry_backoff = read.millis("retry.backoff.ms");
    config.retry_backoff_max = read.millis("retry.backoff.max.ms");
    config.reconnect_backoff = read.millis("reconnect.backoff.ms");
    config.reconnect_backoff_max = read.millis("reconnect.backoff.max.ms");
    config.metadata_max_age = read.millis("metadata.max.age.ms");
    config.connection_setup_timeout = read.millis("socket.connection.setup.timeout.ms");
    return config;
}

i16 acks_of(std::string_view text) {
    if (text == "0") return 0;
    return text == "1" ? i16{1} : i16{-1};
}

wire::Codec codec_of(std::string_view name) {
    if (name == "gzip") return wire::Codec::gzip;
    if (name == "snappy") return wire::Codec::snappy;
    if (name == "lz4") return wire::Codec::lz4;
    return name == "zstd" ? wire::Codec::zstd : wire::Codec::none;
}

/// Idempotence needs acks=all, retries and at most five requests in flight. Where it was asked for by name a
/// conflict is refused; where it is only the default it is switched off.
std::expected<bool, std::string> decide_idempotence(const ConfigReader& read) {
    if (!read.boolean("enable.idempotence")) return false;
    const bool asked = read.is_given("enable.idempotence");
    const auto conflict = [&](bool wrong, std::string_view why) -> std::string {
        return wrong ? std::string(why) : "";
    };
    const std::string reason =
        conflict(read.number("retries") == 0, "Must set retries to non-zero when using the idempotent producer.") +
        conflict(acks_of(read.text("acks")) != -1,
                 "Must set acks to all in order to use the idempotent producer. Otherwise we cannot guarantee "
                 "idempotence.") +
        conflict(read.number("max.in.flight.requests.per.connection") > 5,
                 "Must set max.in.flight.requests.per.connection to at most 5 to use the idempotent producer.");
    if (reason.empty()) return true;
    if (asked) return std::unexpected(reason);
    return false;
}

std::string check_all(std::span<const ConfigKey> keys, const ConfigMap& given) {
    for (const auto& [name, value] : given) {
        const ConfigKey* key = find_key(keys, name);
        if (key == nullptr) continue;  // Kafka's clients only warn of unknown settings
        if (const auto good = check_value(*key, value); !good) return good.error();
    }
    return "";
}

/// The assignors of partition.assignment.strategy. They are used cooperatively if all of them allow it (KIP-429).
std::expected<void, std::string> read_assignors(const ConfigReader& read, ConsumerConfig& config) {
    std::string_view list = read.text("partition.assignment.strategy");
    config.cooperative = true;
    while (!list.empty()) {
        const auto comma = list.find(',');
        std::string_view name = list.substr(0, comma);
        list = comma == std::string_view::npos ? "" : list.substr(comma + 1);
        while (name.starts_with(' ')) name.remove_prefix(1);
        while (name.ends_with(' ')) name.remove_suffix(1);
        const Assignor* assignor = find_assignor(name);
        if (assignor == nullptr)
            return std::unexpected(fmt::format("partition.assignment.strategy: there is no assignor '{}'; there are {}",
                                               name, known_assignors()));
        config.assignors.emplace_back(assignor->name);
        config.cooperative = config.cooperative && assignor->cooperative;
    }
    if (config.assignors.empty())
        return std::unexpected(
            "Missing required configuration \"partition.assignment.strategy\" which has no default value.");
    return {};
}

}  // namespace

std::span<const ConfigKey> producer_config_keys() { return kProducerKeys; }
std::span<const ConfigKey> consumer_config_keys() { return kConsumerKeys; }

std::expected<ProducerConfig, std::string> make_producer_config(const ConfigMap& given, std::string_view name) {
    if (std::string wrong = check_all(kProducerKeys, given); !wrong.empty()) return std::unexpected(std::move(wrong));
    const ConfigReader read(kProducerKeys, given);
    const auto idempotence = decide_idempotence(read);
    if (!idempotence) return std::unexpected(idempotence.error());
    ProducerConfig config;
    config.connection = read_connection(read, name);
    config.acks = acks_of(read.text("acks"));
    config.idempotence = *idempotence;
    config.linger = read.millis("linger.ms");
    config.batch_size = read.number32("batch.size");
    config.buffer_memory = read.number("buffer.memory");
    config.max_block = read.millis("max.block.ms");
    config.max_request_size = read.number32("max.request.size");
    config.retries = read.number32("retries");
    config.delivery_timeout = read.millis("delivery.timeout.ms");
    config.max_in_flight = read.number32("max.in.flight.requests.per.connection");
    config.codec = codec_of(read.text("compression.type"));
    config.ignore_keys = read.boolean("partitioner.ignore.keys");
    config.librdkafka_partitioner = read.text("partitioner.class") == "consistent_random";
    const bool too_short = config.delivery_timeout < config.linger + config.connection.request_timeout;
    if (too_short && read.is_given("delivery.timeout.ms"))
        return std::unexpected("delivery.timeout.ms should be equal to or larger than linger.ms + request.timeout.ms");
    if (too_short) config.delivery_timeout = config.linger + config.connection.request_timeout;
    MR_ASSERT(config.max_in_flight >= 1);
    return config;
}

std::expected<ConsumerConfig, std::string> make_consumer_config(const ConfigMap& given, std::string_view name) {
    if (std::string wrong = check_all(kConsumerKeys, given); !wrong.empty()) return std::unexpected(std::move(wrong));
    const ConfigReader read(kConsumerKeys, given);
    ConsumerConfig config;
    config.connection = read_connection(read, name);
    config.group = read.text("group.id");
    config.group_instance = read.text("group.instance.id");
    config.session_timeout_ms = read.number32("session.timeout.ms");
    config.heartbeat_interval = read.millis("heartbeat.interval.ms");
    config.max_poll_interval_ms = read.number32("max.poll.interval.ms");
    config.max_poll_records = read.number32("max.poll.records");
    config.auto_commit = read.boolean("enable.auto.commit") && !config.group.empty();
    config.auto_commit_interval = read.millis("auto.commit.interval.ms");
    config.fetch_min_bytes = read.number32("fetch.min.bytes");
    config.fetch_max_bytes = read.number32("fetch.max.bytes");
    config.fetch_max_wait = read.millis("fetch.max.wait.ms");
    config.max_partition_fetch_bytes = read.number32("max.partition.fetch.bytes");
    config.read_committed = read.text("isolation.level") == "read_committed";
    config.allow_auto_create_topics = read.boolean("allow.auto.create.topics");
    const std::string_view reset = read.text("auto.offset.reset");
    config.reset = reset == "earliest" ? OffsetReset::earliest
                   : reset == "none"   ? OffsetReset::none
                                       : OffsetReset::latest;
    config.default_api_timeout = read.millis("default.api.timeout.ms");
    if (const auto good = read_assignors(read, config); !good) return std::unexpected(good.error());
    if (read.text("group.protocol") != "classic")
        return std::unexpected("group.protocol=consumer is not built: only the classic protocol is");
    if (config.heartbeat_interval.to_millis() >= config.session_timeout_ms)
        return std::unexpected(fmt::format("Heartbeat must be set lower than the session timeout"));
    MR_ASSERT(!config.assignors.empty() && config.heartbeat_interval.to_millis() < config.session_timeout_ms);
    return config;
}

}  // namespace engine::client
