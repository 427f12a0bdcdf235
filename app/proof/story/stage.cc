#include "app/proof/story/stage.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/model/json.h"
#include "engine/verb.h"

namespace app::proof {
namespace {

using engine::BrokerId;

constexpr sim::Nanos kStoryLatency = sim::micros(100);  // one host: the recordings' clusters ran on localhost
constexpr sim::Nanos kControllerTick = sim::millis(500);
constexpr sim::Nanos kPoll = sim::millis(20);
constexpr sim::Nanos kStoryJitter = sim::micros(50);

engine::ConfigMap config_map(const Json& object) {
    engine::ConfigMap map;
    for (const auto& [key, value] : object.items())
        map[key] = value.is_string() ? value.get<std::string>() : engine::json_text(value);
    return map;
}

u16 port_of(const Json& cluster, i32 broker) {
    return cluster.value("ports", Json::object()).value(std::to_string(broker), u16{9092});
}

/// Stories that were recorded with brokers that are controllers too are told with the controller that there is:
/// a dead broker is noticed after the same time.
void play_with_zookeeper(engine::WorldSpec& spec) {
    const std::string* session = spec.cluster_config.find("broker.session.timeout.ms");
    if (session != nullptr) spec.cluster_config["zookeeper.session.timeout.ms"] = std::string(*session);
    spec.zookeeper_tick = kControllerTick;
}

std::expected<engine::WorldSpec, std::string> spec_of(const Json& cluster, u64 seed) {
    const std::string version = cluster.value("version", "");
    engine::WorldSpec spec;
    spec.seed = seed;
    spec.version = version.starts_with("2.8") ? engine::KafkaVersion::v2_8 : engine::KafkaVersion::v3_9;
    for (const Json& id : cluster["brokers"])
        spec.brokers.push_back({BrokerId{id.get<i32>()}, {}, "", "localhost", port_of(cluster, id.get<i32>())});
    spec.controller = BrokerId{cluster.value("controller", -1)};
    spec.cluster_config = config_map(cluster["config"]);
    spec.zookeeper_tick = sim::millis(cluster.value("zookeeper", Json::object()).value("tickTime", 2000));
    if (cluster.value("mode", "") == "kraft") play_with_zookeeper(spec);
    spec.link = {kStoryLatency, kStoryJitter, 0, 0};
    spec.tool_start_time = kToolStart;
    return spec;
}

/// A cluster has its id from its first start, which is before any operation.
std::string chosen_cluster_id(const Json& story) {
    for (const Json& op : story.value("setup", Json::array()))
        if (op.value("op", "") == "choose" && op.contains("cluster_id")) return op["cluster_id"];
    return "";
}

}  // namespace

std::expected<StoryStage, std::string> raise_stage(const Json& story, u64 seed) {
    auto spec = spec_of(story["cluster"], seed);
    if (!spec) return std::unexpected(spec.error());
    spec->choices.cluster_id = chosen_cluster_id(story);
    spec->start_ms = story.value("wall_clock_ms", spec->start_ms);
    auto world = engine::build_world(*spec);
    if (!world) return std::unexpected(world.error());
    StoryStage stage;
    stage.spec = std::move(*spec);
    stage.world = std::move(*world);
    stage.clock = stage.world.kernel().now;
    const Json clients = story.value("clients", Json::object());
    stage.producer_defaults = config_map(clients.value("producer", Json::object()));
    stage.consumer_defaults = config_map(clients.value("consumer", Json::object()));
    return stage;
}

void pass(StoryStage& stage, sim::Nanos span) {
    const sim::Nanos until = stage.clock + span;
    engine::HistoryWriter writer(stage.history);
    while (stage.world.machine.next_at() <= until && engine::step(stage.world, writer)) {}
    stage.clock = until;
}

bool run_until(StoryStage& stage, sim::Nanos limit, const std::function<bool()>& holds) {
    const sim::Nanos until = stage.clock + limit;
    engine::HistoryWriter writer(stage.history);
    while (!holds()) {
        if (stage.world.machine.next_at() > until || !engine::step(stage.world, writer)) return false;
        stage.clock = std::max(stage.clock, stage.world.kernel().now);
    }
    return true;
}

bool poll_until(StoryStage& stage, sim::Nanos limit, const std::function<bool()>& holds) {
    const sim::Nanos until = stage.clock + limit;
    while (!holds()) {
        if (stage.clock >= until) return false;
        pass(stage, kPoll);
    }
    return true;
}

std::string act(StoryStage& stage, const std::string& line) {
    std::string why = engine::refusal_of(stage.world, line);
    if (!why.empty()) return why;
    sim::Input input;
    input.author = sim::InputAuthor::lesson;
    input.at_index = stage.world.kernel().event_index;
    input.at = std::min(std::max(stage.clock, stage.world.kernel().now), stage.world.machine.next_at());
    input.line = line;
    engine::HistoryWriter writer(stage.history);
    engine::note_input(stage.history, input.at_index, input);
    engine::apply(stage.world, input, writer);
    return "";
}

void intervene(StoryStage& stage, const std::function<void(engine::Observer&)>& what) {
    engine::HistoryWriter writer(stage.history);
    const sim::Nanos at = std::min(std::max(stage.clock, stage.world.kernel().now), stage.world.machine.next_at());
    stage.world.machine.begin_input(at, 0, writer);
    what(writer);
    stage.world.machine.end_input();
}

std::vector<BrokerId> reachable_brokers(const StoryStage& stage) {
    std::vector<BrokerId> ids;
    for (const engine::BrokerSpec& broker : stage.spec.brokers)
        if (stage.world.host_state(stage.world.broker_node(broker.id)) == sim::HostState::up) ids.push_back(broker.id);
    std::ranges::sort(ids);
    return ids;
}

engine::NodeId broker_node(const StoryStage& stage, i64 id) {
    return stage.world.broker_node(BrokerId{static_cast<i32>(id)});
}

std::vector<BrokerId> bootstrap_of(const StoryStage& stage) { return reachable_brokers(stage); }

}  // namespace app::proof
