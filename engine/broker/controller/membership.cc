// Brokers come and go: the children of /brokers/ids have changed.
#include <algorithm>
#include <charconv>

#include "engine/broker/controller/steps.h"
#include "engine/model/facts.h"
#include "sim/base/assert.h"

namespace engine::broker::controller {
namespace {

constexpr u8 kReadIds = 0;
constexpr u8 kReadBrokers = 1;
static_assert(kReadIds < kReadBrokers);

struct Membership {
    BrokerList joined;
    BrokerList gone;   // those that left, and those that came back as somebody new
};

BrokerId id_of(const std::string& text) {
    BrokerId broker = kNoBroker;
    std::from_chars(text.data(), text.data() + text.size(), broker.value);
    return broker;
}

/// Compares what is registered with what we knew; a registration with another epoch is a death and a birth.
Membership compare(Ctx ctx, const std::vector<std::string>& ids, const ZkBatch& batch) {
    Controller& self = ctx.memory().controller;
    MR_ASSERT(batch.results.size() == ids.size());
    Membership change;
    BrokerList present;
    for (std::size_t i = 0; i < ids.size(); ++i) {
        const auto data = znodes::broker_from_json(batch.results[i].data.bytes);
        if (zookeeper::failed(batch.results[i].error) || !data) continue;
        const BrokerId broker = id_of(ids[i]);
        if (contains(present, broker)) continue;   // somebody made /brokers/ids/01 beside 1
        const BrokerEpoch epoch{batch.results[i].stat.czxid};
        present.push_back(broker);
        const LiveBroker* known = self.brokers.find(broker);
        if (known != nullptr && known->epoch == epoch) continue;
        if (known != nullptr) change.gone.push_back(broker);
        change.joined.push_back(broker);
    }
    for (const auto& [broker, info] : self.brokers)
        if (!contains(present, broker)) change.gone.push_back(broker);
    MR_ASSERT(all_differ(change.gone) && all_differ(change.joined));
    return change;
}

void forget(Ctx ctx, BrokerId broker) {
    ctx.env.fact(node_fact(FactKind::broker_gone, {broker.value}, current(ctx).cause));
    close_channel(ctx, broker);
    MR_ASSERT(ctx.memory().controller.is_live(broker));
    ctx.memory().controller.brokers.erase(broker);
    std::erase(ctx.memory().controller.shutting_down, broker);
}

std::vector<TopicPartition> partitions_on(Ctx ctx, const BrokerList& brokers) {
    std::vector<TopicPartition> ids;
    for (const TopicPartition id : all_partitions(ctx)) {
        const ControlledPartition& partition = *ctx.memory().controller.find(id);
        const bool there = std::ranges::any_of(brokers, [&](BrokerId b) { return contains(partition.replicas, b); });
        if (there && partition.has_state) ids.push_back(id);
    }
    return ids;
}

/// Leads of the dead go to somebody alive, then the dead are taken out of the ISRs.
std::vector<ControllerStep> steps_for_deaths(Ctx ctx, const BrokerList& gone) {
    MR_ASSERT(!gone.empty());
    ControllerStep elect = make_step(StepKind::elect);
    elect.all_partitions = true;
    ControllerStep remove = make_step(StepKind::remove_replicas);
    remove.brokers = gone;
    ControllerStep tell = make_step(StepKind::tell_metadata);
    tell.partitions = partitions_on(ctx, gone);
    return {elect, remove, tell};
}

/// The new learn everything and take up their roles; the others learn of them; partitions that could not begin yet, or
/// have nobody to lead, may have somebody now.
std::vector<ControllerStep> steps_for_births(Ctx ctx, const BrokerList& joined) {
    MR_ASSERT(!joined.empty());
    ControllerStep tell_all = make_step(StepKind::tell_metadata);
    ControllerStep teach = make_step(StepKind::tell_metadata);
    teach.all_partitions = true;
    teach.brokers = joined;
    ControllerStep announce_roles = make_step(StepKind::announce);
    announce_roles.partitions = partitions_on(ctx, joined);
    announce_roles.brokers = joined;
    ControllerStep elect = make_step(StepKind::elect);
    elect.all_partitions = true;
    ControllerStep create = make_step(StepKind::create_partitions);
    create.partitions = stateless_partitions(ctx);
    std::vector<ControllerStep> steps = {tell_all, teach, announce_roles, create, elect};
    for (ControllerStep& step : resume_moves(ctx, joined)) steps.push_back(std::move(step));
    return steps;
}

void apply(Ctx ctx, const std::vector<std::string>& ids, const ZkBatch& batch) {
    const Membership change = compare(ctx, ids, batch);
    for (const BrokerId broker : change.gone) forget(ctx, broker);
    std::vector<ControllerStep> steps;
    if (!change.gone.empty()) steps = steps_for_deaths(ctx, change.gone);
    for (std::size_t i = 0; i < ids.size(); ++i) {
        const BrokerId broker = id_of(ids[i]);
        if (!contains(change.joined, broker)) continue;
        const auto data = znodes::broker_from_json(batch.results[i].data.bytes);
        ctx.memory().controller.brokers[broker] = {{data->host, data->port, data->rack},
                                                   BrokerEpoch{batch.results[i].stat.czxid}};
        open_channel(ctx, broker);
        ctx.env.fact(node_fact(FactKind::broker_joined, {broker.value}, current(ctx).cause));
    }
    resume_deletions(ctx, change.joined);
    if (!change.joined.empty())
        for (ControllerStep& step : steps_for_births(ctx, change.joined)) steps.push_back(std::move(step));
    MR_VALIDATE(is_subset(change.joined, live_brokers(ctx)));
    for (ControllerStep& step : steps) step.cause = ctx.env.here();
    plan_next(ctx, std::move(steps));
    finish_step(ctx);
}

}  // namespace

void begin_new_brokers(Ctx ctx) {
    ask(ctx, kReadIds, {zookeeper::get_children_request(std::string(znodes::kBrokerIds), true)});
}

void on_new_brokers_answers(Ctx ctx, const ZkBatch& batch) {
    if (current(ctx).phase == kReadBrokers) return apply(ctx, std::vector<std::string>(current(ctx).names), batch);
    MR_ASSERT(current(ctx).kind == StepKind::read_new_brokers && batch.results.size() == 1);
    std::vector<zookeeper::ZkRequest> questions;
    current(ctx).names = batch.results.front().children;
    for (const std::string& id : current(ctx).names)
        questions.push_back(zookeeper::get_data_request(std::string(znodes::kBrokerIds) + "/" + id));
    ask(ctx, kReadBrokers, std::move(questions));
}

}  // namespace engine::broker::controller
