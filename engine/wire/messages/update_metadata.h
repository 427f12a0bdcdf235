// UpdateMetadata (key 6): Controller to broker: what the cluster looks like now.
#pragma once

#include "engine/wire/api.h"
#include "engine/wire/message.h"

namespace engine::wire {

struct UpdateMetadataRequest {
    static constexpr ApiKey kApi = ApiKey::update_metadata;
    static constexpr i16 kLowest = 7, kHighest = 8, kFlexibleSince = 6;

    struct TopicState {
        struct PartitionState {
            i32 partition_index = 0;
            i32 controller_epoch = 0;
            i32 leader = 0;
            i32 leader_epoch = 0;
            Items<i32> isr;
            i32 zk_version = 0;
            Items<i32> replicas;
            Items<i32> offline_replicas;

            static constexpr void fields(auto& v, auto& m) {
                v.field("partition_index", m.partition_index);
                v.field("controller_epoch", m.controller_epoch);
                v.field("leader", m.leader);
                v.field("leader_epoch", m.leader_epoch);
                v.field("isr", m.isr);
                v.field("zk_version", m.zk_version);
                v.field("replicas", m.replicas);
                v.field("offline_replicas", m.offline_replicas);
            }
        };
        std::string topic_name;
        Uuid topic_id;
        List<PartitionState> partition_states;

        static constexpr void fields(auto& v, auto& m) {
            v.field("topic_name", m.topic_name);
            v.field("topic_id", m.topic_id);
            v.field("partition_states", m.partition_states);
        }
    };
    struct LiveBroker {
        struct Endpoint {
            i32 port = 0;
            std::string host;
            std::string listener;
            i16 security_protocol = 0;

            static constexpr void fields(auto& v, auto& m) {
                v.field("port", m.port);
                v.field("host", m.host);
                v.field("listener", m.listener);
                v.field("security_protocol", m.security_protocol);
            }
        };
        i32 id = 0;
        List<Endpoint> endpoints;
        std::optional<std::string> rack;

        static constexpr void fields(auto& v, auto& m) {
            v.field("id", m.id);
            v.field("endpoints", m.endpoints);
            v.nullable("rack", m.rack);
        }
    };
    i32 controller_id = 0;
    bool is_kraft_controller = false;
    i8 type = 0;
    i32 controller_epoch = 0;
    i64 broker_epoch = -1;
    List<TopicState> topic_states;
    List<LiveBroker> live_brokers;

    static constexpr void fields(auto& v, auto& m) {
        v.field("controller_id", m.controller_id);
        v.field("is_kraft_controller", m.is_kraft_controller, since(8));
        v.tagged("type", 0, m.type, since(8));
        v.field("controller_epoch", m.controller_epoch);
        v.field("broker_epoch", m.broker_epoch);
        v.field("topic_states", m.topic_states);
        v.field("live_brokers", m.live_brokers);
    }
};
MR_DECLARE_MESSAGE(UpdateMetadataRequest);
static_assert(sound_versions<UpdateMetadataRequest>(6));

struct UpdateMetadataResponse {
    static constexpr ApiKey kApi = ApiKey::update_metadata;
    static constexpr i16 kLowest = 7, kHighest = 8, kFlexibleSince = 6;

    i16 error_code = 0;

    static constexpr void fields(auto& v, auto& m) {
        v.field("error_code", m.error_code);
    }
};
MR_DECLARE_MESSAGE(UpdateMetadataResponse);
static_assert(sound_versions<UpdateMetadataResponse>(6));
static_assert(are_pair<UpdateMetadataRequest, UpdateMetadataResponse>());

}  // namespace engine::wire
