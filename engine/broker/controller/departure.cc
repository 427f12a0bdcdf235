// A broker asks to leave (controlled shutdown): what it leads goes to another member of the ISR, what it follows loses
// it from the ISR, and it is told what could not be moved.
#include <algorithm>

#include "engine/broker/controller/steps.h"
#include "engine/broker/controller_work.h"
#include "engine/wire/messages/controlled_shutdown.h"
#include "sim/base/assert.h"

namespace engine::broker::controller {
namespace {

bool has_other_replicas(const ControlledPartition& partition, BrokerId broker) {
    return partition.has_state && partition.replicas.size() > 1 && contains(partition.replicas, broker);
}

std::vector<TopicPartition> shared_partitions(Ctx ctx, BrokerId broker, bool led) {
    MR_ASSERT(ctx.memory().controller.active);
    std::vector<TopicPartition> ids;
    for (const TopicPartition id : all_partitions(ctx)) {
        const ControlledPartition& partition = *ctx.memory().controller.find(id);
        if (has_other_replicas(partition, broker) && (partition.leader == broker) == led) ids.push_back(id);
    }
    return ids;
}

}  // namespace

void plan_departure(Ctx ctx, const ControllerEvent& event) {
    MR_ASSERT(event.kind == ControllerEventKind::controlled_shutdown && ctx.memory().controller.active);
    const PendingShutdown* request = ctx.memory().controller.shutdowns.find(event.arg);
    if (request == nullptr) return;
    const BrokerId broker = request->broker;
    BrokerList& leaving = ctx.memory().controller.shutting_down;
    if (!contains(leaving, broker)) leaving.push_back(broker);
    MR_ASSERT(all_differ(leaving));
    ControllerStep elect = make_step(StepKind::elect);
    elect.election = ElectionKind::departure;
    elect.partitions = shared_partitions(ctx, broker, true);
    ControllerStep stop = make_step(StepKind::stop_replicas);
    stop.partitions = shared_partitions(ctx, broker, false);
    stop.brokers = {broker};
    ControllerStep remove = make_step(StepKind::remove_replicas);
    remove.partitions = stop.partitions;
    if (!remove.partitions.empty()) remove.brokers = {broker};
    ControllerStep reply = make_step(StepKind::reply_departure);
    reply.arg = event.arg;
    for (ControllerStep& step : std::vector{elect, stop, remove, reply}) {
        step.cause = event.cause;
        plan(ctx, step);
    }
}

void stop_replicas_step(Ctx ctx) {
    const ControllerStep step = current(ctx);
    MR_ASSERT(step.brokers.size() == 1);
    finish_step(ctx);
    tell_stop(ctx, step.brokers.front(), step.partitions, false);
}

void reply_departure(Ctx ctx) {
    MR_ASSERT(current(ctx).kind == StepKind::reply_departure);
    const u64 id = current(ctx).arg;
    finish_step(ctx);
    Controller& self = ctx.memory().controller;
    if (!self.shutdowns.contains(id)) return;
    const PendingShutdown request = self.shutdowns.at(id);
    self.shutdowns.erase(id);
    wire::ControlledShutdownResponse response;
    for (const TopicPartition left : shared_partitions(ctx, request.broker, true))
        response.remaining_partitions.push_back({ctx.text(left.topic), left.partition});
    respond(ctx, request.reply_to, response);
}

}  // namespace engine::broker::controller
