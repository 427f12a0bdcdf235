#include "engine/wire/messages/controlled_shutdown.h"

#include "engine/broker/controller_work.h"
#include "engine/broker/handlers.h"

namespace engine::broker {
namespace {

ErrorCode why_not(Ctx ctx, const wire::ControlledShutdownRequest& request) {
    const Controller& controller = ctx.memory().controller;
    if (!controller.active) return ErrorCode::not_controller;
    const LiveBroker* broker = controller.brokers.find(BrokerId{request.broker_id});
    if (broker == nullptr) return ErrorCode::broker_not_available;
    const bool earlier_life = request.broker_epoch >= 0 && BrokerEpoch{request.broker_epoch} < broker->epoch;
    return earlier_life ? ErrorCode::stale_broker_epoch : ErrorCode::none;
}

}  // namespace

bool handle_controlled_shutdown(Ctx ctx, const RequestCall& call, wire::Reader& in) {
    MR_ASSERT(call.reply_to.api == wire::ControlledShutdownRequest::kApi);
    wire::ControlledShutdownRequest request;
    if (!wire::decode(in, request, call.reply_to.version)) return false;
    if (const ErrorCode refused = why_not(ctx, request); failed(refused)) {
        wire::ControlledShutdownResponse response;
        response.error_code = static_cast<i16>(refused);
        respond(ctx, call.reply_to, response);
        return true;
    }
    Controller& controller = ctx.memory().controller;
    MR_ASSERT(controller.active);
    const u64 id = controller.next_shutdown++;
    MR_ASSERT(!controller.shutdowns.contains(id));
    controller.shutdowns[id] = {call.reply_to, BrokerId{request.broker_id}};
    enqueue(ctx, {ControllerEventKind::controlled_shutdown, id, kNoName, ctx.env.here()});
    return true;
}

}  // namespace engine::broker
