// Operations of producers.
#include <fmt/format.h>


#include "app/proof/story/ops.h"
#include "engine/client/producer_node.h"
#include "engine/model/json.h"

namespace app::proof {
namespace {

using engine::client::AppRecord;
using engine::client::ProducerNode;

constexpr sim::Nanos kSendLimit = sim::seconds(300);

engine::NullableText nullable(const Json& object, const char* key) {
    if (!object.contains(key) || object[key].is_null()) return {};
    return {object[key].get<std::string>(), false};
}

std::vector<AppRecord> records_of(const Json& op) {
    std::vector<AppRecord> records;
    const auto base = [&] {
        AppRecord record;
        record.topic = op["topic"];
        record.partition = op.value("partition", 0);
        return record;
    };
    for (const Json& value : op.value("values", Json::array())) {
        AppRecord record = base();
        record.value = {value.get<std::string>(), false};
        records.push_back(std::move(record));
    }
    for (const Json& given : op.value("records", Json::array())) {
        AppRecord record = base();
        record.key = nullable(given, "key");
        record.value = nullable(given, "value");
        record.partition = given.value("partition", record.partition);
        record.timestamp_ms = given.value("timestamp", i64{-1});
        const Json headers = given.value("headers", Json::object());
        for (const auto& [name, value] : headers.items())
            record.headers.emplace_back(name, engine::NullableText{value.get<std::string>(), false});
        records.push_back(std::move(record));
    }
    return records;
}

/// Number of the send() that comes next.
u32 next_ordinal(const StoryStage& stage, engine::NodeId node) {
    return stage.world.nodes[node.value].as<ProducerNode>().state.progress.next_ordinal;
}

const engine::SendOutcomeRow* outcome_of(const StoryStage& stage, engine::MessageId message) {
    const u32 send = stage.history.find_send(message);
    if (send == engine::kNoRow || send >= stage.history.outcome_of.size()) return nullptr;
    const u32 row = stage.history.outcome_of[send];
    return row == engine::kNoRow ? nullptr : &stage.history.outcomes[row];
}

Json outcome_json(const StoryStage& stage, engine::MessageId message) {
    const engine::SendOutcomeRow* row = outcome_of(stage, message);
    if (row == nullptr) return {{"exception", "none"}, {"message", "no outcome"}};
    if (row->exception.empty()) {
        const engine::SendRow& sent = stage.history.sends[stage.history.find_send(message)];
        return {{"partition", sent.target.partition}, {"offset", row->offset.value}};
    }
    const auto colon = row->exception.find(": ");
    return {{"exception", row->exception.substr(0, colon)},
            {"message", colon == std::string::npos ? "" : row->exception.substr(colon + 2)}};
}

engine::MessageId send_one(StoryStage& stage, engine::NodeId node, const AppRecord& record) {
    const engine::MessageId message{node, next_ordinal(stage, node)};
    intervene(stage, [&](engine::Observer& observer) {
        engine::act_on(stage.world, node, observer, [&](engine::NodeCode& code, sim::Env& env) {
            send_now(static_cast<ProducerNode&>(code).state, env, record);
        });
    });
    return message;
}

bool settled(StoryStage& stage, const std::vector<engine::MessageId>& messages) {
    return run_until(stage, kSendLimit, [&] {
        for (const engine::MessageId message : messages)
            if (outcome_of(stage, message) == nullptr) return false;
        return true;
    });
}

// ---- operations ---------------------------------------------------------------------------------

OpResult make_producer(StoryStage& stage, const Json& op) {
    engine::ProducerSpec spec;
    spec.name = op["name"];
    spec.config = with_settings(stage.producer_defaults, op.value("config", Json::object()));
    spec.manual = true;
    spec.bootstrap = bootstrap_of(stage);
    const auto node = engine::add_producer(stage.world, spec);
    if (!node) return std::unexpected(node.error());
    if (std::string why = act(stage, fmt::format("start '{}'", spec.name)); !why.empty()) return std::unexpected(why);
    pass(stage, sim::nanos(1));
    return nullptr;
}

/// Programs that wait for each outcome on a real machine never send twice in a millisecond.
constexpr sim::Nanos kBetweenSends = sim::millis(1);

OpResult send(StoryStage& stage, const Json& op) {
    const engine::NodeId node = stage.world.find_node(op["producer"].get<std::string>());
    if (node == sim::kNoNode) return std::unexpected("no producer " + engine::json_text(op["producer"]));
    const bool together = op.value("batch", "each") == "together";
    std::vector<engine::MessageId> messages;
    for (const AppRecord& record : records_of(op)) {
        messages.push_back(send_one(stage, node, record));
        if (together) continue;
        if (!settled(stage, {messages.back()})) return std::unexpected("a send without outcome");
        pass(stage, kBetweenSends);
    }
    if (!settled(stage, messages)) return std::unexpected("sends without outcome");
    Json results = Json::array();
    for (const engine::MessageId message : messages) results.push_back(outcome_json(stage, message));
    return results;
}

OpResult close_producer(StoryStage& stage, const Json& op) {
    const std::string name = op["producer"];
    if (std::string why = act(stage, fmt::format("stop '{}'", name)); !why.empty()) return std::unexpected(why);
    const engine::NodeId node = stage.world.find_node(name);
    const bool ended =
        run_until(stage, kSendLimit, [&] { return stage.world.host_state(node) == sim::HostState::down; });
    return ended ? OpResult(nullptr) : std::unexpected("producer does not close");
}

constexpr OpEntry kProducerOps[] = {{"producer", make_producer}, {"send", send}, {"close_producer", close_producer}};

}  // namespace

std::span<const OpEntry> producer_ops() { return kProducerOps; }

}  // namespace app::proof
