// InitProducerId (key 22): A producer asks for its identity.
#pragma once

#include "engine/wire/api.h"
#include "engine/wire/message.h"

namespace engine::wire {

struct InitProducerIdRequest {
    static constexpr ApiKey kApi = ApiKey::init_producer_id;
    static constexpr i16 kLowest = 0, kHighest = 6, kFlexibleSince = 2;

    std::optional<std::string> transactional_id;
    i32 transaction_timeout_ms = 0;
    i64 producer_id = -1;
    i16 producer_epoch = -1;
    bool enable2_pc = false;
    bool keep_prepared_txn = false;

    static constexpr void fields(auto& v, auto& m) {
        v.nullable("transactional_id", m.transactional_id);
        v.field("transaction_timeout_ms", m.transaction_timeout_ms);
        v.field("producer_id", m.producer_id, since(3));
        v.field("producer_epoch", m.producer_epoch, since(3));
        v.field("enable2_pc", m.enable2_pc, since(6));
        v.field("keep_prepared_txn", m.keep_prepared_txn, since(6));
    }
};
MR_DECLARE_MESSAGE(InitProducerIdRequest);
static_assert(sound_versions<InitProducerIdRequest>(22));

struct InitProducerIdResponse {
    static constexpr ApiKey kApi = ApiKey::init_producer_id;
    static constexpr i16 kLowest = 0, kHighest = 6, kFlexibleSince = 2;

    i32 throttle_time_ms = 0;
    i16 error_code = 0;
    i64 producer_id = -1;
    i16 producer_epoch = 0;
    i64 ongoing_txn_producer_id = -1;
    i16 ongoing_txn_producer_epoch = -1;

    static constexpr void fields(auto& v, auto& m) {
        v.field("throttle_time_ms", m.throttle_time_ms);
        v.field("error_code", m.error_code);
        v.field("producer_id", m.producer_id);
        v.field("producer_epoch", m.producer_epoch);
        v.field("ongoing_txn_producer_id", m.ongoing_txn_producer_id, since(6));
        v.field("ongoing_txn_producer_epoch", m.ongoing_txn_producer_epoch, since(6));
    }
};
MR_DECLARE_MESSAGE(InitProducerIdResponse);
static_assert(sound_versions<InitProducerIdResponse>(22));
static_assert(are_pair<InitProducerIdRequest, InitProducerIdResponse>());

}  // namespace engine::wire
