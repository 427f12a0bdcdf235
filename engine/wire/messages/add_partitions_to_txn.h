// AddPartitionsToTxn (key 24): A transaction will write to these partitions.
#pragma once

#include "engine/wire/api.h"
#include "engine/wire/message.h"

namespace engine::wire {

struct AddPartitionsToTxnRequest {
    static constexpr ApiKey kApi = ApiKey::add_partitions_to_txn;
    static constexpr i16 kLowest = 0, kHighest = 5, kFlexibleSince = 3;

    struct Transaction {
        struct Topic {
            std::string name;
            Items<i32> partitions;

            static constexpr void fields(auto& v, auto& m) {
                v.field("name", m.name);
                v.field("partitions", m.partitions);
            }
        };
        std::string transactional_id;
        i64 producer_id = 0;
        i16 producer_epoch = 0;
        bool verify_only = false;
        List<Topic> topics;

        static constexpr void fields(auto& v, auto& m) {
            v.field("transactional_id", m.transactional_id);
            v.field("producer_id", m.producer_id);
            v.field("producer_epoch", m.producer_epoch);
            v.field("verify_only", m.verify_only);
            v.field("topics", m.topics);
        }
    };
    struct Topic {
        std::string name;
        Items<i32> partitions;

        static constexpr void fields(auto& v, auto& m) {
            v.field("name", m.name);
            v.field("partitions", m.partitions);
        }
    };
    List<Transaction> transactions;
    std::string v3_and_below_transactional_id;
    i64 v3_and_below_producer_id = 0;
    i16 v3_and_below_producer_epoch = 0;
    List<Topic> v3_and_below_topics;

    static constexpr void fields(auto& v, auto& m) {
        v.field("transactions", m.transactions, since(4));
        v.field("v3_and_below_transactional_id", m.v3_and_below_transactional_id, until(3));
        v.field("v3_and_below_producer_id", m.v3_and_below_producer_id, until(3));
        v.field("v3_and_below_producer_epoch", m.v3_and_below_producer_epoch, until(3));
        v.field("v3_and_below_topics", m.v3_and_below_topics, until(3));
    }
};
MR_DECLARE_MESSAGE(AddPartitionsToTxnRequest);
static_assert(sound_versions<AddPartitionsToTxnRequest>(24));

struct AddPartitionsToTxnResponse {
    static constexpr ApiKey kApi = ApiKey::add_partitions_to_txn;
    static constexpr i16 kLowest = 0, kHighest = 5, kFlexibleSince = 3;

    struct TransactionResult {
        struct TopicResult {
            struct PartitionResult {
                i32 partition_index = 0;
                i16 partition_error_code = 0;

                static constexpr void fields(auto& v, auto& m) {
                    v.field("partition_index", m.partition_index);
                    v.field("partition_error_code", m.partition_error_code);
                }
            };
            std::string name;
            List<PartitionResult> results_by_partition;

            static constexpr void fields(auto& v, auto& m) {
                v.field("name", m.name);
                v.field("results_by_partition", m.results_by_partition);
            }
        };
        std::string transactional_id;
        List<TopicResult> topic_results;

        static constexpr void fields(auto& v, auto& m) {
            v.field("transactional_id", m.transactional_id);
            v.field("topic_results", m.topic_results);
        }
    };
    struct TopicResult {
        struct PartitionResult {
            i32 partition_index = 0;
            i16 partition_error_code = 0;

            static constexpr void fields(auto& v, auto& m) {
                v.field("partition_index", m.partition_index);
                v.field("partition_error_code", m.partition_error_code);
            }
        };
        std::string name;
        List<PartitionResult> results_by_partition;

        static constexpr void fields(auto& v, auto& m) {
            v.field("name", m.name);
            v.field("results_by_partition", m.results_by_partition);
        }
    };
    i32 throttle_time_ms = 0;
    i16 error_code = 0;
    List<TransactionResult> results_by_transaction;
    List<TopicResult> results_by_topic_v3_and_below;

    static constexpr void fields(auto& v, auto& m) {
        v.field("throttle_time_ms", m.throttle_time_ms);
        v.field("error_code", m.error_code, since(4));
        v.field("results_by_transaction", m.results_by_transaction, since(4));
        v.field("results_by_topic_v3_and_below", m.results_by_topic_v3_and_below, until(3));
    }
};
MR_DECLARE_MESSAGE(AddPartitionsToTxnResponse);
static_assert(sound_versions<AddPartitionsToTxnResponse>(24));
static_assert(are_pair<AddPartitionsToTxnRequest, AddPartitionsToTxnResponse>());

}  // namespace engine::wire
