#include "engine/wire/messages/describe_groups.h"

#include "engine/broker/group_coordinator.h"
#include "engine/broker/handlers.h"
#include "sim/base/assert.h"

namespace engine::broker {
namespace {

wire::DescribeGroupsResponse::Group describe(Ctx ctx, const std::string& name) {
    wire::DescribeGroupsResponse::Group answer;
    answer.group_id = name;
    answer.error_code = static_cast<i16>(check_coordinator(ctx, name));
    if (answer.error_code != 0) return answer;
    const Group* group = find_group(ctx, name);
    answer.group_state = group == nullptr ? "Dead" : name_of(group->phase);
    if (group == nullptr) return answer;
    const bool stable = group->phase == GroupPhase::stable;
    answer.protocol_type = group->protocol_type;
    answer.protocol_data = stable ? group->protocol : "";
    for (const auto& [id, member] : group->members) {
        auto& entry = answer.members.emplace_back();
        entry.member_id = id;
        if (!member.instance_id.empty()) entry.group_instance_id = member.instance_id;
        entry.client_id = member.client_id;
        entry.client_host = member.client_host;
        if (!stable) continue;
        entry.member_metadata = metadata_for(member, group->protocol);
        entry.member_assignment = member.assignment;
    }
    MR_ASSERT(answer.members.size() == group->members.size());
    return answer;
}

}  // namespace

bool handle_describe_groups(Ctx ctx, const RequestCall& call, wire::Reader& in) {
    MR_ASSERT(call.reply_to.api == wire::DescribeGroupsRequest::kApi);
    wire::DescribeGroupsRequest request;
    if (!wire::decode(in, request, call.reply_to.version)) return false;
    wire::DescribeGroupsResponse response;
    for (const std::string& name : request.groups) response.groups.push_back(describe(ctx, name));
    respond(ctx, call.reply_to, response);
    return true;
}

}  // namespace engine::broker
