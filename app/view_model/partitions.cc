#include "app/view_model/partitions.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/view_model/lanes.h"
#include "app/view_model/make.h"
#include "app/view_model/replica_state.h"
#include "app/view_model/telling.h"

namespace app {
namespace {

constexpr const char* kNone = "\u2013";
constexpr std::size_t kMostPartitions = 60;

std::string offset_text(Offset offset) { return offset.value < 0 ? kNone : fmt::format("{}", offset.value); }

std::string state_word(ReplicaRole role) {
    switch (role) {
        case ReplicaRole::leader: return "leader";
        case ReplicaRole::in_sync: case ReplicaRole::out_of_sync: return "follower";
        case ReplicaRole::offline: return "offline";
        case ReplicaRole::none: return "";
    }
    return "";
}

/// What the leader knows of the others.
struct Leader {
    lab::Replica replica;             // none: nobody leads
    i64 least = INT64_MAX;            // smallest log end of the ISR, as it knows it

    Leader(const Scene& scene, TopicPartition id) {
        const auto* state = scene.cluster().find(id);
        const NodeId node = state == nullptr ? sim::kNoNode : scene.world().broker_node(state->leader);
        if (node == sim::kNoNode || !is_alive(scene, node)) return;
        replica = scene.cluster().replica(node, id);
        if (!replica || !replica.partition->leads()) { replica = {}; return; }
        for (const BrokerId broker : replica.partition->isr.maximal())
            if (const Offset end = known(broker); end.value >= 0) least = std::min(least, end.value);
    }
    [[nodiscard]] Offset known(BrokerId broker) const {
        if (!replica) return engine::kNoOffset;
        if (broker == replica.broker) return replica.partition->log_end_offset();
        const auto* follower = replica.partition->followers.find(broker);
        return follower == nullptr ? engine::kNoOffset : follower->log_end_offset;
    }
};

void fill_offsets(ReplicaRowVm& row, const lab::Replica& replica) {
    row.last_stable_offset = row.high_watermark = row.log_end_offset = kNone;
    if (!replica) return;
    if (row.role == ReplicaRole::leader) row.last_stable_offset = offset_text(replica.partition->last_stable_offset());
    row.high_watermark = offset_text(replica.partition->high_watermark);
    row.log_end_offset = offset_text(replica.partition->log_end_offset());
}

ReplicaRowVm row_of(const Scene& scene, TopicPartition id, const Leader& leader, BrokerId broker) {
    const NodeId node = scene.world().broker_node(broker);
    ReplicaRowVm row;
    row.object = scene.replica_name(id, broker);
    row.partition = scene.name(id);
    row.replica = fmt::format("{}", broker.value);
    row.role = role_of(scene, id, node);
    row.state = state_word(row.role);
    row.in_isr = engine::broker::contains(scene.cluster().find(id)->isr, broker) ? "yes" : "no";
    fill_offsets(row, scene.cluster().replica(node, id));
    const Offset known = leader.known(broker);
    row.known_log_end_offset = is_alive(scene, node) ? offset_text(known) : kNone;
    const bool decides =
        leader.replica && known.value == leader.least && known < leader.replica.partition->log_end_offset();
    row.known_is_key = decides && row.role == ReplicaRole::in_sync;
    if (row.known_is_key) row.note = fmt::format("last Fetch: {}", known.value);
    row.selected = scene.is_selected(row.object);
    return row;
}

std::vector<TopicPartition> listed_partitions(const Scene& scene) {
    if (scene.selected().id.topic != sim::kNoName && scene.selected().id.partition >= 0) return {scene.focus()};
    std::vector<TopicPartition> all;
    for (const sim::NameId topic : scene.topics())
        for (const TopicPartition id : scene.partitions_of(topic)) all.push_back(id);
    if (all.empty() && scene.focus().topic != sim::kNoName) all.push_back(scene.focus());
    return all;
}

void add_isr_lanes(const Scene& scene, PartitionsVm& vm) {
    const auto* state = scene.cluster().find(scene.focus());
    if (state == nullptr) return;
    const Past past = past_of(scene);
    engine::broker::BrokerList replicas = state->replicas;
    std::ranges::sort(replicas);
    for (const BrokerId broker : replicas) {
        LaneVm lane;
        lane.object = fmt::format("isr {}", broker.value);
        lane.name = fmt::format("{}", broker.value);
        lane.bars = replica_bars(scene, past, scene.world().broker_node(broker));
        vm.isr_lanes.push_back(std::move(lane));
    }
    vm.isr_axis = plain_axis(scene, past.first, past.newest, 5);
    const std::size_t in_sync = static_cast<std::size_t>(std::ranges::count_if(
        state->isr, [&](BrokerId broker) { return is_alive(scene, scene.world().broker_node(broker)); }));
    if (in_sync < state->replicas.size())
        vm.isr_note = fmt::format("under-replicated: {} of {}", in_sync, state->replicas.size());
    else vm.isr_note = fmt::format("all {} in sync", state->replicas.size());
}

std::string sentence_of(const std::vector<TopicPartition>& ids, const Scene& scene) {
    const std::string of = ids.size() == 1 ? scene.name(ids.front()) : "each partition";
    return fmt::format("One row for each copy of {}. Committed means: every in-sync copy has it.", of);
}

}  // namespace

PartitionsVm make_partitions(const Scene& scene) {
    PartitionsVm vm;
    const std::vector<TopicPartition> ids = listed_partitions(scene);
    if (ids.empty()) {
        vm.empty_title = "No partitions yet";
        vm.empty_text = "Nobody has created a topic. A producer or kafka-topics does.";
        return vm;
    }
    vm.sentence = sentence_of(ids, scene);
    const Leader in_focus(scene, scene.focus());
    vm.known_title = ids.size() == 1 && in_focus.replica
                         ? fmt::format("LEO known to broker {}", in_focus.replica.broker.value)
                         : "LEO known to leader";
    for (const TopicPartition id : ids) {
        const Leader leader(scene, id);
        engine::broker::BrokerList replicas = scene.cluster().find(id)->replicas;
        std::ranges::sort(replicas);
        for (const BrokerId broker : replicas)
            if (vm.rows.size() < kMostPartitions) vm.rows.push_back(row_of(scene, id, leader, broker));
    }
    if (!scene.question_open()) vm.rule = high_watermark_rule(scene, scene.focus());
    add_isr_lanes(scene, vm);
    return vm;
}

}  // namespace app
