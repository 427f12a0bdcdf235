#include "engine/check/committed.h"

#include "engine/check/replica_logs.h"
#include "engine/model/facts.h"

namespace engine::check {
namespace {

void note_leader(Committed& committed, const broker::Partition& leader, Offset high_watermark) {
    MR_ASSERT(high_watermark >= Offset{0} && high_watermark <= leader.log_end_offset());
    CommittedPart& part = committed.parts[leader.id];
    if (high_watermark < part.high_watermark) return;
    part.high_watermark = high_watermark;
    part.epochs = leader.log.epochs;
}

}  // namespace

Committed read_committed(const World& world) {
    Committed committed;
    for (const NodeCard& card : world.frame->cards) {
        const broker::Broker* broker = card.kind == NodeKind::broker ? running_broker(world, card.broker) : nullptr;
        if (broker == nullptr) continue;
        for (const auto& [id, partition] : broker->memory.partitions)
            if (partition->leads()) note_leader(committed, *partition, partition->high_watermark);
    }
    return committed;
}

void note_fact(Committed& committed, const World& world, const sim::Fact& fact) {
    if (kind_of(fact) != FactKind::high_watermark) return;
    const broker::Broker& broker =
        broker_of(world, world.card(fact.node).broker);  // it may have halted since, in this event
    const auto* replica = broker.memory.partitions.find(TopicPartition{fact.subject, fact.partition});
    if (replica != nullptr && (*replica)->leads()) note_leader(committed, **replica, Offset{fact.n[1]});
}

}  // namespace engine::check
