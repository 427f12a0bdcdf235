// The controller's thread: events become steps, steps ask ZooKeeper and go on when the answers are there.
#include <algorithm>

#include "engine/broker/controller/steps.h"
#include "engine/broker/controller_work.h"
#include "engine/broker/timers.h"
#include "engine/broker/topic_rules.h"
#include "engine/model/facts.h"
#include "engine/model/touch.h"
#include "sim/base/assert.h"

namespace engine::broker {
namespace controller {
namespace {

using zookeeper::ZkError;
using zookeeper::ZkRequest;
using zookeeper::ZkResult;

constexpr Nanos kLongStep = sim::millis(2);  // now and then in sweeps

ControllerStep step_for(const ControllerEvent& event, StepKind kind) {
    ControllerStep step = make_step(kind);
    step.arg = event.arg;
    step.cause = event.cause;
    return step;
}

void plan_alter_partition(Ctx ctx, const ControllerEvent& event) { plan(ctx, step_for(event, StepKind::write_isr)); }

void plan_unclean_election(Ctx ctx, const ControllerEvent& event) {
    ControllerStep step = step_for(event, StepKind::elect);
    for (const TopicPartition id : leaderless(ctx))
        if (event.topic == kNoName || id.topic == event.topic) step.partitions.push_back(id);
    plan(ctx, step);
}

/// Partitions that their preferred leader does not lead, of brokers that are imbalanced enough.
std::vector<TopicPartition> imbalanced(Ctx ctx) {
    std::vector<TopicPartition> found;
    for (const auto& [broker, live] : ctx.memory().controller.brokers) {
        std::vector<TopicPartition> elsewhere;
        i64 preferred = 0;
        for (const TopicPartition id : all_partitions(ctx)) {
            const ControlledPartition& partition = *ctx.memory().controller.find(id);
            if (partition.replicas.empty() || partition.replicas.front() != broker || partition.moves()) continue;
            ++preferred;
            if (partition.leader != broker && contains(partition.isr, broker)) elsewhere.push_back(id);
        }
        MR_ASSERT(static_cast<i64>(elsewhere.size()) <= preferred);
        if (static_cast<i64>(elsewhere.size()) * 100 > preferred * ctx.config().leader_imbalance_percentage)
            found.insert(found.end(), elsewhere.begin(), elsewhere.end());
    }
    return found;
}

void plan_rebalance(Ctx ctx, const ControllerEvent& event) {
    ControllerStep step = step_for(event, StepKind::elect);
    step.election = ElectionKind::preferred;
    step.partitions = imbalanced(ctx);
    if (!step.partitions.empty()) plan(ctx, step);
}

void plan_requested_election(Ctx ctx, const ControllerEvent& event) {
    const ElectionOp* op = ctx.memory().admin.elections.find(event.arg);
    if (op == nullptr) return;
    ControllerStep step = step_for(event, StepKind::elect);
    step.election = op->unclean ? ElectionKind::unclean : ElectionKind::preferred;
    for (const ElectionResult& result : op->results) step.partitions.push_back(result.id);
    plan(ctx, step);
    plan(ctx, step_for(event, StepKind::reply_election));
}

void plan_named(Ctx ctx, const ControllerEvent& event, StepKind kind) {
    ControllerStep step = step_for(event, kind);
    step.names = {ctx.text(event.topic)};
    plan(ctx, step);
}

void plan_event(Ctx ctx, const ControllerEvent& event) {
    MR_ASSERT(ctx.memory().controller.active && !ctx.memory().controller.busy());
    switch (event.kind) {
        case ControllerEventKind::elect: return;  // bids are planned where /controller is read
        case ControllerEventKind::broker_change: return plan(ctx, step_for(event, StepKind::read_new_brokers));
        case ControllerEventKind::topic_change: return plan(ctx, step_for(event, StepKind::load_topic_names));
        case ControllerEventKind::preferred_znode: return plan(ctx, step_for(event, StepKind::read_preferred));
        case ControllerEventKind::elect_leaders: return plan_requested_election(ctx, event);
        case ControllerEventKind::alter_partition: return plan_alter_partition(ctx, event);
        case ControllerEventKind::unclean_enabled: return plan_unclean_election(ctx, event);
        case ControllerEventKind::leader_imbalance: return plan_rebalance(ctx, event);
        case ControllerEventKind::controlled_shutdown: return plan_departure(ctx, event);
        case ControllerEventKind::delete_topics: return plan(ctx, step_for(event, StepKind::read_deletions));
        case ControllerEventKind::topic_gone: return plan_named(ctx, event, StepKind::erase_topic);
        case ControllerEventKind::moves_znode: return plan(ctx, step_for(event, StepKind::read_moves_asked));
        case ControllerEventKind::alter_moves: return plan_asked_moves(ctx, event);
        case ControllerEventKind::topic_data: return plan_named(ctx, event, StepKind::load_topics);
    }
}

void reply_election(Ctx ctx) {
    const u64 op = current(ctx).arg;
    finish_step(ctx);
    on_election_decided(ctx, op);
}

void end_failover(Ctx ctx) {
    MR_ASSERT(current(ctx).kind == StepKind::end_failover && ctx.memory().controller.active);
    if (ctx.config().auto_leader_rebalance)
        ctx.memory().controller.imbalance_check =
            ctx.env.timer(sim::seconds(5), kLeaderImbalanceCheck, 0, kZooKeeperLane);
    finish_step(ctx);
}

void announce_step(Ctx ctx) {
    const ControllerStep step = current(ctx);
    finish_step(ctx);
    announce(ctx, step.all_partitions ? all_partitions(ctx) : step.partitions, step.brokers);
}

void tell_metadata_step(Ctx ctx) {
    const ControllerStep step = current(ctx);
    finish_step(ctx);
    tell_metadata(ctx, step.all_partitions ? all_partitions(ctx) : step.partitions,
                  step.brokers.empty() ? live_brokers(ctx) : step.brokers);
}

void begin_step(Ctx ctx) {
    MR_ASSERT(!ctx.memory().controller.awaiting);
    switch (current(ctx).kind) {
        case StepKind::read_controller_epoch: case StepKind::create_controller_epoch: case StepKind::claim:
            return begin_claim(ctx);
        case StepKind::load_admin_znodes: case StepKind::load_broker_ids: case StepKind::load_brokers:
        case StepKind::load_topic_names: case StepKind::load_topics: case StepKind::load_states: return begin_load(ctx);
        case StepKind::read_new_brokers: return begin_new_brokers(ctx);
        case StepKind::remove_replicas: return begin_remove_replicas(ctx);
        case StepKind::elect: return begin_elect(ctx);
        case StepKind::create_partitions: return begin_create_partitions(ctx);
        case StepKind::write_isr: return begin_write_isr(ctx);
        case StepKind::read_preferred:
        case StepKind::finish_preferred: return begin_preferred_znode(ctx);
        case StepKind::tell_metadata: return tell_metadata_step(ctx);
        case StepKind::announce: return announce_step(ctx);
        case StepKind::reply_election: return reply_election(ctx);
        case StepKind::read_deletions:
        case StepKind::erase_topic: return begin_deletions(ctx);
        case StepKind::reassign: case StepKind::read_moves_asked: case StepKind::drop_moves_asked:
            return begin_reassign(ctx);
        case StepKind::reply_moves: return reply_moves(ctx);
        case StepKind::stop_replicas: return stop_replicas_step(ctx);
        case StepKind::reply_departure: return reply_departure(ctx);
        case StepKind::end_failover: return end_failover(ctx);
        case StepKind::none: return finish_step(ctx);
    }
}

void go_on(Ctx ctx, const ZkBatch& batch) {
    switch (current(ctx).kind) {
        case StepKind::read_controller_epoch: case StepKind::create_controller_epoch: case StepKind::claim:
            return on_claim_answers(ctx, batch);
        case StepKind::load_admin_znodes: case StepKind::load_broker_ids: case StepKind::load_brokers:
        case StepKind::load_topic_names: case StepKind::load_topics: case StepKind::load_states:
            return on_load_answers(ctx, batch);
        case StepKind::read_new_brokers: return on_new_brokers_answers(ctx, batch);
        case StepKind::remove_replicas: return on_remove_replicas_answers(ctx, batch);
        case StepKind::elect: return on_elect_answers(ctx, batch);
        case StepKind::create_partitions: return on_create_partitions_answers(ctx, batch);
        case StepKind::write_isr: return on_write_isr_answers(ctx, batch);
        case StepKind::read_preferred:
        case StepKind::finish_preferred: return on_preferred_znode_answers(ctx, batch);
        case StepKind::read_deletions:
        case StepKind::erase_topic: return on_deletions_answers(ctx, batch);
        case StepKind::reassign: case StepKind::read_moves_asked: case StepKind::drop_moves_asked:
            return on_reassign_answers(ctx, batch);
        case StepKind::tell_metadata: case StepKind::announce: case StepKind::reply_moves:
        case StepKind::reply_election: case StepKind::stop_replicas: case StepKind::reply_departure:
        case StepKind::end_failover: case StepKind::none: MR_ASSERT(false); return;  // these never ask
    }
}

}  // namespace

void run(Ctx ctx) {
    Controller& self = ctx.memory().controller;
    while (!self.steps.empty() || !self.events.empty()) {
        if (self.awaiting) return;
        if (ctx.env.buggify("controller: a step takes long")) ctx.env.charge(kLongStep);
        if (self.steps.empty()) plan_event(ctx, self.events.pop_front());
        if (!self.steps.empty() && !self.awaiting) begin_step(ctx);
    }
}

void plan(Ctx ctx, ControllerStep step) {
    MR_ASSERT(step.kind != StepKind::none);
    ctx.memory().controller.steps.push_back(std::move(step));
}

void plan_next(Ctx ctx, std::vector<ControllerStep> steps) {
    auto& all = ctx.memory().controller.steps;
    MR_ASSERT(!all.empty());
    all.insert(all.begin() + 1, std::make_move_iterator(steps.begin()), std::make_move_iterator(steps.end()));
}

ControllerStep& current(Ctx ctx) {
    MR_ASSERT(ctx.memory().controller.busy());
    return ctx.memory().controller.steps.front();
}

void finish_step(Ctx ctx) {
    auto& steps = ctx.memory().controller.steps;
    MR_ASSERT(!steps.empty() && !ctx.memory().controller.awaiting);
    steps.erase(steps.begin());
}

void ask(Ctx ctx, u8 phase, std::vector<ZkRequest> requests) {
    Controller& self = ctx.memory().controller;
    MR_ASSERT(!self.awaiting);
    current(ctx).phase = phase;
    self.awaiting = true;
    ask_zookeeper(ctx, ZkTask::controller, self.term, std::move(requests));
}

ControllerStep make_step(StepKind kind) {
    ControllerStep step;
    step.kind = kind;
    return step;
}

ZkRequest fenced(Ctx ctx, ZkRequest write) {
    const i32 version = ctx.memory().controller.epoch_zk_version;
    MR_ASSERT(version >= 0 && ctx.memory().controller.active);
    return zookeeper::multi_request(
        {zookeeper::check_request(std::string(znodes::kControllerEpoch), version), std::move(write)});
}

FencedOutcome outcome_of(const ZkResult& result) {
    if (zookeeper::failed(result.error)) return FencedOutcome::refused;
    MR_ASSERT(!result.results.empty());
    if (result.results.front().error == ZkError::bad_version && result.results.size() > 1)
        return FencedOutcome::deposed;
    return zookeeper::failed(error_of(result)) ? FencedOutcome::refused : FencedOutcome::done;
}

bool take_state(ControlledPartition& partition, const ZkResult& result) {
    const auto data = znodes::state_from_json(result.data.bytes);
    if (zookeeper::failed(result.error) || !data) return false;
    partition.leader = data->leader;
    partition.leader_epoch = data->leader_epoch;
    partition.isr = data->isr;
    partition.controller_epoch = data->controller_epoch;
    partition.partition_epoch = PartitionEpoch{result.stat.version};
    return true;
}

void refresh_state(Ctx ctx, TopicPartition id, const ZkResult& result) {
    MR_ASSERT(id.partition >= 0 && id.topic != kNoName);
    ControlledPartition& partition = *ctx.memory().controller.find(id);
    const BrokerList before = partition.isr;
    if (!take_state(partition, result) || partition.isr == before) return;
    const i64 now = ctx.env.intern(text_of(partition.isr)).value;
    partition.set_by = ctx.env.fact(
        partition_fact(FactKind::isr, id, {now, ctx.env.intern(text_of(before)).value}, current(ctx).cause));
    ctx.env.touch(touch::kPartitions);
}

ZkError error_of(const ZkResult& result) {
    return zookeeper::failed(result.error) ? result.error : result.results.back().error;
}

BrokerList live_brokers(Ctx ctx) {
    BrokerList live;
    for (const auto& [broker, info] : ctx.memory().controller.brokers) live.push_back(broker);
    MR_ASSERT(std::ranges::is_sorted(live));
    return live;
}

BrokerList staying_brokers(Ctx ctx) {
    BrokerList staying;
    for (const BrokerId broker : live_brokers(ctx))
        if (!contains(ctx.memory().controller.shutting_down, broker)) staying.push_back(broker);
    return staying;
}

NodeId node_of(Ctx ctx, BrokerId broker) {
    const LiveBroker* live = ctx.memory().controller.brokers.find(broker);
    return live == nullptr ? sim::kNoNode : ctx.env.resolve(live->endpoint.host, static_cast<u16>(live->endpoint.port));
}

std::string text_of(const BrokerList& brokers) { return to_text(brokers); }

std::vector<TopicPartition> all_partitions(Ctx ctx) {
    std::vector<TopicPartition> ids;
    const Controller& self = ctx.memory().controller;
    for (const auto& [name, topic] : self.topics)
        if (!self.deletions.contains(name))
            for (const auto& [index, partition] : topic.partitions) ids.push_back({name, index});
    return ids;
}

std::vector<TopicPartition> stateless_partitions(Ctx ctx) {
    std::vector<TopicPartition> ids;
    for (const TopicPartition id : all_partitions(ctx))
        if (!ctx.memory().controller.find(id)->has_state) ids.push_back(id);
    return ids;
}

std::vector<TopicPartition> leaderless(Ctx ctx) {
    std::vector<TopicPartition> ids;
    for (const TopicPartition id : all_partitions(ctx)) {
        const ControlledPartition& partition = *ctx.memory().controller.find(id);
        if (partition.has_state && !ctx.memory().controller.is_live(partition.leader)) ids.push_back(id);
    }
    return ids;
}

}  // namespace controller

void enqueue(Ctx ctx, ControllerEvent event) {
    if (!ctx.memory().controller.active) return;
    ctx.memory().controller.events.push_back(event);
    controller::run(ctx);
}

void on_controller_answers(Ctx ctx, const ZkBatch& batch) {
    Controller& self = ctx.memory().controller;
    if (batch.arg != self.term || !self.awaiting) return;  // asked before we resigned
    MR_ASSERT(self.busy() && (self.active || self.claiming));
    self.awaiting = false;
    controller::go_on(ctx, batch);
    controller::run(ctx);
}

namespace {

/// /brokers/topics/T, not what is below it.
bool is_topic_path(std::string_view path) {
    return path.starts_with(znodes::kTopics) && path.size() > znodes::kTopics.size() + 1 &&
           path.rfind('/') == znodes::kTopics.size();
}

}  // namespace

void on_controller_watch(Ctx ctx, const zookeeper::WatchEvent& event) {
    ControllerEvent work;
    work.cause = ctx.env.here();
    if (event.path == znodes::kBrokerIds) work.kind = ControllerEventKind::broker_change;
    else if (event.path == znodes::kTopics) work.kind = ControllerEventKind::topic_change;
    else if (event.path == znodes::kDeleteTopics) work.kind = ControllerEventKind::delete_topics;
    else if (is_topic_path(event.path) && event.type == zookeeper::WatchEventType::data_changed) {
        work.kind = ControllerEventKind::topic_data;
        work.topic = ctx.env.intern(event.path.substr(znodes::kTopics.size() + 1));
    }
    else if (event.path == znodes::kReassignPartitions && event.type == zookeeper::WatchEventType::created)
        work.kind = ControllerEventKind::moves_znode;
    else if (event.path == znodes::kPreferredElection && event.type == zookeeper::WatchEventType::created)
        work.kind = ControllerEventKind::preferred_znode;
    else return;
    enqueue(ctx, work);
}

void on_leader_imbalance_check(Ctx ctx) {
    if (!ctx.memory().controller.active) return;
    enqueue(ctx, {ControllerEventKind::leader_imbalance, 0, kNoName, ctx.env.here()});
    ctx.memory().controller.imbalance_check =
        ctx.env.timer(ctx.config().leader_imbalance_check_interval, kLeaderImbalanceCheck, 0, kZooKeeperLane);
}

void resign(Ctx ctx) {
    Controller& self = ctx.memory().controller;
    std::vector<BrokerId> brokers;
    for (const auto& [broker, channel] : self.channels) brokers.push_back(broker);
    for (const BrokerId broker : brokers) controller::close_channel(ctx, broker);
    for (const auto& [id, pending] : self.alter_requests) {
        if (ctx.memory().sockets.open.contains(pending.reply_to.connection))
            drop_connection(ctx, pending.reply_to.connection);  // its leader asks the next controller
    }
    for (const auto& [id, pending] : self.move_requests)
        if (ctx.memory().sockets.open.contains(pending.reply_to.connection))
            drop_connection(ctx, pending.reply_to.connection);
    ctx.env.cancel(self.imbalance_check);
    const u64 term = self.term + 1;
    MR_ASSERT(self.channels.empty() && !self.imbalance_check);
    self = {};
    self.term = term;
}

}  // namespace engine::broker
