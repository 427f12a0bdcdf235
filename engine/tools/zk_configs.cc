// Sections: entities; describing; changing; steps.
#include "engine/tools/zk_configs.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "engine/model/json.h"
#include "engine/tools/configs_options.h"
#include "engine/tools/tool.h"
#include "engine/tools/topics_options.h"
#include "sim/base/ascii.h"
#include "sim/base/assert.h"

namespace engine::tools {
namespace {

using Json = nlohmann::ordered_json;
using zookeeper::ZkData;
using zookeeper::ZkError;
using zookeeper::ZkRequest;

constexpr std::string_view kDefaultName = "<default>";

void ask_next(ToolCall& call, ZkConfigsStep step, std::vector<ZkRequest> requests) {
    MR_ASSERT(step != ZkConfigsStep::none);
    call.states.zk_configs.step = step;
    ask_zookeeper(call, call.states.zk_configs.ask, std::move(requests));
}

void end_configs(ToolCall& call, i32 exit_code) { end_ask(call, call.states.zk_configs.ask, exit_code); }

/// A mistake of the user is told by its message alone.
void fail_configs(ToolCall& call, const JavaError& error) {
    MR_ASSERT(!error.type.empty());
    const bool mistake = error.type.ends_with(".IllegalArgumentException") ||
                         error.type.ends_with(".InvalidConfigurationException");
    if (!mistake)
        complain(call,
                 fmt::format("Error while executing config command with args '{}'", fmt::join(call.arguments(), " ")));
    complain(call, mistake ? error.message : to_text(error));
    end_configs(call, 1);
}

// ---- entities -------------------------------------------------------------------------------------

/// Where the settings of an entity are, below /config. The default has a name of its own.
std::string path_of(const std::string& entity) { return "/config/" + entity; }

/// Characters that a node's name may not have, or that mean something there, are written as in an address of the web.
std::string node_name(const std::string& name) {
    if (name.empty()) return std::string(kDefaultName);
    std::string encoded;
    for (const char c : name) {
        const bool plain = sim::is_digit(c) || (sim::lower_ascii(c) >= 'a' && sim::lower_ascii(c) <= 'z') || c == '.' ||
                           c == '-' || c == '_';
        encoded += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<u8>(c));
    }
    MR_ASSERT(encoded.size() >= name.size() && encoded.find('/') == std::string::npos);
    return encoded;
}

/// The name behind it.
std::string decoded(std::string_view name) {
    std::string text;
    for (std::size_t i = 0; i < name.size(); ++i) {
        const bool code = name[i] == '%' && i + 2 < name.size() && sim::hex_digit(name[i + 1]) >= 0 &&
                          sim::hex_digit(name[i + 2]) >= 0;
        text += code ? static_cast<char>(sim::hex_digit(name[i + 1]) * 16 + sim::hex_digit(name[i + 2])) : name[i];
        if (code) i += 2;
    }
    return text;
}

std::string entity_path(const ConfigEntity& entity) {
    MR_ASSERT(!entity.type.empty());
    std::string path = fmt::format("{}/{}", entity.type, node_name(entity.name));
    if (entity.child_given) path += fmt::format("/{}/{}", entity.child_type, node_name(entity.child_name));
    return path;
}

/// "topic 'orders'", "user-principal 'ann', client-id 'app'", "default client-id".
std::string shown_entity(std::string_view path) {
    MR_ASSERT(path.find('/') != std::string_view::npos);
    std::vector<std::string> words;
    for (std::size_t at = 0; at < path.size();) {
        const std::size_t middle = path.find('/', at);
        if (middle == std::string_view::npos) break;
        const std::size_t end = std::min(path.find('/', middle + 1), path.size());
        const std::string_view type = path.substr(at, middle - at), name = path.substr(middle + 1, end - middle - 1);
        const std::string_view shown = type == "users"     ? "user-principal"
                                       : type == "clients" ? "client-id"
                                       : type == "topics"  ? "topic"
                                                           : type;
        words.push_back(name == kDefaultName ? fmt::format("default {}", shown)
                                             : fmt::format("{} '{}'", shown, decoded(name)));
        at = end + 1;
    }
    MR_ASSERT(!words.empty());
    return fmt::format("{}", fmt::join(words, ", "));
}

Json settings_of(const zookeeper::ZkResult& result) {
    Json node = read_json<Json>(result.data.bytes);
    return failed(result.error) || !node.is_object() ? Json::object() : node.value("config", Json::object());
}

std::string value_text(const Json& value) { return value.is_string() ? value.get<std::string>() : json_text(value); }

/// In the order of Java's Properties.
std::string settings_text(const Json& settings) {
    std::vector<std::string> names;
    for (const auto& [key, value] : settings.items()) names.push_back(key);
    sort_as_java_set(names);
    MR_ASSERT(names.size() == settings.size());
    std::string text;
    for (const std::string& name : names)
        text += fmt::format("{}{}={}", text.empty() ? "" : ",", name, value_text(settings.at(name)));
    return text;
}

// ---- describing -----------------------------------------------------------------------------------

void ask_descriptions(ToolCall& call, std::vector<std::string> entities) {
    std::vector<ZkRequest> requests;
    for (const std::string& entity : entities) requests.push_back(zookeeper::get_data_request(path_of(entity)));
    call.states.zk_configs.entities = std::move(entities);
    if (requests.empty()) return end_configs(call, 0);
    ask_next(call, ZkConfigsStep::described, std::move(requests));
}

/// All entities of a type, or all clients of a user.
void on_listed_entities(ToolCall& call) {
    ZkConfigsTool& tool = call.states.zk_configs;
    std::vector<std::string> entities;
    for (const std::string& name : tool.ask.answers.front().children) entities.push_back(tool.parent + "/" + name);
    std::ranges::sort(entities);
    ask_descriptions(call, std::move(entities));
}

void ask_list(ToolCall& call, std::string parent) {
    call.states.zk_configs.parent = std::move(parent);
    ask_next(call, ZkConfigsStep::listed, {zookeeper::get_children_request(path_of(call.states.zk_configs.parent))});
}

void on_settings_read(ToolCall& call) {
    const ZkConfigsTool& tool = call.states.zk_configs;
    MR_ASSERT(tool.ask.answers.size() == tool.entities.size());
    // A user that only has clients with settings is left out where all users are described.
    const bool only_with_settings = tool.parent == "users";
    for (std::size_t i = 0; i < tool.entities.size(); ++i) {
        const Json settings = settings_of(tool.ask.answers[i]);
        if (only_with_settings && settings.empty()) continue;
        print(call, fmt::format("Configs for {} are {}", shown_entity(tool.entities[i]), settings_text(settings)));
    }
    end_configs(call, 0);
}

// ---- changing -------------------------------------------------------------------------------------

/// Settings of a running broker that ZooKeeper does not carry.
std::optional<JavaError> broker_refusal(const ToolCall& call, bool is_running) {
    constexpr std::string_view kThrottled[] = {"leader.replication.throttled.rate",
                                               "follower.replication.throttled.rate",
                                               "replica.alter.log.dirs.io.max.bytes.per.second"};
    std::vector<std::string> others;
    for (const client::ConfigOrder& order : call.states.configs.orders)
        if (!order.remove && std::ranges::find(kThrottled, order.name) == std::end(kThrottled))
            others.push_back(order.name);
    const std::string& name = call.states.configs.name;
    if (others.empty() || !is_running) return {};
    return illegal_argument(fmt::format(
        "requirement failed: --bootstrap-server option must be specified to update broker configs Set({}). {}. Broker "
        "configuration updates using ZooKeeper are supported for bootstrapping before brokers are started to enable "
        "encrypted password configs to be stored in ZooKeeper.",
        fmt::join(others, ", "),
        name.empty() ? "for default cluster if any broker is running"
                     : fmt::format("when broker {} is running", name)));
}

/// A limit of users, clients, brokers or addresses, which ZooKeeper carries.
struct DynamicKey {
    std::string_view types, name;
    bool whole;   // a LONG, else a DOUBLE
};
constexpr std::array kDynamicKeys = {
    DynamicKey{"users clients", "producer_byte_rate", true},
    DynamicKey{"users clients", "consumer_byte_rate", true},
    DynamicKey{"users clients", "request_percentage", false},
    DynamicKey{"users clients", "controller_mutation_rate", false},
    DynamicKey{"brokers", "leader.replication.throttled.rate", true},
    DynamicKey{"brokers", "follower.replication.throttled.rate", true},
    DynamicKey{"brokers", "replica.alter.log.dirs.io.max.bytes.per.second", true},
    DynamicKey{"ips", "connection_creation_rate", true},
};

bool is_of(const DynamicKey& key, std::string_view type, std::string_view name) {
    return key.name == name && key.types.find(type) != std::string_view::npos;
}

/// What is wrong with limits; nothing if they are good. Brokers have other settings besides, which nobody checks here.
std::optional<JavaError> wrong_quotas(std::string_view type, const Json& settings) {
    MR_ASSERT(type != "topics");
    std::vector<std::string> unknown;
    for (const auto& [name, value] : settings.items()) {
        const auto key = std::ranges::find_if(kDynamicKeys, [&](const DynamicKey& k) { return is_of(k, type, name); });
        const bool secret = type == "users" && name.starts_with("SCRAM-");
        if (key == kDynamicKeys.end() && type != "brokers" && !secret) unknown.push_back(name);
    }
    if (!unknown.empty())
        return illegal_argument(fmt::format("requirement failed: Unknown Dynamic Configuration: HashSet({}).",
                                            fmt::join(unknown, ", ")));
    for (const auto& [name, value] : settings.items()) {
        const auto key = std::ranges::find_if(kDynamicKeys, [&](const DynamicKey& k) { return is_of(k, type, name); });
        const std::string text(sim::trim_controls(value_text(value)));
        double number = 0;
        i64 whole = 0;
        const char* end = text.data() + text.size();
        const auto as_double = std::from_chars(text.data(), end, number);
        const auto as_long = std::from_chars(text.data(), end, whole);
        const bool good = key == kDynamicKeys.end() ||
                          (key->whole ? as_long.ec == std::errc{} && as_long.ptr == end
                                      : as_double.ec == std::errc{} && as_double.ptr == end);
        if (!good)
            return JavaError{"org.apache.kafka.common.config.ConfigException",
                             fmt::format("Invalid value {} for configuration {}: Not a number of type {}",
                                         value_text(value), name, key->whole ? "LONG" : "DOUBLE")};
    }
    return {};
}

/// What forbids the settings that would be written; nothing if they are good.
std::optional<JavaError> refused_settings(const ToolCall& call, const Json& settings, bool entity_exists) {
    const std::string& type = call.states.configs.type;
    if (type != "topics") return wrong_quotas(type, settings);
    if (!entity_exists)
        return JavaError{"org.apache.kafka.common.errors.UnknownTopicOrPartitionException",
                         fmt::format("Topic '{}' does not exist.", call.states.configs.name)};
    for (const auto& [name, value] : settings.items())
        if (auto wrong = wrong_topic_setting(name, value_text(value))) return wrong;
    return {};
}

void on_read(ToolCall& call) {
    ZkConfigsTool& tool = call.states.zk_configs;
    MR_ASSERT(tool.entities.size() == 1 && tool.ask.answers.size() == 2);
    // The second answer is about a topic, a broker, or all brokers.
    const auto& other = tool.ask.answers[1];
    const bool exists = !failed(other.error) && (call.states.configs.type != "brokers" ||
                                                 !call.states.configs.name.empty() || !other.children.empty());
    if (call.states.configs.type == "brokers")
        if (const auto refused = broker_refusal(call, exists)) return fail_configs(call, *refused);
    Json settings = settings_of(tool.ask.answers[0]);
    std::vector<std::string> unknown;
    for (const client::ConfigOrder& order : call.states.configs.orders)
        if (order.remove && !settings.contains(order.name)) unknown.push_back(order.name);
    if (!unknown.empty())
        return fail_configs(call, {"org.apache.kafka.common.errors.InvalidConfigurationException",
                                   fmt::format("Invalid config(s): {}", fmt::join(unknown, ","))});
    for (const client::ConfigOrder& order : call.states.configs.orders) {
        if (order.remove) settings.erase(order.name);
        else settings[order.name] = order.value;
    }
    if (const auto refused = refused_settings(call, settings, exists)) return fail_configs(call, *refused);
    tool.written = json_text(Json{{"version", 1}, {"config", settings}});
    ask_next(call, ZkConfigsStep::write,
             {zookeeper::set_data_request(path_of(tool.entities.front()), ZkData::of(tool.written))});
}

void notify_brokers(ToolCall& call) {
    MR_ASSERT(call.states.zk_configs.entities.size() == 1);
    const std::string change =
        fmt::format("{{\"version\":2,\"entity_path\":\"{}\"}}", call.states.zk_configs.entities.front());
    ask_next(call, ZkConfigsStep::notify,
             {zookeeper::create_request("/config/changes", ZkData{}),
              zookeeper::create_request("/config/changes/config_change_", ZkData::of(change), zookeeper::kSequential)});
}

/// Makes the node, and those above it that are not there.
void on_written(ToolCall& call) {
    const ZkConfigsTool& tool = call.states.zk_configs;
    MR_ASSERT(tool.ask.answers.size() == 1 && !tool.written.empty());
    if (tool.ask.answers.front().error != ZkError::no_node) return notify_brokers(call);
    const std::string path = path_of(tool.entities.front());
    std::vector<ZkRequest> requests;
    for (std::size_t at = path.find('/', 1); at != std::string::npos; at = path.find('/', at + 1))
        requests.push_back(zookeeper::create_request(path.substr(0, at), ZkData{}));
    requests.push_back(zookeeper::create_request(path, ZkData::of(tool.written)));
    ask_next(call, ZkConfigsStep::create, std::move(requests));
}

// ---- steps ----------------------------------------------------------------------------------------

void on_settings_answer(ToolCall& call) {
    ZkConfigsTool& tool = call.states.zk_configs;
    switch (std::exchange(tool.step, ZkConfigsStep::none)) {
        case ZkConfigsStep::listed: return on_listed_entities(call);
        case ZkConfigsStep::described: return on_settings_read(call);
        case ZkConfigsStep::read: return on_read(call);
        case ZkConfigsStep::write: return on_written(call);
        case ZkConfigsStep::create: return notify_brokers(call);
        case ZkConfigsStep::notify:
            print(call, fmt::format("Completed updating config for entity: {}.", shown_entity(tool.entities.front())));
            return end_configs(call, 0);
        case ZkConfigsStep::none: return;
    }
}

void begin_describing(ToolCall& call, const ConfigEntity& entity) {
    if (!entity.given) return ask_list(call, entity.type);
    if (!entity.child_type.empty() && !entity.child_given)
        return ask_list(call, fmt::format("{}/{}/{}", entity.type, node_name(entity.name), entity.child_type));
    ask_descriptions(call, {entity_path(entity)});
}

}  // namespace

