// DescribeTopicPartitions (key 75): Partitions of topics, page by page.
#pragma once

#include "engine/wire/api.h"
#include "engine/wire/message.h"

namespace engine::wire {

/// Where a page begins: asked for, and given with a page for the next one.
struct PartitionCursor {
    std::string topic_name;
    i32 partition_index = 0;

    static constexpr void fields(auto& v, auto& m) {
        v.field("topic_name", m.topic_name);
        v.field("partition_index", m.partition_index);
    }
};

struct DescribeTopicPartitionsRequest {
    static constexpr ApiKey kApi = ApiKey::describe_topic_partitions;
    static constexpr i16 kLowest = 0, kHighest = 0, kFlexibleSince = 0;

    struct Topic {
        std::string name;

        static constexpr void fields(auto& v, auto& m) {
            v.field("name", m.name);
        }
    };
    List<Topic> topics;
    i32 response_partition_limit = 2000;
    std::optional<PartitionCursor> cursor;

    static constexpr void fields(auto& v, auto& m) {
        v.field("topics", m.topics);
        v.field("response_partition_limit", m.response_partition_limit);
        v.nullable_struct("cursor", m.cursor);
    }
};
MR_DECLARE_MESSAGE(DescribeTopicPartitionsRequest);
static_assert(sound_versions<DescribeTopicPartitionsRequest>(75));

struct DescribeTopicPartitionsResponse {
    static constexpr ApiKey kApi = ApiKey::describe_topic_partitions;
    static constexpr i16 kLowest = 0, kHighest = 0, kFlexibleSince = 0;

    struct Topic {
        struct Partition {
            i16 error_code = 0;
            i32 partition_index = 0;
            i32 leader_id = 0;
            i32 leader_epoch = -1;
            Items<i32> replica_nodes;
            Items<i32> isr_nodes;
            std::optional<Items<i32>> eligible_leader_replicas;
            std::optional<Items<i32>> last_known_elr;
            Items<i32> offline_replicas;

            static constexpr void fields(auto& v, auto& m) {
                v.field("error_code", m.error_code);
                v.field("partition_index", m.partition_index);
                v.field("leader_id", m.leader_id);
                v.field("leader_epoch", m.leader_epoch);
                v.field("replica_nodes", m.replica_nodes);
                v.field("isr_nodes", m.isr_nodes);
                v.nullable("eligible_leader_replicas", m.eligible_leader_replicas);
                v.nullable("last_known_elr", m.last_known_elr);
                v.field("offline_replicas", m.offline_replicas);
            }
        };
        i16 error_code = 0;
        std::optional<std::string> name;
        Uuid topic_id;
        bool is_internal = false;
        List<Partition> partitions;
        i32 topic_authorized_operations = INT32_MIN;

        static constexpr void fields(auto& v, auto& m) {
            v.field("error_code", m.error_code);
            v.nullable("name", m.name);
            v.field("topic_id", m.topic_id);
            v.field("is_internal", m.is_internal);
            v.field("partitions", m.partitions);
            v.field("topic_authorized_operations", m.topic_authorized_operations);
        }
    };
    i32 throttle_time_ms = 0;
    List<Topic> topics;
    std::optional<PartitionCursor> next_cursor;

    static constexpr void fields(auto& v, auto& m) {
        v.field("throttle_time_ms", m.throttle_time_ms);
        v.field("topics", m.topics);
        v.nullable_struct("next_cursor", m.next_cursor);
    }
};
MR_DECLARE_MESSAGE(DescribeTopicPartitionsResponse);
static_assert(sound_versions<DescribeTopicPartitionsResponse>(75));
static_assert(are_pair<DescribeTopicPartitionsRequest, DescribeTopicPartitionsResponse>());

}  // namespace engine::wire
