#include "engine/broker/broker.h"

namespace engine::broker {

const Partition* Ctx::find(TopicPartition id) const {
    const auto* found = broker.memory.partitions.find(id);
    return found == nullptr ? nullptr : &**found;
}

Partition& Ctx::edit(TopicPartition id) const {
    return broker.memory.partitions.at(id).edit();
}

IsrRules Ctx::isr_rules() const {
    return {self(), env.now(), broker.memory.config.replica_lag_time_max, broker.memory.profile,
            broker.has_bug(PlantedBug::high_watermark_early), broker.has_bug(PlantedBug::isr_ignores_lag)};
}

Endpoint endpoint_for(Ctx ctx, NodeId asker, BrokerId broker, const Endpoint& endpoint) {
    const OutsideDoor& door = ctx.broker.settings.outside;
    const u16* port = door.node != sim::kNoNode && asker == door.node ? door.ports.find(broker) : nullptr;
    return port == nullptr ? endpoint : Endpoint{door.host, *port, endpoint.rack};
}

}  // namespace engine::broker
