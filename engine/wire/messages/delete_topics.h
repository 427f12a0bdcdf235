// DeleteTopics (key 20): Topics to delete.
#pragma once

#include "engine/wire/api.h"
#include "engine/wire/message.h"

namespace engine::wire {

struct DeleteTopicsRequest {
    static constexpr ApiKey kApi = ApiKey::delete_topics;
    static constexpr i16 kLowest = 0, kHighest = 6, kFlexibleSince = 4;

    struct Topic {
        std::optional<std::string> name;
        Uuid topic_id;

        static constexpr void fields(auto& v, auto& m) {
            v.nullable("name", m.name);
            v.field("topic_id", m.topic_id);
        }
    };
    List<Topic> topics;
    Items<std::string> topic_names;
    i32 timeout_ms = 0;

    static constexpr void fields(auto& v, auto& m) {
        v.field("topics", m.topics, since(6));
        v.field("topic_names", m.topic_names, until(5));
        v.field("timeout_ms", m.timeout_ms);
    }
};
MR_DECLARE_MESSAGE(DeleteTopicsRequest);
static_assert(sound_versions<DeleteTopicsRequest>(20));

struct DeleteTopicsResponse {
    static constexpr ApiKey kApi = ApiKey::delete_topics;
    static constexpr i16 kLowest = 0, kHighest = 6, kFlexibleSince = 4;

    struct Response {
        std::optional<std::string> name;
        Uuid topic_id;
        i16 error_code = 0;
        std::optional<std::string> error_message;

        static constexpr void fields(auto& v, auto& m) {
            v.nullable("name", m.name, kAlways, since(6));
            v.field("topic_id", m.topic_id, since(6));
            v.field("error_code", m.error_code);
            v.nullable("error_message", m.error_message, since(5));
        }
    };
    i32 throttle_time_ms = 0;
    List<Response> responses;

    static constexpr void fields(auto& v, auto& m) {
        v.field("throttle_time_ms", m.throttle_time_ms, since(1));
        v.field("responses", m.responses);
    }
};
MR_DECLARE_MESSAGE(DeleteTopicsResponse);
static_assert(sound_versions<DeleteTopicsResponse>(20));
static_assert(are_pair<DeleteTopicsRequest, DeleteTopicsResponse>());

}  // namespace engine::wire
