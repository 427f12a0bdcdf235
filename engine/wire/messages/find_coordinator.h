// FindCoordinator (key 10): Which broker looks after this group or transaction.
#pragma once

#include "engine/wire/api.h"
#include "engine/wire/message.h"

namespace engine::wire {

struct FindCoordinatorRequest {
    static constexpr ApiKey kApi = ApiKey::find_coordinator;
    static constexpr i16 kLowest = 0, kHighest = 6, kFlexibleSince = 3;

    std::string key;
    i8 key_type = 0;
    Items<std::string> coordinator_keys;

    static constexpr void fields(auto& v, auto& m) {
        v.field("key", m.key, until(3));
        v.field("key_type", m.key_type, since(1));
        v.field("coordinator_keys", m.coordinator_keys, since(4));
    }
};
MR_DECLARE_MESSAGE(FindCoordinatorRequest);
static_assert(sound_versions<FindCoordinatorRequest>(10));

struct FindCoordinatorResponse {
    static constexpr ApiKey kApi = ApiKey::find_coordinator;
    static constexpr i16 kLowest = 0, kHighest = 6, kFlexibleSince = 3;

    struct Coordinator {
        std::string key;
        i32 node_id = 0;
        std::string host;
        i32 port = 0;
        i16 error_code = 0;
        std::optional<std::string> error_message;

        static constexpr void fields(auto& v, auto& m) {
            v.field("key", m.key);
            v.field("node_id", m.node_id);
            v.field("host", m.host);
            v.field("port", m.port);
            v.field("error_code", m.error_code);
            v.nullable("error_message", m.error_message);
        }
    };
    i32 throttle_time_ms = 0;
    i16 error_code = 0;
    std::optional<std::string> error_message;
    i32 node_id = 0;
    std::string host;
    i32 port = 0;
    List<Coordinator> coordinators;

    static constexpr void fields(auto& v, auto& m) {
        v.field("throttle_time_ms", m.throttle_time_ms, since(1));
        v.field("error_code", m.error_code, until(3));
        v.nullable("error_message", m.error_message, between(1, 3));
        v.field("node_id", m.node_id, until(3));
        v.field("host", m.host, until(3));
        v.field("port", m.port, until(3));
        v.field("coordinators", m.coordinators, since(4));
    }
};
MR_DECLARE_MESSAGE(FindCoordinatorResponse);
static_assert(sound_versions<FindCoordinatorResponse>(10));
static_assert(are_pair<FindCoordinatorRequest, FindCoordinatorResponse>());

}  // namespace engine::wire
