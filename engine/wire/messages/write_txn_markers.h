// WriteTxnMarkers (key 27): Coordinator to leaders: end a transaction in these logs.
#pragma once

#include "engine/wire/api.h"
#include "engine/wire/message.h"

namespace engine::wire {

struct WriteTxnMarkersRequest {
    static constexpr ApiKey kApi = ApiKey::write_txn_markers;
    static constexpr i16 kLowest = 1, kHighest = 2, kFlexibleSince = 1;

    struct Marker {
        struct Topic {
            std::string name;
            Items<i32> partition_indexes;

            static constexpr void fields(auto& v, auto& m) {
                v.field("name", m.name);
                v.field("partition_indexes", m.partition_indexes);
            }
        };
        i64 producer_id = 0;
        i16 producer_epoch = 0;
        bool transaction_result = false;
        List<Topic> topics;
        i32 coordinator_epoch = 0;
        i8 transaction_version = 0;

        static constexpr void fields(auto& v, auto& m) {
            v.field("producer_id", m.producer_id);
            v.field("producer_epoch", m.producer_epoch);
            v.field("transaction_result", m.transaction_result);
            v.field("topics", m.topics);
            v.field("coordinator_epoch", m.coordinator_epoch);
            v.field("transaction_version", m.transaction_version, since(2));
        }
    };
    List<Marker> markers;

    static constexpr void fields(auto& v, auto& m) {
        v.field("markers", m.markers);
    }
};
MR_DECLARE_MESSAGE(WriteTxnMarkersRequest);
static_assert(sound_versions<WriteTxnMarkersRequest>(27));

struct WriteTxnMarkersResponse {
    static constexpr ApiKey kApi = ApiKey::write_txn_markers;
    static constexpr i16 kLowest = 1, kHighest = 2, kFlexibleSince = 1;

    struct Marker {
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
        i64 producer_id = 0;
        List<Topic> topics;

        static constexpr void fields(auto& v, auto& m) {
            v.field("producer_id", m.producer_id);
            v.field("topics", m.topics);
        }
    };
    List<Marker> markers;

    static constexpr void fields(auto& v, auto& m) {
        v.field("markers", m.markers);
    }
};
MR_DECLARE_MESSAGE(WriteTxnMarkersResponse);
static_assert(sound_versions<WriteTxnMarkersResponse>(27));
static_assert(are_pair<WriteTxnMarkersRequest, WriteTxnMarkersResponse>());

}  // namespace engine::wire
