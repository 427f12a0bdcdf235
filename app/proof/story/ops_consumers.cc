// Operations of consumers, and what they saw.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "app/proof/story/ops.h"
#include "app/proof/story/probe.h"
#include "engine/client/consumer_node.h"
#include "engine/model/facts.h"
#include "engine/model/json.h"
#include "engine/wire/messages/offset_fetch.h"

namespace app::proof {
namespace {

using engine::client::ConsumerNode;

constexpr sim::Nanos kCloseLimit = sim::seconds(60);
constexpr sim::Nanos kCallLimit = sim::seconds(120);
constexpr sim::Nanos kStableFor = sim::millis(2100);
constexpr sim::Nanos kStableReading = sim::millis(300);
constexpr i16 kOffsetFetchVersion = 5;

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
        if (row.consumer == node)
            records.push_back(
                {partition_text(world, row.source), row.offset.value, nullable(row.key), nullable(row.value)});
    }
    return records;
}

Json positions_of(const engine::World& world, engine::NodeId node) {
    Json positions = Json::object();
    for (const auto& row : engine::client::positions(app_of(world, node)))
        positions[partition_text(world, row.id)] = row.position.value;
    return positions;
}

engine::ConsumerSpec spec_of(const StoryStage& stage, const Json& op, const std::string& name) {
    engine::ConsumerSpec spec;
    spec.name = name;
    spec.group = op.value("group", "");
    spec.config = with_settings(stage.consumer_defaults, op.value("config", Json::object()));
    spec.config["client.id"] = name;
    if (spec.group.empty()) spec.config["enable.auto.commit"] = "false";
    spec.topics = op.value("topics", std::vector<std::string>{});
    for (const Json& partition : op.value("assign", op.value("partitions", Json::array())))
        spec.assign.push_back(partition_of(partition));
    spec.manual = true;
    spec.polls = op.value("polling", true);
    spec.bootstrap = bootstrap_of(stage);
    return spec;
}

// ---- operations ---------------------------------------------------------------------------------

/// A process of that name ended before: this one takes its place on the same machine.
bool has_ended(const StoryStage& stage, const std::string& name) {
    const engine::NodeId node = stage.world.find_node(name);
    return node != sim::kNoNode && stage.world.host_state(node) == sim::HostState::down;
}

/// Nodes keep their names: the settings of a second process come from a consumer made for it.
void take_settings(StoryStage& stage, engine::NodeId node, engine::ConsumerSpec spec) {
    engine::World scratch = stage.world;
    const std::string name = std::exchange(spec.name, spec.name + " again");
    const auto made = engine::add_consumer(scratch, spec);
    MR_ASSERT(made.has_value());
    auto& settings = stage.world.nodes[node.value].edit_as<ConsumerNode>().state.settings;
    settings = scratch.nodes[made->value].as<ConsumerNode>().state.settings;
    settings.name = name;
}

OpResult make_consumer(StoryStage& stage, const Json& op) {
    const engine::ConsumerSpec spec = spec_of(stage, op, op["name"]);
    const bool again = has_ended(stage, spec.name);
    const std::expected<engine::NodeId, std::string> node =
        again ? stage.world.find_node(spec.name) : engine::add_consumer(stage.world, spec);
    if (!node) return std::unexpected(node.error());
    if (again) take_settings(stage, *node, spec);
    stage.drained[spec.name] = {stage.history.deliveries.size(), stage.history.facts.size()};
    stage.world.nodes[node->value].edit_as<ConsumerNode>().state.settings.catches = true;
    if (std::string why = act(stage, fmt::format("start '{}'", spec.name)); !why.empty()) return std::unexpected(why);
    pass(stage, sim::nanos(1));
    return nullptr;
}

OpResult close_consumer(StoryStage& stage, const Json& op) {
    const std::string name = op["consumer"];
    const engine::NodeId node = stage.world.find_node(name);
    if (std::string why = act(stage, fmt::format("stop '{}'", name)); !why.empty()) return std::unexpected(why);
    const bool ended =
        run_until(stage, kCloseLimit, [&] { return stage.world.host_state(node) == sim::HostState::down; });
    return ended ? OpResult(nullptr) : std::unexpected("consumer does not close");
}

OpResult kill_consumer(StoryStage& stage, const Json& op) {
    const std::string why = act(stage, fmt::format("kill '{}'", op["consumer"].get<std::string>()));
    return why.empty() ? OpResult(nullptr) : std::unexpected(why);
}

/// "class: message" apart.
Json exception_json(const std::string& exception) {
    const auto colon = exception.find(": ");
    const bool split = colon != std::string::npos;
    return Json{{"exception", split ? exception.substr(0, colon) : exception},
                {"message", split ? Json(exception.substr(colon + 2)) : Json(nullptr)}};
}

Json partition_list(const std::string& text) {
    Json list = Json::array();
    for (std::size_t at = 0; at < text.size() && text != "nothing";) {
        const std::size_t comma = std::min(text.find(", ", at), text.size());
        list.push_back(text.substr(at, comma - at));
        at = comma + 2;
    }
    return list;
}

