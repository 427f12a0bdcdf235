#include "engine/wire/messages/heartbeat.h"

#include "engine/broker/group_coordinator.h"
#include "engine/broker/handlers.h"

namespace engine::broker {

bool handle_heartbeat(Ctx ctx, const RequestCall& call, wire::Reader& in) {
    MR_ASSERT(call.reply_to.api == wire::HeartbeatRequest::kApi);
    wire::HeartbeatRequest request;
    if (!wire::decode(in, request, call.reply_to.version)) return false;
    wire::HeartbeatResponse response;
    response.error_code = static_cast<i16>(heartbeat(ctx, request.group_id, request.generation_id, request.member_id,
                                                     request.group_instance_id.value_or("")));
    respond(ctx, call.reply_to, response);
    return true;
}

}  // namespace engine::broker
