#include "engine/wire/messages/list_partition_reassignments.h"

#include <algorithm>

#include "engine/broker/handlers.h"

namespace engine::broker {
namespace {

using Request = wire::ListPartitionReassignmentsRequest;

bool is_asked(const Request& request, const std::string& topic, i32 partition) {
    if (!request.topics) return true;
    return std::ranges::any_of(*request.topics, [&](const auto& asked) {
        return asked.name == topic &&
               std::ranges::find(asked.partition_indexes, partition) != asked.partition_indexes.end();
    });
}

wire::Items<i32> numbers(const BrokerList& brokers) {
    wire::Items<i32> ids;
    for (const BrokerId broker : brokers) ids.push_back(broker.value);
    return ids;
}

}  // namespace

bool handle_list_partition_reassignments(Ctx ctx, const RequestCall& call, wire::Reader& in) {
    MR_ASSERT(call.reply_to.api == Request::kApi);
    Request request;
    if (!wire::decode(in, request, call.reply_to.version)) return false;
    wire::ListPartitionReassignmentsResponse response;
    const Controller& controller = ctx.memory().controller;
    if (!controller.active) {
        response.error_code = static_cast<i16>(ErrorCode::not_controller);
        response.error_message = std::string(error_info(ErrorCode::not_controller).message);
        respond(ctx, call.reply_to, response);
        return true;
    }
    for (const auto& [name, topic] : controller.topics)
        for (const auto& [index, partition] : topic.partitions) {
            const std::string& text = ctx.text(name);
            if (!partition.moves() || !is_asked(request, text, index)) continue;
            if (response.topics.empty() || response.topics.back().name != text)
                response.topics.emplace_back().name = text;
            response.topics.back().partitions.push_back(
                {index, numbers(partition.replicas), numbers(partition.adding), numbers(partition.removing)});
        }
    respond(ctx, call.reply_to, response);
    return true;
}

}  // namespace engine::broker