/// What a listener, or the caller of poll(), saw of a fact; null if nothing.
Json event_json(const engine::World& world, const sim::Fact& fact) {
    const auto text = [&] { return world.kernel().names.text(engine::NameId{static_cast<u32>(fact.n[0])}); };
    const auto listener = [&](const char* event) {
        return Json{{"event", event}, {"partitions", partition_list(text())}};
    };
    switch (static_cast<engine::FactKind>(fact.kind)) {
        case engine::FactKind::partitions_assigned: return listener("assigned");
        case engine::FactKind::partitions_revoked: return listener("revoked");
        case engine::FactKind::partitions_lost: return listener("lost");
        case engine::FactKind::poll_failed: {
            Json thrown = exception_json(text());
            thrown["event"] = "poll_exception";
            return thrown;
        }
        default: return nullptr;
    }
}

Json events_of(const engine::World& world, const engine::History& history, engine::NodeId node, u64 from) {
    Json events = Json::array();
    for (u64 i = from; i < history.facts.size(); ++i) {
        if (history.facts[i].fact.node != node) continue;
        if (Json event = event_json(world, history.facts[i].fact); !event.is_null()) events.push_back(std::move(event));
    }
    return events;
}

OpResult drain(StoryStage& stage, const Json& op) {
    const std::string name = op["consumer"];
    const engine::NodeId node = stage.world.find_node(name);
    if (node == sim::kNoNode) return std::unexpected("no consumer " + name);
    const DrainMark from =
        std::exchange(stage.drained[name], {stage.history.deliveries.size(), stage.history.facts.size()});
    return Json{{"events", events_of(stage.world, stage.history, node, from.facts)},
                {"records", records_of(stage.world, stage.history, node, from.deliveries)}};
}

// ---- polling and committing ---------------------------------------------------------------------

/// Acts on a consumer's application within an input.
template <class Act>
OpResult with_app(StoryStage& stage, const Json& op, Act&& act_on_app) {
    const engine::NodeId node = stage.world.find_node(op["consumer"].get<std::string>());
    if (node == sim::kNoNode) return std::unexpected("no consumer " + engine::json_text(op["consumer"]));
    if (stage.world.host_state(node) != sim::HostState::up)
        return std::unexpected("it is not running: " + engine::json_text(op["consumer"]));
    intervene(stage, [&](engine::Observer& observer) {
        engine::act_on(stage.world, node, observer, [&](engine::NodeCode& code, sim::Env& env) {
            act_on_app(static_cast<ConsumerNode&>(code).state, env);
        });
    });
    return nullptr;
}

OpResult set_polling_of(StoryStage& stage, const Json& op, engine::client::Polling polling) {
    return with_app(stage, op,
                    [&](engine::client::ConsumerApp& app, sim::Env& env) { set_polling(app, env, polling); });
}
OpResult pause_polling(StoryStage& stage, const Json& op) {
    return set_polling_of(stage, op, engine::client::Polling::off);
}
OpResult resume_polling(StoryStage& stage, const Json& op) {
    return set_polling_of(stage, op, engine::client::Polling::on);
}

/// poll(): up to `attempts` times for `ms` each, until one returns records if that is asked for.
OpResult poll(StoryStage& stage, const Json& op) {
    const engine::NodeId node = stage.world.find_node(op["consumer"].get<std::string>());
    const int attempts = op.value("until_records", false) ? op.value("attempts", 1) : 1;
    for (int i = 0; i < attempts; ++i) {
        if (OpResult set = set_polling_of(stage, op, engine::client::Polling::once); !set) return set;
        const bool returned = run_until(stage, sim::millis(op["ms"]), [&] {
            return app_of(stage.world, node).memory.polling == engine::client::Polling::off;
        });
        if (returned) break;
        stage.clock = std::max(stage.clock, stage.world.kernel().now);
        pass(stage, {});
        if (OpResult set = pause_polling(stage, op); !set) return set;
    }
    return nullptr;
}

std::vector<engine::client::AskedPart> asked_offsets(sim::Env& env, const Json& op) {
    std::vector<engine::client::AskedPart> parts;
    const Json offsets = op.value("offsets", Json::object());
    for (const auto& [name, offset] : offsets.items()) {
        const auto [topic, partition] = partition_of(name);
        parts.push_back({{env.intern(topic), partition}, engine::Offset{offset.get<i64>()}, engine::kNoEpoch});
    }
    return parts;
}

OpResult commit_op(StoryStage& stage, const Json& op) {
    const engine::NodeId node = stage.world.find_node(op["consumer"].get<std::string>());
    bool begun = false;
    OpResult acted = with_app(stage, op, [&](engine::client::ConsumerApp& app, sim::Env& env) {
        begun = commit(app, env, asked_offsets(env, op));
    });
    if (!acted) return acted;
    if (!begun) return std::unexpected("a commit is under way already");
    const auto over = [&] { return !app_of(stage.world, node).memory.consumer.sync_commit.active; };
    if (!run_until(stage, kCallLimit, over)) return std::unexpected("commitSync does not return");
    const std::string& exception = app_of(stage.world, node).memory.consumer.sync_commit.exception;
    return exception.empty() ? Json::object() : exception_json(exception);
}

