// All of a broker: what it was configured with, and what it has in memory. The functions of its parts take a
// Ctx; each part is one header with its state and one or more .cc with its rules:
//
//   requests -> handlers/*   answering            replicas, purgatory, replica_fetcher, alter_partition
//   startup, zk_tasks        coming up            controller, controller/*   deciding who leads
//   topic_admin              administrators       groups, group_*            consumer groups
#pragma once

#include "engine/broker/alter_partition.h"
#include "engine/broker/controller.h"
#include "engine/broker/controller_orders.h"
#include "engine/broker/fetch_sessions.h"
#include "engine/broker/groups.h"
#include "engine/broker/metadata_cache.h"
#include "engine/broker/partition.h"
#include "engine/broker/producer_ids.h"
#include "engine/broker/purgatory.h"
#include "engine/broker/replica_fetcher.h"
#include "engine/broker/replication_quota.h"
#include "engine/broker/shutdown.h"
#include "engine/broker/sockets.h"
#include "engine/broker/startup.h"
#include "engine/broker/topic_admin.h"
#include "engine/broker/upkeep.h"
#include "engine/broker/zk_tasks.h"
#include "engine/model/broker_config.h"
#include "engine/model/dynamic_config.h"
#include "engine/model/planted_bugs.h"

namespace engine::broker {

/// Random choices that a recording fixes; taken from the front while there are any, else drawn.
struct FixedChoices {
    std::string cluster_id;
    sim::FlatMap<std::string, wire::Uuid> topic_ids;
    sim::FlatMap<std::string, std::vector<BrokerList>> placements;
    std::vector<std::string> member_ids;
};

/// Answers that are lost on their way: the request has been carried out, then the connection ends.
struct LostAnswers {
    wire::ApiKey api = wire::ApiKey::produce;
    u32 skip = 0;      // answers that still get through
    u32 count = 1;     // answers that are lost after these
};

/// Where clients outside of the world find brokers: on one host, a port each (advertised.listeners). Connections
/// through the door come from one node.
struct OutsideDoor {
    NodeId node = sim::kNoNode;
    std::string host;
    sim::FlatMap<BrokerId, u16> ports;
};

/// What survives a crash because it was given from outside.
struct BrokerSettings {
    BrokerId id;
    NodeId zookeeper = sim::kNoNode;
    std::string host;
    u16 port = 9092;
    std::string rack;
    KafkaVersion version = KafkaVersion::v3_9;
    ConfigMap config;
    FixedChoices choices;
    std::vector<LostAnswers> lost_answers;
    OutsideDoor outside;
    PlantedBug bug = PlantedBug::none;
};

/// Kafka's BrokerTopicMetrics, as far as they are kept.
struct TopicMeter {
    u64 produce_requests = 0;
    u64 fetch_requests = 0;
};

struct BrokerMemory {
    BrokerConfig config;       // as given, with what was changed since
    VersionProfile profile;
    BrokerEpoch broker_epoch = kNoBrokerEpoch;
    std::string cluster_id;
    Startup startup;
    zookeeper::ZkClient zk;
    ZkBatches zk_batches;
    Sockets sockets;
    MetadataCache metadata;
    sim::FlatMap<TopicPartition, sim::Cow<Partition>> partitions;
    sim::FlatMap<NameId, ConfigMap> topic_configs;
    Purgatory purgatory;
    FetchSessions fetch_sessions;
    Fetchers fetchers;
    AlterPartitionState alter_partition;
    ControllerOrders orders;
    ProducerIds producer_ids;
    TopicAdmin admin;
    Controller controller;
    Groups groups;
    Upkeep upkeep;
    Shutdown shutdown;
    sim::FlatMap<NameId, TopicMeter> meters;
    BrokerId known_controller = kNoBroker;   // by our own reading of /controller
    bool halted = false;
    DynamicConfigs dynamic;
    ReplicationQuotas quotas;
};

struct Broker {
    BrokerSettings settings;
    BrokerMemory memory;

    [[nodiscard]] bool has_bug(PlantedBug bug) const { return settings.bug == bug; }
};

/// One call into a broker.
struct Ctx {
    Broker& broker;
    sim::Env& env;

    [[nodiscard]] BrokerMemory& memory() const { return broker.memory; }
    [[nodiscard]] const BrokerConfig& config() const { return broker.memory.config; }
    [[nodiscard]] BrokerId self() const { return broker.settings.id; }
    [[nodiscard]] const std::string& text(NameId name) const { return env.text(name); }
    /// The partition, or nullptr if we have no replica of it.
    [[nodiscard]] const Partition* find(TopicPartition id) const;
    [[nodiscard]] Partition& edit(TopicPartition id) const;
    [[nodiscard]] IsrRules isr_rules() const;
};

/// The address of a broker as the asker can reach it.
Endpoint endpoint_for(Ctx ctx, NodeId asker, BrokerId broker, const Endpoint& endpoint);

/// Encodes an answer and sends it.
template <class Response>
void respond(Ctx ctx, const ReplyTo& to, const Response& response) {
    send_reply(ctx, to, wire::response_frame(response, to.version, to.correlation_id));
}

}  // namespace engine::broker
