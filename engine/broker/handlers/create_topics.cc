#include "engine/wire/messages/create_topics.h"

#include "engine/broker/handlers.h"
#include "engine/broker/topic_rules.h"

namespace engine::broker {

bool handle_create_topics(Ctx ctx, const RequestCall& call, wire::Reader& in) {
    MR_ASSERT(call.reply_to.api == wire::CreateTopicsRequest::kApi);
    wire::CreateTopicsRequest request;
    if (!wire::decode(in, request, call.reply_to.version)) return false;
    if (ctx.memory().controller.active) return start_requested_creation(ctx, call.reply_to, request);
    respond(ctx, call.reply_to, refuse_creation(request, ErrorCode::not_controller));
    return true;
}

}  // namespace engine::broker
