// Elections: read the states, perhaps ask whether unclean ones are allowed, decide, write conditionally, tell.
#include <algorithm>

#include "engine/broker/controller/steps.h"
#include "engine/broker/controller_work.h"
#include "engine/broker/replicas.h"
#include "engine/model/facts.h"
#include "engine/model/topic_config.h"
#include "engine/model/touch.h"
#include "sim/base/assert.h"

namespace engine::broker::controller {
namespace {

using zookeeper::ZkRequest;

constexpr u8 kReadStates = 0;
constexpr u8 kReadConfigs = 1;
constexpr u8 kWriteStates = 2;
static_assert(kReadStates < kReadConfigs && kReadConfigs < kWriteStates);

ElectionCandidates candidates_of(const ControlledPartition& partition, const BrokerList& live) {
    return {partition.replicas, partition.isr, live, partition.leader};
}

/// Tells a request what became of a partition that it named, whether there is such a partition or not.
void note_result(Ctx ctx, TopicPartition id, ErrorCode error, BrokerId leader) {
    ElectionOp* op = current(ctx).arg == 0 ? nullptr : ctx.memory().admin.elections.find(current(ctx).arg);
    if (op == nullptr) return;
    for (ElectionResult& result : op->results) {
        if (result.id != id) continue;
        result.error = error;
        result.leader = leader;
    }
}

void refuse(Ctx ctx, TopicPartition id, ErrorCode why) {
    MR_ASSERT(id.partition >= 0 && id.topic != kNoName);
    note_result(ctx, id, why, kNoBroker);
    if (why == ErrorCode::election_not_needed) return;
    ctx.env.fact(partition_fact(FactKind::election_refused, id, {static_cast<i64>(why)}, current(ctx).cause));
}

/// Whether the topic's own setting, as last read, or the broker's default lets an unclean election happen.
bool unclean_allowed(Ctx ctx, TopicPartition id) {
    return current(ctx).election == ElectionKind::unclean ||
           ctx.memory().controller.topics.at(id.topic).unclean_election;
}

ElectionOutcome decide(Ctx ctx, TopicPartition id, const ControlledPartition& partition) {
    MR_ASSERT(id.partition >= 0 && id.topic != kNoName);
    const BrokerList live = staying_brokers(ctx);
    const bool outside_isr =
        ctx.broker.has_bug(PlantedBug::elect_outside_isr) && current(ctx).election == ElectionKind::offline;
    ElectionCandidates candidates = candidates_of(partition, live);
    const BrokerList everyone = partition.replicas;
    const BrokerList backwards(everyone.rbegin(), everyone.rend());
    if (outside_isr) return elect_leader(ElectionKind::offline, true, {backwards, everyone, live, partition.leader});
    return elect_leader(current(ctx).election, unclean_allowed(ctx, id), candidates);
}

bool has_live_isr_member(Ctx ctx, const ControlledPartition& partition) {
    return std::ranges::any_of(partition.isr, [&](BrokerId b) { return ctx.memory().controller.is_live(b); });
}

/// Topics whose partitions have no live ISR member: whether they allow an unclean election must be asked.
std::vector<NameId> topics_to_ask(Ctx ctx) {
    MR_ASSERT(current(ctx).kind == StepKind::elect);
    std::vector<NameId> topics;
    if (current(ctx).election != ElectionKind::offline) return topics;
    for (const TopicPartition id : current(ctx).partitions)
        if (!has_live_isr_member(ctx, *ctx.memory().controller.find(id)) &&
            std::ranges::find(topics, id.topic) == topics.end())
            topics.push_back(id.topic);
    return topics;
}

ZkRequest write_of(Ctx ctx, TopicPartition id, const ElectionOutcome& outcome) {
    MR_ASSERT(id.partition >= 0 && id.topic != kNoName);
    const ControlledPartition& partition = *ctx.memory().controller.find(id);
    const i32 bump = ctx.broker.has_bug(PlantedBug::epoch_not_bumped) ? 0 : 1;
    const znodes::PartitionStateData state{ctx.memory().controller.epoch, outcome.leader, partition.leader_epoch + bump,
                                           outcome.isr};
    return fenced(ctx, zookeeper::set_data_request(znodes::state_path(ctx.text(id.topic), id.partition),
                                                   zookeeper::ZkData::of(znodes::to_json(state)),
                                                   partition.partition_epoch.value));
}

void write_states(Ctx ctx) {
    std::vector<TopicPartition> elected;
    std::vector<ZkRequest> writes;
    for (const TopicPartition id : current(ctx).partitions) {
        const ElectionOutcome outcome = decide(ctx, id, *ctx.memory().controller.find(id));
        if (!outcome.elected) { refuse(ctx, id, outcome.refusal); continue; }
        elected.push_back(id);
        writes.push_back(write_of(ctx, id, outcome));
    }
    MR_ASSERT(elected.size() == writes.size());
    current(ctx).partitions = elected;
    ask(ctx, kWriteStates, std::move(writes));
}

void read_configs(Ctx ctx, const std::vector<NameId>& topics) {
    MR_ASSERT(!topics.empty() && current(ctx).kind == StepKind::elect);
    std::vector<ZkRequest> questions;
    current(ctx).names.clear();
    for (const NameId topic : topics) {
        current(ctx).names.push_back(ctx.text(topic));
        questions.push_back(zookeeper::get_data_request(znodes::topic_config_path(ctx.text(topic))));
    }
    ask(ctx, kReadConfigs, std::move(questions));
}

void take_configs(Ctx ctx, const ZkBatch& batch) {
    const std::vector<std::string> names = current(ctx).names;
    MR_ASSERT(batch.results.size() == names.size());
    for (std::size_t i = 0; i < names.size(); ++i) {
        ConfigMap merged = topic_defaults_of(effective_settings(ctx));
        for (const auto& [name, value] : znodes::config_from_json(batch.results[i].data.bytes).value_or(ConfigMap{}))
            merged[name] = value;
        ctx.memory().controller.topics[ctx.env.intern(names[i])].unclean_election =
            make_topic_config(merged).unclean_leader_election;
    }
}

void adopt(Ctx ctx, TopicPartition id) {
    ControlledPartition& partition = *ctx.memory().controller.find(id);
    const ElectionOutcome outcome = decide(ctx, id, partition);
    MR_ASSERT(outcome.elected);
    const BrokerId before = partition.leader;
    partition.leader = outcome.leader;
    partition.isr = outcome.isr;
    if (!ctx.broker.has_bug(PlantedBug::epoch_not_bumped)) partition.leader_epoch += 1;
    partition.partition_epoch += 1;
    partition.controller_epoch = ctx.memory().controller.epoch;
    MR_ASSERT(ctx.memory().controller.is_live(partition.leader) && contains(partition.isr, partition.leader));
    MR_VALIDATE(partition.holds_together());
    sim::Fact fact = partition_fact(FactKind::leader, id,
                                    {outcome.leader.value, partition.leader_epoch.value,
                                     ctx.env.intern(text_of(outcome.isr)).value, before.value},
                                    current(ctx).cause);
    fact.node = node_of(ctx, outcome.leader);
    partition.set_by = ctx.env.fact(fact);
    ctx.env.touch(touch::kPartitions | touch::kFacts);
    note_result(ctx, id, ErrorCode::none, outcome.leader);
}

void on_election_written(Ctx ctx, const ZkBatch& batch) {
    const std::vector<TopicPartition> ids = current(ctx).partitions;
    MR_ASSERT(batch.results.size() == ids.size());
    std::vector<TopicPartition> changed, again;
    for (std::size_t i = 0; i < ids.size(); ++i) {
        const FencedOutcome outcome = outcome_of(batch.results[i]);
        if (outcome == FencedOutcome::deposed) return resign(ctx);
        if (outcome == FencedOutcome::refused) { again.push_back(ids[i]); continue; }
        adopt(ctx, ids[i]);
        changed.push_back(ids[i]);
    }
    if (!again.empty()) {  // the ISR changed in the meantime: read again
        ControllerStep retry = current(ctx);
        retry.phase = 0;
        retry.all_partitions = false;
        retry.partitions = again;
        plan_next(ctx, {retry});
    }
    finish_step(ctx);
    if (!changed.empty()) announce(ctx, changed);
}

/// Partitions for which the election is pointless are answered without asking anybody.
void drop_needless(Ctx ctx) {
    std::vector<TopicPartition> needed;
    for (const TopicPartition id : current(ctx).partitions) {
        const ControlledPartition* partition = ctx.memory().controller.find(id);
        if (partition == nullptr) { note_result(ctx, id, ErrorCode::unknown_topic_or_partition, kNoBroker); continue; }
        const ElectionOutcome outcome = decide(ctx, id, *partition);
        if (outcome.refusal == ErrorCode::election_not_needed) refuse(ctx, id, outcome.refusal);
        else needed.push_back(id);
    }
    current(ctx).partitions = needed;
}

}  // namespace

void begin_elect(Ctx ctx) {
    MR_ASSERT(current(ctx).kind == StepKind::elect && ctx.memory().controller.active);
    if (current(ctx).all_partitions) current(ctx).partitions = leaderless(ctx);
    drop_needless(ctx);
    if (current(ctx).partitions.empty()) return finish_step(ctx);
    std::vector<ZkRequest> questions;
    for (const TopicPartition id : current(ctx).partitions)
        questions.push_back(zookeeper::get_data_request(znodes::state_path(ctx.text(id.topic), id.partition)));
    ask(ctx, kReadStates, std::move(questions));
}

void on_elect_answers(Ctx ctx, const ZkBatch& batch) {
    switch (current(ctx).phase) {
        case kReadStates: {
            const std::vector<TopicPartition> ids = current(ctx).partitions;
            MR_ASSERT(batch.results.size() == ids.size());
            for (std::size_t i = 0; i < ids.size(); ++i) refresh_state(ctx, ids[i], batch.results[i]);
            const auto topics = topics_to_ask(ctx);
            return topics.empty() ? write_states(ctx) : read_configs(ctx, topics);
        }
        case kReadConfigs: take_configs(ctx, batch); return write_states(ctx);
        case kWriteStates: return on_election_written(ctx, batch);
        default: MR_ASSERT(false);
    }
}

// ---- /admin/preferred_replica_election -----------------------------------------------------------

void begin_preferred_znode(Ctx ctx) {
    const std::string path(znodes::kPreferredElection);
    if (current(ctx).kind == StepKind::finish_preferred)
        return ask(ctx, 0, {fenced(ctx, zookeeper::delete_request(path))});
    MR_ASSERT(current(ctx).kind == StepKind::read_preferred);
    ask(ctx, 0, {zookeeper::exists_request(path, true), zookeeper::get_data_request(path, true)});
}

void on_preferred_znode_answers(Ctx ctx, const ZkBatch& batch) {
    if (current(ctx).kind == StepKind::finish_preferred) {
        const bool deposed = outcome_of(batch.results.front()) == FencedOutcome::deposed;
        if (deposed) return resign(ctx);
        return finish_step(ctx);
    }
    MR_ASSERT(current(ctx).kind == StepKind::read_preferred && batch.results.size() == 2);
    ControllerStep elect = make_step(StepKind::elect);
    elect.election = ElectionKind::preferred;
    elect.cause = current(ctx).cause;
    for (const auto& [topic, partition] : znodes::elections_from_json(batch.results.back().data.bytes))
        elect.partitions.push_back({ctx.env.intern(topic), partition});
    plan_next(ctx, {elect, make_step(StepKind::finish_preferred)});
    finish_step(ctx);
}

}  // namespace engine::broker::controller
