#include "engine/wire/messages/delete_topics.h"

#include "engine/broker/handlers.h"

namespace engine::broker {

bool handle_delete_topics(Ctx ctx, const RequestCall& call, wire::Reader& in) {
    MR_ASSERT(call.reply_to.api == wire::DeleteTopicsRequest::kApi);
    wire::DeleteTopicsRequest request;
    if (!wire::decode(in, request, call.reply_to.version)) return false;
    start_removal(ctx, call.reply_to, request);
    return true;
}

}  // namespace engine::broker
