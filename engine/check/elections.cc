#include "engine/check/elections.h"

#include <charconv>

namespace engine::check {
namespace {

using broker::contains;
namespace znodes = broker::znodes;

std::string words(const BrokerList& list) { return broker::to_text(list); }

void check_fencing(const Scene& scene, const StateChange& change) {
    const ControllerEpoch writer = change.after.state.controller_epoch;
    if (writer == scene.zk.controller_epoch) return;
    scene.found("fenced", "a controller of epoch {} changed {} while the controller epoch is {}", writer.value,
                scene.text(change.id), scene.zk.controller_epoch.value);
}

void check_epochs(const Scene& scene, const StateChange& change) {
    const auto& [before, after] = std::pair{change.before.state, change.after.state};
    if (after.leader_epoch < before.leader_epoch)
        scene.found("epochs", "leader epoch of {} went back from {} to {}", scene.text(change.id),
                    before.leader_epoch.value, after.leader_epoch.value);
    if (after.leader != before.leader && after.leader_epoch == before.leader_epoch)
        scene.found("epochs", "{} went from broker {} to broker {} within leader epoch {}", scene.text(change.id),
                    before.leader.value, after.leader.value, after.leader_epoch.value);
}

void check_members(const Scene& scene, const StateChange& change) {
    const BrokerList& isr = change.after.state.isr;
    const BrokerId leader = change.after.state.leader;
    bool good = !isr.empty() && (leader == kNoBroker || contains(isr, leader));
    for (const BrokerId member : isr) good = good && contains(change.after.replicas, member);
    if (!good)
        scene.found("isr-members", "ISR of {} is {{{}}} with leader {} and replicas {{{}}}", scene.text(change.id),
                    words(isr), leader.value, words(change.after.replicas));
}

void check_clean(const Scene& scene, const StateChange& change) {
    const BrokerId leader = change.after.state.leader;
    if (leader == kNoBroker || leader == change.before.state.leader || scene.promises.unclean_allowed(change.id.topic))
        return;
    if (!contains(change.before.state.isr, leader))
        scene.found("clean", "broker {} was elected for {} although the ISR was {{{}}}", leader.value,
                    scene.text(change.id), words(change.before.state.isr));
}

void check_join(const Scene& scene, const StateChange& change, BrokerId joining) {
    const auto& state = change.after.state;
    const broker::Partition* leader = running_replica(scene.world, state.leader, change.id);
    if (leader == nullptr || !leader->leads() || leader->leader_epoch != state.leader_epoch ||
        !scene.durable(change.id))
        return;
    const Offset end = log_end(replica_log(scene.world, joining, change.id));
    if (end < leader->high_watermark)
        scene.found("isr-join", "broker {} joins the ISR of {} with log end {}, below the high watermark {}",
                    joining.value, scene.text(change.id), end.value, leader->high_watermark.value);
}

/// By the controller's hand: the member must have lost its registration since it joined, or the controller had
/// not yet taken note of an earlier loss when it did (it may take a leader's proposal first).
void check_removal(const Elections& elections, const Scene& scene, const StateChange& change, BrokerId leaving) {
    const bool by_leader = change.after.state.leader_epoch == change.before.state.leader_epoch;
    if (by_leader || scene.promises.unclean_allowed(change.id.topic) || contains(change.before.moving, leaving)) return;
    MR_ASSERT(contains(change.before.state.isr, leaving) && !contains(change.after.state.isr, leaving));
    const u64* gone = elections.gone_at.find(leaving);
    const u64* joined = elections.joined.find(std::pair{change.id, leaving});
    if (gone == nullptr || (joined != nullptr && *joined > *gone))
        scene.found("isr-leave", "the controller took broker {} out of the ISR of {} although it did not go",
                    leaving.value, scene.text(change.id));
}

void note_registration_end(Elections& elections, const Scene& scene, const sim::Fact& fact) {
    const std::string& path = scene.world.kernel().names.text(fact.subject);
    if (!path.starts_with(znodes::kBrokerIds) || path.size() <= znodes::kBrokerIds.size() + 1) return;
    BrokerId broker = kNoBroker;
    std::from_chars(path.data() + znodes::kBrokerIds.size() + 1, path.data() + path.size(), broker.value);
    MR_ASSERT(broker != kNoBroker && scene.world.broker_node(broker) != sim::kNoNode);
    elections.gone_at[broker] = scene.event_index;
}

bool leaves_untold(const Elections& elections, BrokerId broker) {
    const u64* gone = elections.gone_at.find(broker);
    const u64* told = elections.told_at.find(broker);
    return gone != nullptr && (told == nullptr || *told < *gone);
}

/// By the leader's hand: it may only drop who was not caught up for the lag limit.
void check_proposal(const Scene& scene, const sim::Fact& fact) {
    const BrokerId self = scene.world.card(fact.node).broker;
    const broker::Partition* leader = running_replica(scene.world, self, partition_of(fact));
    if (leader == nullptr || leader->isr.change != broker::IsrChange::shrink) return;
    const Nanos limit = broker_of(scene.world, self).memory.config.replica_lag_time_max;
    for (const BrokerId member : leader->isr.committed) {
        if (contains(leader->isr.proposed, member)) continue;
        const broker::FollowerState* follower = leader->followers.find(member);
        const bool lags = follower != nullptr && follower->log_end_offset != leader->log_end_offset() &&
                          scene.world.kernel().now - follower->last_caught_up > limit;
        if (!lags)
            scene.found("isr-leave", "broker {} drops broker {} from the ISR of {} although it does not lag",
                        self.value, member.value, scene.text(partition_of(fact)));
    }
}

}  // namespace

void check_moves(const Scene& scene) {
    if (scene.zk.ended_early.partition >= 0)
        scene.found("move-whole", "the move of {} has ended, but a new replica was never in the ISR",
                    scene.text(scene.zk.ended_early));
}

void check_state_write(Elections& elections, const Scene& scene, const StateChange& change) {
    MR_ASSERT(change.after.version > change.before.version && change.id.partition >= 0);
    check_fencing(scene, change);
    check_members(scene, change);
    if (change.before.version >= 0) {
        check_epochs(scene, change);
        check_clean(scene, change);
    }
    for (const BrokerId member : change.after.state.isr) {
        if (contains(change.before.state.isr, member)) continue;
        if (!leaves_untold(elections, member)) elections.joined[std::pair{change.id, member}] = scene.event_index;
        if (change.before.version >= 0) check_join(scene, change, member);
    }
    for (const BrokerId member : change.before.state.isr)
        if (!contains(change.after.state.isr, member)) check_removal(elections, scene, change, member);
}

void check_isr_fact(Elections& elections, const Scene& scene, const sim::Fact& fact) {
    if (kind_of(fact) == FactKind::znode_deleted) note_registration_end(elections, scene, fact);
    if (kind_of(fact) == FactKind::broker_gone)
        elections.told_at[BrokerId{static_cast<i32>(fact.n[0])}] = scene.event_index;
    if (kind_of(fact) == FactKind::isr_proposed) check_proposal(scene, fact);
}

}  // namespace engine::check
