// CreatePartitions (key 37): More partitions for a topic.
#pragma once

#include "engine/wire/api.h"
#include "engine/wire/message.h"

namespace engine::wire {

struct CreatePartitionsRequest {
    static constexpr ApiKey kApi = ApiKey::create_partitions;
    static constexpr i16 kLowest = 0, kHighest = 3, kFlexibleSince = 2;

    struct Topic {
        struct Assignment {
            Items<i32> broker_ids;

            static constexpr void fields(auto& v, auto& m) {
                v.field("broker_ids", m.broker_ids);
            }
        };
        std::string name;
        i32 count = 0;
        std::optional<List<Assignment>> assignments;

        static constexpr void fields(auto& v, auto& m) {
            v.field("name", m.name);
            v.field("count", m.count);
            v.nullable("assignments", m.assignments);
        }
    };
    List<Topic> topics;
    i32 timeout_ms = 0;
    bool validate_only = false;

    static constexpr void fields(auto& v, auto& m) {
        v.field("topics", m.topics);
        v.field("timeout_ms", m.timeout_ms);
        v.field("validate_only", m.validate_only);
    }
};
MR_DECLARE_MESSAGE(CreatePartitionsRequest);
static_assert(sound_versions<CreatePartitionsRequest>(37));

struct CreatePartitionsResponse {
    static constexpr ApiKey kApi = ApiKey::create_partitions;
    static constexpr i16 kLowest = 0, kHighest = 3, kFlexibleSince = 2;

    struct Result {
        std::string name;
        i16 error_code = 0;
        std::optional<std::string> error_message;

        static constexpr void fields(auto& v, auto& m) {
            v.field("name", m.name);
            v.field("error_code", m.error_code);
            v.nullable("error_message", m.error_message);
        }
    };
    i32 throttle_time_ms = 0;
    List<Result> results;

    static constexpr void fields(auto& v, auto& m) {
        v.field("throttle_time_ms", m.throttle_time_ms);
        v.field("results", m.results);
    }
};
MR_DECLARE_MESSAGE(CreatePartitionsResponse);
static_assert(sound_versions<CreatePartitionsResponse>(37));
static_assert(are_pair<CreatePartitionsRequest, CreatePartitionsResponse>());

}  // namespace engine::wire
