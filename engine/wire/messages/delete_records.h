// DeleteRecords (key 21): Move the start of a log forward.
#pragma once

#include "engine/wire/api.h"
#include "engine/wire/message.h"

namespace engine::wire {

struct DeleteRecordsRequest {
    static constexpr ApiKey kApi = ApiKey::delete_records;
    static constexpr i16 kLowest = 0, kHighest = 2, kFlexibleSince = 2;

    struct Topic {
        struct Partition {
            i32 partition_index = 0;
            i64 offset = 0;

            static constexpr void fields(auto& v, auto& m) {
                v.field("partition_index", m.partition_index);
                v.field("offset", m.offset);
            }
        };
        std::string name;
        List<Partition> partitions;

        static constexpr void fields(auto& v, auto& m) {
            v.field("name", m.name);
            v.field("partitions", m.partitions);
        }
    };
    List<Topic> topics;
    i32 timeout_ms = 0;

    static constexpr void fields(auto& v, auto& m) {
        v.field("topics", m.topics);
        v.field("timeout_ms", m.timeout_ms);
    }
};
MR_DECLARE_MESSAGE(DeleteRecordsRequest);
static_assert(sound_versions<DeleteRecordsRequest>(21));

struct DeleteRecordsResponse {
    static constexpr ApiKey kApi = ApiKey::delete_records;
    static constexpr i16 kLowest = 0, kHighest = 2, kFlexibleSince = 2;

    struct Topic {
        struct Partition {
            i32 partition_index = 0;
            i64 low_watermark = 0;
            i16 error_code = 0;

            static constexpr void fields(auto& v, auto& m) {
                v.field("partition_index", m.partition_index);
                v.field("low_watermark", m.low_watermark);
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
    i32 throttle_time_ms = 0;
    List<Topic> topics;

    static constexpr void fields(auto& v, auto& m) {
        v.field("throttle_time_ms", m.throttle_time_ms);
        v.field("topics", m.topics);
    }
};
MR_DECLARE_MESSAGE(DeleteRecordsResponse);
static_assert(sound_versions<DeleteRecordsResponse>(21));
static_assert(are_pair<DeleteRecordsRequest, DeleteRecordsResponse>());

}  // namespace engine::wire
