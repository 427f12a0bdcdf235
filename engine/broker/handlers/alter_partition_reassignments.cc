#include "engine/wire/messages/alter_partition_reassignments.h"

#include "engine/broker/controller_work.h"
#include "engine/broker/handlers.h"
#include "sim/base/assert.h"

namespace engine::broker {

bool handle_alter_partition_reassignments(Ctx ctx, const RequestCall& call, wire::Reader& in) {
    MR_ASSERT(call.reply_to.api == wire::AlterPartitionReassignmentsRequest::kApi);
    wire::AlterPartitionReassignmentsRequest request;
    if (!wire::decode(in, request, call.reply_to.version)) return false;
    Controller& controller = ctx.memory().controller;
    if (!controller.active) {
        wire::AlterPartitionReassignmentsResponse response;
        response.error_code = static_cast<i16>(ErrorCode::not_controller);
        response.error_message = std::string(error_info(ErrorCode::not_controller).message);
        respond(ctx, call.reply_to, response);
        return true;
    }
    PendingMoves pending;
    pending.reply_to = call.reply_to;
    for (const auto& topic : request.topics)
        for (const auto& partition : topic.partitions) {
            auto& item = pending.items.emplace_back();
            item.topic = topic.name;
            item.partition = partition.partition_index;
            item.cancel = !partition.replicas.has_value();
            if (!item.cancel)
                for (const i32 broker : *partition.replicas) item.target.push_back(BrokerId{broker});
        }
    const u64 id = controller.next_move++;
    MR_ASSERT(!controller.move_requests.contains(id));
    controller.move_requests[id] = std::move(pending);
    enqueue(ctx, {ControllerEventKind::alter_moves, id, kNoName, ctx.env.here()});
    return true;
}

}  // namespace engine::broker
