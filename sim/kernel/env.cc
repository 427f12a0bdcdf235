#include "sim/kernel/env.h"

namespace sim {

TimerId Env::timer(Nanos delay, u16 kind, u64 tag, u8 lane) {
    MR_ASSERT(delay.count >= 0 && lane < kLanes);
    return parts_.kernel.set_timer({node_, lane, kind, tag, now() + delay, here()});
}

NodeId Env::resolve(std::string_view host, u16 port) const {
    const NameId name = find_name(host);
    const NodeId* node = name == kNoName ? nullptr : parts_.kernel.addresses.find(std::pair{name, port});
    return node == nullptr ? kNoNode : *node;
}

FactId Env::fact(Fact fact) {
    MR_ASSERT(fact.kind != 0);
    Kernel& kernel = parts_.kernel;
    const FactId id{kernel.event_index, ++kernel.fact_ordinal};
    if (!fact.cause) fact.cause = kernel.here();
    if (fact.node == kNoNode) fact.node = node_;
    MR_ASSERT(fact.cause < id && fact.node.value < kernel.hosts.size());
    kernel.fold(static_cast<u64>(fact.kind) << 32 | static_cast<u32>(fact.partition));
    kernel.fold(static_cast<u64>(fact.n[0]) ^ mix64(static_cast<u64>(fact.n[1])));
    parts_.recorder.on_fact(id, fact);
    return id;
}

}  // namespace sim
