#include "engine/check/replica_cuts.h"

namespace engine::check {
namespace {

void check_cut(const ReplicaCuts& cuts, const Scene& scene, const sim::Fact& fact) {
    const TopicPartition id = partition_of(fact);
    const log::LeaderEpochs* held = cuts.epochs.find(std::pair{id, fact.node});
    const CommittedPart* committed = scene.committed.parts.find(id);
    if (held == nullptr || committed == nullptr || !scene.durable(id)) return;
    const Offset to{fact.n[1]};
    if (to >= min(Offset{fact.n[0]}, committed->high_watermark)) return;
    const LeaderEpoch epoch = held->epoch_at(to);
    if (epoch != kNoEpoch && epoch == committed->epochs.epoch_at(to))
        scene.found("cut-committed",
                    "{} cuts {} to {} although it held the committed record there (epoch {}, committed up to {})",
                    scene.name(fact.node), scene.text(id), to.value, epoch.value, committed->high_watermark.value);
}

void check_copied(const Scene& scene, const sim::Fact& fact, const broker::Partition& replica) {
    if (replica.log.latest_epoch() > replica.leader_epoch)
        scene.found("epoch-ahead", "{} copied a batch of leader epoch {} of {} while it follows in epoch {}",
                    scene.name(fact.node), replica.log.latest_epoch().value, scene.text(replica.id),
                    replica.leader_epoch.value);
}

}  // namespace

ReplicaCuts read_replica_epochs(const World& world) {
    ReplicaCuts cuts;
    for (const NodeCard& card : world.frame->cards) {
        const broker::Broker* broker = card.kind == NodeKind::broker ? running_broker(world, card.broker) : nullptr;
        if (broker == nullptr) continue;
        const NodeId node = world.broker_node(card.broker);
        for (const auto& [id, partition] : broker->memory.partitions)
            cuts.epochs[std::pair{id, node}] = partition->log.epochs;
    }
    return cuts;
}

void check_replica_fact(ReplicaCuts& cuts, const Scene& scene, const sim::Fact& fact) {
    const FactKind kind = kind_of(fact);
    if (kind == FactKind::truncated) check_cut(cuts, scene, fact);
    const bool changes =
        kind == FactKind::truncated || kind == FactKind::epoch_began || kind == FactKind::log_recovered;
    if (!changes && kind != FactKind::replicated) return;
    const broker::Partition* replica =
        running_replica(scene.world, scene.world.card(fact.node).broker, partition_of(fact));
    if (replica == nullptr) return;
    if (changes) cuts.epochs[std::pair{replica->id, fact.node}] = replica->log.epochs;
    else check_copied(scene, fact, *replica);
}

}  // namespace engine::check
