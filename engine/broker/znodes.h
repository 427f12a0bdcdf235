// The znodes that Kafka keeps in ZooKeeper: their paths, and their JSON both ways. The order of keys is that
// of Kafka's own writers, so the bytes are the same.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/broker/isr.h"
#include "engine/model/config_def.h"
#include "engine/model/error_codes.h"
#include "engine/wire/uuid.h"

namespace engine::broker::znodes {

// ---- paths ----------------------------------------------------------------------------------------

constexpr std::string_view kController = "/controller";
constexpr std::string_view kControllerEpoch = "/controller_epoch";
constexpr std::string_view kBrokerIds = "/brokers/ids";
constexpr std::string_view kTopics = "/brokers/topics";
constexpr std::string_view kDefaultEntity = "<default>";   // all brokers
constexpr std::string_view kConfigChanges = "/config/changes";
constexpr std::string_view kConfigChangePrefix = "/config/changes/config_change_";
constexpr std::string_view kDeleteTopics = "/admin/delete_topics";
constexpr std::string_view kPreferredElection = "/admin/preferred_replica_election";
constexpr std::string_view kReassignPartitions = "/admin/reassign_partitions";
constexpr std::string_view kProducerIdBlock = "/latest_producer_id_block";
constexpr std::string_view kClusterId = "/cluster/id";
constexpr std::string_view kFeature = "/feature";
constexpr std::string_view kIsrChanges = "/isr_change_notification";
constexpr std::string_view kLogDirEvents = "/log_dir_event_notification";
static_assert(kConfigChangePrefix.starts_with(kConfigChanges) && kConfigChangePrefix[kConfigChanges.size()] == '/');
static_assert(kControllerEpoch.starts_with(kController) && kControllerEpoch != kController);

std::string broker_path(BrokerId broker);
std::string topic_path(std::string_view topic);
std::string partitions_path(std::string_view topic);
std::string partition_path(std::string_view topic, i32 partition);
std::string state_path(std::string_view topic, i32 partition);
std::string topic_config_path(std::string_view topic);
/// Of a broker by its id, or of kDefaultEntity.
std::string broker_config_path(std::string_view entity);
/// Of an entity as notifications name it: `topics/orders`, `brokers/1`.
std::string config_path(std::string_view entity);
/// The entity of such a path.
std::string_view entity_of_config_path(std::string_view path);

// ---- contents -------------------------------------------------------------------------------------

struct ControllerData {
    i32 version = 2;
    BrokerId broker;
    i64 timestamp_ms = 0;
};
std::string to_json(const ControllerData& data);
/// The broker that a /controller znode names; kNoBroker if it cannot be read.
BrokerId controller_from_json(std::string_view json);

struct BrokerData {
    std::string host;
    i32 port = 9092;
    std::string rack;     // "" = none
    i64 timestamp_ms = 0;
};
std::string to_json(const BrokerData& data);
std::optional<BrokerData> broker_from_json(std::string_view json);

struct TopicData {
    wire::Uuid topic_id;
    std::vector<BrokerList> partitions;  // by index: the assignment
    sim::FlatMap<i32, BrokerList> adding;
    sim::FlatMap<i32, BrokerList> removing;
};
std::string to_json(const TopicData& data);
std::optional<TopicData> topic_from_json(std::string_view json);

struct PartitionStateData {
    ControllerEpoch controller_epoch;
    BrokerId leader;
    LeaderEpoch leader_epoch;
    BrokerList isr;
};
std::string to_json(const PartitionStateData& data);
std::optional<PartitionStateData> state_from_json(std::string_view json);

struct ProducerIdBlock {
    BrokerId broker;
    i64 first = 0;
    i64 last = 0;  // included
};
std::string to_json(const ProducerIdBlock& block);
std::optional<ProducerIdBlock> block_from_json(std::string_view json);

std::string config_to_json(const ConfigMap& config);
std::optional<ConfigMap> config_from_json(std::string_view json);

std::string config_change_to_json(std::string_view entity_path);
/// The entity path of a notification; "" if it cannot be read.
std::string entity_path_from_json(std::string_view json);

std::string cluster_id_to_json(std::string_view id);
std::string cluster_id_from_json(std::string_view json);

struct ElectionPartition {
    std::string topic;
    i32 partition = 0;
};
std::string elections_to_json(const std::vector<ElectionPartition>& partitions);
std::vector<ElectionPartition> elections_from_json(std::string_view json);

/// A wish in /admin/reassign_partitions.
struct Reassignment {
    std::string topic;
    i32 partition = 0;
    BrokerList replicas;
};
std::string to_json(const std::vector<Reassignment>& wishes);
std::vector<Reassignment> reassignments_from_json(std::string_view json);

constexpr std::string_view kFeatureJson = R"({"features":{},"version":1,"status":1})";

}  // namespace engine::broker::znodes
