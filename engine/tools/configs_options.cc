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
    OptionSpec{"add-config-file", A::text, "String", "File with settings to add or change."},
    OptionSpec{"all", A::none, "", "With --describe: also settings that have their default."},
    OptionSpec{"alter", A::none, "", "Change the settings of the entity."},
    OptionSpec{"bootstrap-server", A::text, "server to connect to", "The Kafka servers to connect to."},
    OptionSpec{"broker", A::text, "String", "The broker's id."},
    OptionSpec{"broker-defaults", A::none, "", "The default of all brokers."},
    OptionSpec{"broker-logger", A::text, "String", "The broker whose loggers are meant."},
    OptionSpec{"client", A::text, "String", "The client's id."},
    OptionSpec{"client-defaults", A::none, "", "The default of all clients."},
    OptionSpec{"command-config", A::text, "command config property file", "File with settings for the admin client."},
    OptionSpec{"delete-config", A::text, "String", "Settings to remove, as 'k1,k2'."},
    OptionSpec{"describe", A::none, "", "List the settings of the entity."},
    OptionSpec{"entity-default", A::none, "", "The default of an entity type (brokers)."},
    OptionSpec{"entity-name", A::text, "String", "Name of the entity: a topic, or the id of a broker."},
    OptionSpec{"entity-type", A::text, "String", "Type of the entity: topics or brokers."},
    OptionSpec{"force", A::none, "", "Do not ask."},
    OptionSpec{"help", A::none, "", "Print usage information."},
    OptionSpec{"ip", A::text, "String", "The IP address."},
    OptionSpec{"ip-defaults", A::none, "", "The default of all IP addresses."},
    OptionSpec{"topic", A::text, "String", "The topic's name."},
    OptionSpec{"user", A::text, "String", "The user's principal name."},
    OptionSpec{"user-defaults", A::none, "", "The default of all users."},
    OptionSpec{"version", A::none, "", "Print the version of Kafka."},
    OptionSpec{"zookeeper", A::text, "urls", "DEPRECATED: the ZooKeeper to connect to."},
};
static_assert(is_sound(kConfigsSpecs));
static_assert(std::ranges::is_sorted(kConfigsSpecs, {}, &OptionSpec::name));
constexpr std::array kEntityTypes = {std::string_view("topics"),         std::string_view("clients"),
                                     std::string_view("users"),          std::string_view("brokers"),
                                     std::string_view("broker-loggers"), std::string_view("ips")};
/// Of 2.8; ZooKeeper knows all but the last.
constexpr std::array kOldEntityTypes = {std::string_view("topics"),  std::string_view("clients"),
                                        std::string_view("users"),   std::string_view("brokers"),
                                        std::string_view("ips"),     std::string_view("broker-loggers")};

/// An option that says type and name in one, or the type of a default.
struct EntityFlag {
    std::string_view option, type;
    bool named;
};
constexpr std::array kEntityFlags = {
    EntityFlag{"topic", "topics", true},           EntityFlag{"client", "clients", true},
    EntityFlag{"user", "users", true},             EntityFlag{"broker", "brokers", true},
    EntityFlag{"broker-logger", "broker-loggers", true}, EntityFlag{"ip", "ips", true},
    EntityFlag{"client-defaults", "clients", false}, EntityFlag{"user-defaults", "users", false},
    EntityFlag{"broker-defaults", "brokers", false}, EntityFlag{"ip-defaults", "ips", false},
};

std::vector<std::string> entity_types(const OptionValues& options) {
    std::vector<std::string> types = options.all("entity-type");
    for (const EntityFlag& flag : kEntityFlags)
        if (options.has(flag.option)) types.emplace_back(flag.type);
    return types;
}

