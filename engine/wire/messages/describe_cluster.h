// DescribeCluster (key 60): The brokers and the controller.
#pragma once

#include "engine/wire/api.h"
#include "engine/wire/message.h"

namespace engine::wire {

struct DescribeClusterRequest {
    static constexpr ApiKey kApi = ApiKey::describe_cluster;
    static constexpr i16 kLowest = 0, kHighest = 2, kFlexibleSince = 0;

    bool include_cluster_authorized_operations = false;
    i8 endpoint_type = 1;
    bool include_fenced_brokers = false;

    static constexpr void fields(auto& v, auto& m) {
        v.field("include_cluster_authorized_operations", m.include_cluster_authorized_operations);
        v.field("endpoint_type", m.endpoint_type, since(1));
        v.field("include_fenced_brokers", m.include_fenced_brokers, since(2));
    }
};
MR_DECLARE_MESSAGE(DescribeClusterRequest);
static_assert(sound_versions<DescribeClusterRequest>(60));

struct DescribeClusterResponse {
    static constexpr ApiKey kApi = ApiKey::describe_cluster;
    static constexpr i16 kLowest = 0, kHighest = 2, kFlexibleSince = 0;

    struct Broker {
        i32 broker_id = 0;
        std::string host;
        i32 port = 0;
        std::optional<std::string> rack;
        bool is_fenced = false;

        static constexpr void fields(auto& v, auto& m) {
            v.field("broker_id", m.broker_id);
            v.field("host", m.host);
            v.field("port", m.port);
            v.nullable("rack", m.rack);
            v.field("is_fenced", m.is_fenced, since(2));
        }
    };
    i32 throttle_time_ms = 0;
    i16 error_code = 0;
    std::optional<std::string> error_message;
    i8 endpoint_type = 1;
    std::string cluster_id;
    i32 controller_id = -1;
    List<Broker> brokers;
    i32 cluster_authorized_operations = INT32_MIN;

    static constexpr void fields(auto& v, auto& m) {
        v.field("throttle_time_ms", m.throttle_time_ms);
        v.field("error_code", m.error_code);
        v.nullable("error_message", m.error_message);
        v.field("endpoint_type", m.endpoint_type, since(1));
        v.field("cluster_id", m.cluster_id);
        v.field("controller_id", m.controller_id);
        v.field("brokers", m.brokers);
        v.field("cluster_authorized_operations", m.cluster_authorized_operations);
    }
};
MR_DECLARE_MESSAGE(DescribeClusterResponse);
static_assert(sound_versions<DescribeClusterResponse>(60));
static_assert(are_pair<DescribeClusterRequest, DescribeClusterResponse>());

}  // namespace engine::wire
