// Sections: a reassignment is made up; options; carrying out and verifying; the tool.
#include "engine/tools/zk_reassign.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "engine/model/dynamic_config.h"
#include "engine/model/json.h"
#include "engine/tools/moves_throttle.h"
#include "engine/tools/tool.h"
#include "sim/base/assert.h"

namespace engine::tools {
namespace {

using Json = nlohmann::ordered_json;
using zookeeper::ZkRequest;

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
    OptionSpec{"timeout", ArgumentKind::text, "Long", "How long to wait for replicas to move to another directory."},
    OptionSpec{"topics-to-move-json-file", ArgumentKind::text, "topics to reassign json file path",
               "File with the topics to move."},
    OptionSpec{"verify", ArgumentKind::none, "", "Say how far the reassignment of --reassignment-json-file is."},
    OptionSpec{"version", ArgumentKind::none, "", "Print the version of Kafka."},
    OptionSpec{"zookeeper", ArgumentKind::text, "urls", "DEPRECATED: the ZooKeeper to connect to."},
};
static_assert(is_sound(kReassignSpecs));

/// An action, what it needs, and what else goes with it; words separated by blanks.
struct ReassignAction {
    std::string_view name, needs, permits;
};
constexpr std::array kReassignActions = {
    ReassignAction{"generate", "topics-to-move-json-file broker-list",
                   "bootstrap-server command-config disable-rack-aware zookeeper"},
    ReassignAction{"execute", "reassignment-json-file",
                   "additional bootstrap-server command-config throttle replica-alter-log-dirs-throttle timeout "
                   "zookeeper"},
    ReassignAction{"verify", "reassignment-json-file", "bootstrap-server command-config preserve-throttles zookeeper"},
    ReassignAction{"cancel", "reassignment-json-file", "bootstrap-server command-config preserve-throttles timeout"},
    ReassignAction{"list", "", "bootstrap-server command-config"},
};

bool has_word(std::string_view list, std::string_view word) {
    return fmt::format(" {} ", list).find(fmt::format(" {} ", word)) != std::string::npos;
}

std::string reassign_usage_error(const OptionValues& options) {
    const auto given = [&](const ReassignAction& action) { return options.has(action.name); };
    if (std::ranges::count_if(kReassignActions, given) != 1)
        return "Command must include exactly one action: --generate, --execute, --verify, --cancel, --list";
    if (!options.has("zookeeper") && !options.has("bootstrap-server")) return "Please specify --bootstrap-server";
    const ReassignAction& action = *std::ranges::find_if(kReassignActions, given);
    for (const OptionSpec& spec : kReassignSpecs)
        if (has_word(action.needs, spec.name) && !options.has(spec.name))
            return fmt::format("Missing required argument \"[{}]\"", spec.name);
    for (const auto& [name, arguments] : options.values)
        if (name != action.name && !has_word(action.needs, name) && !has_word(action.permits, name))
            return fmt::format("Option \"[{}]\" can't be used with action \"[{}]\"", name, action.name);
    return "";
}


/// Reads topics and brokers. What is wrong, or "".
std::string read_order(ToolCall& call) {
    ReassignTool& tool = call.states.reassign;
    const std::string* text = call.files.find(tool.options.last("topics-to-move-json-file"));
    if (text == nullptr)
        return fmt::format("java.nio.file.NoSuchFileException: {}", tool.options.last("topics-to-move-json-file"));
    const Json file = read_json<Json>(*text);
    if (!file.is_object()) return "kafka.common.AdminCommandFailedException: Failed to parse the topics to move";
    for (const Json& topic : file.value("topics", Json::array())) tool.topics.push_back(topic.value("topic", ""));
    std::ranges::sort(tool.topics);
    const std::string list = tool.options.last("broker-list");
    for (std::size_t at = 0; at < list.size();) {
        const std::size_t end = std::min(list.find(',', at), list.size());
        std::from_chars(list.data() + at, list.data() + end, tool.live.emplace_back());
        at = end + 1;
    }
    return tool.topics.empty() || tool.live.empty()
               ? "kafka.common.AdminCommandFailedException: Broker list contains duplicate entries or is empty"
               : "";
}

// ---- carrying out and verifying -------------------------------------------------------------------

constexpr std::string_view kWishPath = "/admin/reassign_partitions";

void ask_next(ToolCall& call, ReassignStep step, std::vector<ZkRequest> requests) {
    call.states.reassign.step = step;
    ask_zookeeper(call, call.states.reassign.ask, std::move(requests));
}

std::vector<std::string> planned_topics(const MovesTool& moves) {
    std::vector<std::string> topics;
    for (const MoveWish& wish : moves.wishes)
        if (std::ranges::find(topics, wish.name.topic) == topics.end()) topics.push_back(wish.name.topic);
    MR_ASSERT(topics.size() <= moves.wishes.size());
    return topics;
}

/// Reads the plan, and asks what there is of it.
void begin_old_moves(ToolCall& call) {
    ReassignTool& tool = call.states.reassign;
    MovesTool& moves = call.states.moves;
    if (tool.options.has("verify"))
        print(call,
              "Warning: because you are using the deprecated --zookeeper option, the results may be incomplete.  Use "
              "--bootstrap-server instead for more accurate results.");
    if (tool.options.has("throttle") || tool.options.has("replica-alter-log-dirs-throttle"))
        return finish_moves_with(call, {"java.lang.UnsupportedOperationException",
                                        "This console sets throttles only with --bootstrap-server"});
    const std::string path = tool.options.last("reassignment-json-file");
    const std::string* text = call.files.find(path);
    if (text == nullptr) return finish_moves_with(call, no_such_file(call, path));
    auto wishes = read_plan(call, *text);
    if (!wishes) return finish_moves_with(call, wishes.error());
    moves.wishes = std::move(*wishes);
    if (!open_ask(call, tool.ask, tool.options.last("zookeeper")))
        return finish_moves_with(call, {"kafka.zookeeper.ZooKeeperClientTimeoutException",
                                        "Timed out waiting for connection while in state: CONNECTING"});
    std::vector<ZkRequest> requests = {zookeeper::get_children_request("/brokers/ids"),
                                       zookeeper::get_data_request(std::string(kWishPath))};
    for (const std::string& topic : planned_topics(moves))
        requests.push_back(zookeeper::get_data_request("/brokers/topics/" + topic));
    ask_next(call, ReassignStep::read_plan, std::move(requests));
}

/// Brokers, what is under way, and the replicas of the plan's topics, from the answers.
void take_present(ToolCall& call) {
    const std::vector<zookeeper::ZkResult>& answers = call.states.reassign.ask.answers;
    MovesTool& moves = call.states.moves;
    const std::vector<std::string> topics = planned_topics(moves);
    MR_ASSERT(answers.size() == topics.size() + 2);
    for (const std::string& id : answers[0].children)
        std::from_chars(id.data(), id.data() + id.size(), moves.brokers.emplace_back());
    std::ranges::sort(moves.brokers);
    const Json wish = read_json<Json>(answers[1].data.bytes);
    for (const Json& entry : wish.is_object() ? wish.value("partitions", Json::array()) : Json::array())
        moves.active_targets[client::PartitionName{entry.value("topic", ""), entry.value("partition", 0)}] =
            entry.value("replicas", std::vector<i32>{});
    for (std::size_t i = 0; i < topics.size(); ++i) {
        const Json node = read_json<Json>(answers[i + 2].data.bytes);
        const Json partitions = node.is_object() ? node.value("partitions", Json::object()) : Json::object();
        for (const auto& [index, replicas] : partitions.items()) {
            client::PartitionName name{topics[i], 0};
            std::from_chars(index.data(), index.data() + index.size(), name.partition);
            moves.replicas[name] = replicas.get<std::vector<i32>>();
        }
    }
}

void end_with(ToolCall& call, const JavaError& error) {
    MR_ASSERT(call.states.reassign.ask.running && !error.type.empty());
    close_ask(call, call.states.reassign.ask);
    finish_moves_with(call, error);
}

void take_throttles_away(ToolCall& call) {
    ReassignTool& tool = call.states.reassign;
    MR_ASSERT(tool.entities.empty() && tool.options.has("verify"));
    if (tool.options.has("preserve-throttles") || !call.states.moves.active_targets.empty())
        return end_ask(call, tool.ask, 0);
    const NoThrottles of = print_no_throttles(call, "");
    std::vector<ZkRequest> requests;
    for (const i32 broker : of.brokers) tool.entities.push_back(fmt::format("brokers/{}", broker));
    for (const std::string& topic : of.topics) tool.entities.push_back("topics/" + topic);
    for (const std::string& entity : tool.entities)
        requests.push_back(zookeeper::get_data_request("/config/" + entity));
    ask_next(call, ReassignStep::read_throttles, std::move(requests));
}

void on_plan_read(ToolCall& call) {
    ReassignTool& tool = call.states.reassign;
    MovesTool& moves = call.states.moves;
    take_present(call);
    if (tool.options.has("verify")) {
        print_move_statuses(call);
        return take_throttles_away(call);
    }
    MR_ASSERT(tool.options.has("execute"));
    if (!moves.active_targets.empty()) {
        print(call, existing_moves_refusal());
        return end_ask(call, tool.ask, 1);
    }
    Json partitions = Json::array();
    for (const MoveWish& wish : moves.wishes) {
        for (const i32 broker : wish.replicas)
            if (std::ranges::find(moves.brokers, broker) == moves.brokers.end())
                return end_with(call, command_failed(call.version, fmt::format("Unknown broker id {}", broker)));
        partitions.push_back(
            Json{{"topic", wish.name.topic}, {"partition", wish.name.partition}, {"replicas", wish.replicas}});
    }
    print_present_replicas(call);
    const std::string text = json_text(Json{{"version", 1}, {"partitions", partitions}});
    ask_next(call, ReassignStep::wish,
             {zookeeper::create_request(std::string(kWishPath), zookeeper::ZkData::of(text))});
}

void on_wish_left(ToolCall& call) {
    MR_ASSERT(call.states.reassign.ask.answers.size() == 1 && !call.states.moves.wishes.empty());
    std::vector<client::PartitionName> names;
    for (const MoveWish& wish : call.states.moves.wishes) names.push_back(wish.name);
    std::ranges::sort(names);
    print_moves_started(call, names);
    end_ask(call, call.states.reassign.ask, 0);
}

/// Writes the settings back that had throttles, without them, and tells the brokers.
void on_throttles_read(ToolCall& call) {
    constexpr std::string_view kThrottles[] = {throttle::kLeaderRate, throttle::kFollowerRate, throttle::kLogDirRate,
                                               throttle::kLeaderReplicas, throttle::kFollowerReplicas};
    ReassignTool& tool = call.states.reassign;
    MR_ASSERT(tool.ask.answers.size() == tool.entities.size());
    std::vector<ZkRequest> requests;
    for (std::size_t i = 0; i < tool.entities.size(); ++i) {
        Json node = read_json<Json>(tool.ask.answers[i].data.bytes);
        if (failed(tool.ask.answers[i].error) || !node.is_object() || !node.contains("config")) continue;
        std::size_t removed = 0;
        for (const std::string_view name : kThrottles) removed += node["config"].erase(std::string(name));
        if (removed == 0) continue;
        requests.push_back(
            zookeeper::set_data_request("/config/" + tool.entities[i], zookeeper::ZkData::of(json_text(node))));
        requests.push_back(zookeeper::create_request(
            "/config/changes/config_change_",
            zookeeper::ZkData::of(fmt::format("{{\"version\":2,\"entity_path\":\"{}\"}}", tool.entities[i])),
            zookeeper::kSequential));
    }
    if (requests.empty()) return end_ask(call, tool.ask, 0);
    ask_next(call, ReassignStep::write_throttles, std::move(requests));
}

void on_reassign_answer(ToolCall& call) {
    ReassignTool& tool = call.states.reassign;
    switch (tool.step) {
        case ReassignStep::read_plan: return on_plan_read(call);
        case ReassignStep::wish: return on_wish_left(call);
        case ReassignStep::read_throttles: return on_throttles_read(call);
        case ReassignStep::write_throttles: return end_ask(call, tool.ask, 0);
        case ReassignStep::generate:
            print_plans(call);
            return end_ask(call, tool.ask, 0);
    }
}

}  // namespace

