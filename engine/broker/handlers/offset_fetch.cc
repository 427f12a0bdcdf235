#include "engine/wire/messages/offset_fetch.h"

#include "engine/broker/group_coordinator.h"
#include "engine/broker/handlers.h"

namespace engine::broker {
namespace {

wire::OffsetFetchResponse refuse_all(const wire::OffsetFetchRequest& request) {
    wire::OffsetFetchResponse response;
    if (!request.topics) return response;
    for (const auto& topic : *request.topics) {
        auto& answers = response.topics.emplace_back();
        answers.name = topic.name;
        for (const i32 index : topic.partition_indexes) {
            auto& answer = answers.partitions.emplace_back();
            answer.partition_index = index;
            answer.committed_offset = -1;
            answer.error_code = static_cast<i16>(ErrorCode::unsupported_version);
        }
    }
    return response;
}

}  // namespace

bool handle_offset_fetch(Ctx ctx, const RequestCall& call, wire::Reader& in) {
    MR_ASSERT(call.reply_to.api == wire::OffsetFetchRequest::kApi);
    wire::OffsetFetchRequest request;
    if (!wire::decode(in, request, call.reply_to.version)) return false;
    if (call.reply_to.version < kKeptByGroups) respond(ctx, call.reply_to, refuse_all(request));
    else respond(ctx, call.reply_to, fetch_offsets(ctx, request, call.reply_to.version));
    return true;
}

}  // namespace engine::broker
