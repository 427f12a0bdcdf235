// Produce (key 0): Batches of records for partition leaders.
#pragma once

#include "engine/wire/api.h"
#include "engine/wire/message.h"

namespace engine::wire {

struct ProduceRequest {
    static constexpr ApiKey kApi = ApiKey::produce;
    static constexpr i16 kLowest = 3, kHighest = 13, kFlexibleSince = 9;

    struct TopicData {
        struct PartitionData {
            i32 index = 0;
            Records records;

            static constexpr void fields(auto& v, auto& m) {
                v.field("index", m.index);
                v.field("records", m.records);
            }
        };
        std::string name;
        Uuid topic_id;
        List<PartitionData> partition_data;

        static constexpr void fields(auto& v, auto& m) {
            v.field("name", m.name, until(12));
            v.field("topic_id", m.topic_id, since(13));
            v.field("partition_data", m.partition_data);
        }
    };
    std::optional<std::string> transactional_id;
    i16 acks = 0;
    i32 timeout_ms = 0;
    List<TopicData> topic_data;

    static constexpr void fields(auto& v, auto& m) {
        v.nullable("transactional_id", m.transactional_id);
        v.field("acks", m.acks);
        v.field("timeout_ms", m.timeout_ms);
        v.field("topic_data", m.topic_data);
    }
};
MR_DECLARE_MESSAGE(ProduceRequest);
static_assert(sound_versions<ProduceRequest>(0));

struct ProduceResponse {
    static constexpr ApiKey kApi = ApiKey::produce;
    static constexpr i16 kLowest = 3, kHighest = 13, kFlexibleSince = 9;

    struct Response {
        struct PartitionResponse {
            struct RecordError {
                i32 batch_index = 0;
                std::optional<std::string> batch_index_error_message;

                static constexpr void fields(auto& v, auto& m) {
                    v.field("batch_index", m.batch_index);
                    v.nullable("batch_index_error_message", m.batch_index_error_message);
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
            i32 index = 0;
            i16 error_code = 0;
            i64 base_offset = 0;
            i64 log_append_time_ms = -1;
            i64 log_start_offset = -1;
            List<RecordError> record_errors;
            std::optional<std::string> error_message;
            CurrentLeader current_leader;

            static constexpr void fields(auto& v, auto& m) {
                v.field("index", m.index);
                v.field("error_code", m.error_code);
                v.field("base_offset", m.base_offset);
                v.field("log_append_time_ms", m.log_append_time_ms);
                v.field("log_start_offset", m.log_start_offset, since(5));
                v.field("record_errors", m.record_errors, since(8));
                v.nullable("error_message", m.error_message, since(8));
                v.tagged("current_leader", 0, m.current_leader, since(10));
            }
        };
        std::string name;
        Uuid topic_id;
        List<PartitionResponse> partition_responses;

        static constexpr void fields(auto& v, auto& m) {
            v.field("name", m.name, until(12));
            v.field("topic_id", m.topic_id, since(13));
            v.field("partition_responses", m.partition_responses);
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
    List<Response> responses;
    i32 throttle_time_ms = 0;
    List<NodeEndpoint> node_endpoints;

    static constexpr void fields(auto& v, auto& m) {
        v.field("responses", m.responses);
        v.field("throttle_time_ms", m.throttle_time_ms);
        v.tagged("node_endpoints", 0, m.node_endpoints, since(10));
    }
};
MR_DECLARE_MESSAGE(ProduceResponse);
static_assert(sound_versions<ProduceResponse>(0));
static_assert(are_pair<ProduceRequest, ProduceResponse>());

}  // namespace engine::wire
