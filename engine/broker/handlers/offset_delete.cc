#include "engine/wire/messages/offset_delete.h"

#include "engine/broker/group_coordinator.h"
#include "engine/broker/handlers.h"

namespace engine::broker {

bool handle_offset_delete(Ctx ctx, const RequestCall& call, wire::Reader& in) {
    MR_ASSERT(call.reply_to.api == wire::OffsetDeleteRequest::kApi);
    wire::OffsetDeleteRequest request;
    if (!wire::decode(in, request, call.reply_to.version)) return false;
    respond(ctx, call.reply_to, delete_offsets(ctx, request));
    return true;
}

}  // namespace engine::broker
