// New partitions: their znodes, one level after the other, with the first leader and ISR in the state.
#include "engine/broker/controller/steps.h"
#include "engine/broker/controller_work.h"
#include "engine/broker/topic_rules.h"
#include "engine/model/facts.h"
#include "engine/model/touch.h"
#include "sim/base/assert.h"

namespace engine::broker::controller {
namespace {

using zookeeper::ZkRequest;

constexpr u8 kPartitionsNodes = 0;
constexpr u8 kPartitionNodes = 1;
constexpr u8 kStates = 2;
constexpr u8 kTopicIds = 3;
static_assert(kPartitionsNodes < kPartitionNodes && kPartitionNodes < kStates && kStates < kTopicIds);

BrokerList live_replicas(Ctx ctx, const ControlledPartition& partition) {
    BrokerList live;
    for (const BrokerId broker : partition.replicas)
        if (ctx.memory().controller.is_live(broker)) live.push_back(broker);
    return live;
}

/// Partitions that have not begun yet and that somebody alive can lead; the others wait until one of their brokers
/// comes.
void drop_unplaceable(Ctx ctx) {
    std::vector<TopicPartition> placeable;
    for (const TopicPartition id : current(ctx).partitions) {
        const ControlledPartition* partition = ctx.memory().controller.find(id);
        if (partition != nullptr && !partition->has_state && !live_replicas(ctx, *partition).empty())
            placeable.push_back(id);
    }
    current(ctx).partitions = placeable;
}

/// Tools that write to ZooKeeper themselves give topics no id: the controller does (KIP-516).
std::vector<ZkRequest> topic_ids(Ctx ctx) {
    std::vector<ZkRequest> writes;
    for (const TopicPartition id : current(ctx).partitions) {
        ControlledTopic& topic = ctx.memory().controller.topics.at(id.topic);
        if (!topic.id.is_zero()) continue;
        topic.id = new_topic_id(ctx, ctx.text(id.topic));
        znodes::TopicData data;
        data.topic_id = topic.id;
        for (const auto& [index, partition] : topic.partitions) {
            MR_ASSERT(index == static_cast<i32>(data.partitions.size()));
            data.partitions.push_back(partition.replicas);
            if (!partition.adding.empty()) data.adding[index] = partition.adding;
            if (!partition.removing.empty()) data.removing[index] = partition.removing;
        }
        writes.push_back(fenced(ctx, zookeeper::set_data_request(znodes::topic_path(ctx.text(id.topic)),
                                                                 zookeeper::ZkData::of(znodes::to_json(data)))));
    }
    return writes;
}

std::vector<ZkRequest> partitions_nodes(Ctx ctx) {
    std::vector<ZkRequest> writes;
    NameId last = kNoName;
    for (const TopicPartition id : current(ctx).partitions) {
        if (id.topic == last) continue;
        last = id.topic;
        writes.push_back(fenced(ctx, zookeeper::create_request(znodes::partitions_path(ctx.text(id.topic)), {})));
    }
    MR_ASSERT(!writes.empty() && writes.size() <= current(ctx).partitions.size());
    return writes;
}

std::vector<ZkRequest> partition_nodes(Ctx ctx) {
    std::vector<ZkRequest> writes;
    for (const TopicPartition id : current(ctx).partitions)
        writes.push_back(
            fenced(ctx, zookeeper::create_request(znodes::partition_path(ctx.text(id.topic), id.partition), {})));
    MR_ASSERT(writes.size() == current(ctx).partitions.size());
    return writes;
}

std::vector<ZkRequest> state_nodes(Ctx ctx) {
    std::vector<ZkRequest> writes;
    for (const TopicPartition id : current(ctx).partitions) {
        const BrokerList live = live_replicas(ctx, *ctx.memory().controller.find(id));
        MR_ASSERT(!live.empty());  // drop_unplaceable() has seen to it
        const znodes::PartitionStateData state{ctx.memory().controller.epoch, live.front(), LeaderEpoch{0}, live};
        writes.push_back(fenced(ctx, zookeeper::create_request(znodes::state_path(ctx.text(id.topic), id.partition),
                                                               zookeeper::ZkData::of(znodes::to_json(state)))));
    }
    return writes;
}

void adopt_new(Ctx ctx, TopicPartition id) {
    ControlledPartition& partition = *ctx.memory().controller.find(id);
    partition.isr = live_replicas(ctx, partition);
    MR_ASSERT(!partition.isr.empty() && !partition.has_state);
    partition.leader = partition.isr.front();
    partition.leader_epoch = LeaderEpoch{0};
    partition.partition_epoch = PartitionEpoch{0};
    partition.controller_epoch = ctx.memory().controller.epoch;
    partition.has_state = true;
    MR_VALIDATE(partition.holds_together());
    sim::Fact fact = partition_fact(FactKind::leader, id,
                                    {partition.leader.value, 0, ctx.env.intern(text_of(partition.isr)).value, -1},
                                    current(ctx).cause);
    fact.node = node_of(ctx, partition.leader);
    partition.set_by = ctx.env.fact(fact);
    ctx.env.touch(touch::kPartitions | touch::kFacts);
}

void tell_topics(Ctx ctx, const std::vector<TopicPartition>& created) {
    NameId last = kNoName;
    for (const TopicPartition id : created) {
        if (id.topic == last) continue;
        last = id.topic;
        const auto count = static_cast<i64>(ctx.memory().controller.topics.at(id.topic).partitions.size());
        ctx.env.fact(named_fact(FactKind::topic_created, id.topic, {count}, current(ctx).cause));
    }
}

void on_states_written(Ctx ctx, const ZkBatch& batch) {
    const std::vector<TopicPartition> ids = current(ctx).partitions;
    MR_ASSERT(batch.results.size() == ids.size());
    std::vector<TopicPartition> created;
    for (std::size_t i = 0; i < ids.size(); ++i) {
        const FencedOutcome outcome = outcome_of(batch.results[i]);
        if (outcome == FencedOutcome::deposed) return resign(ctx);
        if (outcome == FencedOutcome::refused) continue;  // an earlier controller made it: a later event reads it
        adopt_new(ctx, ids[i]);
        created.push_back(ids[i]);
    }
    tell_topics(ctx, created);
    finish_step(ctx);
    if (!created.empty()) announce(ctx, created);
}

}  // namespace

void begin_create_partitions(Ctx ctx) {
    MR_ASSERT(current(ctx).kind == StepKind::create_partitions && ctx.memory().controller.active);
    drop_unplaceable(ctx);
    if (current(ctx).partitions.empty()) return finish_step(ctx);
    std::vector<ZkRequest> ids = topic_ids(ctx);
    if (ids.empty()) ask(ctx, kPartitionsNodes, partitions_nodes(ctx));
    else ask(ctx, kTopicIds, std::move(ids));
}

void on_create_partitions_answers(Ctx ctx, const ZkBatch& batch) {
    for (const zookeeper::ZkResult& result : batch.results)
        if (outcome_of(result) == FencedOutcome::deposed) return resign(ctx);
    switch (current(ctx).phase) {
        case kTopicIds: return ask(ctx, kPartitionsNodes, partitions_nodes(ctx));
        case kPartitionsNodes: return ask(ctx, kPartitionNodes, partition_nodes(ctx));
        case kPartitionNodes: return ask(ctx, kStates, state_nodes(ctx));
        case kStates: return on_states_written(ctx, batch);
        default: MR_ASSERT(false);
    }
}

}  // namespace engine::broker::controller