/// A name for each type that has one; "" stands for the default.
std::vector<std::string> entity_names(const OptionValues& options) {
    std::vector<std::string> names = options.all("entity-name");
    if (options.has("entity-default")) names.emplace_back();
    for (const EntityFlag& flag : kEntityFlags)
        if (options.has(flag.option)) names.push_back(flag.named ? options.last(flag.option) : "");
    return names;
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

std::string wrong_type(const OptionValues& options, std::string_view type, KafkaVersion version) {
    MR_ASSERT(!type.empty());
    const bool old = version == KafkaVersion::v2_8, by_broker = !old || options.has("bootstrap-server");
    const std::span<const std::string_view> all = old ? std::span(kOldEntityTypes) : std::span(kEntityTypes);
    const auto allowed = all.first(by_broker ? all.size() : all.size() - 1);
    if (std::ranges::find(allowed, type) == allowed.end())
        return fmt::format("Invalid entity type {}, the entity type must be one of {} with the {} argument", type,
                           fmt::join(allowed, old ? "," : ", "), by_broker ? "--bootstrap-server" : "--zookeeper");
    return !by_broker || type == "topics" || type == "brokers"
               ? ""
               : fmt::format("This console has no settings of {}: the entity type must be topics or brokers", type);
}

/// What is wrong with the types taken together; "" if nothing is.
std::string wrong_types(const OptionValues& options, const std::vector<std::string>& types) {
    for (std::size_t i = 1; i < types.size(); ++i)
        if (std::ranges::find(types.begin(), types.begin() + static_cast<std::ptrdiff_t>(i), types[i]) !=
            types.begin() + static_cast<std::ptrdiff_t>(i))
            return fmt::format("Duplicate entity type(s) specified: {}", types[i]);
    const bool pair = types.size() == 2 && std::ranges::find(types, "users") != types.end() &&
                      std::ranges::find(types, "clients") != types.end();
    if (types.size() > 1 && !pair) return "Only 'users' and 'clients' entity types may be specified together";
    const bool plain = options.has("entity-name") || options.has("entity-type") || options.has("entity-default");
    const bool flagged =
        std::ranges::any_of(kEntityFlags, [&](const EntityFlag& flag) { return options.has(flag.option); });
    return plain && flagged
               ? "--entity-{type,name,default} should not be used in conjunction with specific entity flags"
               : "";
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
    std::vector<std::string> types = entity_types(options), names = entity_names(options);
    if (types.size() == 2 && types.front() == "clients") {
        std::ranges::reverse(types);
        std::ranges::reverse(names);
    }
    ConfigEntity entity;
    if (!types.empty()) entity.type = types.front();
    entity.given = !names.empty();
    if (entity.given) entity.name = names.front();
    if (types.size() > 1) entity.child_type = types[1];
    entity.child_given = types.size() > 1 && names.size() > 1;
    if (entity.child_given) entity.child_name = names[1];
    MR_ASSERT(entity.given || entity.name.empty());
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
    const std::vector<std::string> types = entity_types(options), names = entity_names(options);
    for (const std::string& type : types)
        if (std::string wrong = wrong_type(options, type, version); !wrong.empty()) return wrong;
    if (types.empty()) return "At least one entity type must be specified";
    if (std::string wrong = wrong_types(options, types); !wrong.empty()) return wrong;
    if (std::string wrong = wrong_server(options, version); !wrong.empty()) return wrong;
    if (options.has("all") && options.has("zookeeper")) return "--bootstrap-server must be specified for --all";
    const bool named = std::ranges::any_of(names, [](const std::string& name) { return !name.empty(); });
    if (types.front() == "brokers" && named && !is_number(names.front()))
        return fmt::format("The entity name for brokers must be a valid integer broker id, but it is: {}",
                           names.front());
    if (!options.has("alter")) return "";
    if (types.front() == "topics" ? !named : names.empty())
        return types.front() == "topics" ? "an entity name must be specified with --alter of topics"
                                         : "an entity-name or default entity must be specified with --alter of users, "
                                           "clients, brokers or ips";
    if (options.has("add-config") && options.has("add-config-file"))
        return "Only one of --add-config or --add-config-file must be specified";
    if (!options.has("add-config") && !options.has("add-config-file") && !options.has("delete-config"))
        return "At least one of --add-config, --add-config-file, or --delete-config must be specified with --alter";
    return names.size() == types.size() || !options.has("zookeeper")
               ? ""
               : "--entity-name or --entity-default must be specified with each --entity-type for --alter";
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
