// ListPartitionReassignments (key 46): Moves that are under way.
#pragma once

#include "engine/wire/api.h"
#include "engine/wire/message.h"

namespace engine::wire {

struct ListPartitionReassignmentsRequest {
    static constexpr ApiKey kApi = ApiKey::list_partition_reassignments;
    static constexpr i16 kLowest = 0, kHighest = 0, kFlexibleSince = 0;

    struct Topic {
        std::string name;
        Items<i32> partition_indexes;

        static constexpr void fields(auto& v, auto& m) {
            v.field("name", m.name);
            v.field("partition_indexes", m.partition_indexes);
        }
    };
    i32 timeout_ms = 60000;
    std::optional<List<Topic>> topics;

    static constexpr void fields(auto& v, auto& m) {
        v.field("timeout_ms", m.timeout_ms);
        v.nullable("topics", m.topics);
    }
};
MR_DECLARE_MESSAGE(ListPartitionReassignmentsRequest);
static_assert(sound_versions<ListPartitionReassignmentsRequest>(46));

struct ListPartitionReassignmentsResponse {
    static constexpr ApiKey kApi = ApiKey::list_partition_reassignments;
    static constexpr i16 kLowest = 0, kHighest = 0, kFlexibleSince = 0;

    struct Topic {
        struct Partition {
            i32 partition_index = 0;
            Items<i32> replicas;
            Items<i32> adding_replicas;
            Items<i32> removing_replicas;

            static constexpr void fields(auto& v, auto& m) {
                v.field("partition_index", m.partition_index);
                v.field("replicas", m.replicas);
                v.field("adding_replicas", m.adding_replicas);
                v.field("removing_replicas", m.removing_replicas);
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
    i16 error_code = 0;
    std::optional<std::string> error_message;
    List<Topic> topics;

    static constexpr void fields(auto& v, auto& m) {
        v.field("throttle_time_ms", m.throttle_time_ms);
        v.field("error_code", m.error_code);
        v.nullable("error_message", m.error_message);
        v.field("topics", m.topics);
    }
};
MR_DECLARE_MESSAGE(ListPartitionReassignmentsResponse);
static_assert(sound_versions<ListPartitionReassignmentsResponse>(46));
static_assert(are_pair<ListPartitionReassignmentsRequest, ListPartitionReassignmentsResponse>());

}  // namespace engine::wire
