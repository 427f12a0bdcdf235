// ListTransactions (key 66): Transactions that a coordinator knows.
#pragma once

#include "engine/wire/api.h"
#include "engine/wire/message.h"

namespace engine::wire {

struct ListTransactionsRequest {
    static constexpr ApiKey kApi = ApiKey::list_transactions;
    static constexpr i16 kLowest = 0, kHighest = 2, kFlexibleSince = 0;

    Items<std::string> state_filters;
    Items<i64> producer_id_filters;
    i64 duration_filter = -1;
    std::optional<std::string> transactional_id_pattern;

    static constexpr void fields(auto& v, auto& m) {
        v.field("state_filters", m.state_filters);
        v.field("producer_id_filters", m.producer_id_filters);
        v.field("duration_filter", m.duration_filter, since(1));
        v.nullable("transactional_id_pattern", m.transactional_id_pattern, since(2));
    }
};
MR_DECLARE_MESSAGE(ListTransactionsRequest);
static_assert(sound_versions<ListTransactionsRequest>(66));

struct ListTransactionsResponse {
    static constexpr ApiKey kApi = ApiKey::list_transactions;
    static constexpr i16 kLowest = 0, kHighest = 2, kFlexibleSince = 0;

    struct TransactionState {
        std::string transactional_id;
        i64 producer_id = 0;
        std::string transaction_state;

        static constexpr void fields(auto& v, auto& m) {
            v.field("transactional_id", m.transactional_id);
            v.field("producer_id", m.producer_id);
            v.field("transaction_state", m.transaction_state);
        }
    };
    i32 throttle_time_ms = 0;
    i16 error_code = 0;
    Items<std::string> unknown_state_filters;
    List<TransactionState> transaction_states;

    static constexpr void fields(auto& v, auto& m) {
        v.field("throttle_time_ms", m.throttle_time_ms);
        v.field("error_code", m.error_code);
        v.field("unknown_state_filters", m.unknown_state_filters);
        v.field("transaction_states", m.transaction_states);
    }
};
MR_DECLARE_MESSAGE(ListTransactionsResponse);
static_assert(sound_versions<ListTransactionsResponse>(66));
static_assert(are_pair<ListTransactionsRequest, ListTransactionsResponse>());

}  // namespace engine::wire
