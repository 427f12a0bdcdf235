#include "engine/wire/messages/describe_cluster.h"

#include "engine/broker/handlers.h"

namespace engine::broker {

bool handle_describe_cluster(Ctx ctx, const RequestCall& call, wire::Reader& in) {
    MR_ASSERT(call.reply_to.api == wire::DescribeClusterRequest::kApi);
    wire::DescribeClusterRequest request;
    if (!wire::decode(in, request, call.reply_to.version)) return false;
    wire::DescribeClusterResponse response;
    response.cluster_id = ctx.memory().cluster_id;
    response.controller_id = ctx.memory().metadata.controller.value;
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
