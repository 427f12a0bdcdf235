// Operations on brokers and time.
#include <fmt/format.h>

#include <algorithm>

#include "app/proof/story/ops.h"
#include "app/proof/vectors/values.h"
#include "engine/broker/broker_node.h"
#include "engine/model/json.h"
#include "engine/tools/console_node.h"

namespace app::proof {
namespace {

constexpr sim::Nanos kStartLimit = sim::seconds(60);

std::string broker_name(const Json& op) { return fmt::format("broker {}", op["broker"].get<i64>()); }

OpResult done(const std::string& why) {
    if (!why.empty()) return std::unexpected(why);
    return Json(nullptr);
}

bool is_running(const StoryStage& stage, i64 broker) {
    const auto& code = stage.world.nodes[broker_node(stage, broker).value].as<engine::broker::BrokerNode>();
    return code.state.memory.startup.step == engine::broker::StartupStep::running;
}

OpResult start_broker(StoryStage& stage, const Json& op) {
    if (std::string why = act(stage, "restart " + broker_name(op)); !why.empty()) return std::unexpected(why);
    const i64 broker = op["broker"];
    pass(stage, sim::nanos(1));  // the boot event: memory is empty from here on
    const bool up = run_until(stage, kStartLimit, [&] { return is_running(stage, broker); });
    return up ? OpResult(nullptr) : std::unexpected(broker_name(op) + " did not come up");
}

/// SIGTERM: controlled shutdown, until the process has ended.
OpResult stop_broker(StoryStage& stage, const Json& op) {
    if (std::string why = act(stage, "stop " + broker_name(op)); !why.empty()) return std::unexpected(why);
    const engine::NodeId node = broker_node(stage, op["broker"]);
    const bool ended =
        run_until(stage, kStartLimit, [&] { return stage.world.host_state(node) == sim::HostState::down; });
    return ended ? OpResult(nullptr) : std::unexpected(broker_name(op) + " does not end");
}

/// The nth answers from now on to an API are lost, with their connections.
OpResult drop_response(StoryStage& stage, const Json& op) {
    const engine::wire::ApiInfo* api = engine::wire::find_api(op["api"].get<std::string>());
    if (api == nullptr) return std::unexpected("no API " + engine::json_text(op["api"]));
    const engine::broker::LostAnswers lost{api->key, op.value("nth", 1u) - 1, op.value("count", 1u)};
    for (const engine::BrokerSpec& broker : stage.spec.brokers) {
        auto& node = stage.world.nodes[stage.world.broker_node(broker.id).value].edit_as<engine::broker::BrokerNode>();
        node.state.settings.lost_answers.push_back(lost);
    }
    return nullptr;
}

/// Requests that reached brokers, by their own meters.
OpResult count_requests(StoryStage& stage, const Json& op) {
    const engine::NameId topic = stage.world.kernel().names.find(op["topic"].get<std::string>());
    const bool produce = op["api"] == "Produce";
    if (!produce && op["api"] != "Fetch") return std::unexpected("brokers count Produce and Fetch requests only");
    u64 count = 0;
    for (const engine::BrokerSpec& broker : stage.spec.brokers) {
        const auto& node = stage.world.nodes[stage.world.broker_node(broker.id).value].as<engine::broker::BrokerNode>();
        const engine::broker::TopicMeter* meter = node.state.memory.meters.find(topic);
        if (meter != nullptr) count += produce ? meter->produce_requests : meter->fetch_requests;
    }
    return Json(count);
}

OpResult kill_broker(StoryStage& stage, const Json& op) { return done(act(stage, "kill " + broker_name(op))); }
OpResult pause_broker(StoryStage& stage, const Json& op) { return done(act(stage, "pause " + broker_name(op))); }
OpResult resume_broker(StoryStage& stage, const Json& op) { return done(act(stage, "resume " + broker_name(op))); }

OpResult sleep_op(StoryStage& stage, const Json& op) {
    pass(stage, sim::millis(op["ms"]));
    return nullptr;
}

OpResult elapsed(StoryStage& stage, const Json& op) { return Json(stage.last_op_took > sim::millis(op["over_ms"])); }

engine::tools::ToolChoices& console_choices(StoryStage& stage) {
    return stage.world.nodes[stage.world.find_node("console").value]
        .edit_as<engine::tools::ConsoleNode>()
        .state.settings.choices;
}

OpResult placement(StoryStage& stage, const Json& op) {
    std::vector<engine::broker::BrokerList> lists;
    for (const Json& replicas : op["assignment"]) {
        engine::broker::BrokerList list;
        for (const Json& id : replicas) list.push_back(engine::BrokerId{id.get<i32>()});
        lists.push_back(std::move(list));
    }
    for (const engine::BrokerSpec& broker : stage.spec.brokers) {
        auto& node = stage.world.nodes[stage.world.broker_node(broker.id).value].edit_as<engine::broker::BrokerNode>();
        node.state.settings.choices.placements[op["topic"]] = lists;
    }
    console_choices(stage).placements[op["topic"]] = op["assignment"].get<std::vector<std::vector<i32>>>();
    return nullptr;
}

/// A recorded cluster hands out producer ids one after the other: the next ones are given as if from a block of our
/// own.
std::string choose_producer_ids(StoryStage& stage, const std::vector<i64>& ids) {
    for (std::size_t i = 1; i < ids.size(); ++i)
        if (ids[i] != ids[i - 1] + 1) return "producer ids that do not follow each other";
    for (const engine::BrokerSpec& broker : stage.spec.brokers) {
        auto& given = stage.world.nodes[stage.world.broker_node(broker.id).value]
                          .edit_as<engine::broker::BrokerNode>()
                          .state.memory.producer_ids;
        if (!ids.empty()) given.next = ids.front();
        if (!ids.empty()) given.last = ids.front() + engine::broker::kProducerIdBlockSize - 1;
    }
    return "";
}

/// Random choices of brokers, clients and tools. What a cluster has from its first start is not among them; the numbers
/// of fetch sessions stay ours, and who holds a conversation puts them in the place of the recorded ones.
OpResult choose(StoryStage& stage, const Json& op) {
    engine::tools::ToolChoices& console = console_choices(stage);
    const Json chosen = op.value("partitions", Json::object());
    for (const auto& [topic, partitions] : chosen.items())
        for (const Json& partition : partitions) console.partitions[topic].push_back(partition.get<i32>());
    for (const Json& group : op.value("consumer_groups", Json::array()))
        console.groups.push_back(group.get<std::string>());
    for (const engine::BrokerSpec& broker : stage.spec.brokers) {
        auto& settings = stage.world.nodes[stage.world.broker_node(broker.id).value]
                             .edit_as<engine::broker::BrokerNode>()
                             .state.settings;
        for (const Json& member : op.value("member_ids", Json::array()))
            settings.choices.member_ids.push_back(member.get<std::string>());
        const Json topic_ids = op.value("topic_ids", Json::object());
        for (const auto& [topic, id] : topic_ids.items())
            std::ranges::copy(vectors::from_hex(id), settings.choices.topic_ids[topic].bytes.begin());
    }
    return done(choose_producer_ids(stage, op.value("producer_ids", std::vector<i64>{})));
}

// ---- waits --------------------------------------------------------------------------------------

/// Whether every reachable broker's metadata of the wanted partitions satisfies a condition.
template <class Fits>
bool everywhere(const StoryStage& stage, const Json& op, Fits&& fits) {
    return std::ranges::all_of(reachable_brokers(stage), [&](engine::BrokerId broker) {
        const auto partitions = topic_metadata(stage, broker, op["topic"]);
        if (!partitions || partitions->empty()) return false;
        return std::ranges::all_of(*partitions, [&](const Json& part) {
            return (op.contains("partition") && op["partition"] != part["partition"]) || fits(part);
        });
    });
}

bool leader_fits(const Json& op, const Json& part) {
    const i32 leader = part["leader"];
    if (leader < 0) return false;
    if (op.contains("is")) return leader == op["is"].get<i32>();
    return !op.contains("not") || std::ranges::find(op["not"], Json(leader)) == op["not"].end();
}

bool isr_fits(const Json& op, const Json& part) {
    if (op.value("full", false)) return part["leader"].get<i32>() >= 0 && part["isr"].size() == part["replicas"].size();
    return !op.contains("without") || std::ranges::find(part["isr"], op["without"]) == part["isr"].end();
}

bool brokers_listed(const StoryStage& stage, const Json& op) {
    const auto ids = op["ids"].get<std::vector<i32>>();
    return std::ranges::all_of(reachable_brokers(stage), [&](engine::BrokerId broker) {
        const auto view = cluster_view(stage, broker);
        return view && view->brokers == ids;
    });
}

bool offsets_available(StoryStage& stage, const Json& op) {
    const Json wanted{{"topic", op["topic"]}, {"partition", op.value("partition", 0)}};
    const auto offsets = find_op("offsets")(stage, wanted);
    return offsets && offsets->is_object() && offsets->value("latest_error", -1) == 0;
}

OpResult wait(StoryStage& stage, const Json& op) {
    const std::string until = op["until"];
    const sim::Nanos limit = sim::millis(op.value("limit_ms", 40000));
    std::function<bool()> holds;
    if (until == "leader")
        holds = [&] { return everywhere(stage, op, [&](const Json& part) { return leader_fits(op, part); }); };
    else if (until == "isr")
        holds = [&] { return everywhere(stage, op, [&](const Json& part) { return isr_fits(op, part); }); };
    else if (until == "brokers") holds = [&] { return brokers_listed(stage, op); };
    else if (until == "offsets_available") holds = [&] { return offsets_available(stage, op); };
    else if (until == "assigned" || until == "assignment_stable") return find_op("wait " + until)(stage, op);
    else return std::unexpected("not built yet: wait until " + until);
    return poll_until(stage, limit, holds)
               ? OpResult(nullptr)
               : std::unexpected(fmt::format("waited {} ms in vain for {}", limit.to_millis(), engine::json_text(op)));
}

constexpr OpEntry kClusterOps[] = {{"start_broker", start_broker},
                            {"kill_broker", kill_broker},
                            {"pause_broker", pause_broker},
                            {"resume_broker", resume_broker},
                            {"stop_broker", stop_broker},
                            {"drop_response", drop_response},
                            {"count_requests", count_requests},
                            {"wait", wait},
                            {"sleep", sleep_op},
                            {"elapsed", elapsed},
                            {"placement", placement},
                            {"choose", choose}};

}  // namespace

std::span<const OpEntry> cluster_ops() { return kClusterOps; }

}  // namespace app::proof
