// Operations of administrators, as the command-line tools do them.
#include <fmt/format.h>

#include <algorithm>

#include "app/proof/story/ops.h"
#include "engine/model/config_def.h"
#include "engine/model/json.h"
#include "engine/tools/console_node.h"

namespace app::proof {
namespace {

constexpr sim::Nanos kToolLimit = sim::seconds(120);
constexpr sim::Nanos kTopicLimit = sim::seconds(60);

std::string bootstrap(const StoryStage& stage) {
    std::string list;
    const auto reachable = reachable_brokers(stage);
    for (const engine::BrokerSpec& broker : stage.spec.brokers)
        if (std::ranges::find(reachable, broker.id) != reachable.end())
            list += fmt::format("{}{}:{}", list.empty() ? "" : ",", broker.host, broker.port);
    return list;
}

/// Runs a command line and waits for its end.
OpResult run_tool(StoryStage& stage, const std::string& command) {
    const u64 before = stage.history.commands.size();
    if (std::string why = act(stage, "run " + command); !why.empty()) return std::unexpected(why);
    if (!run_until(stage, kToolLimit, [&] { return stage.history.commands.size() > before; }))
        return std::unexpected("no end of: " + command);
    const engine::CommandRow& row = stage.history.commands[before];
    return Json{{"cmd", row.line}, {"rc", row.exit_code}, {"stdout", row.output}, {"stderr", row.errors}};
}

void write_tool_file(StoryStage& stage, const std::string& path, std::string content) {
    auto& console = stage.world.nodes[stage.world.find_node("console").value].edit_as<engine::tools::ConsoleNode>();
    engine::tools::write_file(console.state, path, std::move(content));
}

std::string config_list(const Json& config, std::string_view option) {
    std::string text;
    for (const auto& [key, value] : config.items())
        text += fmt::format(" {} '{}={}'", option, key,
                            value.is_string() ? value.get<std::string>() : engine::json_text(value));
    return text;
}

std::string assignment_text(const Json& assignment) {
    std::string text;
    for (const Json& replicas : assignment) {
        if (!text.empty()) text += ",";
        for (std::size_t i = 0; i < replicas.size(); ++i)
            text += fmt::format("{}{}", i == 0 ? "" : ":", replicas[i].get<i32>());
    }
    return text;
}

OpResult create_topic(StoryStage& stage, const Json& op) {
    const std::string topic = op["topic"];
    std::string command =
        fmt::format("kafka-topics.sh --bootstrap-server {} --create --topic {}", bootstrap(stage), topic);
    if (op.contains("assignment")) command += " --replica-assignment '" + assignment_text(op["assignment"]) + "'";
    else
        command += fmt::format(" --partitions {} --replication-factor {}", op.value("partitions", 1),
                               op.value("replication_factor", 1));
    command += config_list(op.value("config", Json::object()), "--config");
    const OpResult result = run_tool(stage, command);
    if (!result || (*result)["rc"] != 0) return result;
    if (!poll_until(stage, kTopicLimit, [&] { return full_isr_everywhere(stage, topic); }))
        return std::unexpected(fmt::format("topic {} never had a leader and a full ISR everywhere", topic));
    return result;
}

OpResult set_config(StoryStage& stage, const Json& op) {
    std::string list;
    for (const auto& [key, value] : op["config"].items())
        list += fmt::format("{}{}={}", list.empty() ? "" : ",", key,
                            value.is_string() ? value.get<std::string>() : engine::json_text(value));
    return run_tool(
        stage,
        fmt::format(
            "kafka-configs.sh --bootstrap-server {} --alter --entity-type topics --entity-name {} --add-config '{}'",
            bootstrap(stage), op["topic"].get<std::string>(), list));
}

/// The tool reads its order from a file.
OpResult delete_records(StoryStage& stage, const Json& op) {
    const Json order{
        {"version", 1},
        {"partitions",
         Json::array(
             {{{"topic", op["topic"]}, {"partition", op.value("partition", 0)}, {"offset", op["before_offset"]}}})}};
    constexpr const char* kPath = "delete-records.json";
    write_tool_file(stage, kPath, engine::json_text(order));
    return run_tool(stage, fmt::format("kafka-delete-records.sh --bootstrap-server {} --offset-json-file {}",
                                       bootstrap(stage), kPath));
}

OpResult write_file(StoryStage& stage, const Json& op) {
    write_tool_file(stage, op["path"], op["content"]);
    return nullptr;
}

OpResult elect(StoryStage& stage, const Json& op) {
    return run_tool(
        stage,
        fmt::format("kafka-leader-election.sh --bootstrap-server {} --election-type {} --topic {} --partition {}",
                    bootstrap(stage), op["type"].get<std::string>(), op["topic"].get<std::string>(),
                    op.value("partition", 0)));
}

OpResult tool(StoryStage& stage, const Json& op) {
    if (op.contains("stdin")) return std::unexpected("not built yet: tool with stdin");
    return run_tool(stage, op["command"]);
}

constexpr OpEntry kAdminOps[] = {
    {"create_topic", create_topic}, {"set_config", set_config}, {"delete_records", delete_records},
    {"write_file", write_file},     {"elect", elect},           {"tool", tool}};

}  // namespace

std::span<const OpEntry> admin_ops() { return kAdminOps; }

}  // namespace app::proof
