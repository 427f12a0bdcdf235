// A new controller reads everything: brokers, topics, states; then takes out the dead and fills vacant leads.
// Reading topic names again is also how new topics are found.
#include <algorithm>
#include <charconv>

#include "engine/broker/controller/steps.h"
#include "engine/model/facts.h"
#include "sim/base/assert.h"

namespace engine::broker::controller {
namespace {

using zookeeper::ZkRequest;

constexpr std::size_t kMovesQuestion = 1;

std::vector<ZkRequest> admin_questions() {
    return {zookeeper::exists_request(std::string(znodes::kPreferredElection), true),
            zookeeper::exists_request(std::string(znodes::kReassignPartitions), true),
            zookeeper::get_children_request(std::string(znodes::kLogDirEvents), true),
            zookeeper::get_children_request(std::string(znodes::kIsrChanges), true)};
}

std::vector<ZkRequest> broker_questions(const std::vector<std::string>& ids) {
    std::vector<ZkRequest> questions;
    for (const std::string& id : ids)
        questions.push_back(zookeeper::get_data_request(std::string(znodes::kBrokerIds) + "/" + id));
    return questions;
}

std::vector<ZkRequest> topic_questions(const std::vector<std::string>& names) {
    std::vector<ZkRequest> questions;
    for (const std::string& name : names)
        questions.push_back(zookeeper::get_data_request(znodes::topic_path(name), true));
    return questions;
}

std::vector<ZkRequest> state_questions(Ctx ctx, const std::vector<TopicPartition>& ids) {
    std::vector<ZkRequest> questions;
    for (const TopicPartition id : ids)
        questions.push_back(zookeeper::get_data_request(znodes::state_path(ctx.text(id.topic), id.partition)));
    return questions;
}

/// The same step with what it is about, found by the step before.
void name_next(Ctx ctx, StepKind kind, std::vector<std::string> names) {
    MR_ASSERT(kind == StepKind::load_brokers || kind == StepKind::load_topics);
    for (ControllerStep& step : ctx.memory().controller.steps)
        if (step.kind == kind) { step.names = std::move(names); return; }
    ControllerStep step = make_step(kind);
    step.names = std::move(names);
    step.cause = current(ctx).cause;
    plan_next(ctx, {step});
}

void take_brokers(Ctx ctx, const ZkBatch& batch) {
    Controller& self = ctx.memory().controller;
    const std::vector<std::string> names = current(ctx).names;
    MR_ASSERT(self.active && batch.results.size() == names.size());
    for (std::size_t i = 0; i < names.size(); ++i) {
        const zookeeper::ZkResult& result = batch.results[i];
        const auto data = znodes::broker_from_json(result.data.bytes);
        BrokerId broker;
        std::from_chars(names[i].data(), names[i].data() + names[i].size(), broker.value);
        if (zookeeper::failed(result.error) || !data) continue;
        self.brokers[broker] = {{data->host, data->port, data->rack}, BrokerEpoch{result.stat.czxid}};
        open_channel(ctx, broker);
    }
}

/// Topics we did not know; their partitions are taken up without a state.
std::vector<TopicPartition> take_topics(Ctx ctx, const ZkBatch& batch) {
    Controller& self = ctx.memory().controller;
    std::vector<TopicPartition> fresh;
    const std::vector<std::string> names = current(ctx).names;
    MR_ASSERT(batch.results.size() == names.size());
    for (std::size_t i = 0; i < names.size(); ++i) {
        const auto data = znodes::topic_from_json(batch.results[i].data.bytes);
        if (!data) continue;
        const NameId name = ctx.env.intern(names[i]);
        ControlledTopic& topic = self.topics[name];
        topic.id = data->topic_id;
        for (std::size_t p = 0; p < data->partitions.size(); ++p) {
            const auto index = static_cast<i32>(p);
            if (topic.partitions.contains(index)) continue;
            topic.partitions[index].replicas = data->partitions[p];
            if (const BrokerList* adding = data->adding.find(index)) topic.partitions[index].adding = *adding;
            if (const BrokerList* removing = data->removing.find(index)) topic.partitions[index].removing = *removing;
            fresh.push_back({name, index});
        }
    }
    return fresh;
}

void take_states(Ctx ctx, const ZkBatch& batch) {
    const std::vector<TopicPartition> ids = current(ctx).partitions;
    MR_ASSERT(batch.results.size() == ids.size());
    for (std::size_t i = 0; i < ids.size(); ++i) {
        ControlledPartition& partition = *ctx.memory().controller.find(ids[i]);
        partition.has_state = take_state(partition, batch.results[i]) || partition.has_state;
    }
}

BrokerList dead_in_isrs(Ctx ctx) {
    BrokerList dead;
    for (const TopicPartition id : all_partitions(ctx))
        for (const BrokerId broker : ctx.memory().controller.find(id)->replicas)
            if (!ctx.memory().controller.is_live(broker) && !contains(dead, broker)) dead.push_back(broker);
    std::ranges::sort(dead);
    MR_ASSERT(std::ranges::adjacent_find(dead) == dead.end());
    return dead;
}

/// Everything is known: tell it, let live replicas take their roles, take out the dead, elect where it is needed.
void plan_takeover(Ctx ctx) {
    MR_ASSERT(current(ctx).kind == StepKind::load_states && ctx.memory().controller.active);
    ControllerStep announce_all = make_step(StepKind::announce);
    announce_all.all_partitions = true;
    ControllerStep remove = make_step(StepKind::remove_replicas);
    remove.brokers = dead_in_isrs(ctx);
    ControllerStep create = make_step(StepKind::create_partitions);
    create.partitions = stateless_partitions(ctx);
    ControllerStep elect = make_step(StepKind::elect);
    elect.all_partitions = true;
    ControllerStep preferred = make_step(StepKind::read_preferred);
    std::vector<ControllerStep> steps = {announce_all, remove, create, elect};
    for (ControllerStep& step : resume_moves(ctx, {})) steps.push_back(std::move(step));
    for (const ControllerStep& step :
         {preferred, make_step(StepKind::read_deletions), make_step(StepKind::end_failover)})
        steps.push_back(step);
    for (ControllerStep& step : steps) step.cause = current(ctx).cause;
    plan_next(ctx, std::move(steps));
}

void on_topic_names(Ctx ctx, const zookeeper::ZkResult& result) {
    MR_ASSERT(current(ctx).kind == StepKind::load_topic_names);
    std::vector<std::string> fresh;
    for (const std::string& name : result.children)
        if (!ctx.memory().controller.topics.contains(ctx.env.intern(name))) fresh.push_back(name);
    name_next(ctx, StepKind::load_topics, std::move(fresh));
    finish_step(ctx);
}

void on_topics(Ctx ctx, const ZkBatch& batch) {
    MR_ASSERT(current(ctx).kind == StepKind::load_topics);
    std::vector<TopicPartition> fresh = take_topics(ctx, batch);
    for (ControllerStep& step : ctx.memory().controller.steps) {
        if (step.kind != StepKind::load_states) continue;
        step.partitions = all_partitions(ctx);
        return finish_step(ctx);
    }
    ControllerStep create = make_step(StepKind::create_partitions);  // not a failover: these topics are new
    create.partitions = std::move(fresh);
    create.cause = current(ctx).cause;
    plan_next(ctx, {create});
    finish_step(ctx);
}

}  // namespace

void begin_load(Ctx ctx) {
    ControllerStep& step = current(ctx);
    switch (step.kind) {
        case StepKind::load_admin_znodes: return ask(ctx, 0, admin_questions());
        case StepKind::load_broker_ids:
            return ask(ctx, 0, {zookeeper::get_children_request(std::string(znodes::kBrokerIds), true)});
        case StepKind::load_brokers: return ask(ctx, 0, broker_questions(step.names));
        case StepKind::load_topic_names:
            return ask(ctx, 0, {zookeeper::get_children_request(std::string(znodes::kTopics), true)});
        case StepKind::load_topics: return ask(ctx, 0, topic_questions(step.names));
        case StepKind::load_states: return ask(ctx, 0, state_questions(ctx, step.partitions));
        default: MR_ASSERT(false);
    }
}

void on_load_answers(Ctx ctx, const ZkBatch& batch) {
    switch (current(ctx).kind) {
        case StepKind::load_admin_znodes:
            if (!zookeeper::failed(batch.results[kMovesQuestion].error))
                plan(ctx, make_step(StepKind::read_moves_asked));
            return finish_step(ctx);
        case StepKind::load_broker_ids:
            name_next(ctx, StepKind::load_brokers, batch.results.front().children);
            return finish_step(ctx);
        case StepKind::load_brokers: take_brokers(ctx, batch); return finish_step(ctx);
        case StepKind::load_topic_names: return on_topic_names(ctx, batch.results.front());
        case StepKind::load_topics: return on_topics(ctx, batch);
        case StepKind::load_states:
            take_states(ctx, batch);
            plan_takeover(ctx);
            return finish_step(ctx);
        default: MR_ASSERT(false);
    }
}

}  // namespace engine::broker::controller
