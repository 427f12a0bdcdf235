#include "engine/wire/messages/offset_commit.h"

#include "engine/broker/group_coordinator.h"
#include "engine/broker/handlers.h"

namespace engine::broker {

bool handle_offset_commit(Ctx ctx, const RequestCall& call, wire::Reader& in) {
    MR_ASSERT(call.reply_to.api == wire::OffsetCommitRequest::kApi);
    wire::OffsetCommitRequest request;
    if (!wire::decode(in, request, call.reply_to.version)) return false;
    commit_offsets(ctx, call.reply_to, request);
    return true;
}

}  // namespace engine::broker
