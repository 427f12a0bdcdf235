// StopReplica (key 5): Controller to broker: stop, and perhaps delete, these replicas.
#pragma once

#include "engine/wire/api.h"
#include "engine/wire/message.h"

namespace engine::wire {

struct StopReplicaRequest {
    static constexpr ApiKey kApi = ApiKey::stop_replica;
    static constexpr i16 kLowest = 3, kHighest = 4, kFlexibleSince = 2;

    struct TopicState {
        struct PartitionState {
            i32 partition_index = 0;
            i32 leader_epoch = -1;
            bool delete_partition = false;

            static constexpr void fields(auto& v, auto& m) {
                v.field("partition_index", m.partition_index);
                v.field("leader_epoch", m.leader_epoch);
                v.field("delete_partition", m.delete_partition);
            }
        };
        std::string topic_name;
        List<PartitionState> partition_states;

        static constexpr void fields(auto& v, auto& m) {
            v.field("topic_name", m.topic_name);
            v.field("partition_states", m.partition_states);
        }
    };
    i32 controller_id = 0;
    bool is_kraft_controller = false;
    i32 controller_epoch = 0;
    i64 broker_epoch = -1;
    List<TopicState> topic_states;

    static constexpr void fields(auto& v, auto& m) {
        v.field("controller_id", m.controller_id);
        v.field("is_kraft_controller", m.is_kraft_controller, since(4));
        v.field("controller_epoch", m.controller_epoch);
        v.field("broker_epoch", m.broker_epoch);
        v.field("topic_states", m.topic_states);
    }
};
MR_DECLARE_MESSAGE(StopReplicaRequest);
static_assert(sound_versions<StopReplicaRequest>(5));

struct StopReplicaResponse {
    static constexpr ApiKey kApi = ApiKey::stop_replica;
    static constexpr i16 kLowest = 3, kHighest = 4, kFlexibleSince = 2;

    struct PartitionError {
        std::string topic_name;
        i32 partition_index = 0;
        i16 error_code = 0;

        static constexpr void fields(auto& v, auto& m) {
            v.field("topic_name", m.topic_name);
            v.field("partition_index", m.partition_index);
            v.field("error_code", m.error_code);
        }
    };
    i16 error_code = 0;
    List<PartitionError> partition_errors;

    static constexpr void fields(auto& v, auto& m) {
        v.field("error_code", m.error_code);
        v.field("partition_errors", m.partition_errors);
    }
};
MR_DECLARE_MESSAGE(StopReplicaResponse);
static_assert(sound_versions<StopReplicaResponse>(5));
static_assert(are_pair<StopReplicaRequest, StopReplicaResponse>());

}  // namespace engine::wire
