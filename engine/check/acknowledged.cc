#include "engine/check/acknowledged.h"

#include "engine/broker/groups.h"

namespace engine::check {
namespace {

/// In the log, or gone from its beginning since.
bool holds(const ReplicaLog& log, const AckedRecord& acked) {
    const bool retired = log.exists() && log_start(log) > acked.offset;
    return retired || message_at(log, acked.offset) == acked.message;
}

i32 holders(const Scene& scene, const PartitionView& partition, const AckedRecord& acked) {
    MR_ASSERT(partition.state.leader_epoch.value >= -1);
    i32 count = 0;
    for (const BrokerId broker : partition.replicas)
        if (holds(replica_log(scene.world, broker, acked.id), acked)) ++count;
    return count;
}

void check_holders(const Scene& scene, const AckedRecord& acked) {
    const PartitionView* partition = scene.zk.partitions.find(acked.id);
    if (partition == nullptr) return;
    const i32 wanted = std::min(scene.promises.min_isr(acked.id.topic), static_cast<i32>(partition->replicas.size()));
    const i32 held = holders(scene, *partition, acked);
    if (held < wanted)
        scene.found("min-isr",
                    "send {} of {} was acknowledged at offset {} of {}, but {} logs hold it and {} are promised",
                    acked.message.ordinal, scene.name(acked.message.producer), acked.offset.value, scene.text(acked.id),
                    held, wanted);
}

/// Whether a batch of a leader's log was sent with acks=all; coordinators always write so.
bool wants_all_acks(const Scene& scene, const broker::Partition& leader, Offset offset) {
    if (scene.world.kernel().names.text(leader.id.topic) == broker::kOffsetsTopic) return true;
    const BrokerId self = leader.leader;
    return scene.promises.all_acks(message_at(replica_log(scene.world, self, leader.id), offset).producer);
}

}  // namespace

void check_outcome(Acknowledged& acknowledged, const Scene& scene, const SendOutcomeRow& outcome) {
    if (failed(outcome.error) || outcome.offset == kNoOffset || !scene.promises.all_acks(outcome.message.producer))
        return;
    const AckedRecord acked{outcome.message, outcome.target, outcome.offset};
    if (!scene.durable(acked.id)) return;
    if (!scene.compacted(acked.id)) check_holders(scene, acked);
    acknowledged.records.push_back(acked);
}

void check_append_fact(const Scene& scene, const sim::Fact& fact) {
    if (kind_of(fact) != FactKind::appended) return;
    const broker::Partition* leader =
        running_replica(scene.world, scene.world.card(fact.node).broker, partition_of(fact));
    if (leader == nullptr || !leader->leads() || !leader->under_min_isr()) return;
    if (wants_all_acks(scene, *leader, Offset{fact.n[0]}))
        scene.found("min-isr", "{} appended offset {} to {} for acks=all with {} in the ISR of {} that it needs",
                    scene.name(fact.node), fact.n[0], scene.text(leader->id), leader->isr.committed.size(),
                    leader->effective_min_isr());
}

void check_acked_kept(const Acknowledged& acknowledged, const Scene& scene) {
    for (const AckedRecord& acked : acknowledged.records) {
        const PartitionView* partition = scene.zk.partitions.find(acked.id);
        if (partition == nullptr || partition->state.leader == kNoBroker || !scene.durable(acked.id)) continue;
        const BrokerId leader = partition->state.leader;
        const ReplicaLog log = replica_log(scene.world, leader, acked.id);
        if (scene.compacted(acked.id) && !holds_record(log, acked.offset))
            continue;  // whether it may be gone: newest-kept
        if (holds(log, acked)) continue;
        scene.found("acked-kept",
                    "send {} of {} was acknowledged at offset {} of {}, where the log of broker {} does not hold it",
                    acked.message.ordinal, scene.name(acked.message.producer), acked.offset.value, scene.text(acked.id),
                    leader.value);
    }
}

}  // namespace engine::check
