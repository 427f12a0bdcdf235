#include "engine/wire/messages/fetch.h"

#include <algorithm>

#include "engine/broker/fetch_answers.h"
#include "engine/broker/handlers.h"
#include "sim/base/assert.h"

namespace engine::broker {
namespace {

constexpr i16 kOurRecords = 4;  // versions below it want batches of an older format

/// Batches are not written anew for old clients: as a broker with log.message.downconversion.enable=false.
void refuse_old_format(Ctx ctx, const ReplyTo& to, const wire::FetchRequest& request) {
    MR_ASSERT(to.version < kOurRecords);
    wire::FetchResponse response;
    for (const auto& topic : request.topics) {
        auto& answers = response.responses.emplace_back();
        answers.topic = topic.topic;
        for (const auto& asked : topic.partitions) {
            auto& answer = answers.partitions.emplace_back();
            answer.partition_index = asked.partition;
            answer.error_code = static_cast<i16>(ErrorCode::unsupported_version);
            answer.high_watermark = -1;
        }
    }
    respond(ctx, to, response);
}

}  // namespace

bool handle_fetch(Ctx ctx, const RequestCall& call, wire::Reader& in) {
    MR_ASSERT(call.reply_to.api == wire::FetchRequest::kApi);
    wire::FetchRequest request;
    if (!wire::decode(in, request, call.reply_to.version)) return false;
    if (call.reply_to.version < kOurRecords) {
        refuse_old_format(ctx, call.reply_to, request);
        return true;
    }
    FetchOp op;
    op.reply_to = call.reply_to;
    const i32 replica = std::max(request.replica_id, request.replica_state.replica_id);
    op.replica = BrokerId{replica >= 0 ? replica : -1};
    op.replica_epoch = BrokerEpoch{request.replica_state.replica_epoch};
    op.read_committed = request.isolation_level == 1;
    op.max_bytes = std::min(request.max_bytes, ctx.config().fetch_max_bytes);
    op.min_bytes = std::min(request.min_bytes, op.max_bytes);
    op.deadline = ctx.env.now() + sim::millis(std::max(request.max_wait_ms, 0));
    const ErrorCode refused = begin_fetch(ctx, request, op);
    if (failed(refused)) refuse_fetch(ctx, op.reply_to, refused);
    else answer_or_wait(ctx, std::move(op));
    return true;
}

}  // namespace engine::broker
