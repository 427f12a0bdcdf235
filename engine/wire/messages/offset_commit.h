// OffsetCommit (key 8): A group stores how far it has read.
#pragma once

#include "engine/wire/api.h"
#include "engine/wire/message.h"

namespace engine::wire {

struct OffsetCommitRequest {
    static constexpr ApiKey kApi = ApiKey::offset_commit;
    static constexpr i16 kLowest = 0, kHighest = 10, kFlexibleSince = 8;

    struct Topic {
        struct Partition {
            i32 partition_index = 0;
            i64 committed_offset = 0;
            i32 committed_leader_epoch = -1;
            std::optional<std::string> committed_metadata;
            i64 commit_timestamp = -1;

            static constexpr void fields(auto& v, auto& m) {
                v.field("partition_index", m.partition_index);
                v.field("committed_offset", m.committed_offset);
                v.field("committed_leader_epoch", m.committed_leader_epoch, since(6));
                v.field("commit_timestamp", m.commit_timestamp, between(1, 1));
                v.nullable("committed_metadata", m.committed_metadata);
            }
        };
        std::string name;
        Uuid topic_id;
        List<Partition> partitions;

        static constexpr void fields(auto& v, auto& m) {
            v.field("name", m.name, until(9));
            v.field("topic_id", m.topic_id, since(10));
            v.field("partitions", m.partitions);
        }
    };
    std::string group_id;
    i32 generation_id_or_member_epoch = -1;
    std::string member_id;
    std::optional<std::string> group_instance_id;
    i64 retention_time_ms = -1;
    List<Topic> topics;

    static constexpr void fields(auto& v, auto& m) {
        v.field("group_id", m.group_id);
        v.field("generation_id_or_member_epoch", m.generation_id_or_member_epoch, since(1));
        v.field("member_id", m.member_id, since(1));
        v.nullable("group_instance_id", m.group_instance_id, since(7));
        v.field("retention_time_ms", m.retention_time_ms, between(2, 4));
        v.field("topics", m.topics);
    }
};
MR_DECLARE_MESSAGE(OffsetCommitRequest);
static_assert(sound_versions<OffsetCommitRequest>(8));

struct OffsetCommitResponse {
    static constexpr ApiKey kApi = ApiKey::offset_commit;
    static constexpr i16 kLowest = 0, kHighest = 10, kFlexibleSince = 8;

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
        Uuid topic_id;
        List<Partition> partitions;

        static constexpr void fields(auto& v, auto& m) {
            v.field("name", m.name, until(9));
            v.field("topic_id", m.topic_id, since(10));
            v.field("partitions", m.partitions);
        }
    };
    i32 throttle_time_ms = 0;
    List<Topic> topics;

    static constexpr void fields(auto& v, auto& m) {
        v.field("throttle_time_ms", m.throttle_time_ms, since(3));
        v.field("topics", m.topics);
    }
};
MR_DECLARE_MESSAGE(OffsetCommitResponse);
static_assert(sound_versions<OffsetCommitResponse>(8));
static_assert(are_pair<OffsetCommitRequest, OffsetCommitResponse>());

}  // namespace engine::wire