// ---- membership ---------------------------------------------------------------------------------

Json assignment_of(const engine::World& world, engine::NodeId node) {
    std::vector<std::string> names;
    for (const auto& [id, partition] : app_of(world, node).memory.consumer.assignment)
        names.push_back(partition_text(world, id));
    std::ranges::sort(names);
    return names;
}

OpResult members(StoryStage& stage, const Json& op) {
    Json result = Json::object();
    for (const Json& name : op["consumers"]) {
        const engine::NodeId node = stage.world.find_node(name.get<std::string>());
        if (node == sim::kNoNode) return std::unexpected("no consumer " + engine::json_text(name));
        result[name.get<std::string>()] = {{"assignment", assignment_of(stage.world, node)},
                                           {"generation", generation(app_of(stage.world, node))}};
    }
    return result;
}

OpResult wait_assigned(StoryStage& stage, const Json& op) {
    const auto shared_out = [&] {
        const Json now = *members(stage, op);
        std::set<std::string> owned;
        for (const auto& [name, member] : now.items()) {
            if (member["assignment"].empty()) return false;
            for (const Json& partition : member["assignment"])
                if (!owned.insert(partition).second) return false;
        }
        return true;
    };
    const bool reached = poll_until(stage, sim::millis(op.value("limit_ms", 40000)), shared_out);
    return reached ? OpResult(nullptr) : std::unexpected("partitions were never shared out");
}

OpResult wait_stable(StoryStage& stage, const Json& op) {
    const sim::Nanos until = stage.clock + sim::millis(op.value("limit_ms", 40000));
    Json last = *members(stage, op);
    for (sim::Nanos since = stage.clock; stage.clock - since < kStableFor;) {
        if (stage.clock > until) return std::unexpected("assignments never became stable");
        pass(stage, kStableReading);
        if (Json now = *members(stage, op); now != last) {
            last = std::move(now);
            since = stage.clock;
        }
    }
    return nullptr;
}

/// What a group's coordinator holds, asked of whoever it is.
OpResult committed(StoryStage& stage, const Json& op) {
    engine::wire::OffsetFetchRequest request;
    request.group_id = op["group"];
    request.topics.emplace();
    for (const Json& name : op["partitions"]) {
        const auto [topic, partition] = partition_of(name);
        request.topics->push_back({topic, {partition}});
    }
    Json result = Json::object();
    for (const engine::BrokerId broker : reachable_brokers(stage)) {
        const auto answer = ask_broker<engine::wire::OffsetFetchResponse>(stage.world, stage.world.broker_node(broker),
                                                                          request, kOffsetFetchVersion);
        if (!answer || answer->error_code != 0) continue;
        for (const auto& topic : answer->topics)
            for (const auto& part : topic.partitions)
                if (part.committed_offset >= 0)
                    result[fmt::format("{}-{}", topic.name, part.partition_index)] = part.committed_offset;
        break;
    }
    return result;
}

/// position(): waits until it is known. A partition that cannot have one makes it throw what poll() threw.
OpResult position(StoryStage& stage, const Json& op) {
    const engine::NodeId node = stage.world.find_node(op["consumer"].get<std::string>());
    const auto known = [&] {
        const Json now = positions_of(stage.world, node);
        return std::ranges::all_of(op["partitions"],
                                   [&](const Json& p) { return now.value(p.get<std::string>(), i64{-1}) >= 0; });
    };
    const auto thrown = [&] { return !app_of(stage.world, node).memory.last_error.empty(); };
    const bool found =
        run_until(stage, sim::millis(op.value("timeout_ms", 60000)), [&] { return known() || thrown(); }) && known();
    if (!found && thrown()) return exception_json(app_of(stage.world, node).memory.last_error);
    const Json all = positions_of(stage.world, node);
    Json wanted = Json::object();
    for (const Json& partition : op["partitions"])
        wanted[partition.get<std::string>()] = all.value(partition.get<std::string>(), Json(nullptr));
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
    return Json{{"events", events_of(copy.world, copy.history, *node, 0)},
                {"records", records_of(copy.world, copy.history, *node, 0)},
                {"position", positions_of(copy.world, *node)}};
}

constexpr OpEntry kConsumerOps[] = {{"consumer", make_consumer},
                            {"close_consumer", close_consumer},
                            {"kill_consumer", kill_consumer},
                            {"drain", drain},
                            {"position", position},
                            {"consume", consume},
                            {"poll", poll},
                            {"commit", commit_op},
                            {"pause_polling", pause_polling},
                            {"resume_polling", resume_polling},
                            {"members", members},
                            {"committed", committed},
                            {"wait assigned", wait_assigned},
                            {"wait assignment_stable", wait_stable}};

}  // namespace

std::span<const OpEntry> consumer_ops() { return kConsumerOps; }

engine::ConfigMap with_settings(engine::ConfigMap config, const Json& given) {
    for (const auto& [key, value] : given.items())
        config[key] = value.is_string() ? value.get<std::string>() : engine::json_text(value);
    return config;
}

}  // namespace app::proof
