// DescribeGroups (key 15): State and members of groups.
#pragma once

#include "engine/wire/api.h"
#include "engine/wire/message.h"

namespace engine::wire {

struct DescribeGroupsRequest {
    static constexpr ApiKey kApi = ApiKey::describe_groups;
    static constexpr i16 kLowest = 0, kHighest = 6, kFlexibleSince = 5;

    Items<std::string> groups;
    bool include_authorized_operations = false;

    static constexpr void fields(auto& v, auto& m) {
        v.field("groups", m.groups);
        v.field("include_authorized_operations", m.include_authorized_operations, since(3));
    }
};
MR_DECLARE_MESSAGE(DescribeGroupsRequest);
static_assert(sound_versions<DescribeGroupsRequest>(15));

struct DescribeGroupsResponse {
    static constexpr ApiKey kApi = ApiKey::describe_groups;
    static constexpr i16 kLowest = 0, kHighest = 6, kFlexibleSince = 5;

    struct Group {
        struct Member {
            std::string member_id;
            std::optional<std::string> group_instance_id;
            std::string client_id;
            std::string client_host;
            Blob member_metadata;
            Blob member_assignment;

            static constexpr void fields(auto& v, auto& m) {
                v.field("member_id", m.member_id);
                v.nullable("group_instance_id", m.group_instance_id, since(4));
                v.field("client_id", m.client_id);
                v.field("client_host", m.client_host);
                v.field("member_metadata", m.member_metadata);
                v.field("member_assignment", m.member_assignment);
            }
        };
        i16 error_code = 0;
        std::optional<std::string> error_message;
        std::string group_id;
        std::string group_state;
        std::string protocol_type;
        std::string protocol_data;
        List<Member> members;
        i32 authorized_operations = INT32_MIN;

        static constexpr void fields(auto& v, auto& m) {
            v.field("error_code", m.error_code);
            v.nullable("error_message", m.error_message, since(6));
            v.field("group_id", m.group_id);
            v.field("group_state", m.group_state);
            v.field("protocol_type", m.protocol_type);
            v.field("protocol_data", m.protocol_data);
            v.field("members", m.members);
            v.field("authorized_operations", m.authorized_operations, since(3));
        }
    };
    i32 throttle_time_ms = 0;
    List<Group> groups;

    static constexpr void fields(auto& v, auto& m) {
        v.field("throttle_time_ms", m.throttle_time_ms, since(1));
        v.field("groups", m.groups);
    }
};
MR_DECLARE_MESSAGE(DescribeGroupsResponse);
static_assert(sound_versions<DescribeGroupsResponse>(15));
static_assert(are_pair<DescribeGroupsRequest, DescribeGroupsResponse>());

}  // namespace engine::wire
