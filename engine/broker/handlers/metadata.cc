#include "engine/wire/messages/metadata.h"

#include "engine/broker/authorized_operations.h"
#include "engine/broker/handlers.h"
#include "engine/broker/partition_answers.h"
#include "engine/broker/topic_rules.h"
#include "sim/base/assert.h"

namespace engine::broker {
namespace {

using MetadataAnswer = wire::MetadataResponse;
constexpr i32 kNoOperations = INT32_MIN;

MetadataAnswer::Topic describe(Ctx ctx, const std::string& name, const CachedTopic& cached) {
    MetadataAnswer::Topic topic;
    topic.name = name;
    topic.topic_id = cached.id;
    topic.is_internal = is_internal_topic(name);
    for (const auto& [index, state] : cached.partitions)
        describe_partition(ctx.memory().metadata, index, state, topic.partitions.emplace_back());
    return topic;
}

MetadataAnswer::Topic refused(const std::string& name, ErrorCode error) {
    MR_ASSERT(failed(error));
    MetadataAnswer::Topic topic;
    topic.error_code = static_cast<i16>(error);
    topic.name = name;
    return topic;
}

/// A topic that was asked for and is not there: made if that is allowed, else an error.
MetadataAnswer::Topic missing(Ctx ctx, const std::string& name, bool allow_creation) {
    if (!is_valid_topic_name(name)) return refused(name, ErrorCode::invalid_topic_exception);
    if (!allow_creation || !ctx.config().auto_create_topics)
        return refused(name, ErrorCode::unknown_topic_or_partition);
    return refused(name, create_automatically(ctx, name));
}

/// A topic by its id; its name is not told if there is none of that id (KIP-516).
MetadataAnswer::Topic describe_by_id(Ctx ctx, const wire::Uuid& id) {
    const NameId* name = ctx.memory().metadata.names->find(id);
    const CachedTopic* cached = name == nullptr ? nullptr : ctx.memory().metadata.find(*name);
    if (cached != nullptr) return describe(ctx, ctx.text(*name), *cached);
    MetadataAnswer::Topic topic;
    topic.error_code = static_cast<i16>(ErrorCode::unknown_topic_id);
    topic.topic_id = id;
    return topic;
}

void describe_named(Ctx ctx, const wire::MetadataRequest& request, MetadataAnswer& response) {
    MR_ASSERT(request.topics.has_value());
    for (const auto& asked : *request.topics) {
        if (!asked.name) {
            response.topics.push_back(describe_by_id(ctx, asked.topic_id));
            continue;
        }
        const NameId id = ctx.env.find_name(*asked.name);
        const CachedTopic* cached = id == kNoName ? nullptr : ctx.memory().metadata.find(id);
        response.topics.push_back(cached != nullptr ? describe(ctx, *asked.name, *cached)
                                                    : missing(ctx, *asked.name, request.allow_auto_topic_creation));
    }
}

void describe_all(Ctx ctx, MetadataAnswer& response) {
    std::vector<std::pair<std::string, NameId>> names;
    for (const auto& [id, topic] : *ctx.memory().metadata.topics) names.emplace_back(ctx.text(id), id);
    std::ranges::sort(names);
    for (const auto& [name, id] : names)
        response.topics.push_back(describe(ctx, name, *ctx.memory().metadata.find(id)));
}

}  // namespace

bool handle_metadata(Ctx ctx, const RequestCall& call, wire::Reader& in) {
    MR_ASSERT(call.reply_to.api == wire::MetadataRequest::kApi);
    wire::MetadataRequest request;
    if (!wire::decode(in, request, call.reply_to.version)) return false;
    MetadataAnswer response;
    const MetadataCache& cache = ctx.memory().metadata;
    for (const auto& [id, inner] : cache.brokers) {
        const Endpoint endpoint = endpoint_for(ctx, call.peer, id, inner);
        auto& broker = response.brokers.emplace_back();
        broker.node_id = id.value;
        broker.host = endpoint.host;
        broker.port = endpoint.port;
        if (!endpoint.rack.empty()) broker.rack = endpoint.rack;
    }
    response.cluster_id = ctx.memory().cluster_id;
    response.controller_id = cache.controller.value;
    response.cluster_authorized_operations =
        request.include_cluster_authorized_operations ? kClusterOperations : kNoOperations;
    const bool all = !request.topics || (call.reply_to.version == 0 && request.topics->empty());
    if (all) describe_all(ctx, response);
    else describe_named(ctx, request, response);
    if (request.include_topic_authorized_operations)
        for (auto& topic : response.topics) topic.topic_authorized_operations = kTopicOperations;
    respond(ctx, call.reply_to, response);
    return true;
}

}  // namespace engine::broker
