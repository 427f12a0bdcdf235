#include "engine/wire/messages/create_partitions.h"

#include "engine/broker/handlers.h"

namespace engine::broker {

bool handle_create_partitions(Ctx ctx, const RequestCall& call, wire::Reader& in) {
    MR_ASSERT(call.reply_to.api == wire::CreatePartitionsRequest::kApi);
    wire::CreatePartitionsRequest request;
    if (!wire::decode(in, request, call.reply_to.version)) return false;
    start_growth(ctx, call.reply_to, request);
    return true;
}

}  // namespace engine::broker
