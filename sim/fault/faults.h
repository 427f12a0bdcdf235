// Faults as data: rules with a target, a kind, an amount, a beginning and an end. They live in the world, so
// they are copied, saved, drawn, undone and shrunk like everything else. What a rule does to links, hosts and
// disks is applied by the machine whenever the set of active rules changes.
#pragma once

#include <string_view>
#include <vector>

#include "sim/base/digest.h"
#include "sim/base/prng.h"
#include "sim/base/types.h"
#include "sim/kernel/fact.h"

namespace sim {

enum class FaultKind : u8 {
    link_blocked,    // a -> b: nothing gets through
    link_latency,    // a -> b: amount ns are added
    link_loss,       // a -> b: amount per million of transmissions are lost
    link_bandwidth,  // a -> b: at most amount bytes a second
    node_limp,       // a: all its costs times amount / 1000
    disk_slow,       // a: all disk costs times amount
    disk_full,       // a: writes fail
};

using FaultId = Id<struct FaultIdTag, u32>;

struct FaultRule {
    FaultId id;
    FaultKind kind = FaultKind::link_blocked;
    NodeId a = kNoNode;
    NodeId b = kNoNode;
    i64 amount = 0;
    Nanos from;
    Nanos to = kForever;
    FactId made_by;

    [[nodiscard]] bool active(Nanos now) const { return from <= now && now < to; }
    [[nodiscard]] bool same_target(const FaultRule& other) const {
        return kind == other.kind && a == other.a && b == other.b;
    }
};

/// How often the rare branches of engine code are taken. Off outside sweeps.
struct Buggify {
    bool enabled = false;
    u32 site_active_percent = 25;  // a site is active for the whole run with this chance
    u32 fires_percent = 25;        // an active site fires with this chance
};

struct Faults {
    std::vector<FaultRule> rules;
    u32 next_id = 1;
    Buggify buggify;

    /// Adds a rule; an older one of the same kind and target is replaced.
    FaultId add(FaultRule rule);
    /// Removes the rules of this kind and target. False if there was none.
    bool remove(FaultKind kind, NodeId a, NodeId b);
    [[nodiscard]] const FaultRule* find(FaultKind kind, NodeId a, NodeId b) const;
    [[nodiscard]] bool fires(u64 seed, std::string_view point, Prng& rng) const;
};

}  // namespace sim
