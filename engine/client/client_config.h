// Settings of Kafka's client libraries, typed, with the Java client's names and defaults (3.9).
#pragma once

#include <expected>
#include <vector>

#include "engine/model/config_def.h"
#include "engine/model/planted_bugs.h"
#include "engine/wire/compression.h"

namespace engine::client {

/// What every client needs to talk to a cluster.
struct ConnectionConfig {
    std::string client_id;
    Nanos request_timeout;
    Nanos retry_backoff;
    Nanos retry_backoff_max;
    Nanos reconnect_backoff;
    Nanos reconnect_backoff_max;
    Nanos metadata_max_age;
    Nanos connection_setup_timeout;
};

struct ProducerConfig {
    ConnectionConfig connection;
    i16 acks = -1;
    bool idempotence = true;
    Nanos linger;
    i32 batch_size = 16384;
    i64 buffer_memory = 33'554'432;
    Nanos max_block;
    i32 max_request_size = 1'048'576;
    i32 retries = INT32_MAX;
    Nanos delivery_timeout;
    i32 max_in_flight = 5;
    wire::Codec codec = wire::Codec::none;
    bool ignore_keys = false;
    bool librdkafka_partitioner = false;   // consistent_random: CRC32 of the key
};

enum class OffsetReset : u8 { earliest, latest, none };

struct ConsumerConfig {
    ConnectionConfig connection;
    std::string group;           // "" = none
    std::string group_instance;  // "" = dynamic member
    i32 session_timeout_ms = 45'000;
    Nanos heartbeat_interval;
    i32 max_poll_interval_ms = 300'000;
    i32 max_poll_records = 500;
    bool auto_commit = true;
    Nanos auto_commit_interval;
    i32 fetch_min_bytes = 1;
    i32 fetch_max_bytes = 52'428'800;
    Nanos fetch_max_wait;
    i32 max_partition_fetch_bytes = 1'048'576;
    bool read_committed = false;
    bool allow_auto_create_topics = true;
    OffsetReset reset = OffsetReset::latest;
    Nanos default_api_timeout;   // of calls that wait, such as commitSync()
    std::vector<std::string> assignors;  // by their names on the wire, in order of preference
    PlantedBug bug = PlantedBug::none;   // tests only
    bool cooperative = false;    // all of them let members keep their partitions through a rebalance
};

std::span<const ConfigKey> producer_config_keys();
std::span<const ConfigKey> consumer_config_keys();

/// The typed form; the library's refusal if settings are wrong or contradict each other. `name` is the client
/// id if none is set.
std::expected<ProducerConfig, std::string> make_producer_config(const ConfigMap& given, std::string_view name);
std::expected<ConsumerConfig, std::string> make_consumer_config(const ConfigMap& given, std::string_view name);

}  // namespace engine::client
