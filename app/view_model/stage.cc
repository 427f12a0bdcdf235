// The stage as a whole, broker cards, ZooKeeper. Clients and links have files of their own.
#include "app/view_model/stage.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/view_model/make.h"
#include "app/view_model/replica_state.h"
#include "app/view_model/stage_parts.h"
#include "app/view_model/waits.h"
#include "app/view_model/words.h"

namespace app {
namespace {

constexpr std::size_t kMostCells = 64;      // of a tape; the drawing shows the last that fit
constexpr std::size_t kMostTapes = 4;       // of a card
constexpr std::size_t kMostWaits = 2;

bool changed_now(const Scene& scene, NodeId node) {
    const auto& facts = scene.history().facts;
    for (u64 i = scene.facts_now(); i > 0 && facts[i - 1].index() == scene.here(); --i)
        if (facts[i - 1].fact.node == node) return true;
    return false;
}

std::vector<TopicPartition> shown_partitions(const Scene& scene) {
    if (scene.focus().topic == sim::kNoName) return {};
    std::vector<TopicPartition> all = scene.partitions_of(scene.focus().topic);
    const bool of_clients = !scene.reader().text(scene.focus().topic).starts_with("__");
    if (of_clients && all.size() <= kMostTapes) return all;
    return {scene.focus()};  // of a topic of Kafka's own, with as many partitions as it has, the one that was meant
}

BrokerCardVm broker_card(const Scene& scene, const Spotlight& spotlight, NodeId node, BrokerId controller) {
    BrokerCardVm card;
    card.object = card.name = scene.name(node);
    card.role = role_of(scene, scene.focus(), node);
    card.health = health_of(scene, node);
    card.status = status_of(scene, scene.focus(), node);
    card.controller = scene.world().card(node).broker == controller && is_alive(scene, node);
    card.selected = scene.is_selected(card.object);
    card.spotlight = spotlight.rings(node);
    card.dimmed = spotlight.dims(node);
    card.changed = changed_now(scene, node);
    for (const TopicPartition id : scene.cluster().partitions({})) {
        const auto* state = scene.cluster().find(id);
        const BrokerId broker = scene.world().card(node).broker;
        if (!engine::broker::contains(state->replicas, broker)) continue;
        (state->leader == broker ? card.leads : card.follows) += 1;
    }
    for (const TopicPartition id : shown_partitions(scene))
        if (role_of(scene, id, node) != ReplicaRole::none) card.tapes.push_back(tape_of(scene, id, node, kMostCells));
    card.waits = waits_of(scene, node, kMostWaits);
    return card;
}

std::string subtitle(const Scene& scene) {
    const auto* state = scene.cluster().find(scene.focus());
    if (state == nullptr) return "";
    const std::size_t replicas = state->replicas.size();
    std::string text = fmt::format("{} {}", replicas, replicas == 1 ? "replica" : "replicas");
    const lab::Replica leading = scene.cluster().leading_replica(scene.focus());
    if (leading) text += fmt::format(", min.insync.replicas {}", leading.partition->log.config.min_insync_replicas);
    return text;
}

/// What stands still while nobody leads, and where the records are.
std::string alarm(const Scene& scene) {
    const auto* state = scene.cluster().find(scene.focus());
    if (state == nullptr || state->leader != engine::kNoBroker || state->isr.empty()) return "";
    std::vector<std::string> holders;
    bool dead = true;
    for (const BrokerId each : state->isr) {
        holders.push_back(fmt::format("{}", each.value));
        dead = dead && !is_alive(scene, scene.world().broker_node(each));
    }
    const bool one = holders.size() == 1;
    return fmt::format("{} on broker{} {}{}. Nobody can write or read.",
                       one ? "Its only in-sync copy is" : "All its in-sync copies are", one ? "" : "s", listed(holders),
                       !dead ? "" : one ? ", which is dead" : ", which are dead");
}

void set_empty(const Scene& scene, StageVm& stage) {
    if (!scene.brokers().empty()) return;
    stage.empty_title = "No brokers";
    stage.empty_text = "This world has no Kafka cluster.";
}

}  // namespace

// ---- spotlight ----------------------------------------------------------------------------------

Spotlight::Spotlight(const Scene& scene) {
    for (const std::string& name : scene.spotlight()) {
        const Object object = scene.object(name);
        const bool zookeeper = name.starts_with("znode") || name.starts_with("session") || name.starts_with("watch");
        if (object.kind == ObjectKind::node) nodes.push_back(object.node);
        else if (zookeeper && scene.zookeeper() != sim::kNoNode) nodes.push_back(scene.zookeeper());
        else if (object.kind == ObjectKind::partition || object.kind == ObjectKind::replica)
            for (const NodeId broker : scene.brokers())
                if (role_of(scene, object.id, broker) != ReplicaRole::none) related.push_back(broker);
    }
}

bool Spotlight::lit(NodeId node) const { return std::ranges::find(nodes, node) != nodes.end(); }

bool Spotlight::dims(NodeId node) const {
    return !nodes.empty() && !lit(node) && std::ranges::find(related, node) == related.end();
}

std::string object_of(const Scene& scene, NodeId node) {
    return node == scene.zookeeper() ? "zookeeper" : scene.name(node);
}

// ---- cards --------------------------------------------------------------------------------------

std::vector<BrokerCardVm> broker_cards(const Scene& scene) {
    const Spotlight spotlight(scene);
    const BrokerId controller = scene.controller();
    std::vector<BrokerCardVm> cards;
    for (const NodeId node : scene.brokers()) cards.push_back(broker_card(scene, spotlight, node, controller));
    return cards;
}

ZooKeeperCardVm zookeeper_card(const Scene& scene) {
    ZooKeeperCardVm card;
    const auto* memory = scene.zookeeper_memory();
    card.shown = memory != nullptr;
    if (memory == nullptr) return card;
    const Spotlight spotlight(scene);
    const BrokerId controller = scene.controller();
    card.controller =
        controller == engine::kNoBroker ? "no /controller" : fmt::format("/controller {}", controller.value);
    for (const NodeId node : scene.brokers()) {
        const bool alive =
            std::ranges::any_of(memory->sessions, [&](const auto& entry) { return entry.second.owner == node; });
        card.sessions.push_back({fmt::format("{}", scene.world().card(node).broker.value), alive});
    }
    card.selected = scene.is_selected(card.object);
    card.spotlight = spotlight.rings(scene.zookeeper());
    card.dimmed = spotlight.dims(scene.zookeeper());
    return card;
}

StageVm make_stage(const Scene& scene) {
    StageVm stage;
    const bool any = scene.focus().topic != sim::kNoName;
    const auto shown = shown_partitions(scene);
    stage.title = !any               ? "No topic yet"
                  : shown.size() > 1 ? scene.reader().text(scene.focus().topic)
                                     : scene.name(scene.focus());
    stage.subtitle = any ? subtitle(scene) : "";
    stage.alarm = any && shown.size() == 1 ? alarm(scene) : "";
    if (!stage.alarm.empty()) stage.title += " has no leader";
    const Desk& desk = scene.at().desk;
    stage.zoom = desk.zoom;
    stage.zoom_per_mille = desk.zoom_per_mille;
    stage.pan_x = desk.pan_x;
    stage.pan_y = desk.pan_y;
    stage.zookeeper = zookeeper_card(scene);
    stage.brokers = broker_cards(scene);
    stage.clients = client_cards(scene);
    stage.links = links(scene);
    set_empty(scene, stage);
    return stage;
}

}  // namespace app
