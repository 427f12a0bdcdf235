#include "engine/wire/messages/leave_group.h"

#include "engine/broker/group_coordinator.h"
#include "engine/broker/handlers.h"

namespace engine::broker {

bool handle_leave_group(Ctx ctx, const RequestCall& call, wire::Reader& in) {
    MR_ASSERT(call.reply_to.api == wire::LeaveGroupRequest::kApi);
    wire::LeaveGroupRequest request;
    if (!wire::decode(in, request, call.reply_to.version)) return false;
    respond(ctx, call.reply_to, leave_group(ctx, request, call.reply_to.version));
    return true;
}

}  // namespace engine::broker
