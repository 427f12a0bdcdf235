#include "engine/wire/messages/find_coordinator.h"

#include "engine/broker/group_coordinator.h"
#include "engine/broker/handlers.h"
#include "engine/broker/topic_rules.h"

namespace engine::broker {
namespace {

constexpr i8 kGroupKey = 0;

struct Found {
    ErrorCode error = ErrorCode::none;
    BrokerId broker = kNoBroker;
    Endpoint endpoint{"", -1, ""};
};

/// The leader of the key's partition. The internal topic is made when somebody first asks.
Found find(Ctx ctx, NodeId asker, const std::string& key, i8 key_type) {
    Found found;
    if (key_type != kGroupKey) {
        found.error = key.empty() ? ErrorCode::invalid_request : ErrorCode::coordinator_not_available;
        return found;
    }
    const NameId topic = ctx.env.intern(kOffsetsTopic);
    if (ctx.memory().metadata.find(topic) == nullptr) {
        create_automatically(ctx, std::string(kOffsetsTopic));
        found.error = ErrorCode::coordinator_not_available;
        return found;
    }
    const TopicPartition partition{topic, coordinator_partition(key, offsets_partition_count(ctx))};
    const CachedPartition* cached = ctx.memory().metadata.find(partition);
    const Endpoint* endpoint = cached == nullptr ? nullptr : ctx.memory().metadata.brokers.find(cached->leader);
    if (endpoint == nullptr) {
        found.error = ErrorCode::coordinator_not_available;
        return found;
    }
    return {ErrorCode::none, cached->leader, endpoint_for(ctx, asker, cached->leader, *endpoint)};
}

}  // namespace

bool handle_find_coordinator(Ctx ctx, const RequestCall& call, wire::Reader& in) {
    MR_ASSERT(call.reply_to.api == wire::FindCoordinatorRequest::kApi);
    wire::FindCoordinatorRequest request;
    if (!wire::decode(in, request, call.reply_to.version)) return false;
    wire::FindCoordinatorResponse response;
    if (call.reply_to.version < 4) {
        const Found found = find(ctx, call.peer, request.key, request.key_type);
        response.error_code = static_cast<i16>(found.error);
        response.error_message = failed(found.error) ? std::string(error_info(found.error).message) : "NONE";
        response.node_id = found.broker.value;
        response.host = found.endpoint.host;
        response.port = found.endpoint.port;
    }
    for (const std::string& key : request.coordinator_keys) {
        const Found found = find(ctx, call.peer, key, request.key_type);
        response.coordinators.push_back(
            {key, found.broker.value, found.endpoint.host, found.endpoint.port, static_cast<i16>(found.error), ""});
    }
    respond(ctx, call.reply_to, response);
    return true;
}

}  // namespace engine::broker
