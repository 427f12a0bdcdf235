// ElectLeaders (key 43): Ask for a preferred or an unclean election.
#pragma once

#include "engine/wire/api.h"
#include "engine/wire/message.h"

namespace engine::wire {

struct ElectLeadersRequest {
    static constexpr ApiKey kApi = ApiKey::elect_leaders;
    static constexpr i16 kLowest = 0, kHighest = 2, kFlexibleSince = 2;

    struct TopicPartitions {
        std::string topic;
        Items<i32> partitions;

        static constexpr void fields(auto& v, auto& m) {
            v.field("topic", m.topic);
            v.field("partitions", m.partitions);
        }
    };
    i8 election_type = 0;
    std::optional<List<TopicPartitions>> topic_partitions;
    i32 timeout_ms = 60000;

    static constexpr void fields(auto& v, auto& m) {
        v.field("election_type", m.election_type, since(1));
        v.nullable("topic_partitions", m.topic_partitions);
        v.field("timeout_ms", m.timeout_ms);
    }
};
MR_DECLARE_MESSAGE(ElectLeadersRequest);
static_assert(sound_versions<ElectLeadersRequest>(43));

struct ElectLeadersResponse {
    static constexpr ApiKey kApi = ApiKey::elect_leaders;
    static constexpr i16 kLowest = 0, kHighest = 2, kFlexibleSince = 2;

    struct ReplicaElectionResult {
        struct PartitionResult {
            i32 partition_id = 0;
            i16 error_code = 0;
            std::optional<std::string> error_message;

            static constexpr void fields(auto& v, auto& m) {
                v.field("partition_id", m.partition_id);
                v.field("error_code", m.error_code);
                v.nullable("error_message", m.error_message);
            }
        };
        std::string topic;
        List<PartitionResult> partition_result;

        static constexpr void fields(auto& v, auto& m) {
            v.field("topic", m.topic);
            v.field("partition_result", m.partition_result);
        }
    };
    i32 throttle_time_ms = 0;
    i16 error_code = 0;
    List<ReplicaElectionResult> replica_election_results;

    static constexpr void fields(auto& v, auto& m) {
        v.field("throttle_time_ms", m.throttle_time_ms);
        v.field("error_code", m.error_code, since(1));
        v.field("replica_election_results", m.replica_election_results);
    }
};
MR_DECLARE_MESSAGE(ElectLeadersResponse);
static_assert(sound_versions<ElectLeadersResponse>(43));
static_assert(are_pair<ElectLeadersRequest, ElectLeadersResponse>());

}  // namespace engine::wire
