#include "engine/check/duplicates.h"

namespace engine::check {
namespace {

bool idempotent(const Scene& scene, NodeId producer) {
    const ProducerTerms* terms = scene.promises.producers.find(producer);
    return terms != nullptr && terms->idempotent;
}

/// The latest send of each producer so far; they may only grow.
using Latest = sim::FlatMap<NodeId, u32>;

bool check_record(const Scene& scene, TopicPartition id, Latest& latest, MessageId message, i64 offset) {
    if (message.producer == sim::kNoNode || !idempotent(scene, message.producer)) return true;
    const u32* before = latest.find(message.producer);
    if (before != nullptr && *before >= message.ordinal) {
        scene.found("exactly-in-order", "offset {} of {} holds send {} of {}, after its send {}", offset, scene.text(id), message.ordinal,
                    scene.name(message.producer), *before);
        return false;
    }
    latest[message.producer] = message.ordinal;
    return true;
}

void check_partition(const Scene& scene, TopicPartition id, BrokerId leader) {
    Latest latest;
    for_each_batch(replica_log(scene.world, leader, id), [&](const sim::Slice& batch, const wire::BatchHeader& header) {
        const auto count = static_cast<u32>(batch.chunk->provenance().ordinals.size());
        for (u32 place = 0; place < count; ++place)
            if (!check_record(scene, id, latest, message_in(batch, place), header.base_offset + place)) return false;
        return true;
    });
}

}  // namespace

void check_duplicates(const Scene& scene) {
    for (const auto& [id, partition] : scene.zk.partitions)
        if (partition.state.leader != kNoBroker && scene.durable(id)) check_partition(scene, id, partition.state.leader);
}

}  // namespace engine::check
