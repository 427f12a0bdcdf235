#include "engine/wire/messages/describe_cluster.h"

#include <fmt/format.h>

#include "engine/broker/authorized_operations.h"
#include "engine/broker/handlers.h"
#include "sim/base/assert.h"

namespace engine::broker {
namespace {

constexpr i8 kBrokerEndpoint = 1;
constexpr i8 kControllerEndpoint = 2;

void refuse(i8 endpoint_type, wire::DescribeClusterResponse& response) {
    MR_ASSERT(endpoint_type != kBrokerEndpoint);
    const bool known = endpoint_type == kControllerEndpoint;
    response.endpoint_type = kBrokerEndpoint;
    response.error_code =
        static_cast<i16>(known ? ErrorCode::mismatched_endpoint_type : ErrorCode::unsupported_endpoint_type);
    response.error_message =
        known ? "The request was sent to an endpoint of type BROKER, but we wanted an endpoint of type CONTROLLER"
              : fmt::format("Unsupported endpoint type {}", endpoint_type);
}

}  // namespace

bool handle_describe_cluster(Ctx ctx, const RequestCall& call, wire::Reader& in) {
    MR_ASSERT(call.reply_to.api == wire::DescribeClusterRequest::kApi);
    wire::DescribeClusterRequest request;
    if (!wire::decode(in, request, call.reply_to.version)) return false;
    wire::DescribeClusterResponse response;
    if (request.endpoint_type != kBrokerEndpoint) {
        refuse(request.endpoint_type, response);
        respond(ctx, call.reply_to, response);
        return true;
    }
    response.cluster_id = ctx.memory().cluster_id;
    response.controller_id = ctx.memory().metadata.controller.value;
    if (request.include_cluster_authorized_operations) response.cluster_authorized_operations = kClusterOperations;
    for (const auto& [id, inner] : ctx.memory().metadata.brokers) {
        const Endpoint endpoint = endpoint_for(ctx, call.peer, id, inner);
        auto& broker = response.brokers.emplace_back();
        broker.broker_id = id.value;
        broker.host = endpoint.host;
        broker.port = endpoint.port;
        if (!endpoint.rack.empty()) broker.rack = endpoint.rack;
    }
    respond(ctx, call.reply_to, response);
    return true;
}

}  // namespace engine::broker
