// Taking replicas of dead brokers out of ISRs. The last member stays: without it nobody could be elected
// cleanly again. A leader that is taken out leaves the partition without one (and this costs an epoch).
#include "engine/broker/controller/steps.h"
#include "engine/broker/controller_work.h"
#include "engine/model/facts.h"
#include "engine/model/touch.h"
#include "sim/base/assert.h"

namespace engine::broker::controller {
namespace {

constexpr u8 kRead = 0;
constexpr u8 kRemovalWrite = 1;
static_assert(kRead < kRemovalWrite);

bool concerned(const ControlledPartition& partition, const BrokerList& gone) {
    return partition.has_state &&
           std::ranges::any_of(gone, [&](BrokerId b) { return contains(partition.replicas, b); });
}

/// The state without the gone brokers; false if nothing changes.
bool reduce(znodes::PartitionStateData& state, const BrokerList& gone) {
    MR_ASSERT(!gone.empty());
    bool changed = false;
    for (const BrokerId broker : gone) {
        if (!contains(state.isr, broker)) continue;
        changed = true;
        if (state.leader == broker) state.leader = kNoBroker;
        if (state.isr.size() > 1) state.isr = without(state.isr, broker);
    }
    return changed;
}

void write(Ctx ctx, const ZkBatch& batch) {
    ControllerStep& step = current(ctx);
    MR_ASSERT(batch.results.size() == step.partitions.size() && !step.brokers.empty());
    std::vector<TopicPartition> writing, without_them;
    std::vector<zookeeper::ZkRequest> writes;
    for (std::size_t i = 0; i < step.partitions.size(); ++i) {
        const TopicPartition id = step.partitions[i];
        ControlledPartition& partition = *ctx.memory().controller.find(id);
        refresh_state(ctx, id, batch.results[i]);
        znodes::PartitionStateData state{ctx.memory().controller.epoch, partition.leader, partition.leader_epoch,
                                         partition.isr};
        if (!reduce(state, step.brokers)) { without_them.push_back(id); continue; }
        state.leader_epoch += 1;
        writing.push_back(id);
        writes.push_back(fenced(ctx, zookeeper::set_data_request(znodes::state_path(ctx.text(id.topic), id.partition),
                                                                 zookeeper::ZkData::of(znodes::to_json(state)),
                                                                 partition.partition_epoch.value)));
    }
    MR_ASSERT(writing.size() == writes.size());
    step.partitions = writing;
    if (!without_them.empty()) announce(ctx, without_them);  // as Kafka does; perhaps our own earlier write, unanswered
    ask(ctx, kRemovalWrite, std::move(writes));
}

void adopt(Ctx ctx, TopicPartition id, const BrokerList& gone) {
    ControlledPartition& partition = *ctx.memory().controller.find(id);
    const std::string before = text_of(partition.isr);
    znodes::PartitionStateData state{ctx.memory().controller.epoch, partition.leader, partition.leader_epoch,
                                     partition.isr};
    reduce(state, gone);
    partition.leader = state.leader;
    partition.isr = state.isr;
    partition.leader_epoch += 1;
    partition.partition_epoch += 1;
    partition.controller_epoch = state.controller_epoch;
    MR_ASSERT(!contains(gone, partition.leader) && !partition.isr.empty());
    MR_VALIDATE(partition.holds_together());
    const i64 isr = ctx.env.intern(text_of(partition.isr)).value;
    if (partition.leader == kNoBroker)
        partition.set_by = ctx.env.fact(
            partition_fact(FactKind::no_leader, id, {-1, partition.leader_epoch.value, isr}, current(ctx).cause));
    else
        partition.set_by =
            ctx.env.fact(partition_fact(FactKind::isr, id, {isr, ctx.env.intern(before).value}, current(ctx).cause));
    ctx.env.touch(touch::kPartitions);
}

void on_removal_written(Ctx ctx, const ZkBatch& batch) {
    const ControllerStep step = current(ctx);
    MR_ASSERT(batch.results.size() == step.partitions.size());
    std::vector<TopicPartition> changed, again;
    for (std::size_t i = 0; i < step.partitions.size(); ++i) {
        const FencedOutcome outcome = outcome_of(batch.results[i]);
        if (outcome == FencedOutcome::deposed) return resign(ctx);
        if (outcome == FencedOutcome::refused) { again.push_back(step.partitions[i]); continue; }
        adopt(ctx, step.partitions[i], step.brokers);
        changed.push_back(step.partitions[i]);
    }
    if (!again.empty()) {  // a leader changed the ISR in the meantime: read again
        ControllerStep retry = step;
        retry.phase = 0;
        retry.partitions = again;
        plan_next(ctx, {retry});
    }
    finish_step(ctx);
    if (!changed.empty()) announce(ctx, changed);
}

}  // namespace

void begin_remove_replicas(Ctx ctx) {
    ControllerStep& step = current(ctx);
    MR_ASSERT(step.kind == StepKind::remove_replicas && ctx.memory().controller.active);
    if (step.brokers.empty()) return finish_step(ctx);
    if (step.partitions.empty())
        for (const TopicPartition id : all_partitions(ctx))
            if (concerned(*ctx.memory().controller.find(id), step.brokers)) step.partitions.push_back(id);
    if (step.partitions.empty()) return finish_step(ctx);
    std::vector<zookeeper::ZkRequest> questions;
    for (const TopicPartition id : step.partitions)
        questions.push_back(zookeeper::get_data_request(znodes::state_path(ctx.text(id.topic), id.partition)));
    ask(ctx, kRead, std::move(questions));
}

void on_remove_replicas_answers(Ctx ctx, const ZkBatch& batch) {
    if (current(ctx).phase == kRead) return write(ctx, batch);
    on_removal_written(ctx, batch);
}

}  // namespace engine::broker::controller
