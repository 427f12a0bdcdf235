// DescribeProducers (key 61): Producers that write to a partition.
#pragma once

#include "engine/wire/api.h"
#include "engine/wire/message.h"

namespace engine::wire {

struct DescribeProducersRequest {
    static constexpr ApiKey kApi = ApiKey::describe_producers;
    static constexpr i16 kLowest = 0, kHighest = 0, kFlexibleSince = 0;

    struct Topic {
        std::string name;
        Items<i32> partition_indexes;

        static constexpr void fields(auto& v, auto& m) {
            v.field("name", m.name);
            v.field("partition_indexes", m.partition_indexes);
        }
    };
    List<Topic> topics;

    static constexpr void fields(auto& v, auto& m) {
        v.field("topics", m.topics);
    }
};
MR_DECLARE_MESSAGE(DescribeProducersRequest);
static_assert(sound_versions<DescribeProducersRequest>(61));

struct DescribeProducersResponse {
    static constexpr ApiKey kApi = ApiKey::describe_producers;
    static constexpr i16 kLowest = 0, kHighest = 0, kFlexibleSince = 0;

    struct Topic {
        struct Partition {
            struct ActiveProducer {
                i64 producer_id = 0;
                i32 producer_epoch = 0;
                i32 last_sequence = -1;
                i64 last_timestamp = -1;
                i32 coordinator_epoch = 0;
                i64 current_txn_start_offset = -1;

                static constexpr void fields(auto& v, auto& m) {
                    v.field("producer_id", m.producer_id);
                    v.field("producer_epoch", m.producer_epoch);
                    v.field("last_sequence", m.last_sequence);
                    v.field("last_timestamp", m.last_timestamp);
                    v.field("coordinator_epoch", m.coordinator_epoch);
                    v.field("current_txn_start_offset", m.current_txn_start_offset);
                }
            };
            i32 partition_index = 0;
            i16 error_code = 0;
            std::optional<std::string> error_message;
            List<ActiveProducer> active_producers;

            static constexpr void fields(auto& v, auto& m) {
                v.field("partition_index", m.partition_index);
                v.field("error_code", m.error_code);
                v.nullable("error_message", m.error_message);
                v.field("active_producers", m.active_producers);
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
MR_DECLARE_MESSAGE(DescribeProducersResponse);
static_assert(sound_versions<DescribeProducersResponse>(61));
static_assert(are_pair<DescribeProducersRequest, DescribeProducersResponse>());

}  // namespace engine::wire
