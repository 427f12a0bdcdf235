#include "sim/fault/faults.h"

#include <algorithm>

#include "sim/kernel/env.h"

namespace sim {

FaultId Faults::add(FaultRule rule) {
    MR_ASSERT(rule.from < rule.to && rule.amount >= 0);
    MR_ASSERT(rule.a != kNoNode && (rule.kind > FaultKind::link_bandwidth || rule.b != kNoNode));
    remove(rule.kind, rule.a, rule.b);
    rule.id = FaultId{next_id++};
    MR_ASSERT(find(rule.kind, rule.a, rule.b) == nullptr);
    rules.push_back(rule);
    return rule.id;
}

bool Faults::remove(FaultKind kind, NodeId a, NodeId b) {
    return std::erase_if(rules, [&](const FaultRule& r) { return r.kind == kind && r.a == a && r.b == b; }) > 0;
}

const FaultRule* Faults::find(FaultKind kind, NodeId a, NodeId b) const {
    for (const FaultRule& rule : rules)
        if (rule.kind == kind && rule.a == a && rule.b == b) return &rule;
    return nullptr;
}

bool Faults::fires(u64 seed, std::string_view point, Prng& rng) const {
    if (!buggify.enabled) return false;
    MR_ASSERT(buggify.site_active_percent <= 100 && buggify.fires_percent <= 100);
    Prng site = Prng::forked(seed, point);
    return site.chance(buggify.site_active_percent, 100) && rng.chance(buggify.fires_percent, 100);
}

bool Env::buggify(std::string_view point) {
    return parts_.faults.fires(parts_.kernel.seed, point, parts_.kernel.host(node_).buggify_rng);
}

}  // namespace sim
