// DescribeTransactions (key 65): What transactions are doing.
#pragma once

#include "engine/wire/api.h"
#include "engine/wire/message.h"

namespace engine::wire {

struct DescribeTransactionsRequest {
    static constexpr ApiKey kApi = ApiKey::describe_transactions;
    static constexpr i16 kLowest = 0, kHighest = 0, kFlexibleSince = 0;

    Items<std::string> transactional_ids;

    static constexpr void fields(auto& v, auto& m) {
        v.field("transactional_ids", m.transactional_ids);
    }
};
MR_DECLARE_MESSAGE(DescribeTransactionsRequest);
static_assert(sound_versions<DescribeTransactionsRequest>(65));

struct DescribeTransactionsResponse {
    static constexpr ApiKey kApi = ApiKey::describe_transactions;
    static constexpr i16 kLowest = 0, kHighest = 0, kFlexibleSince = 0;

    struct TransactionState {
        struct Topic {
            std::string topic;
            Items<i32> partitions;

            static constexpr void fields(auto& v, auto& m) {
                v.field("topic", m.topic);
                v.field("partitions", m.partitions);
            }
        };
        i16 error_code = 0;
        std::string transactional_id;
        std::string transaction_state;
        i32 transaction_timeout_ms = 0;
        i64 transaction_start_time_ms = 0;
        i64 producer_id = 0;
        i16 producer_epoch = 0;
        List<Topic> topics;

        static constexpr void fields(auto& v, auto& m) {
            v.field("error_code", m.error_code);
            v.field("transactional_id", m.transactional_id);
            v.field("transaction_state", m.transaction_state);
            v.field("transaction_timeout_ms", m.transaction_timeout_ms);
            v.field("transaction_start_time_ms", m.transaction_start_time_ms);
            v.field("producer_id", m.producer_id);
            v.field("producer_epoch", m.producer_epoch);
            v.field("topics", m.topics);
        }
    };
    i32 throttle_time_ms = 0;
    List<TransactionState> transaction_states;

    static constexpr void fields(auto& v, auto& m) {
        v.field("throttle_time_ms", m.throttle_time_ms);
        v.field("transaction_states", m.transaction_states);
    }
};
MR_DECLARE_MESSAGE(DescribeTransactionsResponse);
static_assert(sound_versions<DescribeTransactionsResponse>(65));
static_assert(are_pair<DescribeTransactionsRequest, DescribeTransactionsResponse>());

}  // namespace engine::wire
