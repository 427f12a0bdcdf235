// AddOffsetsToTxn (key 25): A transaction will commit offsets of this group.
#pragma once

#include "engine/wire/api.h"
#include "engine/wire/message.h"

namespace engine::wire {

struct AddOffsetsToTxnRequest {
    static constexpr ApiKey kApi = ApiKey::add_offsets_to_txn;
    static constexpr i16 kLowest = 0, kHighest = 4, kFlexibleSince = 3;

    std::string transactional_id;
    i64 producer_id = 0;
    i16 producer_epoch = 0;
    std::string group_id;

    static constexpr void fields(auto& v, auto& m) {
        v.field("transactional_id", m.transactional_id);
        v.field("producer_id", m.producer_id);
        v.field("producer_epoch", m.producer_epoch);
        v.field("group_id", m.group_id);
    }
};
MR_DECLARE_MESSAGE(AddOffsetsToTxnRequest);
static_assert(sound_versions<AddOffsetsToTxnRequest>(25));

struct AddOffsetsToTxnResponse {
    static constexpr ApiKey kApi = ApiKey::add_offsets_to_txn;
    static constexpr i16 kLowest = 0, kHighest = 4, kFlexibleSince = 3;

    i32 throttle_time_ms = 0;
    i16 error_code = 0;

    static constexpr void fields(auto& v, auto& m) {
        v.field("throttle_time_ms", m.throttle_time_ms);
        v.field("error_code", m.error_code);
    }
};
MR_DECLARE_MESSAGE(AddOffsetsToTxnResponse);
static_assert(sound_versions<AddOffsetsToTxnResponse>(25));
static_assert(are_pair<AddOffsetsToTxnRequest, AddOffsetsToTxnResponse>());

}  // namespace engine::wire
