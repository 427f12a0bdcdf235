#include "engine/wire/messages/leader_and_isr.h"

#include "engine/broker/handlers.h"

namespace engine::broker {

bool handle_leader_and_isr(Ctx ctx, const RequestCall& call, wire::Reader& in) {
    MR_ASSERT(call.reply_to.api == wire::LeaderAndIsrRequest::kApi);
    wire::LeaderAndIsrRequest request;
    if (!wire::decode(in, request, call.reply_to.version)) return false;
    const ErrorCode refused =
        check_controller(ctx, ControllerEpoch{request.controller_epoch}, BrokerEpoch{request.broker_epoch});
    if (!failed(refused)) {
        carry_out_or_wait(ctx, call.reply_to, request);
        return true;
    }
    wire::LeaderAndIsrResponse response;
    response.error_code = static_cast<i16>(refused);
    respond(ctx, call.reply_to, response);
    return true;
}

}  // namespace engine::broker
