#include "engine/check/oracles.h"

#include "engine/check/duplicates.h"
#include "engine/check/sessions.h"

namespace engine::check {
namespace {

Scene scene_of(Oracles& oracles, const World& world, const History& history) {
    const u64 next = world.kernel().event_index;
    return {
        world, history, oracles.promises, oracles.zk, oracles.committed, oracles.findings, next == 0 ? 0 : next - 1};
}

/// A topic is gone from ZooKeeper, and every replica with it: one that is made with its name has another history.
void forget_topic(Oracles& oracles, NameId topic) {
    MR_ASSERT(topic != kNoName);
    const auto forget = [&](auto& map, auto&& topic_of) {
        map.erase_if([&](const auto& entry) { return topic_of(entry.first) == topic; });
    };
    const auto own = [](const TopicPartition& id) { return id.topic; };
    const auto first = [](const auto& key) { return key.first.topic; };
    forget(oracles.zk.partitions, own);
    forget(oracles.leaders.of_epoch, first);
    forget(oracles.elections.joined, first);
    forget(oracles.watermarks.terms, first);
    forget(oracles.cuts.epochs, first);
    forget(oracles.compaction.appended, own);
    forget(oracles.compaction.cleaned, own);
    forget(oracles.retention.appended, own);
    forget(oracles.retention.allowed, own);
}

void check_zookeeper(Oracles& oracles, const Scene& scene, const sim::Fact& fact) {
    if (const NameId gone = deleted_topic(scene.world, fact); gone != kNoName) return forget_topic(oracles, gone);
    StateChange change;
    const bool written = note_znode(oracles.zk, scene.world, fact, change);
    check_moves(scene);
    if (!written) return;
    check_state_write(oracles.elections, scene, change);
    check_leader_write(oracles.leaders, scene, change);
}

void check_broker(Oracles& oracles, const Scene& scene, const sim::Fact& fact) {
    note_fact(oracles.committed, scene.world, fact);
    check_leader_fact(oracles.leaders, scene, fact);
    check_isr_fact(oracles.elections, scene, fact);
    check_high_watermark_fact(oracles.watermarks, scene, fact);
    check_append_fact(scene, fact);
    check_replica_fact(oracles.cuts, scene, fact);
    check_commit_fact(oracles.commits, scene, fact);
    note_cut(oracles.agreement, scene, fact);
    if (kind_of(fact) == FactKind::topic_created) note_created(oracles.promises, scene.world, fact.subject);
    if (kind_of(fact) == FactKind::reassigned) oracles.rest.moved.push_back(fact.subject);
    check_compaction_fact(oracles.compaction, scene, fact);
    check_retention_fact(oracles.retention, scene, fact);
    check_group_fact(oracles.groups, scene, fact);
    if (kind_of(fact) == FactKind::coordinator_loaded)
        oracles.rest.loaded[scene.world.card(fact.node).broker] = scene.event_index;
}

void check_fact(Oracles& oracles, const Scene& scene, const sim::Fact& fact) {
    switch (scene.world.card(fact.node).kind) {
        case NodeKind::zookeeper:
            check_zookeeper(oracles, scene, fact);
            check_isr_fact(oracles.elections, scene, fact);
            return check_session_fact(scene, fact);
        case NodeKind::broker: return check_broker(oracles, scene, fact);
        case NodeKind::consumer:
            check_member_fact(oracles.groups, scene, fact);
            return note_position_fact(oracles.reads, fact);
        case NodeKind::producer:
        case NodeKind::console: return;
    }
}

void check_handed_out(Oracles& oracles, const Scene& scene, const DeliveryRow& delivery) {
    check_delivery(oracles.reads, oracles.compaction, scene, delivery);
    note_handed_out(oracles.groups, scene, delivery);
}

}  // namespace

Oracles watch(const WorldSpec& spec, const World& world, const History& history) {
    Oracles oracles;
    oracles.promises = promises_of(spec, world);
    oracles.zk = read_zk(world);
    oracles.committed = read_committed(world);
    oracles.rest.first_controller = oracles.zk.controller_epoch;
    oracles.cuts = read_replica_epochs(world);
    oracles.facts_seen = history.facts.size();
    oracles.outcomes_seen = history.outcomes.size();
    oracles.deliveries_seen = history.deliveries.size();
    for (const auto& [id, partition] : oracles.zk.partitions)
        if (partition.state.leader != kNoBroker)
            oracles.leaders.of_epoch[std::pair{id, partition.state.leader_epoch}] = partition.state.leader;
    return oracles;
}

void observe(Oracles& oracles, const World& world, const History& history) {
    note_inputs(oracles.promises, world, history);
    const bool quiet = oracles.facts_seen == history.facts.size() && oracles.outcomes_seen == history.outcomes.size() &&
                       oracles.deliveries_seen == history.deliveries.size();
    if (quiet) return;
    const Scene scene = scene_of(oracles, world, history);
    for (; oracles.facts_seen < history.facts.size(); ++oracles.facts_seen)
        check_fact(oracles, scene, history.facts[oracles.facts_seen].fact);
    for (; oracles.outcomes_seen < history.outcomes.size(); ++oracles.outcomes_seen)
        check_outcome(oracles.acknowledged, scene, history.outcomes[oracles.outcomes_seen]);
    for (; oracles.deliveries_seen < history.deliveries.size(); ++oracles.deliveries_seen)
        check_handed_out(oracles, scene, history.deliveries[oracles.deliveries_seen]);
}

void sample(Oracles& oracles, const World& world, const History& history) {
    check_agreement(oracles.agreement, scene_of(oracles, world, history));
}

std::string check_rest(Oracles& oracles, const World& world, const History& history) {
    for (const auto& [broker, event] : oracles.elections.gone_at)
        if (!broker::contains(oracles.rest.unregistered, broker)) oracles.rest.unregistered.push_back(broker);
    return unconverged(scene_of(oracles, world, history), oracles.reads, oracles.compaction, oracles.rest);
}

void conclude(Oracles& oracles, const World& world, const History& history) {
    const Scene scene = scene_of(oracles, world, history);
    check_full_agreement(scene);
    check_acked_kept(oracles.acknowledged, scene);
    check_duplicates(scene);
    check_commits_kept(oracles.commits, scene);
    check_reads_kept(oracles.reads, oracles.compaction, scene);
    check_compacted_logs(oracles.compaction, scene);
}

}  // namespace engine::check
