#include "engine/wire/messages/offset_commit.h"

#include "engine/broker/group_coordinator.h"
#include "engine/broker/handlers.h"

namespace engine::broker {
namespace {

wire::OffsetCommitResponse refuse_all(const wire::OffsetCommitRequest& request) {
    wire::OffsetCommitResponse response;
    for (const auto& topic : request.topics) {
        auto& answers = response.topics.emplace_back();
        answers.name = topic.name;
        for (const auto& partition : topic.partitions)
            answers.partitions.push_back({partition.partition_index, static_cast<i16>(ErrorCode::unsupported_version)});
    }
    return response;
}

}  // namespace

bool handle_offset_commit(Ctx ctx, const RequestCall& call, wire::Reader& in) {
    MR_ASSERT(call.reply_to.api == wire::OffsetCommitRequest::kApi);
    wire::OffsetCommitRequest request;
    if (!wire::decode(in, request, call.reply_to.version)) return false;
    if (call.reply_to.version < kKeptByGroups) {
        respond(ctx, call.reply_to, refuse_all(request));
        return true;
    }
    commit_offsets(ctx, call.reply_to, request);
    return true;
}

}  // namespace engine::broker
