// LeaveGroup (key 13): A member goes.
#pragma once

#include "engine/wire/api.h"
#include "engine/wire/message.h"

namespace engine::wire {

struct LeaveGroupRequest {
    static constexpr ApiKey kApi = ApiKey::leave_group;
    static constexpr i16 kLowest = 0, kHighest = 5, kFlexibleSince = 4;

    struct Member {
        std::string member_id;
        std::optional<std::string> group_instance_id;
        std::optional<std::string> reason;

        static constexpr void fields(auto& v, auto& m) {
            v.field("member_id", m.member_id);
            v.nullable("group_instance_id", m.group_instance_id);
            v.nullable("reason", m.reason, since(5));
        }
    };
    std::string group_id;
    std::string member_id;
    List<Member> members;

    static constexpr void fields(auto& v, auto& m) {
        v.field("group_id", m.group_id);
        v.field("member_id", m.member_id, until(2));
        v.field("members", m.members, since(3));
    }
};
MR_DECLARE_MESSAGE(LeaveGroupRequest);
static_assert(sound_versions<LeaveGroupRequest>(13));

struct LeaveGroupResponse {
    static constexpr ApiKey kApi = ApiKey::leave_group;
    static constexpr i16 kLowest = 0, kHighest = 5, kFlexibleSince = 4;

    struct Member {
        std::string member_id;
        std::optional<std::string> group_instance_id;
        i16 error_code = 0;

        static constexpr void fields(auto& v, auto& m) {
            v.field("member_id", m.member_id);
            v.nullable("group_instance_id", m.group_instance_id);
            v.field("error_code", m.error_code);
        }
    };
    i32 throttle_time_ms = 0;
    i16 error_code = 0;
    List<Member> members;

    static constexpr void fields(auto& v, auto& m) {
        v.field("throttle_time_ms", m.throttle_time_ms, since(1));
        v.field("error_code", m.error_code);
        v.field("members", m.members, since(3));
    }
};
MR_DECLARE_MESSAGE(LeaveGroupResponse);
static_assert(sound_versions<LeaveGroupResponse>(13));
static_assert(are_pair<LeaveGroupRequest, LeaveGroupResponse>());

}  // namespace engine::wire
