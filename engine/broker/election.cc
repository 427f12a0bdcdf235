// Who leads: the decision of a controller, without anything around it.
#include <algorithm>

#include "engine/broker/controller.h"
#include "sim/base/assert.h"

namespace engine::broker {
namespace {

BrokerList only_live(const BrokerList& brokers, const BrokerList& live) {
    BrokerList rest;
    for (const BrokerId broker : brokers)
        if (contains(live, broker)) rest.push_back(broker);
    MR_ASSERT(rest.size() <= brokers.size() && is_subset(rest, live));
    return rest;
}

ElectionOutcome refused(ErrorCode why) {
    MR_ASSERT(failed(why));
    ElectionOutcome outcome;
    outcome.refusal = why;
    return outcome;
}

ElectionOutcome elect_preferred(const ElectionCandidates& candidates) {
    MR_ASSERT(!candidates.replicas.empty());
    const BrokerId preferred = candidates.replicas.front();
    if (candidates.current_leader == preferred && contains(candidates.live, preferred))
        return refused(ErrorCode::election_not_needed);
    if (!contains(candidates.live, preferred) || !contains(candidates.isr, preferred))
        return refused(ErrorCode::preferred_leader_not_available);
    return {true, false, preferred, candidates.isr, ErrorCode::none};
}

ElectionOutcome elect_first_alive(bool unclean_allowed, const ElectionCandidates& candidates) {
    for (const BrokerId replica : candidates.replicas)
        if (contains(candidates.live, replica) && contains(candidates.isr, replica))
            return {true, false, replica, only_live(candidates.isr, candidates.live), ErrorCode::none};
    if (unclean_allowed)
        for (const BrokerId replica : candidates.replicas)
            if (contains(candidates.live, replica)) return {true, true, replica, {replica}, ErrorCode::none};
    return refused(ErrorCode::eligible_leaders_not_available);
}

ElectionOutcome decide(ElectionKind kind, bool unclean_allowed, const ElectionCandidates& candidates) {
    switch (kind) {
        case ElectionKind::preferred: return elect_preferred(candidates);
        case ElectionKind::offline: return elect_first_alive(unclean_allowed, candidates);
        case ElectionKind::departure: return elect_first_alive(false, candidates);
        case ElectionKind::unclean:
            if (candidates.current_leader != kNoBroker && contains(candidates.live, candidates.current_leader))
                return refused(ErrorCode::election_not_needed);
            return elect_first_alive(true, candidates);
    }
    return refused(ErrorCode::unknown_server_error);
}

}  // namespace

bool ControlledPartition::holds_together() const {
    return all_differ(replicas) && is_subset(isr, replicas) && (leader == kNoBroker || contains(isr, leader));
}

ReplicaMoves reassign_to(const ReplicaMoves& present, const BrokerList& target) {
    ReplicaMoves next{target, {}, {}};
    BrokerList origin;
    for (const BrokerId broker : present.replicas)
        if (!contains(present.adding, broker)) origin.push_back(broker);
    for (const BrokerId broker : target)
        if (!contains(origin, broker)) next.adding.push_back(broker);
    for (const BrokerId broker : origin) {
        if (contains(target, broker)) continue;
        next.replicas.push_back(broker);
        next.removing.push_back(broker);
    }
    MR_ASSERT(all_differ(next.replicas) && is_subset(target, next.replicas) && is_subset(origin, next.replicas));
    return next;
}

ElectionOutcome elect_leader(ElectionKind kind, bool unclean_allowed, const ElectionCandidates& candidates) {
    MR_ASSERT(!candidates.replicas.empty());
    ElectionOutcome outcome = decide(kind, unclean_allowed, candidates);
    MR_ASSERT(outcome.elected != failed(outcome.refusal));
    MR_ASSERT(!outcome.elected ||
              (contains(candidates.replicas, outcome.leader) && contains(candidates.live, outcome.leader)));
    MR_ASSERT(!outcome.elected || contains(outcome.isr, outcome.leader));
    MR_ASSERT(!outcome.unclean || (outcome.isr.size() == 1 && kind != ElectionKind::preferred));
    return outcome;
}

}  // namespace engine::broker
