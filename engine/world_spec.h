// What a world is built from: machines, links, topics, clients. A lesson, a story or a sweep fills one in.
#pragma once

#include <expected>

#include "engine/broker/broker.h"
#include "engine/client/consumer_node.h"
#include "engine/stream/query_spec.h"
#include "engine/tools/tool_choices.h"
#include "engine/world.h"

namespace engine {

/// A record of a producer's list, or of its generator's template.
struct RecordSpec {
    Nanos at;                    // after the client's start
    i64 timestamp_ms = -1;       // -1: the moment of sending
    i32 partition = -1;          // -1: the partitioner chooses
    std::string topic;           // "" = the producer's
    NullableText key;
    NullableText value;
    std::vector<std::pair<std::string, NullableText>> headers;
};

struct ProducerSpec {
    std::string name;
    std::string topic;
    ConfigMap config;
    bool manual = false;         // started by a verb
    std::vector<BrokerId> bootstrap;  // empty: all brokers
    // Either a generator, with {n} in its texts ..
    Nanos every;                 // 0 = none
    u32 count = 0;               // 0 = without end
    RecordSpec pattern;
    // .. or a list.
    std::vector<RecordSpec> records;
};

using client::CommitStyle;

struct ConsumerSpec {
    std::string name;
    std::vector<std::string> topics;                           // subscribe
    std::vector<std::pair<std::string, i32>> assign;           // or these partitions, without a group's help
    std::string group;
    ConfigMap config;
    Nanos work;                  // of one record
    CommitStyle commit = CommitStyle::automatic;
    bool polls = true;           // false: its loop waits until it is resumed
    bool manual = false;
    std::vector<BrokerId> bootstrap;
};

struct BrokerSpec {
    BrokerId id;
    ConfigMap config;
    std::string rack;
    std::string host;            // "" = broker-<id>
    u16 port = 9092;
};

struct TopicSpec {
    std::string name;
    i32 partitions = 1;
    i16 replication_factor = 1;
    std::vector<std::vector<BrokerId>> assignment;   // empty: the controller places replicas
    ConfigMap config;
};

/// Links between groups of nodes, in both directions. A group: a node's name, "brokers", "zookeeper",
/// "clients", "all".
struct LinkSpec {
    std::string a;
    std::string b;
    sim::LinkProfile profile;
};

struct WorldSpec {
    u64 seed = 7;
    i64 start_ms = 1'767'614'400'000;   // wall clock at the origin: 2026-01-05T12:00:00Z
    KafkaVersion version = KafkaVersion::v3_9;
    std::vector<BrokerSpec> brokers;
    BrokerId controller = kNoBroker;    // who comes first; none = whoever does
    ConfigMap cluster_config;
    Nanos zookeeper_tick = sim::millis(1000);
    sim::LinkProfile link;              // all links that `links` does not name
    std::vector<LinkSpec> links;
    sim::DiskProfile disk;
    std::vector<TopicSpec> topics;
    std::vector<ProducerSpec> producers;
    std::vector<ConsumerSpec> consumers;
    spark::SparkSpec spark;             // without queries there is no Spark
    Nanos tool_start_time;              // what the start of a command-line tool takes
    broker::FixedChoices choices;       // recorded random choices
    tools::ToolChoices tool_choices;
    bool start_brokers = true;          // false: the learner starts them
    PlantedBug bug = PlantedBug::none;
    sim::Buggify buggify;
};

/// Builds the world and lets its cluster come up: ZooKeeper, brokers (the pinned controller first), topics by
/// the console's requests. The result stands at its origin, clients are about to start. Says what is wrong
/// with the spec, or what kept the cluster from coming up.
std::expected<World, std::string> build_world(const WorldSpec& spec);

/// Adds a client to a world that runs; it is started by a verb.
std::expected<NodeId, std::string> add_producer(World& world, const ProducerSpec& spec);
std::expected<NodeId, std::string> add_consumer(World& world, const ConsumerSpec& spec);

}  // namespace engine
