#include "engine/check/agreement.h"

#include <algorithm>

namespace engine::check {
namespace {

bool same_bytes(const sim::Slice& a, const sim::Slice& b) {
    if (a.chunk.get() == b.chunk.get() && a.begin == b.begin && a.length == b.length) return true;
    return std::ranges::equal(a.bytes(), b.bytes());
}

/// The first offset of [from, to) at which the logs hold different batches; `to` if there is none.
Offset first_difference(const ReplicaLog& a, const ReplicaLog& b, Offset from, Offset to) {
    MR_ASSERT(from >= Offset{0});
    while (from < to) {
        const sim::Slice left = batch_at(a, from), right = batch_at(b, from);
        if (left.length == 0 || right.length == 0 || !same_bytes(left, right)) return from;
        from = Offset{wire::read_header(left.bytes())->next_offset()};
    }
    return to;
}

/// Of a compacted topic each replica rewrites its own log; compaction.h looks at those.
void compare(const Scene& scene, TopicPartition id, BrokerId a, BrokerId b, Offset from, Offset to) {
    MR_ASSERT(id.partition >= 0);
    if (scene.compacted(id)) return;
    const ReplicaLog left = replica_log(scene.world, a, id), right = replica_log(scene.world, b, id);
    from = max(from, max(log_start(left), log_start(right)));
    const Offset at = first_difference(left, right, min(from, to), to);
    if (at < to)
        scene.found("agreement",
                    "brokers {} and {} hold different batches at offset {} of {}, below both high watermarks", a.value,
                    b.value, at.value, scene.text(id));
}

/// A running replica that is one of the topic as it is now.
const broker::Partition* present_replica(const Scene& scene, TopicPartition id, const PartitionView& partition,
                                         BrokerId broker) {
    const broker::Partition* replica = running_replica(scene.world, broker, id);
    return replica == nullptr || is_of_earlier_life(*replica, partition.topic_id) ? nullptr : replica;
}

/// The running replica with the furthest high watermark.
const broker::Partition* reference(const Scene& scene, TopicPartition id, const PartitionView& partition,
                                   BrokerId& who) {
    MR_ASSERT(id.partition >= 0);
    const broker::Partition* best = nullptr;
    for (const BrokerId broker : partition.replicas) {
        const broker::Partition* replica = present_replica(scene, id, partition, broker);
        if (replica == nullptr || (best != nullptr && replica->high_watermark <= best->high_watermark)) continue;
        best = replica;
        who = broker;
    }
    return best;
}

}  // namespace

void check_agreement(Agreement& agreement, const Scene& scene) {
    for (const auto& [id, partition] : scene.zk.partitions) {
        BrokerId first = kNoBroker;
        const broker::Partition* best = scene.durable(id) ? reference(scene, id, partition, first) : nullptr;
        if (best == nullptr) continue;
        for (const BrokerId other : partition.replicas) {
            const broker::Partition* replica = present_replica(scene, id, partition, other);
            if (replica == nullptr || other == first) continue;
            Offset& from = agreement.verified[std::pair{id, other}];
            const Offset to = min(best->high_watermark, replica->high_watermark);
            compare(scene, id, first, other, min(from, to), to);
            from = to;
        }
    }
}

void check_full_agreement(const Scene& scene) {
    if (scene.promises.power_lost)
        return;  // a leader that lost its tail goes on in its epoch: two histories of one epoch
    for (const auto& [id, partition] : scene.zk.partitions) {
        BrokerId first = kNoBroker;
        for (const BrokerId other : partition.replicas) {
            if (present_replica(scene, id, partition, other) == nullptr) continue;
            if (first == kNoBroker) first = other;
            const Offset end =
                min(log_end(replica_log(scene.world, first, id)), log_end(replica_log(scene.world, other, id)));
            if (other != first) compare(scene, id, first, other, Offset{0}, end);
        }
    }
}

void note_cut(Agreement& agreement, const Scene& scene, const sim::Fact& fact) {
    if (kind_of(fact) != FactKind::truncated) return;
    MR_ASSERT(fact.n[1] >= 0 && fact.partition >= 0);
    if (Offset* from = agreement.verified.find(std::pair{partition_of(fact), scene.world.card(fact.node).broker}))
        *from = min(*from, Offset{fact.n[1]});
}

}  // namespace engine::check
