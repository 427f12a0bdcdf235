#include "engine/wire/messages/delete_groups.h"

#include "engine/broker/group_coordinator.h"
#include "engine/broker/handlers.h"

namespace engine::broker {

bool handle_delete_groups(Ctx ctx, const RequestCall& call, wire::Reader& in) {
    MR_ASSERT(call.reply_to.api == wire::DeleteGroupsRequest::kApi);
    wire::DeleteGroupsRequest request;
    if (!wire::decode(in, request, call.reply_to.version)) return false;
    wire::DeleteGroupsResponse response;
    for (const std::string& name : request.groups_names) {
        const ErrorCode error = delete_group(ctx, name);
        response.results.push_back({name, static_cast<i16>(error)});
    }
    respond(ctx, call.reply_to, response);
    return true;
}

}  // namespace engine::broker
