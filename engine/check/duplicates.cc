#include "engine/check/duplicates.h"

namespace engine::check {
namespace {

bool idempotent(const Scene& scene, NodeId producer) {
    const ProducerTerms* terms = scene.promises.producers.find(producer);
    return terms != nullptr && terms->idempotent;
}

struct Seen {
    sim::FlatMap<std::pair<NodeId, u32>, i64> offsets;                // of each send
    sim::FlatMap<std::pair<NodeId, ProducerId>, u32> latest;          // send of each life of a producer so far
};

bool check_record(const Scene& scene, TopicPartition id, Seen& seen, MessageId message, ProducerId life, i64 offset) {
    if (message.producer == sim::kNoNode || !idempotent(scene, message.producer)) return true;
    MR_ASSERT(offset >= 0 && life.value >= 0);
    const std::pair send(message.producer, message.ordinal);
    if (const i64* earlier = seen.offsets.find(send)) {
        scene.found("exactly-in-order", "offset {} of {} holds send {} of {}, which offset {} holds already", offset,
                    scene.text(id), message.ordinal, scene.name(message.producer), *earlier);
        return false;
    }
    const std::pair producer(message.producer, life);
    const u32* before = seen.latest.find(producer);
    if (before != nullptr && *before >= message.ordinal) {
        scene.found("exactly-in-order", "offset {} of {} holds send {} of {}, after its send {}", offset,
                    scene.text(id), message.ordinal, scene.name(message.producer), *before);
        return false;
    }
    seen.offsets[send] = offset;
    seen.latest[producer] = message.ordinal;
    return true;
}

void check_partition(const Scene& scene, TopicPartition id, BrokerId leader) {
    MR_ASSERT(leader != kNoBroker);
    Seen seen;
    for_each_batch(replica_log(scene.world, leader, id), [&](const sim::Slice& batch, const wire::BatchHeader& header) {
        const auto count = static_cast<u32>(batch.chunk->provenance().ordinals.size());
        for (u32 place = 0; place < count; ++place)
            if (!check_record(scene, id, seen, message_in(batch, place), ProducerId{header.producer_id},
                              header.base_offset + place))
                return false;
        return true;
    });
}

}  // namespace

void check_duplicates(const Scene& scene) {
    for (const auto& [id, partition] : scene.zk.partitions)
        if (partition.state.leader != kNoBroker && scene.durable(id))
            check_partition(scene, id, partition.state.leader);
}

}  // namespace engine::check
