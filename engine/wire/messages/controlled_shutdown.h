// ControlledShutdown (key 7): Broker to controller: move my leaderships away, I am leaving.
#pragma once

#include "engine/wire/api.h"
#include "engine/wire/message.h"

namespace engine::wire {

struct ControlledShutdownRequest {
    static constexpr ApiKey kApi = ApiKey::controlled_shutdown;
    static constexpr i16 kLowest = 3, kHighest = 3, kFlexibleSince = 3;

    i32 broker_id = 0;
    i64 broker_epoch = -1;

    static constexpr void fields(auto& v, auto& m) {
        v.field("broker_id", m.broker_id);
        v.field("broker_epoch", m.broker_epoch);
    }
};
MR_DECLARE_MESSAGE(ControlledShutdownRequest);
static_assert(sound_versions<ControlledShutdownRequest>(7));

struct ControlledShutdownResponse {
    static constexpr ApiKey kApi = ApiKey::controlled_shutdown;
    static constexpr i16 kLowest = 3, kHighest = 3, kFlexibleSince = 3;

    struct RemainingPartition {
        std::string topic_name;
        i32 partition_index = 0;

        static constexpr void fields(auto& v, auto& m) {
            v.field("topic_name", m.topic_name);
            v.field("partition_index", m.partition_index);
        }
    };
    i16 error_code = 0;
    List<RemainingPartition> remaining_partitions;

    static constexpr void fields(auto& v, auto& m) {
        v.field("error_code", m.error_code);
        v.field("remaining_partitions", m.remaining_partitions);
    }
};
MR_DECLARE_MESSAGE(ControlledShutdownResponse);
static_assert(sound_versions<ControlledShutdownResponse>(7));
static_assert(are_pair<ControlledShutdownRequest, ControlledShutdownResponse>());

}  // namespace engine::wire
