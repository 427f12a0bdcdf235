#include "engine/wire/messages/fetch.h"

#include <algorithm>

#include "engine/broker/handlers.h"

namespace engine::broker {

bool handle_fetch(Ctx ctx, const RequestCall& call, wire::Reader& in) {
    MR_ASSERT(call.reply_to.api == wire::FetchRequest::kApi);
    wire::FetchRequest request;
    if (!wire::decode(in, request, call.reply_to.version)) return false;
    FetchOp op;
    op.reply_to = call.reply_to;
    op.replica = BrokerId{request.replica_id >= 0 ? request.replica_id : -1};
    op.read_committed = request.isolation_level == 1;
    op.min_bytes = request.min_bytes;
    op.max_bytes = op.replica == kNoBroker ? std::min(request.max_bytes, ctx.config().fetch_max_bytes) : request.max_bytes;
    op.deadline = ctx.env.now() + sim::millis(std::max(request.max_wait_ms, 0));
    for (const auto& topic : request.topics)
        for (const auto& partition : topic.partitions) {
            const NameId name = ctx.env.find_name(topic.topic);
            op.parts.push_back({{name == kNoName ? ctx.env.intern(topic.topic) : name, partition.partition},
                                Offset{partition.fetch_offset},
                                LeaderEpoch{partition.current_leader_epoch},
                                LeaderEpoch{partition.last_fetched_epoch},
                                Offset{partition.log_start_offset},
                                partition.partition_max_bytes});
        }
    answer_or_wait(ctx, std::move(op));
    return true;
}

}  // namespace engine::broker
