// ListOffsets (key 2): Offsets by timestamp, and the ends of a log.
#pragma once

#include "engine/wire/api.h"
#include "engine/wire/message.h"

namespace engine::wire {

struct ListOffsetsRequest {
    static constexpr ApiKey kApi = ApiKey::list_offsets;
    static constexpr i16 kLowest = 0, kHighest = 11, kFlexibleSince = 6;

    struct Topic {
        struct Partition {
            i32 partition_index = 0;
            i32 current_leader_epoch = -1;
            i64 timestamp = 0;
            i32 max_num_offsets = 1;

            static constexpr void fields(auto& v, auto& m) {
                v.field("partition_index", m.partition_index);
                v.field("current_leader_epoch", m.current_leader_epoch, since(4));
                v.field("timestamp", m.timestamp);
                v.field("max_num_offsets", m.max_num_offsets, until(0));
            }
        };
        std::string name;
        List<Partition> partitions;

        static constexpr void fields(auto& v, auto& m) {
            v.field("name", m.name);
            v.field("partitions", m.partitions);
        }
    };
    i32 replica_id = 0;
    i8 isolation_level = 0;
    List<Topic> topics;
    i32 timeout_ms = 0;

    static constexpr void fields(auto& v, auto& m) {
        v.field("replica_id", m.replica_id);
        v.field("isolation_level", m.isolation_level, since(2));
        v.field("topics", m.topics);
        v.field("timeout_ms", m.timeout_ms, since(10));
    }
};
MR_DECLARE_MESSAGE(ListOffsetsRequest);
static_assert(sound_versions<ListOffsetsRequest>(2));

struct ListOffsetsResponse {
    static constexpr ApiKey kApi = ApiKey::list_offsets;
    static constexpr i16 kLowest = 0, kHighest = 11, kFlexibleSince = 6;

    struct Topic {
        struct Partition {
            i32 partition_index = 0;
            i16 error_code = 0;
            i64 timestamp = -1;
            i64 offset = -1;
            i32 leader_epoch = -1;
            Items<i64> old_style_offsets;

            static constexpr void fields(auto& v, auto& m) {
                v.field("partition_index", m.partition_index);
                v.field("error_code", m.error_code);
                v.field("old_style_offsets", m.old_style_offsets, until(0));
                v.field("timestamp", m.timestamp, since(1));
                v.field("offset", m.offset, since(1));
                v.field("leader_epoch", m.leader_epoch, since(4));
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
        v.field("throttle_time_ms", m.throttle_time_ms, since(2));
        v.field("topics", m.topics);
    }
};
MR_DECLARE_MESSAGE(ListOffsetsResponse);
static_assert(sound_versions<ListOffsetsResponse>(2));
static_assert(are_pair<ListOffsetsRequest, ListOffsetsResponse>());

}  // namespace engine::wire
