// Heartbeat (key 12): A member is alive.
#pragma once

#include "engine/wire/api.h"
#include "engine/wire/message.h"

namespace engine::wire {

struct HeartbeatRequest {
    static constexpr ApiKey kApi = ApiKey::heartbeat;
    static constexpr i16 kLowest = 0, kHighest = 4, kFlexibleSince = 4;

    std::string group_id;
    i32 generation_id = 0;
    std::string member_id;
    std::optional<std::string> group_instance_id;

    static constexpr void fields(auto& v, auto& m) {
        v.field("group_id", m.group_id);
        v.field("generation_id", m.generation_id);
        v.field("member_id", m.member_id);
        v.nullable("group_instance_id", m.group_instance_id, since(3));
    }
};
MR_DECLARE_MESSAGE(HeartbeatRequest);
static_assert(sound_versions<HeartbeatRequest>(12));

struct HeartbeatResponse {
    static constexpr ApiKey kApi = ApiKey::heartbeat;
    static constexpr i16 kLowest = 0, kHighest = 4, kFlexibleSince = 4;

    i32 throttle_time_ms = 0;
    i16 error_code = 0;

    static constexpr void fields(auto& v, auto& m) {
        v.field("throttle_time_ms", m.throttle_time_ms, since(1));
        v.field("error_code", m.error_code);
    }
};
MR_DECLARE_MESSAGE(HeartbeatResponse);
static_assert(sound_versions<HeartbeatResponse>(12));
static_assert(are_pair<HeartbeatRequest, HeartbeatResponse>());

}  // namespace engine::wire
