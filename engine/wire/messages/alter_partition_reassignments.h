// AlterPartitionReassignments (key 45): Move replicas to other brokers.
#pragma once

#include "engine/wire/api.h"
#include "engine/wire/message.h"

namespace engine::wire {

struct AlterPartitionReassignmentsRequest {
    static constexpr ApiKey kApi = ApiKey::alter_partition_reassignments;
    static constexpr i16 kLowest = 0, kHighest = 1, kFlexibleSince = 0;

    struct Topic {
        struct Partition {
            i32 partition_index = 0;
            std::optional<Items<i32>> replicas;

            static constexpr void fields(auto& v, auto& m) {
                v.field("partition_index", m.partition_index);
                v.nullable("replicas", m.replicas);
            }
        };
        std::string name;
        List<Partition> partitions;

        static constexpr void fields(auto& v, auto& m) {
            v.field("name", m.name);
            v.field("partitions", m.partitions);
        }
    };
    i32 timeout_ms = 60000;
    bool allow_replication_factor_change = true;
    List<Topic> topics;

    static constexpr void fields(auto& v, auto& m) {
        v.field("timeout_ms", m.timeout_ms);
        v.field("allow_replication_factor_change", m.allow_replication_factor_change, since(1));
        v.field("topics", m.topics);
    }
};
MR_DECLARE_MESSAGE(AlterPartitionReassignmentsRequest);
static_assert(sound_versions<AlterPartitionReassignmentsRequest>(45));

struct AlterPartitionReassignmentsResponse {
    static constexpr ApiKey kApi = ApiKey::alter_partition_reassignments;
    static constexpr i16 kLowest = 0, kHighest = 1, kFlexibleSince = 0;

    struct Response {
        struct Partition {
            i32 partition_index = 0;
            i16 error_code = 0;
            std::optional<std::string> error_message;

            static constexpr void fields(auto& v, auto& m) {
                v.field("partition_index", m.partition_index);
                v.field("error_code", m.error_code);
                v.nullable("error_message", m.error_message);
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
    bool allow_replication_factor_change = true;
    i16 error_code = 0;
    std::optional<std::string> error_message;
    List<Response> responses;

    static constexpr void fields(auto& v, auto& m) {
        v.field("throttle_time_ms", m.throttle_time_ms);
        v.field("allow_replication_factor_change", m.allow_replication_factor_change, since(1));
        v.field("error_code", m.error_code);
        v.nullable("error_message", m.error_message);
        v.field("responses", m.responses);
    }
};
MR_DECLARE_MESSAGE(AlterPartitionReassignmentsResponse);
static_assert(sound_versions<AlterPartitionReassignmentsResponse>(45));
static_assert(are_pair<AlterPartitionReassignmentsRequest, AlterPartitionReassignmentsResponse>());

}  // namespace engine::wire
