// Which settings of a broker can be changed while it runs, for one broker or for all (KIP-226), and what is wrong with
// a change. The texts are those of Kafka's DynamicBrokerConfig with ZooKeeper.
#pragma once

#include "engine/model/config_def.h"

namespace engine {

/// Settings that limit how fast replicas are copied (KIP-73, KIP-113): rates of brokers, lists of a topic's replicas.
namespace throttle {

inline constexpr std::string_view kLeaderRate = "leader.replication.throttled.rate";
inline constexpr std::string_view kFollowerRate = "follower.replication.throttled.rate";
inline constexpr std::string_view kLogDirRate = "replica.alter.log.dirs.io.max.bytes.per.second";
inline constexpr std::string_view kLeaderReplicas = "leader.replication.throttled.replicas";
inline constexpr std::string_view kFollowerReplicas = "follower.replication.throttled.replicas";

}  // namespace throttle

/// Settings of a broker that were changed while it ran, as it last read them: for all brokers, and its own.
struct DynamicConfigs {
    ConfigMap for_all;
    ConfigMap own;
};
/// What holds for a broker: what it was given, with what was changed for all, with what was changed for it.
ConfigMap merged_settings(const ConfigMap& given, const DynamicConfigs& changed);

/// Settings that exist only as changes: the limits of replication. Sorted by name.
std::span<const ConfigKey> dynamic_only_keys();
/// The key of a broker's setting, changed or given; nullptr if there is no such setting.
const ConfigKey* find_broker_key(std::string_view name);
[[nodiscard]] bool is_dynamic_setting(std::string_view name);

/// A change of what is set for one broker, or (`per_broker` false) for all of them.
struct DynamicChange {
    const ConfigMap& level;      // what will be set there
    const ConfigMap& before;     // what holds for the broker that is asked
    const ConfigMap& after;      // what will hold for it
    bool per_broker = true;
};
/// Why a change cannot be made, in Kafka's words; nothing if it can.
std::expected<void, std::string> check_dynamic_change(const DynamicChange& change);
/// What of stored settings a broker takes: such as may be changed there, with values that fit.
ConfigMap usable_dynamic_settings(const ConfigMap& stored, bool per_broker);

}  // namespace engine
