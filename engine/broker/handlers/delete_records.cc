#include "engine/wire/messages/delete_records.h"

#include "engine/broker/fetch_reads.h"
#include "engine/broker/handlers.h"
#include "engine/broker/replicas.h"
#include "engine/model/facts.h"
#include "engine/model/touch.h"

namespace engine::broker {
namespace {

constexpr i64 kUpToHighWatermark = -1;
static_assert(kUpToHighWatermark < 0);  // no offset

ErrorCode move_start(Ctx ctx, TopicPartition id, i64 asked) {
    if (const ErrorCode refused = check_leadership(ctx, id, kNoEpoch); failed(refused)) return refused;
    Partition& partition = ctx.edit(id);
    const Offset start = asked == kUpToHighWatermark ? partition.high_watermark : Offset{asked};
    if (!partition.log.config.cleanup_delete) return ErrorCode::policy_violation;
    if (start < Offset{0} || start > partition.high_watermark) return ErrorCode::offset_out_of_range;
    LogScope scope(ctx);
    const Offset before = partition.log.log_start;
    MR_ASSERT(partition.leads() && start <= partition.log.next_offset);
    log::advance_log_start(partition.log, scope, start);
    if (before == partition.log.log_start) return ErrorCode::none;
    MR_ASSERT(before < partition.log.log_start && partition.log.log_start == start);
    ctx.env.fact(partition_fact(FactKind::segments_deleted, id, {partition.log.log_start.value, 0}));
    ctx.env.touch(touch::kPartitions | touch::kReplicas | touch::kRecords | touch::kSegments);
    return ErrorCode::none;
}

}  // namespace

bool handle_delete_records(Ctx ctx, const RequestCall& call, wire::Reader& in) {
    MR_ASSERT(call.reply_to.api == wire::DeleteRecordsRequest::kApi);
    wire::DeleteRecordsRequest request;
    if (!wire::decode(in, request, call.reply_to.version)) return false;
    wire::DeleteRecordsResponse response;
    for (const auto& topic : request.topics) {
        auto& answers = response.topics.emplace_back();
        answers.name = topic.name;
        for (const auto& partition : topic.partitions) {
            const TopicPartition id{ctx.env.find_name(topic.name), partition.partition_index};
            const ErrorCode error = move_start(ctx, id, partition.offset);
            const i64 low = failed(error) ? -1 : ctx.find(id)->log.log_start.value;
            answers.partitions.push_back({partition.partition_index, low, static_cast<i16>(error)});
        }
    }
    respond(ctx, call.reply_to, response);
    return true;
}

}  // namespace engine::broker
