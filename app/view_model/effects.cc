// Sections: a broker that goes · elections · members of groups · the driver.
#include "app/view_model/effects.h"

#include <fmt/format.h>

#include <optional>

#include "app/lab/sql/known_groups.h"
#include "app/lab/sql/streams.h"
#include "engine/broker/isr.h"
#include "engine/stream/driver_node.h"
#include "engine/verb.h"
#include "engine/world_spark.h"

namespace app {
namespace {

using engine::NodeKind;
using engine::broker::BrokerList;
using engine::broker::contains;

// ---- a broker that goes -------------------------------------------------------------------------------

/// The first of the assignment that is alive and in the ISR: whom a controller would elect.
BrokerId next_leader(const Scene& scene, const BrokerList& replicas, const BrokerList& in_sync) {
    for (const BrokerId broker : replicas) {
        const NodeId node = scene.world().broker_node(broker);
        if (contains(in_sync, broker) && node != sim::kNoNode && is_alive(scene, node)) return broker;
    }
    return engine::kNoBroker;
}

/// What a partition loses with a broker; "" if it has nothing to do with it.
std::string loss(const Scene& scene, TopicPartition id, BrokerId broker) {
    const auto* state = scene.cluster().find(id);
    if (state == nullptr || !contains(state->isr, broker)) return "";
    const BrokerList left = engine::broker::without(state->isr, broker);
    if (left.empty()) return fmt::format("{}: the last of its ISR, nobody may lead", scene.name(id));
    MR_ASSERT(left.size() + 1 == state->isr.size());
    std::string text = fmt::format("{}: will leave ISR {{{}}}", scene.name(id), engine::broker::to_text(left));
    const lab::Replica leading = scene.cluster().leading_replica(id);
    const auto wanted = leading ? static_cast<std::size_t>(leading.partition->effective_min_isr()) : 0;
    if (left.size() < wanted) text += fmt::format(", below min.insync.replicas {}", wanted);
    else if (state->leader == broker) {
        const BrokerId next = next_leader(scene, state->replicas, left);
        text += next == engine::kNoBroker ? ", and no leader" : fmt::format(" and leader {}", next.value);
    }
    return text;
}

/// Of the partition that one looks at, or else of the first that loses something.
std::string loss_of_broker(const Scene& scene, BrokerId broker) {
    std::string told = scene.focus().topic == sim::kNoName ? "" : loss(scene, scene.focus(), broker);
    std::size_t others = 0;
    for (const sim::NameId topic : scene.topics())
        for (const TopicPartition id : scene.partitions_of(topic)) {
            if (id == scene.focus()) continue;
            const std::string text = loss(scene, id, broker);
            if (text.empty()) continue;
            if (told.empty()) told = text;
            else ++others;
        }
    return others == 0 ? told : fmt::format("{}; {} more", told, others);
}

// ---- elections ----------------------------------------------------------------------------------------

/// `elect unclean orders-0`: without anyone of the ISR the first that is alive leads, with what it has.
std::string unclean(const Scene& scene, TopicPartition id) {
    const auto* state = scene.cluster().find(id);
    if (state == nullptr || next_leader(scene, state->replicas, state->isr) != engine::kNoBroker) return "";
    const BrokerId next = next_leader(scene, state->replicas, state->replicas);
    if (next == engine::kNoBroker) return "";
    const lab::Replica best = scene.cluster().leading_replica(id);
    const lab::Replica its = scene.cluster().replica(scene.world().broker_node(next), id);
    if (!best || !its) return fmt::format("broker {} will lead with what it has", next.value);
    const i64 missing = best.partition->log_end_offset().value - its.partition->log_end_offset().value;
    return missing <= 0 ? fmt::format("broker {} will lead, nothing is missing there", next.value)
                        : fmt::format("broker {} will lead, {} {} are not there", next.value, missing,
                                      missing == 1 ? "record" : "records");
}

std::string preferred(const Scene& scene, TopicPartition id) {
    const auto* state = scene.cluster().find(id);
    if (state == nullptr || state->replicas.empty() || state->leader == state->replicas.front()) return "";
    const BrokerId first = state->replicas.front();
    return contains(state->isr, first) ? fmt::format("leader {} instead of {}", first.value, state->leader.value)
                                       : fmt::format("broker {} is not in the ISR", first.value);
}

// ---- members of groups --------------------------------------------------------------------------------

std::string leaving(const Scene& scene, NodeId consumer) {
    const auto known = lab::group_of(scene.reader(), consumer);
    if (!known || known->group == nullptr) return "";
    std::string shares;
    for (const lab::KnownAssignment& each : lab::assignments_of(scene.reader(), *known))
        if (each.member == consumer) shares += (shares.empty() ? "" : ", ") + scene.name(each.id);
    if (shares.empty()) return "";
    return known->group->members.size() > 1 ? fmt::format("{} will go to the other members", shares)
                                            : fmt::format("nobody will read {}", shares);
}

// ---- the driver ---------------------------------------------------------------------------------------

std::string loss_of_driver(const Scene& scene) {
    std::string text;
    for (const lab::KnownQuery& query : lab::queries_of(scene.reader())) {
        if (query.run == nullptr || query.run->phase == engine::spark::QueryPhase::failed) continue;
        const std::string each =
            query.run->cursor.planned
                ? fmt::format("batch {} of {} will run again", query.run->cursor.next_batch, query.spec->name)
                : fmt::format("{} will go on at batch {}", query.spec->name, query.run->cursor.next_batch);
        text += (text.empty() ? "" : "; ") + each;
    }
    return text;
}

std::string loss_of(const Scene& scene, NodeId node, std::string_view verb) {
    switch (scene.world().card(node).kind) {
        case NodeKind::broker: return loss_of_broker(scene, scene.world().card(node).broker);
        case NodeKind::zookeeper: return "no election and no change of an ISR without it";
        case NodeKind::consumer: return leaving(scene, node);
        case NodeKind::producer: return "";
        case NodeKind::console:
            return verb != "partition" && engine::spark_role(scene.world(), node) == "driver" ? loss_of_driver(scene)
                                                                                             : "";
    }
    return "";
}

}  // namespace

std::string effect_of(const Scene& scene, const std::string& line) {
    if (scene.question_open()) return "";
    const engine::Verb verb = engine::parse_verb(line);
    if (verb.words.empty()) return "";
    if (verb.name == "elect" && verb.words.size() == 2) {
        const Object object = scene.object(verb.words.back());
        if (object.kind != ObjectKind::partition) return "";
        return verb.words.front() == "unclean" ? unclean(scene, object.id) : preferred(scene, object.id);
    }
    const bool isolates = verb.name == "partition" && verb.words.size() == 2 && verb.words.front() == "isolate";
    const bool ends = verb.name == "kill" || verb.name == "power-cut" || verb.name == "pause" || verb.name == "stop";
    if (!isolates && (!ends || verb.words.size() != 1)) return "";
    const NodeId node = scene.world().find_node(verb.words.back());
    return node == sim::kNoNode ? "" : loss_of(scene, node, verb.name);
}

}  // namespace app
