// Verbs on clients, settings and elections, and time.
#include <charconv>

#include "engine/broker/broker_node.h"
#include "engine/client/consumer_node.h"
#include "engine/client/producer_node.h"
#include "engine/verb_call.h"
#include "engine/world_nodes.h"
#include "sim/base/assert.h"

namespace engine::verbs {
namespace {

using client::ProducerNode;

struct KeyValue {
    std::string key, value;
};

/// Words from `first` on as key=value; why not, if one is none.
Refusal read_pairs(const Call& call, std::size_t first, std::vector<KeyValue>& pairs) {
    for (std::size_t i = first; i < call.count(); ++i) {
        const std::string& word = call.word(i);
        const auto equals = word.find('=');
        if (equals == std::string::npos || equals == 0) return fmt::format("'{}' is not of the form key=value", word);
        pairs.push_back({word.substr(0, equals), word.substr(equals + 1)});
    }
    return "";
}

Refusal find_producer(const Call& call, NodeId& node) {
    if (Refusal why = find_target(call, 0, node); !why.empty()) return why;
    const NodeCard& card = call.world.card(node);
    if (card.kind != NodeKind::producer) return fmt::format("{} is no producer", card.name);
    return call.world.host_state(node) == sim::HostState::up ? "" : fmt::format("{} is not running", card.name);
}

Refusal read_record(const std::vector<KeyValue>& pairs, client::AppRecord& record) {
    for (const auto& [key, value] : pairs) {
        if (key == "topic") record.topic = value;
        else if (key == "key") record.key = {value, false};
        else if (key == "value") record.value = {value, false};
        else if (key.starts_with("header.")) record.headers.emplace_back(key.substr(7), NullableText{value, false});
        else if (key == "partition") {
            const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), record.partition);
            if (error != std::errc() || end != value.data() + value.size() || record.partition < 0)
                return "partition needs a number";
        } else return fmt::format("a record has topic, partition, key, value and header.NAME, not '{}'", key);
    }
    return "";
}

Refusal send_record(Call& call, bool with_value) {
    NodeId node;
    if (Refusal why = find_producer(call, node); !why.empty()) return why;
    std::vector<KeyValue> pairs;
    client::AppRecord record;
    if (Refusal why = read_pairs(call, 1, pairs); !why.empty()) return why;
    if (Refusal why = read_record(pairs, record); !why.empty()) return why;
    MR_ASSERT(call.world.card(node).kind == NodeKind::producer);
    const std::string& own_topic = call.world.nodes[node.value].as<ProducerNode>().state.settings.topic;
    if (record.topic.empty() && own_topic.empty())
        return fmt::format("{} has no topic of its own: say topic=NAME", call.world.card(node).name);
    if (!with_value && record.key.is_null) return "a tombstone needs a key";
    if (!with_value) record.value = {};
    bool taken = false;
    act_on(call.world, node, call.observer, [&](NodeCode& code, sim::Env& env) {
        taken = send_now(static_cast<ProducerNode&>(code).state, env, record);
    });
    return taken ? "" : fmt::format("{} takes no records now", call.world.card(node).name);
}

/// A command on the console, if anybody could answer it.
Refusal command(Call& call, std::string line) {
    MR_ASSERT(!line.empty());
    const NodeId console = console_node(call.world);
    if (call.world.host_state(console) != sim::HostState::up) return "the console is not running";
    queue_command(call.world, std::move(line), call.observer);
    return "";
}

bool any_broker_up(const Call& call) {
    for (u16 i = 0; i < call.world.nodes.size(); ++i)
        if (call.world.card({i}).kind == NodeKind::broker && call.world.host_state({i}) == sim::HostState::up)
            return true;
    return false;
}

/// "orders-0" apart.
bool split_partition(const std::string& text, std::string& topic, std::string& partition) {
    const auto dash = text.rfind('-');
    if (dash == std::string::npos || dash == 0 || dash + 1 == text.size()) return false;
    topic = text.substr(0, dash);
    partition = text.substr(dash + 1);
    return partition.find_first_not_of("0123456789") == std::string::npos;
}

bool is_client(const NodeCard& card) { return card.kind == NodeKind::producer || card.kind == NodeKind::consumer; }

