#include "engine/wire/messages/list_groups.h"

#include <algorithm>

#include "engine/broker/group_coordinator.h"
#include "engine/broker/handlers.h"
#include "sim/base/ascii.h"

namespace engine::broker {
namespace {

/// The type of all groups here, in whatever letters it is asked for.
bool is_classic(const std::string& type) { return sim::lower_ascii(type) == "classic"; }

}  // namespace

bool handle_list_groups(Ctx ctx, const RequestCall& call, wire::Reader& in) {
    MR_ASSERT(call.reply_to.api == wire::ListGroupsRequest::kApi);
    wire::ListGroupsRequest request;
    if (!wire::decode(in, request, call.reply_to.version)) return false;
    wire::ListGroupsResponse response;
    const bool classic = request.types_filter.empty() || std::ranges::any_of(request.types_filter, is_classic);
    for (const auto& [name, group] : ctx.memory().groups.groups) {
        const std::string state(name_of(group->phase));
        const bool wanted = request.states_filter.empty() ||
                            std::ranges::find(request.states_filter, state) != request.states_filter.end();
        if (wanted && classic) response.groups.push_back({name, group->protocol_type, state, "classic"});
    }
    respond(ctx, call.reply_to, response);
    return true;
}

}  // namespace engine::broker
