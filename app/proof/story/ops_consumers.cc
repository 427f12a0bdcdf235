// Operations of consumers, and what they saw.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "app/proof/story/ops.h"
#include "engine/client/consumer_node.h"

namespace app::proof {
namespace {

using engine::client::ConsumerNode;

constexpr sim::Nanos kCloseLimit = sim::seconds(60);

engine::ConfigMap merged(engine::ConfigMap config, const Json& given) {
    for (const auto& [key, value] : given.items()) config[key] = value.is_string() ? value.get<std::string>() : value.dump();
    return config;
}

/// "orders-0" apart.
std::pair<std::string, i32> partition_of(const std::string& text) {
    const auto dash = text.rfind('-');
    return {text.substr(0, dash), std::stoi(text.substr(dash + 1))};
}

std::string partition_text(const engine::World& world, engine::TopicPartition id) {
    return fmt::format("{}-{}", world.kernel().names.text(id.topic), id.partition);
}

Json nullable(const engine::NullableText& text) { return text.is_null ? Json(nullptr) : Json(text.text); }

const engine::client::ConsumerApp& app_of(const engine::World& world, engine::NodeId node) {
    return world.nodes[node.value].as<ConsumerNode>().state;
}

/// Records handed to a consumer, from row `from` of the history on.
Json records_of(const engine::World& world, const engine::History& history, engine::NodeId node, u64 from) {
    Json records = Json::array();
    for (u64 i = from; i < history.deliveries.size(); ++i) {
        const engine::DeliveryRow& row = history.deliveries[i];
        if (row.consumer == node) records.push_back({partition_text(world, row.source), row.offset.value, nullable(row.key), nullable(row.value)});
    }
    return records;
}

Json positions_of(const engine::World& world, engine::NodeId node) {
    Json positions = Json::object();
    for (const auto& row : engine::client::positions(app_of(world, node))) positions[partition_text(world, row.id)] = row.position.value;
    return positions;
}

engine::ConsumerSpec spec_of(const StoryStage& stage, const Json& op, const std::string& name) {
    engine::ConsumerSpec spec;
    spec.name = name;
    spec.group = op.value("group", "");
    spec.config = merged(stage.consumer_defaults, op.value("config", Json::object()));
    spec.config["client.id"] = name;
    if (spec.group.empty()) spec.config["enable.auto.commit"] = "false";
    spec.topics = op.value("topics", std::vector<std::string>{});
    for (const Json& partition : op.value("assign", op.value("partitions", Json::array()))) spec.assign.push_back(partition_of(partition));
    spec.manual = true;
    spec.polls = op.value("polling", true);
    spec.bootstrap = bootstrap_of(stage);
    return spec;
}

// ---- operations ---------------------------------------------------------------------------------

OpResult make_consumer(StoryStage& stage, const Json& op) {
    const engine::ConsumerSpec spec = spec_of(stage, op, op["name"]);
    const auto node = engine::add_consumer(stage.world, spec);
    if (!node) return std::unexpected(node.error());
    if (std::string why = act(stage, fmt::format("start '{}'", spec.name)); !why.empty()) return std::unexpected(why);
    pass(stage, sim::nanos(1));
    return nullptr;
}

OpResult close_consumer(StoryStage& stage, const Json& op) {
    const std::string name = op["consumer"];
    const engine::NodeId node = stage.world.find_node(name);
    if (std::string why = act(stage, fmt::format("stop '{}'", name)); !why.empty()) return std::unexpected(why);
    const bool ended = run_until(stage, kCloseLimit, [&] { return stage.world.host_state(node) == sim::HostState::down; });
    return ended ? OpResult(nullptr) : std::unexpected("consumer does not close");
}

OpResult kill_consumer(StoryStage& stage, const Json& op) {
    const std::string why = act(stage, fmt::format("kill '{}'", op["consumer"].get<std::string>()));
    return why.empty() ? OpResult(nullptr) : std::unexpected(why);
}

OpResult drain(StoryStage& stage, const Json& op) {
    const std::string name = op["consumer"];
    const engine::NodeId node = stage.world.find_node(name);
    if (node == sim::kNoNode) return std::unexpected("no consumer " + name);
    const u64 from = std::exchange(stage.drained[name], stage.history.deliveries.size());
    return Json{{"events", Json::array()}, {"records", records_of(stage.world, stage.history, node, from)}};
}

OpResult position(StoryStage& stage, const Json& op) {
    const engine::NodeId node = stage.world.find_node(op["consumer"].get<std::string>());
    const Json all = positions_of(stage.world, node);
    Json wanted = Json::object();
    for (const Json& partition : op["partitions"]) wanted[partition.get<std::string>()] = all.value(partition.get<std::string>(), Json(nullptr));
    return wanted;
}

/// A consumer without a group in a copy of the world, polling for a while: it changes nothing here.
OpResult consume(StoryStage& stage, const Json& op) {
    StoryStage copy = stage;
    copy.history = {};
    const engine::ConsumerSpec spec = spec_of(copy, op, "observer");
    const auto node = engine::add_consumer(copy.world, spec);
    if (!node) return std::unexpected(node.error());
    if (std::string why = act(copy, "start observer"); !why.empty()) return std::unexpected(why);
    pass(copy, sim::millis(op.value("poll_ms", 2200)));
    return Json{{"events", Json::array()}, {"records", records_of(copy.world, copy.history, *node, 0)}, {"position", positions_of(copy.world, *node)}};
}

constexpr OpEntry kOps[] = {{"consumer", make_consumer}, {"close_consumer", close_consumer}, {"kill_consumer", kill_consumer},
                            {"drain", drain}, {"position", position}, {"consume", consume}};

}  // namespace

std::span<const OpEntry> consumer_ops() { return kOps; }

}  // namespace app::proof
