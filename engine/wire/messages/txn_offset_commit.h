// TxnOffsetCommit (key 28): Offsets that become valid with a transaction.
#pragma once

#include "engine/wire/api.h"
#include "engine/wire/message.h"

namespace engine::wire {

struct TxnOffsetCommitRequest {
    static constexpr ApiKey kApi = ApiKey::txn_offset_commit;
    static constexpr i16 kLowest = 0, kHighest = 5, kFlexibleSince = 3;

    struct Topic {
        struct Partition {
            i32 partition_index = 0;
            i64 committed_offset = 0;
            i32 committed_leader_epoch = -1;
            std::optional<std::string> committed_metadata;

            static constexpr void fields(auto& v, auto& m) {
                v.field("partition_index", m.partition_index);
                v.field("committed_offset", m.committed_offset);
                v.field("committed_leader_epoch", m.committed_leader_epoch, since(2));
                v.nullable("committed_metadata", m.committed_metadata);
            }
        };
        std::string name;
        List<Partition> partitions;

        static constexpr void fields(auto& v, auto& m) {
            v.field("name", m.name);
            v.field("partitions", m.partitions);
        }
    };
    std::string transactional_id;
    std::string group_id;
    i64 producer_id = 0;
    i16 producer_epoch = 0;
    i32 generation_id = -1;
    std::string member_id;
    std::optional<std::string> group_instance_id;
    List<Topic> topics;

    static constexpr void fields(auto& v, auto& m) {
        v.field("transactional_id", m.transactional_id);
        v.field("group_id", m.group_id);
        v.field("producer_id", m.producer_id);
        v.field("producer_epoch", m.producer_epoch);
        v.field("generation_id", m.generation_id, since(3));
        v.field("member_id", m.member_id, since(3));
        v.nullable("group_instance_id", m.group_instance_id, since(3));
        v.field("topics", m.topics);
    }
};
MR_DECLARE_MESSAGE(TxnOffsetCommitRequest);
static_assert(sound_versions<TxnOffsetCommitRequest>(28));

struct TxnOffsetCommitResponse {
    static constexpr ApiKey kApi = ApiKey::txn_offset_commit;
    static constexpr i16 kLowest = 0, kHighest = 5, kFlexibleSince = 3;

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
        List<Partition> partitions;

        static constexpr void fields(auto& v, auto& m) {
            v.field("name", m.name);
            v.field("partitions", m.partitions);
        }
    };
    i32 throttle_time_ms = 0;
    List<Topic> topics;

    static constexpr void fields(auto& v, auto& m) {
        v.field("throttle_time_ms", m.throttle_time_ms);
        v.field("topics", m.topics);
    }
};
MR_DECLARE_MESSAGE(TxnOffsetCommitResponse);
static_assert(sound_versions<TxnOffsetCommitResponse>(28));
static_assert(are_pair<TxnOffsetCommitRequest, TxnOffsetCommitResponse>());

}  // namespace engine::wire
