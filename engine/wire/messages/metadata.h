// Metadata (key 3): Brokers, topics, and who leads what.
#pragma once

#include "engine/wire/api.h"
#include "engine/wire/message.h"

namespace engine::wire {

struct MetadataRequest {
    static constexpr ApiKey kApi = ApiKey::metadata;
    static constexpr i16 kLowest = 0, kHighest = 13, kFlexibleSince = 9;

    struct Topic {
        Uuid topic_id;
        std::optional<std::string> name;

        static constexpr void fields(auto& v, auto& m) {
            v.field("topic_id", m.topic_id, since(10));
            v.nullable("name", m.name, kAlways, since(10));
        }
    };
    std::optional<List<Topic>> topics;
    bool allow_auto_topic_creation = true;
    bool include_cluster_authorized_operations = false;
    bool include_topic_authorized_operations = false;

    static constexpr void fields(auto& v, auto& m) {
        v.nullable("topics", m.topics, kAlways, since(1));
        v.field("allow_auto_topic_creation", m.allow_auto_topic_creation, since(4));
        v.field("include_cluster_authorized_operations", m.include_cluster_authorized_operations, between(8, 10));
        v.field("include_topic_authorized_operations", m.include_topic_authorized_operations, since(8));
    }
};
MR_DECLARE_MESSAGE(MetadataRequest);
static_assert(sound_versions<MetadataRequest>(3));

struct MetadataResponse {
    static constexpr ApiKey kApi = ApiKey::metadata;
    static constexpr i16 kLowest = 0, kHighest = 13, kFlexibleSince = 9;

    struct Broker {
        i32 node_id = 0;
        std::string host;
        i32 port = 0;
        std::optional<std::string> rack;

        static constexpr void fields(auto& v, auto& m) {
            v.field("node_id", m.node_id);
            v.field("host", m.host);
            v.field("port", m.port);
            v.nullable("rack", m.rack, since(1));
        }
    };
    struct Topic {
        struct Partition {
            i16 error_code = 0;
            i32 partition_index = 0;
            i32 leader_id = 0;
            i32 leader_epoch = -1;
            Items<i32> replica_nodes;
            Items<i32> isr_nodes;
            Items<i32> offline_replicas;

            static constexpr void fields(auto& v, auto& m) {
                v.field("error_code", m.error_code);
                v.field("partition_index", m.partition_index);
                v.field("leader_id", m.leader_id);
                v.field("leader_epoch", m.leader_epoch, since(7));
                v.field("replica_nodes", m.replica_nodes);
                v.field("isr_nodes", m.isr_nodes);
                v.field("offline_replicas", m.offline_replicas, since(5));
            }
        };
        i16 error_code = 0;
        std::optional<std::string> name;
        Uuid topic_id;
        bool is_internal = false;
        List<Partition> partitions;
        i32 topic_authorized_operations = INT32_MIN;

        static constexpr void fields(auto& v, auto& m) {
            v.field("error_code", m.error_code);
            v.nullable("name", m.name, kAlways, since(12));
            v.field("topic_id", m.topic_id, since(10));
            v.field("is_internal", m.is_internal, since(1));
            v.field("partitions", m.partitions);
            v.field("topic_authorized_operations", m.topic_authorized_operations, since(8));
        }
    };
    i32 throttle_time_ms = 0;
    List<Broker> brokers;
    std::optional<std::string> cluster_id;
    i32 controller_id = -1;
    List<Topic> topics;
    i32 cluster_authorized_operations = INT32_MIN;
    i16 error_code = 0;

    static constexpr void fields(auto& v, auto& m) {
        v.field("throttle_time_ms", m.throttle_time_ms, since(3));
        v.field("brokers", m.brokers);
        v.nullable("cluster_id", m.cluster_id, since(2));
        v.field("controller_id", m.controller_id, since(1));
        v.field("topics", m.topics);
        v.field("cluster_authorized_operations", m.cluster_authorized_operations, between(8, 10));
        v.field("error_code", m.error_code, since(13));
    }
};
MR_DECLARE_MESSAGE(MetadataResponse);
static_assert(sound_versions<MetadataResponse>(3));
static_assert(are_pair<MetadataRequest, MetadataResponse>());

}  // namespace engine::wire