void begin_zk_configs(ToolCall& call) {
    const OptionValues& options = call.states.configs.options;
    ZkConfigsTool& tool = call.states.zk_configs;
    MR_ASSERT(tool.entities.empty() && options.has("zookeeper"));
    print(call, "Warning: --zookeeper is deprecated and will be removed in a future version of Kafka.");
    print(call, "Use --bootstrap-server instead to specify a broker to connect to.");
    if (!open_ask(call, tool.ask, options.last("zookeeper")))
        return fail_configs(call, {"kafka.zookeeper.ZooKeeperClientTimeoutException",
                                   "Timed out waiting for connection while in state: CONNECTING"});
    const ConfigEntity entity = config_entity(options);
    if (options.has("describe")) return begin_describing(call, entity);
    tool.entities = {entity_path(entity)};
    ZkRequest other = entity.type == "brokers" ? zookeeper::exists_request("/brokers/ids/" + entity.name)
                                               : zookeeper::exists_request("/brokers/topics/" + entity.name);
    if (entity.name.empty()) other = zookeeper::get_children_request("/brokers/ids");
    ask_next(call, ZkConfigsStep::read,
             {zookeeper::get_data_request(path_of(tool.entities.front())), std::move(other)});
}

void on_zk_configs_notice(ToolCall& call, sim::Notice& notice) {
    if (on_ask_notice(call, call.states.zk_configs.ask, notice)) on_settings_answer(call);
}

}  // namespace engine::tools
