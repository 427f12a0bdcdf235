#include "engine/wire/messages/sync_group.h"

#include "engine/broker/group_coordinator.h"
#include "engine/broker/handlers.h"

namespace engine::broker {

bool handle_sync_group(Ctx ctx, const RequestCall& call, wire::Reader& in) {
    MR_ASSERT(call.reply_to.api == wire::SyncGroupRequest::kApi);
    wire::SyncGroupRequest request;
    if (!wire::decode(in, request, call.reply_to.version)) return false;
    sync_group(ctx, call.reply_to, request);
    return true;
}

}  // namespace engine::broker
