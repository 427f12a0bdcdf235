// Named settings with types, defaults and limits: what brokers, topics and clients are configured by. Names
// and defaults are Kafka's own; the texts of refusals are those of Kafka's ConfigException.
#pragma once

#include <expected>
#include <span>
#include <string>
#include <string_view>

#include "engine/model/ids.h"
#include "sim/base/flat_map.h"

namespace engine {

/// Whose settings are meant, by its number in requests.
enum class ResourceType : i8 { unknown = 0, topic = 2, broker = 4 };

enum class ConfigType : u8 { boolean, int16, int32, int64, real, text, list };

struct ConfigKey {
    std::string_view name;
    ConfigType type = ConfigType::text;
    std::string_view by_default;       // as text; "" is empty (a null default of Kafka's)
    i64 least = INT64_MIN;             // of numbers; a real is compared in millionths
    i64 most = INT64_MAX;
    std::string_view one_of = {};      // of texts and list members: "a|b|c"; empty = anything
    std::string_view broker_name = {}; // of topic settings: the broker setting that gives the default
};

/// Settings as given: name -> text. What is not given has its default.
using ConfigMap = sim::FlatMap<std::string, std::string>;

/// The key of a name, or nullptr.
const ConfigKey* find_key(std::span<const ConfigKey> keys, std::string_view name);
/// The known name that looks most like `name`; "" if none is near.
std::string_view nearest_name(std::span<const ConfigKey> keys, std::string_view name);

/// Why a value does not fit, in Kafka's words; nothing if it fits.
std::expected<void, std::string> check_value(const ConfigKey& key, std::string_view value);

/// The settings whose values fit, and those that no key knows. What a person wrote into a znode was not checked: what
/// does not fit there is as good as none (Kafka keeps what it had and writes the error to its log).
ConfigMap without_refused(std::span<const ConfigKey> keys, const ConfigMap& given);

/// Reads of settings that have been checked. Requires that the name is a key.
class ConfigReader {
public:
    ConfigReader(std::span<const ConfigKey> keys, const ConfigMap& given) : keys_(keys), given_(given) {}

    [[nodiscard]] std::string_view text(std::string_view name) const;
    [[nodiscard]] bool boolean(std::string_view name) const { return text(name) == "true"; }
    [[nodiscard]] i64 number(std::string_view name) const;
    [[nodiscard]] i32 number32(std::string_view name) const { return static_cast<i32>(number(name)); }
    /// Milliseconds as a span; -1 and other negatives stay negative.
    [[nodiscard]] Nanos millis(std::string_view name) const;
    /// A real in millionths: 0.5 is 500000.
    [[nodiscard]] i64 millionths(std::string_view name) const;
    [[nodiscard]] bool is_given(std::string_view name) const { return given_.contains(name); }

private:
    std::span<const ConfigKey> keys_;
    const ConfigMap& given_;
};

/// Decimal text as millionths; empty if it is not a number.
std::expected<i64, std::string> parse_millionths(std::string_view text);

}  // namespace engine
