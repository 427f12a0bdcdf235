// Which settings of a broker can be changed while it runs, for one broker or for all (KIP-226), and what is wrong with
// a change. The texts are those of Kafka's DynamicBrokerConfig with ZooKeeper.
#pragma once

#include "engine/model/config_def.h"

namespace engine {

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
