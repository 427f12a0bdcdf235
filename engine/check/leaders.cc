#include "engine/check/leaders.h"

namespace engine::check {
namespace {

void note(Leaders& leaders, const Scene& scene, TopicPartition id, LeaderEpoch epoch, BrokerId leader) {
    MR_ASSERT(id.partition >= 0);
    const std::pair key{id, epoch};
    const BrokerId* known = leaders.of_epoch.find(key);
    if (known == nullptr) { leaders.of_epoch[key] = leader; return; }
    if (*known != leader)
        scene.found("one-leader", "{} has two leaders in epoch {}: broker {} and broker {}", scene.text(id),
                    epoch.value, known->value, leader.value);
}

}  // namespace

void check_leader_fact(Leaders& leaders, const Scene& scene, const sim::Fact& fact) {
    if (kind_of(fact) != FactKind::became_leader) return;
    note(leaders, scene, partition_of(fact), LeaderEpoch{static_cast<i32>(fact.n[0])},
         scene.world.card(fact.node).broker);
}

void check_leader_write(Leaders& leaders, const Scene& scene, const StateChange& change) {
    if (change.after.state.leader != kNoBroker)
        note(leaders, scene, change.id, change.after.state.leader_epoch, change.after.state.leader);
}

}  // namespace engine::check
