#include "engine/wire/messages/init_producer_id.h"

#include "engine/broker/handlers.h"

namespace engine::broker {

bool handle_init_producer_id(Ctx ctx, const RequestCall& call, wire::Reader& in) {
    MR_ASSERT(call.reply_to.api == wire::InitProducerIdRequest::kApi);
    wire::InitProducerIdRequest request;
    if (!wire::decode(in, request, call.reply_to.version)) return false;
    if (!request.transactional_id) {
        give_producer_id(ctx, call.reply_to);
        return true;
    }
    wire::InitProducerIdResponse response;  // transactions: a broker without them says so
    response.error_code = static_cast<i16>(ErrorCode::unsupported_version);
    respond(ctx, call.reply_to, response);
    return true;
}

}  // namespace engine::broker
