// Moving replicas (KIP-455). While it lasts, a partition's list is the target followed by those of the old list that
// are not in it; the topic's znode says who is being added and who will be removed. Once the whole target is in the
// ISR, the leader is of the target, the others leave the ISR, their logs are deleted, and the list is the target.
//
// One step is one partition: with `brokers` it begins (or changes, or calls off) a move, without it goes on with one
// where an earlier controller, or a broker that was away, had stopped it.
#include <algorithm>

#include "engine/broker/controller/steps.h"
#include "engine/broker/controller_work.h"
#include "engine/model/facts.h"
#include "engine/model/touch.h"
#include "sim/base/assert.h"

namespace engine::broker::controller {
namespace {

using zookeeper::ZkData;
using zookeeper::ZkRequest;

constexpr u8 kStateRead = 0;
constexpr u8 kStateWritten = 1;
constexpr u8 kAssigned = 2;  // the topic's znode names who is added and removed
constexpr u8 kSettled = 3;   // the topic's znode holds the target alone
constexpr u8 kWishesRead = 4;
constexpr u8 kWishesDropped = 5;
static_assert(kStateRead < kStateWritten && kAssigned < kSettled && kWishesRead < kWishesDropped);

TopicPartition subject(Ctx ctx) { return current(ctx).partitions.front(); }
ControlledPartition& moved(Ctx ctx) { return *ctx.memory().controller.find(subject(ctx)); }

BrokerList except(const BrokerList& list, const BrokerList& gone) {
    BrokerList rest;
    for (const BrokerId broker : list)
        if (!contains(gone, broker)) rest.push_back(broker);
    return rest;
}

/// The assignment that the step asks for; the present one if it asks for none.
ReplicaMoves wanted(Ctx ctx) {
    const ControlledPartition& partition = moved(ctx);
    const ReplicaMoves present{partition.replicas, partition.adding, partition.removing};
    return current(ctx).brokers.empty() ? present : reassign_to(present, current(ctx).brokers);
}

BrokerList unneeded(Ctx ctx) { return except(moved(ctx).replicas, wanted(ctx).replicas); }

// ---- the topic's znode --------------------------------------------------------------------------

ZkRequest assignment_write(Ctx ctx, NameId name) {
    const ControlledTopic& topic = ctx.memory().controller.topics.at(name);
    znodes::TopicData data;
    data.topic_id = topic.id;
    for (const auto& [index, partition] : topic.partitions) {
        MR_ASSERT(index == static_cast<i32>(data.partitions.size()));
        data.partitions.push_back(partition.replicas);
        if (!partition.adding.empty()) data.adding[index] = partition.adding;
        if (!partition.removing.empty()) data.removing[index] = partition.removing;
    }
    return fenced(ctx,
                  zookeeper::set_data_request(znodes::topic_path(ctx.text(name)), ZkData::of(znodes::to_json(data))));
}

void adopt_assignment(Ctx ctx, const ReplicaMoves& next) {
    ControlledPartition& partition = moved(ctx);
    const std::string before = text_of(partition.replicas);
    partition.replicas = next.replicas;
    partition.adding = next.adding;
    partition.removing = next.removing;
    MR_VALIDATE(partition.holds_together());
    if (text_of(partition.replicas) == before) return;
    ctx.env.fact(partition_fact(FactKind::reassigned, subject(ctx),
                                {ctx.env.intern(text_of(partition.replicas)).value, ctx.env.intern(before).value},
                                current(ctx).cause));
    ctx.env.touch(touch::kPartitions | touch::kFacts);
}

void stop_and_forget(Ctx ctx, const BrokerList& brokers) {
    const std::vector<TopicPartition> ids = {subject(ctx)};
    for (const BrokerId broker : brokers) {
        tell_stop(ctx, broker, ids, false);
        tell_stop(ctx, broker, ids, true);
    }
}

// ---- the state's znode --------------------------------------------------------------------------

void read_state(Ctx ctx) {
    const TopicPartition id = subject(ctx);
    ask(ctx, kStateRead, {zookeeper::get_data_request(znodes::state_path(ctx.text(id.topic), id.partition))});
}

/// Writes leader and ISR with the next leader epoch; `for_all`: the one write of a stage by which every replica gets
/// it.
void write_state(Ctx ctx, BrokerId leader, BrokerList isr, bool for_all) {
    const TopicPartition id = subject(ctx);
    const ControlledPartition& partition = moved(ctx);
    MR_ASSERT(!isr.empty() && (leader == kNoBroker || contains(isr, leader)));
    const znodes::PartitionStateData state{ctx.memory().controller.epoch, leader, partition.leader_epoch + 1,
                                           std::move(isr)};
    ask(ctx, kStateWritten,
        {fenced(ctx,
                zookeeper::set_data_request(znodes::state_path(ctx.text(id.topic), id.partition),
                                            ZkData::of(znodes::to_json(state)), partition.partition_epoch.value))});
    current(ctx).for_all = for_all;
    current(ctx).written_leader = leader;
    current(ctx).written_isr = state.isr;
}

void adopt_state(Ctx ctx) {
    ControlledPartition& partition = moved(ctx);
    const BrokerId before = partition.leader;
    const i64 isr_before = ctx.env.intern(text_of(partition.isr)).value;
    current(ctx).bumped = current(ctx).bumped || current(ctx).for_all;
    partition.leader = current(ctx).written_leader;
    partition.isr = current(ctx).written_isr;
    partition.leader_epoch += 1;
    partition.partition_epoch += 1;
    partition.controller_epoch = ctx.memory().controller.epoch;
    MR_VALIDATE(partition.holds_together());
    const i64 isr = ctx.env.intern(text_of(partition.isr)).value;
    sim::Fact fact = partition_fact(FactKind::isr, subject(ctx), {isr, isr_before}, current(ctx).cause);
    const Numbers leads = {partition.leader.value, partition.leader_epoch.value, isr, before.value};
    if (partition.leader != before)
        fact = partition_fact(partition.leader == kNoBroker ? FactKind::no_leader : FactKind::leader, subject(ctx),
                              leads, current(ctx).cause);
    if (partition.leader != before && partition.leader != kNoBroker) fact.node = node_of(ctx, partition.leader);
    partition.set_by = ctx.env.fact(fact);
    ctx.env.touch(touch::kPartitions | touch::kFacts);
}

/// Takes one of `gone` out of the ISR, if one is in it. False if there is nothing to do.
bool cut_one(Ctx ctx, const BrokerList& gone) {
    const ControlledPartition& partition = moved(ctx);
    for (const BrokerId broker : gone) {
        if (!contains(partition.isr, broker) || partition.isr.size() == 1) continue;
        write_state(ctx, partition.leader == broker ? kNoBroker : partition.leader, without(partition.isr, broker),
                    false);
        return true;
    }
    return false;
}

// ---- the stages ---------------------------------------------------------------------------------

/// Who leads once the others are gone: the present leader, or the first of the target that lives and is in sync.
BrokerId leader_of_target(Ctx ctx, const BrokerList& target) {
    const ControlledPartition& partition = moved(ctx);
    const Controller& self = ctx.memory().controller;
    if (contains(target, partition.leader) && self.is_live(partition.leader)) return partition.leader;
    for (const BrokerId broker : target)
        if (self.is_live(broker) && contains(partition.isr, broker)) return broker;
    return kNoBroker;
}

bool is_complete(Ctx ctx) {
    MR_ASSERT(current(ctx).brokers.empty());
    const ControlledPartition& partition = moved(ctx);
    const BrokerList target = except(partition.replicas, partition.removing);
    const bool early = ctx.broker.has_bug(PlantedBug::move_ends_early);
    return (early || is_subset(target, partition.isr)) && leader_of_target(ctx, target) != kNoBroker;
}

/// Nothing is left to write for a move that goes on: its replicas are told.
void begin_copying(Ctx ctx) {
    MR_ASSERT(current(ctx).kind == StepKind::reassign && current(ctx).bumped);
    const TopicPartition id = subject(ctx);
    const bool leaderless = moved(ctx).leader == kNoBroker;
    finish_step(ctx);
    announce(ctx, {id});
    if (!leaderless) return;
    ControllerStep elect = make_step(StepKind::elect);
    elect.partitions = {id};
    plan(ctx, elect);
}

/// The ISR holds the target alone: so does the list from now on.
void settle(Ctx ctx) {
    MR_ASSERT(current(ctx).kind == StepKind::reassign && current(ctx).bumped);
    const TopicPartition id = subject(ctx);
    const BrokerList gone = moved(ctx).removing;
    adopt_assignment(ctx, {except(moved(ctx).replicas, gone), {}, {}});
    announce(ctx, {id});
    if (!ctx.broker.has_bug(PlantedBug::moved_log_kept)) stop_and_forget(ctx, gone);
    ask(ctx, kSettled, {assignment_write(ctx, id.topic)});
}

void on_settled(Ctx ctx) {
    MR_ASSERT(!moved(ctx).moves());
    const TopicPartition id = subject(ctx);
    ControllerStep wishes = make_step(StepKind::drop_moves_asked);
    wishes.partitions = {id};
    ControllerStep tell = make_step(StepKind::tell_metadata);
    tell.partitions = {id};
    plan_next(ctx, {wishes, tell, make_step(StepKind::read_deletions)});  // a deletion may have waited for this
    finish_step(ctx);
}

/// What comes next, from what is known now.
void go_on(Ctx ctx) {
    MR_ASSERT(current(ctx).kind == StepKind::reassign && current(ctx).partitions.size() == 1);
    ControlledPartition& partition = moved(ctx);
    if (!current(ctx).brokers.empty()) {
        const BrokerList gone = unneeded(ctx);
        if (cut_one(ctx, gone)) return;
        const ReplicaMoves next = wanted(ctx);
        if (!is_subset(partition.isr, next.replicas)) return finish_step(ctx);  // nobody else is in sync
        stop_and_forget(ctx, gone);
        adopt_assignment(ctx, next);
        current(ctx).brokers.clear();
        return ask(ctx, kAssigned, {assignment_write(ctx, subject(ctx).topic)});
    }
    if (!is_complete(ctx)) {
        if (current(ctx).bumped) return begin_copying(ctx);
        return write_state(ctx, partition.leader, partition.isr, true);
    }
    if (!current(ctx).bumped) {
        return write_state(ctx, leader_of_target(ctx, except(partition.replicas, partition.removing)), partition.isr,
                           true);
    }
    if (!cut_one(ctx, partition.removing)) settle(ctx);
}

// ---- what ZooKeeper asks for --------------------------------------------------------------------

/// /admin/reassign_partitions without the partitions of this step; nothing if they are not in it.
std::vector<ZkRequest> wishes_without(Ctx ctx, const zookeeper::ZkResult& result) {
    MR_ASSERT(current(ctx).kind == StepKind::drop_moves_asked);
    if (zookeeper::failed(result.error)) return {};
    std::vector<znodes::Reassignment> rest = znodes::reassignments_from_json(result.data.bytes);
    std::erase_if(rest, [&](const znodes::Reassignment& wish) {
        const TopicPartition id{ctx.env.find_name(wish.topic), wish.partition};
        return std::ranges::find(current(ctx).partitions, id) != current(ctx).partitions.end();
    });
    const std::string path(znodes::kReassignPartitions);
    if (rest.empty()) return {fenced(ctx, zookeeper::delete_request(path))};
    return {fenced(ctx, zookeeper::set_data_request(path, ZkData::of(znodes::to_json(rest))))};
}

void on_wishes_read(Ctx ctx, const zookeeper::ZkResult& result) {
    if (current(ctx).kind == StepKind::drop_moves_asked) {
        std::vector<ZkRequest> writes = wishes_without(ctx, result);
        if (writes.empty()) return finish_step(ctx);
        return ask(ctx, kWishesDropped, std::move(writes));
    }
    MR_ASSERT(current(ctx).kind == StepKind::read_moves_asked);
    std::vector<ControllerStep> steps;
    ControllerStep failed = make_step(StepKind::drop_moves_asked);
    for (const znodes::Reassignment& wish : znodes::reassignments_from_json(result.data.bytes)) {
        const TopicPartition id{ctx.env.intern(wish.topic), wish.partition};
        if (failed_reassignment(ctx, id, wish.replicas)) failed.partitions.push_back(id);
        else steps.push_back(reassign_step(ctx, id, wish.replicas));
    }
    if (!failed.partitions.empty()) steps.push_back(failed);
    plan_next(ctx, std::move(steps));
    finish_step(ctx);
}

}  // namespace

bool failed_reassignment(Ctx ctx, TopicPartition id, const BrokerList& target) {
    const Controller& self = ctx.memory().controller;
    return self.find(id) == nullptr || !self.find(id)->has_state || self.deletions.contains(id.topic) ||
           target.empty() || !all_differ(target);
}

ControllerStep reassign_step(Ctx ctx, TopicPartition id, BrokerList target) {
    MR_ASSERT(ctx.memory().controller.find(id) != nullptr);
    ControllerStep step = make_step(StepKind::reassign);
    step.partitions = {id};
    step.brokers = std::move(target);
    step.cause = ctx.env.here();
    return step;
}

std::vector<ControllerStep> resume_moves(Ctx ctx, const BrokerList& joined) {
    std::vector<ControllerStep> steps;
    for (const TopicPartition id : all_partitions(ctx)) {
        const ControlledPartition& partition = *ctx.memory().controller.find(id);
        if (!partition.moves() || !partition.has_state) continue;
        const BrokerList target = except(partition.replicas, partition.removing);
        if (joined.empty() || std::ranges::any_of(joined, [&](BrokerId b) { return contains(target, b); }))
            steps.push_back(reassign_step(ctx, id, {}));
    }
    return steps;
}

void plan_completed_moves(Ctx ctx, const std::vector<TopicPartition>& changed) {
    for (const TopicPartition id : changed) {
        const ControlledPartition* partition = ctx.memory().controller.find(id);
        if (partition == nullptr || !partition->moves()) continue;
        if (is_subset(except(partition->replicas, partition->removing), partition->isr))
            plan(ctx, reassign_step(ctx, id, {}));
    }
}

void begin_reassign(Ctx ctx) {
    const std::string path(znodes::kReassignPartitions);
    if (current(ctx).kind == StepKind::read_moves_asked)
        return ask(ctx, kWishesRead, {zookeeper::get_data_request(path, true)});
    if (current(ctx).kind == StepKind::drop_moves_asked)
        return ask(ctx, kWishesRead, {zookeeper::get_data_request(path)});
    MR_ASSERT(current(ctx).kind == StepKind::reassign && !current(ctx).partitions.empty());
    const ControlledPartition* partition = ctx.memory().controller.find(subject(ctx));
    const bool gone =
        partition == nullptr || !partition->has_state || ctx.memory().controller.deletions.contains(subject(ctx).topic);
    if (gone || (current(ctx).brokers.empty() && !partition->moves())) return finish_step(ctx);
    read_state(ctx);
}

void on_reassign_answers(Ctx ctx, const ZkBatch& batch) {
    for (const zookeeper::ZkResult& result : batch.results)
        if (current(ctx).phase != kStateRead && current(ctx).phase != kWishesRead &&
            outcome_of(result) == FencedOutcome::deposed)
            return resign(ctx);
    switch (current(ctx).phase) {
        case kStateRead: refresh_state(ctx, subject(ctx), batch.results.front()); return go_on(ctx);
        case kStateWritten:
            if (outcome_of(batch.results.front()) == FencedOutcome::refused) return read_state(ctx);
            adopt_state(ctx);
            return go_on(ctx);
        case kAssigned: return go_on(ctx);
        case kSettled: return on_settled(ctx);
        case kWishesRead: return on_wishes_read(ctx, batch.results.front());
        case kWishesDropped: return finish_step(ctx);
        default: MR_ASSERT(false);
    }
}

}  // namespace engine::broker::controller