void begin_reassign(ToolCall& call) {
    ReassignTool& tool = call.states.reassign;
    auto options = parse_options(kReassignSpecs, call.arguments());
    if (!options && call.is_old()) return finish_with_uncaught(call, as_java(options.error()));
    if (!options) return finish_with_usage(call, options.error().message, kReassignSpecs);
    tool.options = std::move(*options);
    if (answered_help(call, tool.options, "This tool helps to move topic partitions between replicas.", kReassignSpecs))
        return;
    if (const std::string wrong = reassign_usage_error(tool.options); !wrong.empty())
        return finish_with_usage(call, wrong, kReassignSpecs);
    if (tool.options.has("bootstrap-server")) return begin_moves(call, std::move(tool.options));
    print(call, "Warning: --zookeeper is deprecated, and will be removed in a future version of Kafka.");
    if (!tool.options.has("generate")) return begin_old_moves(call);
    if (const std::string wrong = read_order(call); !wrong.empty()) {
        print(call, "Partitions reassignment failed due to " + wrong);
        return finish(call, 1);
    }
    if (!open_ask(call, tool.ask, tool.options.last("zookeeper"))) return finish(call, 1);
    std::vector<ZkRequest> requests;
    for (const std::string& topic : tool.topics)
        requests.push_back(zookeeper::get_data_request("/brokers/topics/" + topic));
    ask_zookeeper(call, tool.ask, std::move(requests));
}

void on_reassign_notice(ToolCall& call, sim::Notice& notice) {
    ReassignTool& tool = call.states.reassign;
    if (!on_ask_notice(call, tool.ask, notice)) return;
    try {
        on_reassign_answer(call);
    } catch (const Json::exception& error) {   // somebody wrote something else into a znode
        end_with(call, {"org.apache.kafka.common.KafkaException",
                        fmt::format("Failed to parse what is stored: {}", error.what())});
    }
}

}  // namespace engine::tools
