// Fetch (key 1): Batches from a partition leader, for followers and consumers alike.
#pragma once

#include "engine/wire/api.h"
#include "engine/wire/message.h"

namespace engine::wire {

struct FetchRequest {
    static constexpr ApiKey kApi = ApiKey::fetch;
    static constexpr i16 kLowest = 0, kHighest = 18, kFlexibleSince = 12;

    struct ReplicaState {
        i32 replica_id = -1;
        i64 replica_epoch = -1;
        friend bool operator==(const ReplicaState&, const ReplicaState&) = default;

        static constexpr void fields(auto& v, auto& m) {
            v.field("replica_id", m.replica_id);
            v.field("replica_epoch", m.replica_epoch);
        }
    };
    struct Topic {
        struct Partition {
            i32 partition = 0;
            i32 current_leader_epoch = -1;
            i64 fetch_offset = 0;
            i32 last_fetched_epoch = -1;
            i64 log_start_offset = -1;
            i32 partition_max_bytes = 0;
            Uuid replica_directory_id;
            i64 high_watermark = 9223372036854775807;

            static constexpr void fields(auto& v, auto& m) {
                v.field("partition", m.partition);
                v.field("current_leader_epoch", m.current_leader_epoch, since(9));
                v.field("fetch_offset", m.fetch_offset);
                v.field("last_fetched_epoch", m.last_fetched_epoch, since(12));
                v.field("log_start_offset", m.log_start_offset, since(5));
                v.field("partition_max_bytes", m.partition_max_bytes);
                v.tagged("replica_directory_id", 0, m.replica_directory_id, since(17));
                v.tagged("high_watermark", 1, m.high_watermark, since(18), i64{INT64_MAX});
            }
        };
        std::string topic;
        Uuid topic_id;
        List<Partition> partitions;

        static constexpr void fields(auto& v, auto& m) {
            v.field("topic", m.topic, until(12));
            v.field("topic_id", m.topic_id, since(13));
            v.field("partitions", m.partitions);
        }
    };
    struct ForgottenTopicsData {
        std::string topic;
        Uuid topic_id;
        Items<i32> partitions;

        static constexpr void fields(auto& v, auto& m) {
            v.field("topic", m.topic, until(12));
            v.field("topic_id", m.topic_id, since(13));
            v.field("partitions", m.partitions);
        }
    };
    std::optional<std::string> cluster_id;
    i32 replica_id = -1;
    ReplicaState replica_state;
    i32 max_wait_ms = 0;
    i32 min_bytes = 0;
    i32 max_bytes = 0x7fffffff;
    i8 isolation_level = 0;
    i32 session_id = 0;
    i32 session_epoch = -1;
    List<Topic> topics;
    List<ForgottenTopicsData> forgotten_topics_data;
    std::string rack_id;

    static constexpr void fields(auto& v, auto& m) {
        v.tagged("cluster_id", 0, m.cluster_id, since(12));
        v.field("replica_id", m.replica_id, until(14));
        v.tagged("replica_state", 1, m.replica_state, since(15));
        v.field("max_wait_ms", m.max_wait_ms);
        v.field("min_bytes", m.min_bytes);
        v.field("max_bytes", m.max_bytes, since(3));
        v.field("isolation_level", m.isolation_level, since(4));
        v.field("session_id", m.session_id, since(7));
        v.field("session_epoch", m.session_epoch, since(7));
        v.field("topics", m.topics);
        v.field("forgotten_topics_data", m.forgotten_topics_data, since(7));
        v.field("rack_id", m.rack_id, since(11));
    }
};
MR_DECLARE_MESSAGE(FetchRequest);
static_assert(sound_versions<FetchRequest>(1));

struct FetchResponse {
    static constexpr ApiKey kApi = ApiKey::fetch;
    static constexpr i16 kLowest = 0, kHighest = 18, kFlexibleSince = 12;

