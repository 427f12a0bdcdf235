#include "engine/tools/configs_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "sim/base/ascii.h"

namespace engine::tools {
namespace {

using A = ArgumentKind;

constexpr std::array kConfigsSpecs = {
    OptionSpec{"add-config", A::text, "String", "Settings to add or change, as 'k1=v1,k2=[v1,v2]'."},
    OptionSpec{"all", A::none, "", "With --describe: also settings that have their default."},
    OptionSpec{"alter", A::none, "", "Change the settings of the entity."},
    OptionSpec{"bootstrap-server", A::text, "server to connect to", "The Kafka servers to connect to."},
    OptionSpec{"broker", A::text, "String", "The broker's id."},
    OptionSpec{"broker-defaults", A::none, "", "The default of all brokers."},
    OptionSpec{"command-config", A::text, "command config property file", "File with settings for the admin client."},
    OptionSpec{"delete-config", A::text, "String", "Settings to remove, as 'k1,k2'."},
    OptionSpec{"describe", A::none, "", "List the settings of the entity."},
    OptionSpec{"entity-default", A::none, "", "The default of an entity type (brokers)."},
    OptionSpec{"entity-name", A::text, "String", "Name of the entity: a topic, or the id of a broker."},
    OptionSpec{"entity-type", A::text, "String", "Type of the entity: topics or brokers."},
    OptionSpec{"force", A::none, "", "Do not ask."},
    OptionSpec{"help", A::none, "", "Print usage information."},
    OptionSpec{"topic", A::text, "String", "The topic's name."},
    OptionSpec{"version", A::none, "", "Print the version of Kafka."},
    OptionSpec{"zookeeper", A::text, "urls", "DEPRECATED: the ZooKeeper to connect to."},
};
static_assert(is_sound(kConfigsSpecs));
static_assert(std::ranges::is_sorted(kConfigsSpecs, {}, &OptionSpec::name));
constexpr std::array kEntityTypes = {std::string_view("topics"),         std::string_view("clients"),
                                     std::string_view("users"),          std::string_view("brokers"),
                                     std::string_view("broker-loggers"), std::string_view("ips")};

std::string not_together(std::string_view used, std::string_view other) {
    MR_ASSERT(used != other);
    return fmt::format("Option \"[{}]\" can't be used with option \"[{}]\"", used, other);
}

/// Splits at commas that are not inside [ ].
std::vector<std::string_view> split_list(std::string_view text) {
    std::vector<std::string_view> parts;
    std::size_t from = 0;
    bool in_brackets = false;
    for (std::size_t at = 0; at <= text.size(); ++at) {
        const char c = at < text.size() ? text[at] : ',';
        if (c == '[') in_brackets = true;
        if (c == ']') in_brackets = false;
        if (c != ',' || (in_brackets && at < text.size())) continue;
        MR_ASSERT(at >= from);
        parts.push_back(text.substr(from, at - from));
        from = at + 1;
    }
    MR_ASSERT(!parts.empty());
    return parts;
}

std::string without_brackets(std::string_view value) {
    std::string out;
    for (const char c : value)
        if (c != '[' && c != ']') out += c;
    return std::string(sim::trim_blanks(out));
}

bool is_number(std::string_view text) {
    i32 number = 0;
    const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), number);
    return !text.empty() && status == std::errc{} && end == text.data() + text.size();
}

std::string wrong_type(std::string_view type) {
    MR_ASSERT(!type.empty());
    const bool known = std::ranges::find(kEntityTypes, type) != kEntityTypes.end();
    if (!known)
        return fmt::format(
            "Invalid entity type {}, the entity type must be one of {} with the --bootstrap-server argument", type,
            fmt::join(kEntityTypes, ", "));
    return type == "topics" || type == "brokers"
               ? ""
               : fmt::format("This console has no settings of {}: the entity type must be topics or brokers", type);
}

std::string wrong_server(const OptionValues& options, KafkaVersion version) {
    const bool old = version == KafkaVersion::v2_8;
    if (old && options.has("zookeeper") && !options.has("bootstrap-server")) return "";
    if (options.has("bootstrap-server"))
        return options.has("zookeeper") ? "Only one of --bootstrap-server or --zookeeper must be specified" : "";
    return old ? "One of the required --bootstrap-server or --zookeeper arguments must be specified"
               : "One of the required --bootstrap-server, --boostrap-controller, or --zookeeper arguments must be "
                 "specified";
}

}  // namespace

OptionSpecs configs_option_specs() { return kConfigsSpecs; }

ConfigEntity config_entity(const OptionValues& options) {
    if (options.has("topic")) return {"topics", options.all("topic").front(), true};
    if (options.has("broker")) return {"brokers", options.all("broker").front(), true};
    if (options.has("broker-defaults")) return {"brokers", "", true};
    ConfigEntity entity;
    if (options.has("entity-type")) entity.type = options.all("entity-type").front();
    if (options.has("entity-name")) entity.name = options.all("entity-name").front();
    MR_ASSERT(entity.name.empty() || options.has("entity-name"));
    entity.given = !entity.name.empty() || options.has("entity-default");
    return entity;
}

std::string configs_usage_error(const OptionValues& options) {
    if (options.has("alter") == options.has("describe"))
        return "Command must include exactly one action: --describe, --alter";
    if (!options.has("describe")) return "";
    MR_ASSERT(!options.has("alter"));
    for (const std::string_view change : {"add-config", "delete-config"})
        if (options.has(change)) return not_together("describe", change);
    return "";
}

std::string configs_argument_error(const OptionValues& options, KafkaVersion version) {
    const ConfigEntity entity = config_entity(options);
    if (entity.type.empty()) return "At least one entity type must be specified";
    if (std::string wrong = wrong_type(entity.type); !wrong.empty()) return wrong;
    if (std::string wrong = wrong_server(options, version); !wrong.empty()) return wrong;
    if (entity.type == "brokers" && !entity.name.empty() && !is_number(entity.name))
        return fmt::format("The entity name for brokers must be a valid integer broker id, but it is: {}", entity.name);
    if (!options.has("alter")) return "";
    if (!entity.given && entity.type == "brokers")
        return "an entity-name or default entity must be specified with --alter of users, clients, brokers or ips";
    if (!entity.given) return fmt::format("an entity name must be specified with --alter of {}", entity.type);
    if (options.has("add-config") || options.has("delete-config")) return "";
    return "At least one of --add-config, --add-config-file, or --delete-config must be specified with --alter";
}

std::expected<std::vector<client::ConfigOrder>, std::string> config_orders(const OptionValues& options) {
    std::vector<client::ConfigOrder> orders;
    for (const std::string& list : options.all("delete-config"))
        for (const std::string_view name : split_list(list))
            orders.push_back({std::string(sim::trim_blanks(name)), "", true});
    for (const std::string& list : options.all("add-config"))
        for (const std::string_view pair : split_list(list)) {
            const std::size_t equals = pair.find('=');
            if (equals == std::string_view::npos || pair.find('=', equals + 1) != std::string_view::npos)
                return std::unexpected(
                    "requirement failed: Invalid entity config: all configs to be added must be in the format "
                    "\"key=val\".");
            orders.push_back({std::string(sim::trim_blanks(pair.substr(0, equals))),
                              without_brackets(pair.substr(equals + 1)), false});
        }
    return orders;
}

}  // namespace engine::tools
