// SyncGroup (key 14): The leader hands out the assignment; the others wait for theirs.
#pragma once

#include "engine/wire/api.h"
#include "engine/wire/message.h"

namespace engine::wire {

struct SyncGroupRequest {
    static constexpr ApiKey kApi = ApiKey::sync_group;
    static constexpr i16 kLowest = 0, kHighest = 5, kFlexibleSince = 4;

    struct Assignment {
        std::string member_id;
        Blob assignment;

        static constexpr void fields(auto& v, auto& m) {
            v.field("member_id", m.member_id);
            v.field("assignment", m.assignment);
        }
    };
    std::string group_id;
    i32 generation_id = 0;
    std::string member_id;
    std::optional<std::string> group_instance_id;
    std::optional<std::string> protocol_type;
    std::optional<std::string> protocol_name;
    List<Assignment> assignments;

    static constexpr void fields(auto& v, auto& m) {
        v.field("group_id", m.group_id);
        v.field("generation_id", m.generation_id);
        v.field("member_id", m.member_id);
        v.nullable("group_instance_id", m.group_instance_id, since(3));
        v.nullable("protocol_type", m.protocol_type, since(5));
        v.nullable("protocol_name", m.protocol_name, since(5));
        v.field("assignments", m.assignments);
    }
};
MR_DECLARE_MESSAGE(SyncGroupRequest);
static_assert(sound_versions<SyncGroupRequest>(14));

struct SyncGroupResponse {
    static constexpr ApiKey kApi = ApiKey::sync_group;
    static constexpr i16 kLowest = 0, kHighest = 5, kFlexibleSince = 4;

    i32 throttle_time_ms = 0;
    i16 error_code = 0;
    std::optional<std::string> protocol_type;
    std::optional<std::string> protocol_name;
    Blob assignment;

    static constexpr void fields(auto& v, auto& m) {
        v.field("throttle_time_ms", m.throttle_time_ms, since(1));
        v.field("error_code", m.error_code);
        v.nullable("protocol_type", m.protocol_type, since(5));
        v.nullable("protocol_name", m.protocol_name, since(5));
        v.field("assignment", m.assignment);
    }
};
MR_DECLARE_MESSAGE(SyncGroupResponse);
static_assert(sound_versions<SyncGroupResponse>(14));
static_assert(are_pair<SyncGroupRequest, SyncGroupResponse>());

}  // namespace engine::wire
