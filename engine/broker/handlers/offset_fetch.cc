#include "engine/wire/messages/offset_fetch.h"

#include "engine/broker/group_coordinator.h"
#include "engine/broker/handlers.h"

namespace engine::broker {

bool handle_offset_fetch(Ctx ctx, const RequestCall& call, wire::Reader& in) {
    MR_ASSERT(call.reply_to.api == wire::OffsetFetchRequest::kApi);
    wire::OffsetFetchRequest request;
    if (!wire::decode(in, request, call.reply_to.version)) return false;
    respond(ctx, call.reply_to, fetch_offsets(ctx, request, call.reply_to.version));
    return true;
}

}  // namespace engine::broker
