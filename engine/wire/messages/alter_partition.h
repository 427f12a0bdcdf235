// AlterPartition (key 56): Leader to controller: the in-sync replicas have changed (AlterIsr in 2.7 and 2.8).
#pragma once

#include "engine/wire/api.h"
#include "engine/wire/message.h"

namespace engine::wire {

struct AlterPartitionRequest {
    static constexpr ApiKey kApi = ApiKey::alter_partition;
    static constexpr i16 kLowest = 0, kHighest = 3, kFlexibleSince = 0;

    struct Topic {
        struct Partition {
            struct IsrMember {
                i32 broker_id = 0;
                i64 broker_epoch = -1;

                static constexpr void fields(auto& v, auto& m) {
                    v.field("broker_id", m.broker_id);
                    v.field("broker_epoch", m.broker_epoch);
                }
            };
            i32 partition_index = 0;
            i32 leader_epoch = 0;
            Items<i32> new_isr;
            List<IsrMember> new_isr_with_epochs;
            i8 leader_recovery_state = 0;
            i32 partition_epoch = 0;

            static constexpr void fields(auto& v, auto& m) {
                v.field("partition_index", m.partition_index);
                v.field("leader_epoch", m.leader_epoch);
                v.field("new_isr", m.new_isr, until(2));
                v.field("new_isr_with_epochs", m.new_isr_with_epochs, since(3));
                v.field("leader_recovery_state", m.leader_recovery_state, since(1));
                v.field("partition_epoch", m.partition_epoch);
            }
        };
        std::string topic_name;
        Uuid topic_id;
        List<Partition> partitions;

        static constexpr void fields(auto& v, auto& m) {
            v.field("topic_name", m.topic_name, until(1));
            v.field("topic_id", m.topic_id, since(2));
            v.field("partitions", m.partitions);
        }
    };
    i32 broker_id = 0;
    i64 broker_epoch = -1;
    List<Topic> topics;

    static constexpr void fields(auto& v, auto& m) {
        v.field("broker_id", m.broker_id);
        v.field("broker_epoch", m.broker_epoch);
        v.field("topics", m.topics);
    }
};
MR_DECLARE_MESSAGE(AlterPartitionRequest);
static_assert(sound_versions<AlterPartitionRequest>(56));

struct AlterPartitionResponse {
    static constexpr ApiKey kApi = ApiKey::alter_partition;
    static constexpr i16 kLowest = 0, kHighest = 3, kFlexibleSince = 0;

    struct Topic {
        struct Partition {
            i32 partition_index = 0;
            i16 error_code = 0;
            i32 leader_id = 0;
            i32 leader_epoch = 0;
            Items<i32> isr;
            i8 leader_recovery_state = 0;
            i32 partition_epoch = 0;

            static constexpr void fields(auto& v, auto& m) {
                v.field("partition_index", m.partition_index);
                v.field("error_code", m.error_code);
                v.field("leader_id", m.leader_id);
                v.field("leader_epoch", m.leader_epoch);
                v.field("isr", m.isr);
                v.field("leader_recovery_state", m.leader_recovery_state, since(1));
                v.field("partition_epoch", m.partition_epoch);
            }
        };
        std::string topic_name;
        Uuid topic_id;
        List<Partition> partitions;

        static constexpr void fields(auto& v, auto& m) {
            v.field("topic_name", m.topic_name, until(1));
            v.field("topic_id", m.topic_id, since(2));
            v.field("partitions", m.partitions);
        }
    };
    i32 throttle_time_ms = 0;
    i16 error_code = 0;
    List<Topic> topics;

    static constexpr void fields(auto& v, auto& m) {
        v.field("throttle_time_ms", m.throttle_time_ms);
        v.field("error_code", m.error_code);
        v.field("topics", m.topics);
    }
};
MR_DECLARE_MESSAGE(AlterPartitionResponse);
static_assert(sound_versions<AlterPartitionResponse>(56));
static_assert(are_pair<AlterPartitionRequest, AlterPartitionResponse>());

}  // namespace engine::wire
