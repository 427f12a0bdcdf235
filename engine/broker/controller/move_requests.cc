// AlterPartitionReassignments at the controller: each partition is looked at, the moves that may begin do, one after
// the other, and then the answer goes out (KafkaController.processApiPartitionReassignment).
#include <fmt/format.h>

#include <algorithm>

#include "engine/broker/controller/steps.h"
#include "engine/wire/messages/alter_partition_reassignments.h"
#include "sim/base/assert.h"

namespace engine::broker::controller {
namespace {

using MoveItem = PendingMoves::Item;

/// "List(1, 2)" and "Set(1, 2)", as Scala prints them.
std::string scala_text(std::string_view kind, const BrokerList& brokers) {
    std::string items;
    for (const BrokerId broker : brokers) items += fmt::format("{}{}", items.empty() ? "" : ", ", broker.value);
    return fmt::format("{}({})", kind, items);
}

void refuse(MoveItem& item, ErrorCode error, std::string message = "") {
    MR_ASSERT(failed(error));
    item.error = error;
    item.message = std::move(message);
}

void check_target(Ctx ctx, MoveItem& item, const ReplicaMoves& present) {
    MR_ASSERT(!item.cancel);
    if (item.target.empty())
        return refuse(item, ErrorCode::invalid_replica_assignment,
                      "Empty replica list specified in partition reassignment.");
    if (!all_differ(item.target))
        return refuse(item, ErrorCode::invalid_replica_assignment,
                      fmt::format("Duplicate replica ids in partition reassignment replica list: {}",
                                  scala_text("List", item.target)));
    if (std::ranges::any_of(item.target, [](BrokerId b) { return b.value < 0; }))
        return refuse(item, ErrorCode::invalid_replica_assignment,
                      fmt::format("Invalid broker id in replica list: {}", scala_text("List", item.target)));
    const BrokerList adding = reassign_to(present, item.target).adding;
    if (!is_subset(adding, live_brokers(ctx)))
        refuse(item, ErrorCode::invalid_replica_assignment,
               fmt::format("Replica assignment has brokers that are not alive. Replica list: {}, live broker list: {}",
                           scala_text("List", adding), scala_text("Set", live_brokers(ctx))));
}

/// What shall be done for an item; its error is set if nothing can.
void look_at(Ctx ctx, MoveItem& item, std::vector<ControllerStep>& steps, std::vector<TopicPartition>& accepted) {
    const TopicPartition id{ctx.env.find_name(item.topic), item.partition};
    const ControlledPartition* partition = id.topic == kNoName ? nullptr : ctx.memory().controller.find(id);
    const bool known = partition != nullptr && !ctx.memory().controller.deletions.contains(id.topic);
    const ReplicaMoves present =
        known ? ReplicaMoves{partition->replicas, partition->adding, partition->removing} : ReplicaMoves{};
    if (!item.cancel) check_target(ctx, item, present);
    if (failed(item.error)) return;
    if (item.cancel && (!known || !partition->moves())) return refuse(item, ErrorCode::no_reassignment_in_progress);
    if (!known) return refuse(item, ErrorCode::unknown_topic_or_partition, "The partition does not exist.");
    BrokerList target = item.target;
    if (item.cancel)
        for (const BrokerId broker : partition->replicas)
            if (!contains(partition->adding, broker)) target.push_back(broker);
    accepted.push_back(id);
    steps.push_back(reassign_step(ctx, id, std::move(target)));
    MR_ASSERT(accepted.size() == steps.size());
}

}  // namespace

void plan_asked_moves(Ctx ctx, const ControllerEvent& event) {
    MR_ASSERT(event.kind == ControllerEventKind::alter_moves && ctx.memory().controller.active);
    PendingMoves* pending = ctx.memory().controller.move_requests.find(event.arg);
    if (pending == nullptr) return;
    std::vector<ControllerStep> steps;
    ControllerStep clear = make_step(StepKind::drop_moves_asked);  // the latest wish counts, by whatever way it came
    for (MoveItem& item : pending->items) look_at(ctx, item, steps, clear.partitions);
    if (!clear.partitions.empty()) plan(ctx, clear);
    for (ControllerStep& step : steps) plan(ctx, std::move(step));
    ControllerStep reply = make_step(StepKind::reply_moves);
    reply.arg = event.arg;
    plan(ctx, reply);
}

void reply_moves(Ctx ctx) {
    MR_ASSERT(current(ctx).kind == StepKind::reply_moves);
    const u64 id = current(ctx).arg;
    const PendingMoves pending = std::move(ctx.memory().controller.move_requests.at(id));
    ctx.memory().controller.move_requests.erase(id);
    wire::AlterPartitionReassignmentsResponse response;
    for (const MoveItem& item : pending.items) {
        if (response.responses.empty() || response.responses.back().name != item.topic)
            response.responses.emplace_back().name = item.topic;
        auto& answer = response.responses.back().partitions.emplace_back();
        answer.partition_index = item.partition;
        answer.error_code = static_cast<i16>(item.error);
        if (failed(item.error))
            answer.error_message = item.message.empty() ? std::string(error_info(item.error).message) : item.message;
    }
    respond(ctx, pending.reply_to, response);
    finish_step(ctx);
}

}  // namespace engine::broker::controller
