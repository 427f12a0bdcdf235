// ListGroups (key 16): The groups that a broker looks after.
#pragma once

#include "engine/wire/api.h"
#include "engine/wire/message.h"

namespace engine::wire {

struct ListGroupsRequest {
    static constexpr ApiKey kApi = ApiKey::list_groups;
    static constexpr i16 kLowest = 0, kHighest = 5, kFlexibleSince = 3;

    Items<std::string> states_filter;
    Items<std::string> types_filter;

    static constexpr void fields(auto& v, auto& m) {
        v.field("states_filter", m.states_filter, since(4));
        v.field("types_filter", m.types_filter, since(5));
    }
};
MR_DECLARE_MESSAGE(ListGroupsRequest);
static_assert(sound_versions<ListGroupsRequest>(16));

struct ListGroupsResponse {
    static constexpr ApiKey kApi = ApiKey::list_groups;
    static constexpr i16 kLowest = 0, kHighest = 5, kFlexibleSince = 3;

    struct Group {
        std::string group_id;
        std::string protocol_type;
        std::string group_state;
        std::string group_type;

        static constexpr void fields(auto& v, auto& m) {
            v.field("group_id", m.group_id);
            v.field("protocol_type", m.protocol_type);
            v.field("group_state", m.group_state, since(4));
            v.field("group_type", m.group_type, since(5));
        }
    };
    i32 throttle_time_ms = 0;
    i16 error_code = 0;
    List<Group> groups;

    static constexpr void fields(auto& v, auto& m) {
        v.field("throttle_time_ms", m.throttle_time_ms, since(1));
        v.field("error_code", m.error_code);
        v.field("groups", m.groups);
    }
};
MR_DECLARE_MESSAGE(ListGroupsResponse);
static_assert(sound_versions<ListGroupsResponse>(16));
static_assert(are_pair<ListGroupsRequest, ListGroupsResponse>());

}  // namespace engine::wire
