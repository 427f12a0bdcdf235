#include "engine/model/dynamic_config.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/model/broker_config.h"
#include "engine/model/topic_config.h"
#include "sim/base/assert.h"

namespace engine {
namespace {

using T = ConfigType;
using Refusal = std::unexpected<std::string>;
using Names = std::vector<std::string_view>;

constexpr std::array kOnlyDynamic = {
    ConfigKey{throttle::kFollowerRate, T::int64, "9223372036854775807", 0},
    ConfigKey{throttle::kLeaderRate, T::int64, "9223372036854775807", 0},
    ConfigKey{throttle::kLogDirRate, T::int64, "9223372036854775807", 0},
};
static_assert(std::ranges::is_sorted(kOnlyDynamic, {}, &ConfigKey::name));

/// Besides what is the default of a topic's setting.
constexpr std::array<std::string_view, 16> kDynamic = {
    "advertised.listeners",         "background.threads",
    "listener.security.protocol.map", "listeners",
    "log.cleaner.backoff.ms",       "log.cleaner.dedupe.buffer.size",
    "log.cleaner.io.buffer.size",   "log.cleaner.threads",
    "max.connections",              "max.connections.per.ip",
    "message.max.bytes",            "num.io.threads",
    "num.network.threads",          "num.recovery.threads.per.data.dir",
    "num.replica.fetchers",         "producer.id.expiration.ms"};
static_assert(std::ranges::is_sorted(kDynamic));
constexpr std::array<std::string_view, 3> kOfOneBroker = {"advertised.listeners", "listener.security.protocol.map",
                                                          "listeners"};
/// A broker's setting that stands behind one of a topic's and cannot be changed all the same.
constexpr std::string_view kFixedFormat = "log.message.format.version";

/// Pools of threads: they at most double, and at most halve.
constexpr std::array<std::string_view, 6> kPools = {"background.threads",  "log.cleaner.threads",
                                                    "num.io.threads",      "num.network.threads",
                                                    "num.recovery.threads.per.data.dir", "num.replica.fetchers"};
static_assert(std::ranges::all_of(kPools,
                                  [](std::string_view name) { return std::ranges::binary_search(kDynamic, name); }));
constexpr std::string_view kCleaners = "log.cleaner.threads";

bool is_default_of_topics(std::string_view name) {
    return name != kFixedFormat &&
           std::ranges::any_of(topic_config_keys(), [&](const ConfigKey& key) { return key.broker_name == name; });
}

std::expected<void, std::string> refuse_names(const Names& names, std::string_view why) {
    if (names.empty()) return {};
    MR_ASSERT(!why.empty());
    return Refusal(fmt::format("{}: Set({})", why, fmt::join(names, ", ")));
}

/// Names of a map that a rule picks out.
template <class Rule>
Names picked(const ConfigMap& config, Rule rule) {
    Names names;
    for (const auto& [name, value] : config)
        if (rule(std::string_view(name))) names.push_back(name);
    return names;
}

std::expected<void, std::string> check_values(const ConfigMap& config) {
    for (const auto& [name, value] : config)
        if (const ConfigKey* key = find_broker_key(name))
            if (auto good = check_value(*key, value); !good) return good;
    return {};
}

std::string_view value_in(const ConfigMap& config, std::string_view name) {
    const std::string* given = config.find(name);
    const ConfigKey* key = find_broker_key(name);
    MR_ASSERT(key != nullptr);
    return given != nullptr ? std::string_view(*given) : key->by_default;
}

/// What is wrong with a pool's new size; "" nothing.
std::string pool_error(std::string_view name, i64 before, i64 after) {
    if (before == after) return "";
    const bool cleaners = name == kCleaners;
    const std::string what = cleaners
                                 ? "Log cleaner threads"
                                 : fmt::format("Dynamic thread count update validation failed for {}={},", name, after);
    const std::string_view should = cleaners ? "should" : "value should";
    if (after <= 0) return fmt::format("{} {} be at least 1", what, should);
    if (after < before / 2)
        return cleaners ? fmt::format("{} cannot be reduced to less than half the current value {}", what, before)
                        : fmt::format("{} value should be at least half the current value {}", what, before);
    if (after <= before * 2) return "";
    return cleaners ? fmt::format("{} cannot be increased to more than double the current value {}", what, before)
                    : fmt::format("{} value should not be greater than double the current value {}", what, before);
}

std::expected<void, std::string> check_pools(const DynamicChange& change) {
    for (const std::string_view name : kPools) {
        const auto size = [&](const ConfigMap& config) { return std::stoll(std::string(value_in(config, name))); };
        if (const std::string wrong = pool_error(name, size(change.before), size(change.after)); !wrong.empty())
            return Refusal(
                fmt::format("Invalid value org.apache.kafka.common.config.ConfigException: {} for configuration "
                            "Invalid dynamic configuration",
                            wrong));
    }
    return {};
}

bool is_of_one_broker(std::string_view name) { return std::ranges::find(kOfOneBroker, name) != kOfOneBroker.end(); }

bool is_fixed(std::string_view name) {
    return find_key(broker_config_keys(), name) != nullptr && !is_dynamic_setting(name);
}

}  // namespace

ConfigMap merged_settings(const ConfigMap& given, const DynamicConfigs& changed) {
    ConfigMap merged = given;
    for (const ConfigMap* level : {&changed.for_all, &changed.own})
        for (const auto& [name, value] : *level) merged[name] = value;
    MR_ASSERT(merged.size() >= given.size());
    return merged;
}

std::span<const ConfigKey> dynamic_only_keys() { return kOnlyDynamic; }

const ConfigKey* find_broker_key(std::string_view name) {
    const ConfigKey* key = find_key(broker_config_keys(), name);
    return key != nullptr ? key : find_key(kOnlyDynamic, name);
}

bool is_dynamic_setting(std::string_view name) {
    return std::ranges::binary_search(kDynamic, name) || find_key(kOnlyDynamic, name) != nullptr ||
           is_default_of_topics(name);
}

std::expected<void, std::string> check_dynamic_change(const DynamicChange& change) {
    if (auto good = refuse_names(picked(change.level, is_fixed), "Cannot update these configs dynamically"); !good)
        return good;
    if (auto good = check_values(change.level); !good) return good;
    if (!change.per_broker)
        if (auto good =
                refuse_names(picked(change.level, is_of_one_broker),
                             "Cannot update these configs at default cluster level, broker id must be specified");
            !good)
            return good;
    return check_pools(change);
}

ConfigMap usable_dynamic_settings(const ConfigMap& stored, bool per_broker) {
    ConfigMap usable;
    for (const auto& [name, value] : stored) {
        const ConfigKey* key = find_broker_key(name);
        if (key != nullptr && (!check_value(*key, value) || is_fixed(name))) continue;
        if (!per_broker && is_of_one_broker(name)) continue;
        usable[name] = value;
    }
    MR_ASSERT(usable.size() <= stored.size());
    return usable;
}

}  // namespace engine
