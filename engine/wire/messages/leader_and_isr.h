// LeaderAndIsr (key 4): Controller to broker: lead or follow these partitions.
#pragma once

#include "engine/wire/api.h"
#include "engine/wire/message.h"

namespace engine::wire {

struct LeaderAndIsrRequest {
    static constexpr ApiKey kApi = ApiKey::leader_and_isr;
    static constexpr i16 kLowest = 5, kHighest = 7, kFlexibleSince = 4;

    struct TopicState {
        struct PartitionState {
            i32 partition_index = 0;
            i32 controller_epoch = 0;
            i32 leader = 0;
            i32 leader_epoch = 0;
            Items<i32> isr;
            i32 partition_epoch = 0;
            Items<i32> replicas;
            Items<i32> adding_replicas;
            Items<i32> removing_replicas;
            bool is_new = false;
            i8 leader_recovery_state = 0;

            static constexpr void fields(auto& v, auto& m) {
                v.field("partition_index", m.partition_index);
                v.field("controller_epoch", m.controller_epoch);
                v.field("leader", m.leader);
                v.field("leader_epoch", m.leader_epoch);
                v.field("isr", m.isr);
                v.field("partition_epoch", m.partition_epoch);
                v.field("replicas", m.replicas);
                v.field("adding_replicas", m.adding_replicas);
                v.field("removing_replicas", m.removing_replicas);
                v.field("is_new", m.is_new);
                v.field("leader_recovery_state", m.leader_recovery_state, since(6));
            }
        };
        std::string topic_name;
        Uuid topic_id;
        List<PartitionState> partition_states;

        static constexpr void fields(auto& v, auto& m) {
            v.field("topic_name", m.topic_name);
            v.field("topic_id", m.topic_id);
            v.field("partition_states", m.partition_states);
        }
    };
    struct LiveLeader {
        i32 broker_id = 0;
        std::string host_name;
        i32 port = 0;

        static constexpr void fields(auto& v, auto& m) {
            v.field("broker_id", m.broker_id);
            v.field("host_name", m.host_name);
            v.field("port", m.port);
        }
    };
    i32 controller_id = 0;
    bool is_kraft_controller = false;
    i32 controller_epoch = 0;
    i64 broker_epoch = -1;
    i8 type = 0;
    List<TopicState> topic_states;
    List<LiveLeader> live_leaders;

    static constexpr void fields(auto& v, auto& m) {
        v.field("controller_id", m.controller_id);
        v.field("is_kraft_controller", m.is_kraft_controller, since(7));
        v.field("controller_epoch", m.controller_epoch);
        v.field("broker_epoch", m.broker_epoch);
        v.field("type", m.type);
        v.field("topic_states", m.topic_states);
        v.field("live_leaders", m.live_leaders);
    }
};
MR_DECLARE_MESSAGE(LeaderAndIsrRequest);
static_assert(sound_versions<LeaderAndIsrRequest>(4));

struct LeaderAndIsrResponse {
    static constexpr ApiKey kApi = ApiKey::leader_and_isr;
    static constexpr i16 kLowest = 5, kHighest = 7, kFlexibleSince = 4;

    struct Topic {
        struct PartitionError {
            i32 partition_index = 0;
            i16 error_code = 0;

            static constexpr void fields(auto& v, auto& m) {
                v.field("partition_index", m.partition_index);
                v.field("error_code", m.error_code);
            }
        };
        Uuid topic_id;
        List<PartitionError> partition_errors;

        static constexpr void fields(auto& v, auto& m) {
            v.field("topic_id", m.topic_id);
            v.field("partition_errors", m.partition_errors);
        }
    };
    i16 error_code = 0;
    List<Topic> topics;

    static constexpr void fields(auto& v, auto& m) {
        v.field("error_code", m.error_code);
        v.field("topics", m.topics);
    }
};
MR_DECLARE_MESSAGE(LeaderAndIsrResponse);
static_assert(sound_versions<LeaderAndIsrResponse>(4));
static_assert(are_pair<LeaderAndIsrRequest, LeaderAndIsrResponse>());

}  // namespace engine::wire
