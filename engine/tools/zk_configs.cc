#include "engine/tools/zk_configs.h"

#include <fmt/format.h>

#include <array>
#include <charconv>

#include "engine/model/json.h"
#include "engine/tools/tool.h"
#include "sim/base/assert.h"

namespace engine::tools {
namespace {

using Json = nlohmann::ordered_json;
using zookeeper::ZkData;
using zookeeper::ZkError;
using zookeeper::ZkRequest;

std::string path_of(const std::string& topic) { return "/config/topics/" + topic; }

void ask_next(ToolCall& call, ZkConfigsStep step, std::vector<ZkRequest> requests) {
    call.states.zk_configs.step = step;
    ask_zookeeper(call, call.states.zk_configs.ask, std::move(requests));
}

void end(ToolCall& call, i32 exit_code) {
    MR_ASSERT(exit_code >= 0 && !call.command.finished);
    close_ask(call, call.states.zk_configs.ask);
    finish(call, exit_code);
}

void fail(ToolCall& call, const JavaError& error) {
    MR_ASSERT(!error.type.empty());
    complain(call,
             fmt::format("Error while executing config command with args '{}'", fmt::join(call.arguments(), " ")));
    complain(call, to_text(error));
    end(call, 1);
}

Json settings_of(const zookeeper::ZkResult& result) {
    Json node = read_json<Json>(result.data.bytes);
    return failed(result.error) || !node.is_object() ? Json::object() : node.value("config", Json::object());
}

std::string text_of(const Json& settings) {
    std::string text;
    for (const auto& [key, value] : settings.items())
        text += fmt::format("{}{}={}", text.empty() ? "" : ",", key,
                            value.is_string() ? value.get<std::string>() : json_text(value));
    return text;
}

// ---- describing -----------------------------------------------------------------------------------

void ask_descriptions(ToolCall& call, std::vector<std::string> names) {
    std::vector<ZkRequest> requests;
    for (const std::string& name : names) requests.push_back(zookeeper::get_data_request(path_of(name)));
    call.states.zk_configs.names = std::move(names);
    if (requests.empty()) return end(call, 0);
    ask_next(call, ZkConfigsStep::described, std::move(requests));
}

void on_settings_read(ToolCall& call) {
    const ZkConfigsTool& tool = call.states.zk_configs;
    MR_ASSERT(tool.ask.answers.size() == tool.names.size());
    for (std::size_t i = 0; i < tool.names.size(); ++i)
        print(call,
              fmt::format("Configs for topic '{}' are {}", tool.names[i], text_of(settings_of(tool.ask.answers[i]))));
    end(call, 0);
}

// ---- changing -------------------------------------------------------------------------------------

void on_read(ToolCall& call) {
    ZkConfigsTool& tool = call.states.zk_configs;
    MR_ASSERT(tool.names.size() == 1 && tool.ask.answers.size() == 2);
    const std::string& name = tool.names.front();
    if (failed(tool.ask.answers[1].error))
        return fail(call, {"kafka.admin.AdminOperationException", fmt::format("Topic \"{}\" does not exist.", name)});
    Json settings = settings_of(tool.ask.answers[0]);
    for (const client::ConfigOrder& order : call.states.configs.orders) {
        if (order.remove && !settings.contains(order.name))
            return fail(call, {"org.apache.kafka.common.errors.InvalidConfigurationException",
                               fmt::format("Invalid config(s): {}", order.name)});
        if (order.remove) settings.erase(order.name);
        else settings[order.name] = order.value;
    }
    tool.written = json_text(Json{{"version", 1}, {"config", settings}});
    ask_next(call, ZkConfigsStep::write, {zookeeper::set_data_request(path_of(name), ZkData::of(tool.written))});
}

void notify_brokers(ToolCall& call) {
    const std::string change =
        fmt::format("{{\"version\":2,\"entity_path\":\"topics/{}\"}}", call.states.zk_configs.names.front());
    ask_next(call, ZkConfigsStep::notify,
             {zookeeper::create_request("/config/changes", ZkData{}),
              zookeeper::create_request("/config/changes/config_change_", ZkData::of(change), zookeeper::kSequential)});
}

void on_written(ToolCall& call) {
    const ZkConfigsTool& tool = call.states.zk_configs;
    if (tool.ask.answers.front().error != ZkError::no_node) return notify_brokers(call);
    ask_next(call, ZkConfigsStep::create,
             {zookeeper::create_request(path_of(tool.names.front()), ZkData::of(tool.written))});
}

void on_settings_answer(ToolCall& call) {
    ZkConfigsTool& tool = call.states.zk_configs;
    switch (std::exchange(tool.step, ZkConfigsStep::none)) {
        case ZkConfigsStep::topics: return ask_descriptions(call, tool.ask.answers.front().children);
        case ZkConfigsStep::described: return on_settings_read(call);
        case ZkConfigsStep::read: return on_read(call);
        case ZkConfigsStep::write: return on_written(call);
        case ZkConfigsStep::create: return notify_brokers(call);
        case ZkConfigsStep::notify:
            print(call, fmt::format("Completed updating config for entity: topic '{}'.", tool.names.front()));
            return end(call, 0);
        case ZkConfigsStep::none: return;
    }
}

// ---- a reassignment is made up --------------------------------------------------------------------

std::string plan_json(const std::vector<std::tuple<std::string, i32, std::vector<i32>>>& parts) {
    std::string text;
    for (const auto& [topic, partition, replicas] : parts) {
        std::string dirs;
        for (std::size_t i = 0; i < replicas.size(); ++i) dirs += i == 0 ? "\"any\"" : ",\"any\"";
        text += fmt::format("{}{{\"topic\":\"{}\",\"partition\":{},\"replicas\":[{}],\"log_dirs\":[{}]}}",
                            text.empty() ? "" : ",", topic, partition, fmt::join(replicas, ","), dirs);
    }
    return fmt::format("{{\"version\":1,\"partitions\":[{}]}}", text);
}

void print_plans(ToolCall& call) {
    const ReassignTool& tool = call.states.reassign;
    std::vector<std::tuple<std::string, i32, std::vector<i32>>> present, proposed;
    const auto n = static_cast<i64>(tool.live.size());
    for (std::size_t i = 0; i < tool.topics.size(); ++i) {
        const Json node = read_json<Json>(tool.ask.answers[i].data.bytes);
        const i64 start = call.env.rng().between(i64{0}, n - 1);
        const Json partitions = node.is_object() ? node.value("partitions", Json::object()) : Json::object();
        for (i32 p = 0; p < static_cast<i32>(partitions.size()); ++p) {
            const auto replicas = partitions.at(std::to_string(p)).get<std::vector<i32>>();
            std::vector<i32> moved;
            for (std::size_t r = 0; r < replicas.size(); ++r)
                moved.push_back(tool.live[static_cast<std::size_t>((start + p + static_cast<i64>(r)) % n)]);
            present.emplace_back(tool.topics[i], p, replicas);
            proposed.emplace_back(tool.topics[i], p, std::move(moved));
        }
    }
    print(call, "Current partition replica assignment");
    print(call, plan_json(present));
    print(call, "");
    print(call, "Proposed partition reassignment configuration");
    print(call, plan_json(proposed));
}

constexpr std::array kReassignSpecs = {
    OptionSpec{"additional", ArgumentKind::none, "", "Carry this out in addition to what is being carried out."},
    OptionSpec{"bootstrap-server", ArgumentKind::text, "Server(s) to use for bootstrapping",
               "REQUIRED: the brokers to connect to."},
    OptionSpec{"broker-list", ArgumentKind::text, "brokerlist",
               "The brokers that the replicas may go to, separated by commas."},
    OptionSpec{"cancel", ArgumentKind::none, "", "Call an active reassignment off."},
    OptionSpec{"command-config", ArgumentKind::text, "Admin client property file",
               "File with settings for the admin client."},
    OptionSpec{"disable-rack-aware", ArgumentKind::none, "", "Place replicas without regard to racks."},
    OptionSpec{"execute", ArgumentKind::none, "", "Carry the reassignment of --reassignment-json-file out."},
    OptionSpec{"generate", ArgumentKind::none, "", "Make up a reassignment; it is not carried out."},
    OptionSpec{"help", ArgumentKind::none, "", "Print usage information."},
    OptionSpec{"list", ArgumentKind::none, "", "List all active partition reassignments."},
    OptionSpec{"preserve-throttles", ArgumentKind::none, "", "Do not change throttles."},
    OptionSpec{"reassignment-json-file", ArgumentKind::text, "manual assignment json file path",
               "File with the reassignment."},
    OptionSpec{"replica-alter-log-dirs-throttle", ArgumentKind::text, "Long",
               "Most bytes a second between log directories."},
    OptionSpec{"throttle", ArgumentKind::text, "Long", "Most bytes a second between brokers."},
    OptionSpec{"topics-to-move-json-file", ArgumentKind::text, "topics to reassign json file path",
               "File with the topics to move."},
    OptionSpec{"verify", ArgumentKind::none, "", "Say how far the reassignment of --reassignment-json-file is."},
    OptionSpec{"version", ArgumentKind::none, "", "Print the version of Kafka."},
    OptionSpec{"zookeeper", ArgumentKind::text, "urls", "DEPRECATED: the ZooKeeper to connect to."},
};
static_assert(is_sound(kReassignSpecs));

std::string last(const OptionValues& options, std::string_view name) {
    return options.has(name) ? options.all(name).back() : "";
}

/// Reads topics and brokers. What is wrong, or "".
std::string read_order(ToolCall& call) {
    ReassignTool& tool = call.states.reassign;
    const std::string* text = call.files.find(last(tool.options, "topics-to-move-json-file"));
    if (text == nullptr)
        return fmt::format("java.nio.file.NoSuchFileException: {}", last(tool.options, "topics-to-move-json-file"));
    const Json file = read_json<Json>(*text);
    if (!file.is_object()) return "kafka.common.AdminCommandFailedException: Failed to parse the topics to move";
    for (const Json& topic : file.value("topics", Json::array())) tool.topics.push_back(topic.value("topic", ""));
    const std::string list = last(tool.options, "broker-list");
    for (std::size_t at = 0; at < list.size();) {
        const std::size_t end = std::min(list.find(',', at), list.size());
        std::from_chars(list.data() + at, list.data() + end, tool.live.emplace_back());
        at = end + 1;
    }
    return tool.topics.empty() || tool.live.empty()
               ? "kafka.common.AdminCommandFailedException: Broker list contains duplicate entries or is empty"
               : "";
}

}  // namespace

void begin_zk_configs(ToolCall& call) {
    const OptionValues& options = call.states.configs.options;
    ZkConfigsTool& tool = call.states.zk_configs;
    print(call, "Warning: --zookeeper is deprecated and will be removed in a future version of Kafka.");
    print(call, "Use --bootstrap-server instead to specify a broker to connect to.");
    if (!open_ask(call, tool.ask, last(options, "zookeeper")))
        return fail(call, {"kafka.zookeeper.ZooKeeperClientTimeoutException",
                           "Timed out waiting for connection while in state: CONNECTING"});
    const std::string name = call.states.configs.name;
    if (options.has("describe") && name.empty())
        return ask_next(call, ZkConfigsStep::topics, {zookeeper::get_children_request("/brokers/topics")});
    if (options.has("describe")) return ask_descriptions(call, {name});
    tool.names = {name};
    ask_next(call, ZkConfigsStep::read,
             {zookeeper::get_data_request(path_of(name)), zookeeper::exists_request("/brokers/topics/" + name)});
}

void on_zk_configs_notice(ToolCall& call, sim::Notice& notice) {
    if (on_ask_notice(call, call.states.zk_configs.ask, notice)) on_settings_answer(call);
}

void begin_reassign(ToolCall& call) {
    ReassignTool& tool = call.states.reassign;
    auto options = parse_options(kReassignSpecs, call.arguments());
    if (!options) return finish_with_usage(call, options.error().message, kReassignSpecs);
    tool.options = std::move(*options);
    if (answered_help(call, tool.options, "This tool helps to move topic partitions between replicas.", kReassignSpecs))
        return;
    u32 actions = 0;
    for (const std::string_view action : {"generate", "execute", "verify", "cancel", "list"})
        actions += tool.options.has(action) ? 1 : 0;
    if (actions != 1)
        return finish_with_usage(
            call, "Command must include exactly one action: --generate, --execute, --verify, --cancel, --list",
            kReassignSpecs);
    if (!tool.options.has("generate") && !tool.options.has("bootstrap-server"))
        return finish_with_usage(call, "Please specify --bootstrap-server", kReassignSpecs);
    for (const std::string_view needed : {"broker-list", "topics-to-move-json-file"})
        if (tool.options.has("generate") && !tool.options.has(needed))
            return finish_with_usage(call, fmt::format("Missing required argument \"[{}]\"", needed), kReassignSpecs);
    if (tool.options.has("bootstrap-server")) return begin_moves(call, std::move(tool.options));
    if (!tool.options.has("zookeeper"))
        return finish_with_usage(call, "Please specify --bootstrap-server", kReassignSpecs);
    print(call, "Warning: --zookeeper is deprecated, and will be removed in a future version of Kafka.");
    if (const std::string wrong = read_order(call); !wrong.empty()) {
        print(call, "Partitions reassignment failed due to " + wrong);
        return finish(call, 1);
    }
    if (!open_ask(call, tool.ask, last(tool.options, "zookeeper"))) return finish(call, 1);
    std::vector<ZkRequest> requests;
    for (const std::string& topic : tool.topics)
        requests.push_back(zookeeper::get_data_request("/brokers/topics/" + topic));
    ask_zookeeper(call, tool.ask, std::move(requests));
}

void on_reassign_notice(ToolCall& call, sim::Notice& notice) {
    ReassignTool& tool = call.states.reassign;
    if (!on_ask_notice(call, tool.ask, notice)) return;
    print_plans(call);
    close_ask(call, tool.ask);
    finish(call, 0);
}

}  // namespace engine::tools
