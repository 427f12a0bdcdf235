// DeleteGroups (key 42): Groups to forget.
#pragma once

#include "engine/wire/api.h"
#include "engine/wire/message.h"

namespace engine::wire {

struct DeleteGroupsRequest {
    static constexpr ApiKey kApi = ApiKey::delete_groups;
    static constexpr i16 kLowest = 0, kHighest = 2, kFlexibleSince = 2;

    Items<std::string> groups_names;

    static constexpr void fields(auto& v, auto& m) {
        v.field("groups_names", m.groups_names);
    }
};
MR_DECLARE_MESSAGE(DeleteGroupsRequest);
static_assert(sound_versions<DeleteGroupsRequest>(42));

struct DeleteGroupsResponse {
    static constexpr ApiKey kApi = ApiKey::delete_groups;
    static constexpr i16 kLowest = 0, kHighest = 2, kFlexibleSince = 2;

    struct Result {
        std::string group_id;
        i16 error_code = 0;

        static constexpr void fields(auto& v, auto& m) {
            v.field("group_id", m.group_id);
            v.field("error_code", m.error_code);
        }
    };
    i32 throttle_time_ms = 0;
    List<Result> results;

    static constexpr void fields(auto& v, auto& m) {
        v.field("throttle_time_ms", m.throttle_time_ms);
        v.field("results", m.results);
    }
};
MR_DECLARE_MESSAGE(DeleteGroupsResponse);
static_assert(sound_versions<DeleteGroupsResponse>(42));
static_assert(are_pair<DeleteGroupsRequest, DeleteGroupsResponse>());

}  // namespace engine::wire
