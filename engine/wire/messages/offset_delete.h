// OffsetDelete (key 47): Committed offsets to forget.
#pragma once

#include "engine/wire/api.h"
#include "engine/wire/message.h"

namespace engine::wire {

struct OffsetDeleteRequest {
    static constexpr ApiKey kApi = ApiKey::offset_delete;
    static constexpr i16 kLowest = 0, kHighest = 0, kFlexibleSince = INT16_MAX;

    struct Topic {
        struct Partition {
            i32 partition_index = 0;

            static constexpr void fields(auto& v, auto& m) {
                v.field("partition_index", m.partition_index);
            }
        };
        std::string name;
        List<Partition> partitions;

        static constexpr void fields(auto& v, auto& m) {
            v.field("name", m.name);
            v.field("partitions", m.partitions);
        }
    };
    std::string group_id;
    List<Topic> topics;

    static constexpr void fields(auto& v, auto& m) {
        v.field("group_id", m.group_id);
        v.field("topics", m.topics);
    }
};
MR_DECLARE_MESSAGE(OffsetDeleteRequest);
static_assert(sound_versions<OffsetDeleteRequest>(47));

struct OffsetDeleteResponse {
    static constexpr ApiKey kApi = ApiKey::offset_delete;
    static constexpr i16 kLowest = 0, kHighest = 0, kFlexibleSince = INT16_MAX;

    struct Topic {
        struct Partition {
            i32 partition_index = 0;
            i16 error_code = 0;

            static constexpr void fields(auto& v, auto& m) {
                v.field("partition_index", m.partition_index);
                v.field("error_code", m.error_code);
            }
        };
        std::string name;
        List<Partition> partitions;

        static constexpr void fields(auto& v, auto& m) {
            v.field("name", m.name);
            v.field("partitions", m.partitions);
        }
    };
    i16 error_code = 0;
    i32 throttle_time_ms = 0;
    List<Topic> topics;

    static constexpr void fields(auto& v, auto& m) {
        v.field("error_code", m.error_code);
        v.field("throttle_time_ms", m.throttle_time_ms);
        v.field("topics", m.topics);
    }
};
MR_DECLARE_MESSAGE(OffsetDeleteResponse);
static_assert(sound_versions<OffsetDeleteResponse>(47));
static_assert(are_pair<OffsetDeleteRequest, OffsetDeleteResponse>());

}  // namespace engine::wire
