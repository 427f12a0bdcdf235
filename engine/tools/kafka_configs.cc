#include "engine/tools/kafka_configs.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "engine/tools/configs_options.h"

namespace engine::tools {
namespace {

using client::AdminCall;
using client::AdminKind;
using client::AdminResult;
using client::DescribedConfig;

constexpr Nanos kPatience = sim::seconds(30);
constexpr std::string_view kConfigsPurpose =
    "This tool helps to manipulate and describe entity config for a topic, client, user, broker, ip or client-metrics";
constexpr std::string_view kOldConfigsPurpose =
    "This tool helps to manipulate and describe entity config for a topic, client, user, broker or ip";

/// A mistake of the user: the message alone.
void finish_with_message(ToolCall& call, std::string_view message) {
    complain(call, message);
    finish(call, 1);
}

/// Any other exception: a line about the command, then the exception.
void finish_with(ToolCall& call, const JavaError& error) {
    complain(call,
             fmt::format("Error while executing config command with args '{}'", fmt::join(call.arguments(), " ")));
    complain(call, to_text(error));
    finish(call, 1);
}

/// What a broker refused: the exception as the future carried it.
void finish_with_refusal(ToolCall& call, const JavaError& error) {
    finish_with(call, {"java.util.concurrent.ExecutionException", fmt::format("{0}\nCaused by: {0}", to_text(error))});
}

AdminCall call_about_entity(const ConfigsTool& tool, AdminKind kind) {
    MR_ASSERT(tool.type == "topics" || tool.type == "brokers");
    AdminCall question;
    question.kind = kind;
    question.timeout = kPatience;
    question.resources.push_back({tool.type == "topics" ? ResourceType::topic : ResourceType::broker, tool.name, {}});
    return question;
}

void ask_next(ToolCall& call, ConfigsStep step, AdminCall question) {
    MR_ASSERT(step != ConfigsStep::none && call.states.configs.step == ConfigsStep::none);
    MR_ASSERT(call.admin.running && call.admin.calls.empty());
    call.states.configs.step = step;
    ask(call.admin, call.env, std::move(question));
}

/// "topic" of "topics".
std::string_view singular(const ConfigsTool& tool) {
    MR_ASSERT(tool.type.ends_with('s'));
    return std::string_view(tool.type).substr(0, tool.type.size() - 1);
}

/// Whether a setting is one of this entity's own, and not a default that it has from elsewhere.
bool is_own(const ConfigsTool& tool, const DescribedConfig& config) {
    if (tool.type == "topics") return config.source == client::kTopicConfigSource;
    return config.source == (tool.name.empty() ? client::kBrokerConfigSource + 1 : client::kBrokerConfigSource);
}

std::string_view source_name(i8 source) {
    constexpr std::string_view names[] = {"UNKNOWN",
                                          "DYNAMIC_TOPIC_CONFIG",
                                          "DYNAMIC_BROKER_CONFIG",
                                          "DYNAMIC_DEFAULT_BROKER_CONFIG",
                                          "STATIC_BROKER_CONFIG",
                                          "DEFAULT_CONFIG",
                                          "DYNAMIC_BROKER_LOGGER_CONFIG"};
    static_assert(std::size(names) == 7);
    return source >= 0 && static_cast<std::size_t>(source) < std::size(names) ? names[static_cast<std::size_t>(source)]
                                                                              : names[0];
}

std::string config_line(const DescribedConfig& config) {
    std::vector<std::string> synonyms;
    for (const auto& [source, text] : config.synonyms)
        synonyms.push_back(fmt::format("{}:{}", source_name(source), text));
    return fmt::format("  {}={} sensitive={} synonyms={{{}}}", config.name, config.value, config.sensitive,
                       fmt::join(synonyms, ", "));
}

void print_heading(ToolCall& call) {
    const ConfigsTool& tool = call.states.configs;
    const std::string_view which = tool.options.has("all") ? "All" : "Dynamic";
    if (tool.name.empty()) print(call, fmt::format("Default configs for {} in the cluster are:", tool.type));
    else print(call, fmt::format("{} configs for {} {} are:", which, singular(tool), tool.name));
}

void describe(ToolCall& call) {
    print_heading(call);
    AdminCall question = call_about_entity(call.states.configs, AdminKind::describe_configs);
    question.synonyms = true;
    ask_next(call, ConfigsStep::describe, std::move(question));
}

void describe_next(ToolCall& call) {
    ConfigsTool& tool = call.states.configs;
    if (tool.others.empty()) return finish(call, 0);
    tool.name = std::move(tool.others.front());
    tool.others.erase(tool.others.begin());
    describe(call);
}

/// Without a name all topics are described, or all brokers and their default.
void find_entities(ToolCall& call) {
    AdminCall question;
    question.kind = call.states.configs.type == "topics" ? AdminKind::list_topics : AdminKind::describe_cluster;
    question.timeout = kPatience;
    ask_next(call, ConfigsStep::find, std::move(question));
}

void on_found(ToolCall& call, const AdminResult& result) {
    ConfigsTool& tool = call.states.configs;
    MR_ASSERT(tool.others.empty());
    for (const client::DescribedTopic& topic : result.topics) tool.others.push_back(topic.name);
    sort_as_java_set(tool.others);
    std::vector<i32> brokers;
    for (const client::DescribedBroker& broker : result.brokers) brokers.push_back(broker.id);
    std::ranges::sort(brokers);
    for (const i32 broker : brokers) tool.others.push_back(fmt::to_string(broker));
    if (tool.type == "brokers") tool.others.emplace_back();
    describe_next(call);
}

void on_settings(ToolCall& call, const AdminResult& result) {
    const ConfigsTool& tool = call.states.configs;
    MR_ASSERT(result.kind == AdminKind::describe_configs);
    std::vector<DescribedConfig> shown;
    for (const client::DescribedResource& resource : result.resources)
        std::ranges::copy_if(call.is_old() ? as_in_java_map(resource.configs) : resource.configs,
                             std::back_inserter(shown), [&](const DescribedConfig& config) {
                                 return tool.options.has("all") || is_own(tool, config);
                             });
    if (!call.is_old()) std::ranges::sort(shown, {}, &DescribedConfig::name);
    for (const DescribedConfig& config : shown) print(call, config_line(config));
    describe_next(call);
}

/// Settings of this level whose values nobody is shown, and which the orders do not name: Kafka wants all of them told
/// again.
std::vector<std::string> untold_secrets(const ConfigsTool& tool, const AdminResult& result) {
    std::vector<std::string> names;
    for (const client::DescribedResource& resource : result.resources)
        for (const DescribedConfig& config : resource.configs) {
            const bool told = std::ranges::any_of(
                tool.orders, [&](const client::ConfigOrder& order) { return order.name == config.name; });
            if (config.sensitive && is_own(tool, config) && !told) names.push_back(config.name);
        }
    return names;
}

/// Settings that are to be removed and are not there.
std::vector<std::string> unknown_removals(const ConfigsTool& tool, const AdminResult& result) {
    std::vector<std::string> unknown;
    for (const client::ConfigOrder& order : tool.orders) {
        const bool there = std::ranges::any_of(result.resources, [&](const client::DescribedResource& resource) {
            return std::ranges::any_of(
                resource.configs, [&](const DescribedConfig& c) { return c.name == order.name && is_own(tool, c); });
        });
        if (order.remove && !there) unknown.push_back(order.name);
    }
    return unknown;
}

void change(ToolCall& call, const AdminResult& before) {
    const ConfigsTool& tool = call.states.configs;
    if (const auto unknown = unknown_removals(tool, before); !unknown.empty())
        return finish_with_message(call, fmt::format("Invalid config(s): {}", fmt::join(unknown, ",")));
    if (const auto untold = untold_secrets(tool, before); !untold.empty())
        return finish_with_message(
            call,
            fmt::format("All sensitive broker config entries must be specified for --alter, missing entries: Set({})",
                        fmt::join(untold, ", ")));
    MR_ASSERT(!tool.orders.empty());
    AdminCall order = call_about_entity(tool, AdminKind::alter_configs);
    order.resources.front().orders = tool.orders;
    ask_next(call, ConfigsStep::change, std::move(order));
}

void on_changed(ToolCall& call) {
    const ConfigsTool& tool = call.states.configs;
    if (tool.name.empty())
        print(call, fmt::format("Completed updating default config for {} in the cluster.", tool.type));
    else print(call, fmt::format("Completed updating config for {} {}.", singular(tool), tool.name));
    finish(call, 0);
}

/// Whether the options make a command; if not, the tool has ended.
bool check_options(ToolCall& call) {
    const OptionValues& options = call.states.configs.options;
    if (answered_help(call, options, call.is_old() ? kOldConfigsPurpose : kConfigsPurpose, configs_option_specs()))
        return false;
    if (const std::string wrong = configs_usage_error(options); !wrong.empty())
        finish_with_usage(call, wrong, configs_option_specs());
    else if (const std::string bad = configs_argument_error(options, call.version); !bad.empty())
        finish_with_message(call, bad);
    return !call.command.finished;
}

}  // namespace

void begin_configs(ToolCall& call) {
    ConfigsTool& tool = call.states.configs;
    MR_ASSERT(tool.step == ConfigsStep::none && tool.orders.empty());
    auto options = parse_options(configs_option_specs(), call.arguments());
    if (!options) return finish_with_message(call, options.error().message);
    tool.options = std::move(*options);
    if (!check_options(call)) return;
    const ConfigEntity entity = config_entity(tool.options);
    tool.type = entity.type;
    tool.name = entity.name;
    auto orders = config_orders(tool.options);
    if (!orders) return finish_with_message(call, orders.error());
    tool.orders = std::move(*orders);
    if (tool.options.has("zookeeper")) return begin_zk_configs(call);
    const AdminOptions admin{text_of(tool.options, "bootstrap-server").value_or(""),
                             text_of(tool.options, "command-config").value_or(""),
                             {}};
    if (const auto connected = connect_admin(call, admin); !connected) return finish_with(call, connected.error());
    if (tool.options.has("describe")) return entity.given ? describe(call) : find_entities(call);
    ask_next(call, ConfigsStep::read_before_change, call_about_entity(tool, AdminKind::describe_configs));
}

void on_configs_result(ToolCall& call, const AdminResult& result) {
    if (failed_anywhere(result)) return finish_with_refusal(call, error_of(result));
    switch (std::exchange(call.states.configs.step, ConfigsStep::none)) {
        case ConfigsStep::find: return on_found(call, result);
        case ConfigsStep::describe: return on_settings(call, result);
        case ConfigsStep::read_before_change: return change(call, result);
        case ConfigsStep::change: return on_changed(call);
        case ConfigsStep::none: MR_ASSERT(false);
    }
}

}  // namespace engine::tools
