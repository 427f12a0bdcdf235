// OffsetForLeaderEpoch (key 23): Where an epoch ends in the leader's log.
#pragma once

#include "engine/wire/api.h"
#include "engine/wire/message.h"

namespace engine::wire {

struct OffsetForLeaderEpochRequest {
    static constexpr ApiKey kApi = ApiKey::offset_for_leader_epoch;
    static constexpr i16 kLowest = 0, kHighest = 4, kFlexibleSince = 4;

    struct Topic {
        struct Partition {
            i32 partition = 0;
            i32 current_leader_epoch = -1;
            i32 leader_epoch = 0;

            static constexpr void fields(auto& v, auto& m) {
                v.field("partition", m.partition);
                v.field("current_leader_epoch", m.current_leader_epoch, since(2));
                v.field("leader_epoch", m.leader_epoch);
            }
        };
        std::string topic;
        List<Partition> partitions;

        static constexpr void fields(auto& v, auto& m) {
            v.field("topic", m.topic);
            v.field("partitions", m.partitions);
        }
    };
    i32 replica_id = -2;
    List<Topic> topics;

    static constexpr void fields(auto& v, auto& m) {
        v.field("replica_id", m.replica_id, since(3));
        v.field("topics", m.topics);
    }
};
MR_DECLARE_MESSAGE(OffsetForLeaderEpochRequest);
static_assert(sound_versions<OffsetForLeaderEpochRequest>(23));

struct OffsetForLeaderEpochResponse {
    static constexpr ApiKey kApi = ApiKey::offset_for_leader_epoch;
    static constexpr i16 kLowest = 0, kHighest = 4, kFlexibleSince = 4;

    struct Topic {
        struct Partition {
            i16 error_code = 0;
            i32 partition = 0;
            i32 leader_epoch = -1;
            i64 end_offset = -1;

            static constexpr void fields(auto& v, auto& m) {
                v.field("error_code", m.error_code);
                v.field("partition", m.partition);
                v.field("leader_epoch", m.leader_epoch, since(1));
                v.field("end_offset", m.end_offset);
            }
        };
        std::string topic;
        List<Partition> partitions;

        static constexpr void fields(auto& v, auto& m) {
            v.field("topic", m.topic);
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
MR_DECLARE_MESSAGE(OffsetForLeaderEpochResponse);
static_assert(sound_versions<OffsetForLeaderEpochResponse>(23));
static_assert(are_pair<OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse>());

}  // namespace engine::wire
