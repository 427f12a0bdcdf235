// DescribeTopicPartitions: topics in the order of their names, page by page. There are no eligible leader replicas
// here.
#include "engine/wire/messages/describe_topic_partitions.h"

#include <algorithm>

#include "engine/broker/authorized_operations.h"
#include "engine/broker/handlers.h"
#include "engine/broker/partition_answers.h"
#include "engine/broker/topic_rules.h"

namespace engine::broker {
namespace {

using TopicsResponse = wire::DescribeTopicPartitionsResponse;

constexpr i32 kMostPartitions = 2000;  // max.request.partition.size.limit

/// Names from the cursor's on, in order; all topics if none are asked for.
std::vector<std::string> asked_names(Ctx ctx, const wire::DescribeTopicPartitionsRequest& request) {
    std::vector<std::string> names;
    for (const auto& topic : request.topics) names.push_back(topic.name);
    if (names.empty())
        for (const auto& [id, topic] : *ctx.memory().metadata.topics) names.push_back(ctx.text(id));
    std::ranges::sort(names);
    const auto repeated = std::ranges::unique(names);
    names.erase(repeated.begin(), repeated.end());
    if (request.cursor)
        std::erase_if(names, [&](const std::string& name) { return name < request.cursor->topic_name; });
    return names;
}

/// One topic from a partition on. False if the page is full before its end: then the cursor stands behind the page.
bool add_topic(Ctx ctx, const std::string& name, i32 from, i32& room, TopicsResponse& response) {
    MR_ASSERT(room > 0 && from >= 0);
    TopicsResponse::Topic topic;
    topic.name = name;
    topic.topic_authorized_operations = kTopicOperations;
    const NameId id = ctx.env.find_name(name);
    const CachedTopic* cached = id == kNoName ? nullptr : ctx.memory().metadata.find(id);
    if (cached == nullptr) {
        const bool valid = is_valid_topic_name(name);
        topic.error_code =
            static_cast<i16>(valid ? ErrorCode::unknown_topic_or_partition : ErrorCode::invalid_topic_exception);
        response.topics.push_back(std::move(topic));
        return true;
    }
    topic.topic_id = cached->id;
    topic.is_internal = is_internal_topic(name);
    bool complete = true;
    for (const auto& [index, state] : cached->partitions) {
        if (index < from) continue;
        if (room == 0) {
            response.next_cursor = wire::PartitionCursor{name, index};
            complete = false;
            break;
        }
        auto& partition = topic.partitions.emplace_back();
        describe_partition(ctx.memory().metadata, index, state, partition);
        partition.eligible_leader_replicas.emplace();
        partition.last_known_elr.emplace();
        --room;
    }
    response.topics.push_back(std::move(topic));
    return complete;
}

}  // namespace

bool handle_describe_topic_partitions(Ctx ctx, const RequestCall& call, wire::Reader& in) {
    MR_ASSERT(call.reply_to.api == wire::DescribeTopicPartitionsRequest::kApi);
    wire::DescribeTopicPartitionsRequest request;
    if (!wire::decode(in, request, call.reply_to.version)) return false;
    TopicsResponse response;
    i32 room = std::clamp(request.response_partition_limit, 1, kMostPartitions);
    for (const std::string& name : asked_names(ctx, request)) {
        const bool resumed = request.cursor && request.cursor->topic_name == name;
        if (room == 0) {
            response.next_cursor = wire::PartitionCursor{name, 0};
            break;
        }
        if (!add_topic(ctx, name, resumed ? std::max(request.cursor->partition_index, 0) : 0, room, response)) break;
    }
    MR_ASSERT(room >= 0);
    respond(ctx, call.reply_to, response);
    return true;
}

}  // namespace engine::broker
