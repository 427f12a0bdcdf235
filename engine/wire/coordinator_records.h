// Records of `__consumer_offsets` and `__transaction_state`: keys and values, each with a leading version i16. A null
// value is a tombstone. Key versions 0 and 1 of the former are offset commits, 2 is a group.
#pragma once

#include <optional>
#include <string>

#include "engine/wire/message.h"

namespace engine::wire {

struct OffsetCommitKey {
    static constexpr i16 kVersion = 1, kHighest = 1, kFlexibleSince = INT16_MAX;

    std::string group;
    std::string topic;
    i32 partition = 0;

    static constexpr void fields(auto& v, auto& m) {
        v.field("group", m.group);
        v.field("topic", m.topic);
        v.field("partition", m.partition);
    }
};
MR_DECLARE_MESSAGE(OffsetCommitKey);

struct OffsetCommitValue {
    static constexpr i16 kVersion = 3, kHighest = 3, kFlexibleSince = 4;

    i64 offset = 0;
    i32 leader_epoch = -1;
    std::string metadata;
    i64 commit_timestamp = 0;
    i64 expire_timestamp = -1;

    static constexpr void fields(auto& v, auto& m) {
        v.field("offset", m.offset);
        v.field("leader_epoch", m.leader_epoch, since(3));
        v.field("metadata", m.metadata);
        v.field("commit_timestamp", m.commit_timestamp);
        v.field("expire_timestamp", m.expire_timestamp, between(1, 1));
    }
};
MR_DECLARE_MESSAGE(OffsetCommitValue);

struct GroupMetadataKey {
    static constexpr i16 kVersion = 2, kHighest = 2, kFlexibleSince = INT16_MAX;

    std::string group;

    static constexpr void fields(auto& v, auto& m) { v.field("group", m.group); }
};
MR_DECLARE_MESSAGE(GroupMetadataKey);

struct GroupMetadataValue {
    static constexpr i16 kVersion = 3, kHighest = 3, kFlexibleSince = 4;

    struct Member {
        std::string member_id;
        std::optional<std::string> group_instance_id;
        std::string client_id;
        std::string client_host;
        i32 rebalance_timeout = -1;
        i32 session_timeout = 0;
        Blob subscription;
        Blob assignment;

        static constexpr void fields(auto& v, auto& m) {
            v.field("member_id", m.member_id);
            v.nullable("group_instance_id", m.group_instance_id, since(3));
            v.field("client_id", m.client_id);
            v.field("client_host", m.client_host);
            v.field("rebalance_timeout", m.rebalance_timeout, since(1));
            v.field("session_timeout", m.session_timeout);
            v.field("subscription", m.subscription);
            v.field("assignment", m.assignment);
        }
    };
    std::string protocol_type;
    i32 generation = 0;
    std::optional<std::string> protocol;
    std::optional<std::string> leader;
    i64 current_state_timestamp = -1;
    List<Member> members;

    static constexpr void fields(auto& v, auto& m) {
        v.field("protocol_type", m.protocol_type);
        v.field("generation", m.generation);
        v.nullable("protocol", m.protocol);
        v.nullable("leader", m.leader);
        v.field("current_state_timestamp", m.current_state_timestamp, since(2));
        v.field("members", m.members);
    }
};
MR_DECLARE_MESSAGE(GroupMetadataValue);

struct TransactionLogKey {
    static constexpr i16 kVersion = 0, kHighest = 0, kFlexibleSince = INT16_MAX;

    std::string transactional_id;

    static constexpr void fields(auto& v, auto& m) { v.field("transactional_id", m.transactional_id); }
};
MR_DECLARE_MESSAGE(TransactionLogKey);

struct TransactionLogValue {
    static constexpr i16 kVersion = 0, kHighest = 1, kFlexibleSince = 1;

    struct Partitions {
        std::string topic;
        Items<i32> partition_ids;

        static constexpr void fields(auto& v, auto& m) {
            v.field("topic", m.topic);
            v.field("partition_ids", m.partition_ids);
        }
    };
    i64 producer_id = -1;
    i16 producer_epoch = -1;
    i32 transaction_timeout_ms = 0;
    i8 transaction_status = 0;
    std::optional<List<Partitions>> transaction_partitions;  // null: none, the transaction is empty
    i64 transaction_last_update_timestamp_ms = -1;
    i64 transaction_start_timestamp_ms = -1;

    static constexpr void fields(auto& v, auto& m) {
        v.field("producer_id", m.producer_id);
        v.field("producer_epoch", m.producer_epoch);
        v.field("transaction_timeout_ms", m.transaction_timeout_ms);
        v.field("transaction_status", m.transaction_status);
        v.nullable("transaction_partitions", m.transaction_partitions);
        v.field("transaction_last_update_timestamp_ms", m.transaction_last_update_timestamp_ms);
        v.field("transaction_start_timestamp_ms", m.transaction_start_timestamp_ms);
    }
};
MR_DECLARE_MESSAGE(TransactionLogValue);

}  // namespace engine::wire
