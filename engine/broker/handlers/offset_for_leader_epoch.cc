#include "engine/wire/messages/offset_for_leader_epoch.h"

#include "engine/broker/fetch_reads.h"
#include "engine/broker/handlers.h"

namespace engine::broker {

bool handle_offset_for_leader_epoch(Ctx ctx, const RequestCall& call, wire::Reader& in) {
    MR_ASSERT(call.reply_to.api == wire::OffsetForLeaderEpochRequest::kApi);
    wire::OffsetForLeaderEpochRequest request;
    if (!wire::decode(in, request, call.reply_to.version)) return false;
    wire::OffsetForLeaderEpochResponse response;
    for (const auto& topic : request.topics) {
        auto& answers = response.topics.emplace_back();
        answers.topic = topic.topic;
        for (const auto& asked : topic.partitions) {
            const TopicPartition id{ctx.env.find_name(topic.topic), asked.partition};
            auto& answer = answers.partitions.emplace_back();
            answer.partition = asked.partition;
            const ErrorCode refused = check_leadership(ctx, id, LeaderEpoch{asked.current_leader_epoch});
            answer.error_code = static_cast<i16>(refused);
            if (failed(refused)) continue;
            const Partition& partition = *ctx.find(id);
            const auto end =
                partition.log.epochs.end_offset_for(LeaderEpoch{asked.leader_epoch}, partition.log_end_offset());
            answer.leader_epoch = end.epoch.value;
            answer.end_offset = end.end.value;
        }
    }
    respond(ctx, call.reply_to, response);
    return true;
}

}  // namespace engine::broker
