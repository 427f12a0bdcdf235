// JoinGroup (key 11): A member enters a rebalance.
#pragma once

#include "engine/wire/api.h"
#include "engine/wire/message.h"

namespace engine::wire {

struct JoinGroupRequest {
    static constexpr ApiKey kApi = ApiKey::join_group;
    static constexpr i16 kLowest = 0, kHighest = 9, kFlexibleSince = 6;

    struct Protocol {
        std::string name;
        Blob metadata;

        static constexpr void fields(auto& v, auto& m) {
            v.field("name", m.name);
            v.field("metadata", m.metadata);
        }
    };
    std::string group_id;
    i32 session_timeout_ms = 0;
    i32 rebalance_timeout_ms = -1;
    std::string member_id;
    std::optional<std::string> group_instance_id;
    std::string protocol_type;
    List<Protocol> protocols;
    std::optional<std::string> reason;

    static constexpr void fields(auto& v, auto& m) {
        v.field("group_id", m.group_id);
        v.field("session_timeout_ms", m.session_timeout_ms);
        v.field("rebalance_timeout_ms", m.rebalance_timeout_ms, since(1));
        v.field("member_id", m.member_id);
        v.nullable("group_instance_id", m.group_instance_id, since(5));
        v.field("protocol_type", m.protocol_type);
        v.field("protocols", m.protocols);
        v.nullable("reason", m.reason, since(8));
    }
};
MR_DECLARE_MESSAGE(JoinGroupRequest);
static_assert(sound_versions<JoinGroupRequest>(11));

struct JoinGroupResponse {
    static constexpr ApiKey kApi = ApiKey::join_group;
    static constexpr i16 kLowest = 0, kHighest = 9, kFlexibleSince = 6;

    struct Member {
        std::string member_id;
        std::optional<std::string> group_instance_id;
        Blob metadata;

        static constexpr void fields(auto& v, auto& m) {
            v.field("member_id", m.member_id);
            v.nullable("group_instance_id", m.group_instance_id, since(5));
            v.field("metadata", m.metadata);
        }
    };
    i32 throttle_time_ms = 0;
    i16 error_code = 0;
    i32 generation_id = -1;
    std::optional<std::string> protocol_type;
    std::optional<std::string> protocol_name;
    std::string leader;
    bool skip_assignment = false;
    std::string member_id;
    List<Member> members;

    static constexpr void fields(auto& v, auto& m) {
        v.field("throttle_time_ms", m.throttle_time_ms, since(2));
        v.field("error_code", m.error_code);
        v.field("generation_id", m.generation_id);
        v.nullable("protocol_type", m.protocol_type, since(7));
        v.nullable("protocol_name", m.protocol_name, kAlways, since(7));
        v.field("leader", m.leader);
        v.field("skip_assignment", m.skip_assignment, since(9));
        v.field("member_id", m.member_id);
        v.field("members", m.members);
    }
};
MR_DECLARE_MESSAGE(JoinGroupResponse);
static_assert(sound_versions<JoinGroupResponse>(11));
static_assert(are_pair<JoinGroupRequest, JoinGroupResponse>());

}  // namespace engine::wire
