#include "app/view_model/state_rows.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/lab/sql/streams.h"
#include "app/view_model/make.h"
#include "app/view_model/query_data.h"
#include "app/view_model/replica_state.h"
#include "app/view_model/telling.h"
#include "app/view_model/words.h"
#include "engine/client/consumer_node.h"
#include "engine/client/producer_node.h"

namespace app {
namespace {

using engine::NodeKind;
using engine::client::ConsumerNode;
using engine::client::ProducerNode;
using StateCells = std::pair<std::string, std::string>;
using Rows = std::vector<StateCells>;

std::string grouped_number(i64 value) { return value < 0 ? "\u2013" : grouped(value); }

Rows partition_rows(const Sight& sight, TopicPartition id) {
    const auto* state = sight.cluster->find(id);
    if (state == nullptr) return {};
    Rows rows{{"leader", state->leader == engine::kNoBroker ? "none" : fmt::format("{}", state->leader.value)},
              {"leader epoch", grouped_number(state->leader_epoch.value)},
              {"ISR", engine::broker::to_text(state->isr)},
              {"replicas", engine::broker::to_text(state->replicas)}};
    const lab::Replica leading = sight.cluster->leading_replica(id);
    if (!leading) return rows;
    rows.emplace_back("high watermark", grouped_number(leading.partition->high_watermark.value));
    rows.emplace_back("log end offset", grouped_number(leading.partition->log_end_offset().value));
    rows.emplace_back("min.insync.replicas", fmt::format("{}", leading.partition->log.config.min_insync_replicas));
    return rows;
}

std::string role_word(engine::broker::Role role) {
    switch (role) {
        case engine::broker::Role::none: return "none";
        case engine::broker::Role::leader: return "leader";
        case engine::broker::Role::follower: return "follower";
    }
    return "";
}

Rows replica_rows(const Sight& sight, NodeId node, TopicPartition id) {
    const lab::Replica replica = sight.cluster->replica(node, id);
    if (!replica) return {};
    const engine::broker::Partition& partition = *replica.partition;
    Rows rows{{"role", role_word(partition.role)},
              {"leader epoch", grouped_number(partition.leader_epoch.value)},
              {"log start offset", grouped_number(partition.log.log_start.value)},
              {"high watermark", grouped_number(partition.high_watermark.value)},
              {"log end offset", grouped_number(partition.log_end_offset().value)},
              {"segments", grouped_number(static_cast<i64>(partition.log.segments.size()))}};
    for (const auto& [broker, follower] : partition.followers)
        rows.emplace_back(fmt::format("LEO of broker {}, as known", broker.value),
                          grouped_number(follower.log_end_offset.value));
    return rows;
}

std::string host_word(const sim::Host& host) {
    switch (host.state) {
        case sim::HostState::absent: return "not started";
        case sim::HostState::up: return host.limp.numerator == host.limp.denominator ? "up" : "slow";
        case sim::HostState::paused: return "paused";
        case sim::HostState::down: return "down";
        case sim::HostState::off: return "off";
    }
    return "";
}

void add_broker_rows(const Sight& sight, NodeId node, Rows& rows) {
    const auto* broker = sight.reader.broker(node);
    i64 leads = 0, follows = 0;
    for (const auto& [id, partition] : broker->memory.partitions) (partition->leads() ? leads : follows) += 1;
    rows.emplace_back("leads", grouped_number(leads));
    rows.emplace_back("follows", grouped_number(follows));
    rows.emplace_back("broker epoch", grouped_number(broker->memory.broker_epoch.value));
    rows.emplace_back("controller", sight.cluster->controller() == node ? "yes" : "no");
    rows.emplace_back("produces waiting", grouped_number(broker->memory.purgatory.produces.size()));
    rows.emplace_back("fetches waiting", grouped_number(broker->memory.purgatory.fetches.size()));
}

void add_producer_rows(const engine::client::ProducerApp& app, Rows& rows) {
    const auto& producer = app.memory.producer;
    rows.emplace_back("acks", producer.config.acks < 0 ? "all" : fmt::format("{}", producer.config.acks));
    rows.emplace_back("idempotence", producer.config.idempotence ? "on" : "off");
    rows.emplace_back("producer id", grouped_number(producer.producer_id));
    rows.emplace_back("batches in flight", grouped_number(batches_in_flight(producer)));
    rows.emplace_back("acknowledged", grouped_number(static_cast<i64>(producer.acked)));
    rows.emplace_back("retries", grouped_number(static_cast<i64>(producer.retries)));
    if (const std::string error = last_error(app); !error.empty()) rows.emplace_back("last error", error);
}

void add_consumer_rows(const Sight& sight, const engine::client::ConsumerApp& app, Rows& rows) {
    rows.emplace_back("group", std::string(group_state(app)));
    rows.emplace_back("generation", grouped_number(generation(app)));
    for (const auto& position : positions(app)) {
        const std::string name = fmt::format("{}-{}", sight.reader.text(position.id.topic), position.id.partition);
        rows.emplace_back("position, " + name, grouped_number(position.position.value));
        rows.emplace_back("lag, " + name, grouped_number(position.lag));
    }
}

Rows node_rows(const Sight& sight, NodeId node) {
    if (node.value >= sight.reader.node_count()) return {};
    Rows rows{{"process", host_word(sight.reader.world().kernel().host(node))}};
    switch (sight.reader.world().card(node).kind) {
        case NodeKind::broker: add_broker_rows(sight, node, rows); break;
        case NodeKind::producer:
            add_producer_rows(sight.reader.world().nodes[node.value].as<ProducerNode>().state, rows);
            break;
        case NodeKind::consumer:
            add_consumer_rows(sight, sight.reader.world().nodes[node.value].as<ConsumerNode>().state, rows);
            break;
        case NodeKind::zookeeper: {
            const auto& memory = sight.reader.world().nodes[node.value].as<engine::zookeeper::ZkServer>().state.memory;
            rows.emplace_back("znodes", grouped_number(memory.tree.nodes().size()));
            rows.emplace_back("sessions", grouped_number(memory.sessions.size()));
            rows.emplace_back("watches", grouped_number(memory.watches.count()));
            rows.emplace_back("last zxid", grouped_number(memory.last_zxid));
            break;
        }
        case NodeKind::console: break;
    }
    return rows;
}

Rows offset_rows(const Scene& scene, const Object& object) {
    const lab::Replica replica = object.node == sim::kNoNode ? scene.cluster().leading_replica(object.id)
                                                             : scene.cluster().replica(object.node, object.id);
    const auto record = record_at(scene, replica, object.offset);
    if (!record) return {};
    const bool committed = object.offset < replica.partition->high_watermark.value;
    Rows rows{{"key", shortened(record->key, 24)}, {"value", shortened(record->value, 24)},
              {"committed", committed ? "yes" : "not yet"}, {"leader epoch", grouped_number(record->leader_epoch)},
              {"producer id", grouped_number(record->producer_id)}, {"sequence", grouped_number(record->sequence)}};
    return rows;
}

Rows message_rows(const Scene& scene, u64 message) {
    const engine::History& past = scene.history();
    if (message < past.first_message || message - past.first_message >= past.messages.size()) return {};
    const sim::MessageSent& sent = past.messages[message - past.first_message];
    if (sent.sender == sim::kNoNode) return {};
    Rows rows{{"message", fmt::format("{}{}", request_name(sent.label), is_reply(sent.label) ? ", answer" : "")},
              {"from", scene.name(sent.sender)}, {"to", scene.name(sent.receiver)},
              {"sent at", scene.time(sent.sent_at)}, {"bytes", grouped(static_cast<u64>(sent.bytes))}};
    const sim::Segment* segment = scene.world().machine.network.find(message);
    rows.emplace_back(segment == nullptr ? "ended" : "arrives at",
                      segment == nullptr ? "yes" : scene.time(segment->due));
    return rows;
}

Rows query_rows(const Sight& sight, std::string_view name) {
    const lab::KnownQuery query = lab::find_query(sight.reader, name);
    if (!query) return {};
    Rows rows{{"output mode", query.spec->output_mode}, {"trigger", query.spec->trigger}};
    if (query.run == nullptr) return rows;
    rows.emplace_back("phase", std::string(engine::spark::name_of(query.run->phase)));
    rows.emplace_back("next batch", grouped_number(query.run->cursor.next_batch));
    const i64 watermark = query.run->cursor.tracker.global_ms;
    if (query.run->compiled.query != nullptr && !query.run->compiled.query->plan.watermarks.empty())
        rows.emplace_back("watermark", watermark <= 0 ? "none yet" : event_clock(watermark));
    u64 groups = 0;
    for (const auto& op : query.run->cursor.state.state->operators)
        groups += op.rows->size() + static_cast<u64>(op.left->size() + op.right->size());
    rows.emplace_back("groups in state", grouped_number(static_cast<i64>(groups)));
    return rows;
}

Rows rows_of(const Scene& scene, const Sight& sight, const Object& object) {
    switch (object.kind) {
        case ObjectKind::node: case ObjectKind::wait: return node_rows(sight, object.node);
        case ObjectKind::partition: return partition_rows(sight, object.id);
        case ObjectKind::replica: return replica_rows(sight, object.node, object.id);
        case ObjectKind::offset: return offset_rows(scene, object);
        case ObjectKind::message: return message_rows(scene, object.number);
        case ObjectKind::query: return query_rows(sight, object.text.substr(kQueryWord.size()));
        case ObjectKind::nothing: case ObjectKind::fact: case ObjectKind::topic: case ObjectKind::znode:
        case ObjectKind::session:
            return scene.focus().topic == sim::kNoName ? Rows{} : partition_rows(sight, scene.focus());
    }
    return {};
}

/// What a screen is about on which nothing is selected: beside a view of a query that query, else the partition in
/// focus.
Object shown_object(const Scene& scene) {
    Object object = scene.selected();
    if (object.kind != ObjectKind::nothing && object.kind != ObjectKind::fact) return object;
    if (!is_of_query(scene.at().desk.view)) return object;
    const std::string query = query_looked_at(scene);
    return query.empty() ? object : scene.object(std::string(kQueryWord) + query);
}

bool stands_for_focus(ObjectKind kind) {
    return kind == ObjectKind::nothing || kind == ObjectKind::fact || kind == ObjectKind::topic ||
           kind == ObjectKind::znode || kind == ObjectKind::session;
}

}  // namespace

void add_state(const Scene& scene, InspectorVm& vm) {
    const Sight now(scene.world(), scene.history(), scene.at().names);
    const Object object = shown_object(scene);
    const std::string of = stands_for_focus(object.kind)
                               ? (scene.focus().topic == sim::kNoName ? "" : scene.name(scene.focus()))
                               : object.text;
    vm.state_heading = "STATE OF " + of;
    const Rows rows = rows_of(scene, now, object);
    const Rows earlier = scene.since() == nullptr ? rows : rows_of(scene, *scene.since(), object);
    for (const auto& [label, value] : rows) {
        const auto found = std::ranges::find(earlier, label, &StateCells::first);
        const bool changed = found != earlier.end() && found->second != value;
        vm.state.push_back({label, changed ? found->second : "", value});
    }
    if (rows.empty() && !of.empty()) vm.absent = "Not present at this time.";
}

}  // namespace app