Refusal entity_of(const Call& call, std::string& type, std::string& name) {
    if (call.count() < 1) return "config needs 'topic NAME' or a broker";
    if (call.word(0) == "topic") {
        if (call.count() < 2) return "config topic needs a name";
        type = "topics";
        name = call.word(1);
        return "";
    }
    NodeId node;
    if (Refusal why = find_target(call, 0, node); !why.empty()) return why;
    if (call.world.card(node).kind != NodeKind::broker)
        return "only topics and brokers have settings that can be changed while they run";
    MR_ASSERT(call.world.card(node).broker != kNoBroker);
    type = "brokers";
    name = std::to_string(call.world.card(node).broker.value);
    return "";
}

}  // namespace

Refusal produce(Call& call) { return send_record(call, true); }
Refusal tombstone(Call& call) { return send_record(call, false); }

Refusal config(Call& call) {
    std::string type, name, added, removed;
    if (Refusal why = entity_of(call, type, name); !why.empty()) return why;
    std::vector<KeyValue> pairs;
    if (Refusal why = read_pairs(call, type == "topics" ? 2 : 1, pairs); !why.empty()) return why;
    if (pairs.empty()) return "config needs KEY=VALUE";
    if (!any_broker_up(call)) return "no broker is running that could be asked";
    for (const auto& [key, value] : pairs) {
        std::string& list = value.empty() ? removed : added;
        list += (list.empty() ? "" : ",") + (value.empty() ? key : key + "=" + value);
    }
    MR_ASSERT(!added.empty() || !removed.empty());
    std::string line = fmt::format("kafka-configs.sh --bootstrap-server {} --alter --entity-type {} --entity-name {}",
                                   bootstrap_text(call.world), type, name);
    if (!added.empty()) line += fmt::format(" --add-config '{}'", added);
    if (!removed.empty()) line += fmt::format(" --delete-config '{}'", removed);
    return command(call, std::move(line));
}

Refusal start(Call& call) {
    if (Refusal query; query_verb(call, true, query)) return query;
    NodeId node;
    if (Refusal why = find_target(call, 0, node); !why.empty()) return why;
    const sim::HostState state = call.world.host_state(node);
    if (state == sim::HostState::up || state == sim::HostState::paused)
        return fmt::format("{} is running already", call.world.card(node).name);
    tell(call, node, node_fact(FactKind::node_started));
    call.world.machine.start(node);
    call.observer.on_touch(touch::kAll);
    return "";
}

Refusal stop(Call& call) {
    if (Refusal query; query_verb(call, false, query)) return query;
    NodeId node;
    if (Refusal why = find_target(call, 0, node); !why.empty()) return why;
    const NodeCard& card = call.world.card(node);
    const bool broker = card.kind == NodeKind::broker;
    if (!broker && !is_client(card)) return fmt::format("{} can be killed, but not stopped", card.name);
    if (call.world.host_state(node) != sim::HostState::up) return fmt::format("{} is not running", card.name);
    if (broker) {
        act_on(call.world, node, call.observer, [&](NodeCode& code, sim::Env& env) {
            broker::begin_shutdown({static_cast<broker::BrokerNode&>(code).state, env});
        });
        return "";
    }
    tell(call, node, node_fact(FactKind::client_stopped));
    act_on(call.world, node, call.observer, [&](NodeCode& code, sim::Env& env) {
        if (code.kind() == NodeKind::producer) client::stop(static_cast<ProducerNode&>(code).state, env);
        else client::stop(static_cast<client::ConsumerNode&>(code).state, env);
    });
    call.observer.on_touch(touch::kAll);
    return "";
}

Refusal elect(Call& call) {
    const bool known = call.count() == 2 && (call.word(0) == "preferred" || call.word(0) == "unclean");
    std::string topic, partition;
    if (!known || !split_partition(call.word(1), topic, partition))
        return "elect needs 'preferred' or 'unclean' and a partition, such as orders-0";
    if (call.world.machine.kernel.names.find(topic) == kNoName) return fmt::format("there is no topic '{}'", topic);
    if (!any_broker_up(call)) return "no broker is running that could be asked";
    return command(
        call, fmt::format("kafka-leader-election.sh --bootstrap-server {} --election-type {} --topic {} --partition {}",
                          bootstrap_text(call.world), call.word(0), topic, partition));
}

Refusal run(Call& call) {
    const auto line = call.verb.line.find_first_not_of(' ', 3);
    if (line == std::string::npos) return "run needs a command";
    return command(call, call.verb.line.substr(line));
}

/// Time passes because whoever plays the world lets it; the input only marks the wish.
Refusal wait(Call& call) {
    if (call.count() == 2 && call.word(0) == "until") return "";
    return call.count() == 1 && parse_duration(call.word(0)).count >= 0
               ? ""
               : "wait needs a time, such as 5s, or 'until' and a clock time";
}

}  // namespace engine::verbs