    struct Response {
        struct Partition {
            struct DivergingEpoch {
                i32 epoch = -1;
                i64 end_offset = -1;
                friend bool operator==(const DivergingEpoch&, const DivergingEpoch&) = default;

                static constexpr void fields(auto& v, auto& m) {
                    v.field("epoch", m.epoch);
                    v.field("end_offset", m.end_offset);
                }
            };
            struct CurrentLeader {
                i32 leader_id = -1;
                i32 leader_epoch = -1;
                friend bool operator==(const CurrentLeader&, const CurrentLeader&) = default;

                static constexpr void fields(auto& v, auto& m) {
                    v.field("leader_id", m.leader_id);
                    v.field("leader_epoch", m.leader_epoch);
                }
            };
            struct SnapshotId {
                i64 end_offset = -1;
                i32 epoch = -1;
                friend bool operator==(const SnapshotId&, const SnapshotId&) = default;

                static constexpr void fields(auto& v, auto& m) {
                    v.field("end_offset", m.end_offset);
                    v.field("epoch", m.epoch);
                }
            };
            struct AbortedTransaction {
                i64 producer_id = 0;
                i64 first_offset = 0;

                static constexpr void fields(auto& v, auto& m) {
                    v.field("producer_id", m.producer_id);
                    v.field("first_offset", m.first_offset);
                }
            };
            i32 partition_index = 0;
            i16 error_code = 0;
            i64 high_watermark = 0;
            i64 last_stable_offset = -1;
            i64 log_start_offset = -1;
            DivergingEpoch diverging_epoch;
            CurrentLeader current_leader;
            SnapshotId snapshot_id;
            std::optional<List<AbortedTransaction>> aborted_transactions;
            i32 preferred_read_replica = -1;
            Records records;

            static constexpr void fields(auto& v, auto& m) {
                v.field("partition_index", m.partition_index);
                v.field("error_code", m.error_code);
                v.field("high_watermark", m.high_watermark);
                v.field("last_stable_offset", m.last_stable_offset, since(4));
                v.field("log_start_offset", m.log_start_offset, since(5));
                v.tagged("diverging_epoch", 0, m.diverging_epoch, since(12));
                v.tagged("current_leader", 1, m.current_leader, since(12));
                v.tagged("snapshot_id", 2, m.snapshot_id, since(12));
                v.nullable("aborted_transactions", m.aborted_transactions, since(4));
                v.field("preferred_read_replica", m.preferred_read_replica, since(11));
                v.field("records", m.records);
            }
        };
        std::string topic;
        Uuid topic_id;
        List<Partition> partitions;

        static constexpr void fields(auto& v, auto& m) {
            v.field("topic", m.topic, until(12));
            v.field("topic_id", m.topic_id, since(13));
            v.field("partitions", m.partitions);
        }
    };
    struct NodeEndpoint {
        i32 node_id = 0;
        std::string host;
        i32 port = 0;
        std::optional<std::string> rack;
        friend bool operator==(const NodeEndpoint&, const NodeEndpoint&) = default;

        static constexpr void fields(auto& v, auto& m) {
            v.field("node_id", m.node_id);
            v.field("host", m.host);
            v.field("port", m.port);
            v.nullable("rack", m.rack);
        }
    };
    i32 throttle_time_ms = 0;
    i16 error_code = 0;
    i32 session_id = 0;
    List<Response> responses;
    List<NodeEndpoint> node_endpoints;

    static constexpr void fields(auto& v, auto& m) {
        v.field("throttle_time_ms", m.throttle_time_ms, since(1));
        v.field("error_code", m.error_code, since(7));
        v.field("session_id", m.session_id, since(7));
        v.field("responses", m.responses);
        v.tagged("node_endpoints", 0, m.node_endpoints, since(16));
    }
};
MR_DECLARE_MESSAGE(FetchResponse);
static_assert(sound_versions<FetchResponse>(1));
static_assert(are_pair<FetchRequest, FetchResponse>());

}  // namespace engine::wire
