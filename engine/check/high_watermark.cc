#include "engine/check/high_watermark.h"

namespace engine::check {
namespace {

/// Whether ZooKeeper says already that a replica has left the ISR: its leader hears of that a moment later.
bool has_left(const Scene& scene, TopicPartition id, BrokerId member) {
    MR_ASSERT(member != kNoBroker);
    const PartitionView* view = scene.zk.partitions.find(id);
    return view != nullptr && view->version >= 0 && !broker::contains(view->state.isr, member);
}

void check_held(const Scene& scene, const broker::Partition& leader, Offset high_watermark) {
    if (!scene.durable(leader.id)) return;
    for (const BrokerId member : leader.isr.committed) {
        const Offset end = log_end(replica_log(scene.world, member, leader.id));
        if (end < high_watermark && !has_left(scene, leader.id, member))
            scene.found("hw-held",
                        "high watermark of {} is {}, but the log of broker {}, which is in the ISR, ends at {}",
                        scene.text(leader.id), high_watermark.value, member.value, end.value);
    }
}

}  // namespace

void check_high_watermark_fact(HighWatermarks& watermarks, const Scene& scene, const sim::Fact& fact) {
    const TopicPartition id = partition_of(fact);
    if (kind_of(fact) == FactKind::log_recovered && scene.promises.was_deleted(id.topic))
        watermarks.terms.erase(std::pair{id, fact.node});
    if (kind_of(fact) != FactKind::high_watermark) return;
    const broker::Partition* replica = running_replica(scene.world, scene.world.card(fact.node).broker, id);
    if (replica == nullptr || !replica->leads()) return;
    const Offset now{fact.n[1]};
    HighWatermarks::Term& term = watermarks.terms[std::pair{id, fact.node}];
    const u32 process = scene.world.kernel().host(fact.node).incarnation;
    if (term.epoch == replica->leader_epoch && term.process == process && now < term.high_watermark)
        scene.found("hw-monotonic", "high watermark of {} went from {} back to {} in epoch {}", scene.text(id),
                    term.high_watermark.value, now.value, term.epoch.value);
    term = {replica->leader_epoch, process, now};
    check_held(scene, *replica, now);
}

}  // namespace engine::check
