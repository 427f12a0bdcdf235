#include "engine/wire/messages/join_group.h"

#include "engine/broker/group_coordinator.h"
#include "engine/broker/handlers.h"

namespace engine::broker {

bool handle_join_group(Ctx ctx, const RequestCall& call, wire::Reader& in) {
    MR_ASSERT(call.reply_to.api == wire::JoinGroupRequest::kApi);
    wire::JoinGroupRequest request;
    if (!wire::decode(in, request, call.reply_to.version)) return false;
    JoinCall join;
    join.reply_to = call.reply_to;
    join.peer = call.peer;
    join.client_id = call.client_id;
    join.group = request.group_id;
    join.member_id = request.member_id;
    join.instance_id = request.group_instance_id.value_or("");
    join.protocol_type = request.protocol_type;
    for (const auto& protocol : request.protocols) join.protocols.push_back({protocol.name, protocol.metadata});
    join.session_timeout_ms = request.session_timeout_ms;
    join.rebalance_timeout_ms =
        request.rebalance_timeout_ms < 0 ? request.session_timeout_ms : request.rebalance_timeout_ms;
    join.reason = request.reason.value_or("");
    join_group(ctx, join);
    return true;
}

}  // namespace engine::broker
