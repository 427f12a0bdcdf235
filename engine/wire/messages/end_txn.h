// EndTxn (key 26): Commit or abort.
#pragma once

#include "engine/wire/api.h"
#include "engine/wire/message.h"

namespace engine::wire {

struct EndTxnRequest {
    static constexpr ApiKey kApi = ApiKey::end_txn;
    static constexpr i16 kLowest = 0, kHighest = 5, kFlexibleSince = 3;

    std::string transactional_id;
    i64 producer_id = 0;
    i16 producer_epoch = 0;
    bool committed = false;

    static constexpr void fields(auto& v, auto& m) {
        v.field("transactional_id", m.transactional_id);
        v.field("producer_id", m.producer_id);
        v.field("producer_epoch", m.producer_epoch);
        v.field("committed", m.committed);
    }
};
MR_DECLARE_MESSAGE(EndTxnRequest);
static_assert(sound_versions<EndTxnRequest>(26));

struct EndTxnResponse {
    static constexpr ApiKey kApi = ApiKey::end_txn;
    static constexpr i16 kLowest = 0, kHighest = 5, kFlexibleSince = 3;

    i32 throttle_time_ms = 0;
    i16 error_code = 0;
    i64 producer_id = -1;
    i16 producer_epoch = -1;

    static constexpr void fields(auto& v, auto& m) {
        v.field("throttle_time_ms", m.throttle_time_ms);
        v.field("error_code", m.error_code);
        v.field("producer_id", m.producer_id, since(5));
        v.field("producer_epoch", m.producer_epoch, since(5));
    }
};
MR_DECLARE_MESSAGE(EndTxnResponse);
static_assert(sound_versions<EndTxnResponse>(26));
static_assert(are_pair<EndTxnRequest, EndTxnResponse>());

}  // namespace engine::wire
