#include "engine/broker/fetch_reads.h"

#include <algorithm>

#include "engine/broker/replicas.h"
#include "engine/model/facts.h"
#include "sim/base/assert.h"

namespace engine::broker {
namespace {

void refuse(Ctx ctx, const FetchPart& part, PartRead& read, ErrorCode code) {
    MR_ASSERT(failed(code) && read.batches.empty());
    read.error = code;
    ctx.env.fact(partition_fact(FactKind::fetch_refused, part.id, {static_cast<i64>(code), part.offset.value}));
}

/// Fills everything but the batches; true if batches may be read.
bool check_part(Ctx ctx, const FetchOp& op, const FetchPart& part, PartRead& read) {
    if (part.id.topic == kNoName) {
        refuse(ctx, part, read, ErrorCode::unknown_topic_id);
        return false;
    }
    const bool epoch_checked = !ctx.broker.has_bug(PlantedBug::skip_epoch_check);
    const ErrorCode refused = check_leadership(ctx, part.id, epoch_checked ? part.current_epoch : kNoEpoch);
    if (failed(refused)) {
        refuse(ctx, part, read, refused);
        return false;
    }
    const Partition& partition = *ctx.find(part.id);
    if (!part.topic_id.is_zero() && part.topic_id != partition.topic_id) {
        refuse(ctx, part, read, ErrorCode::inconsistent_topic_id);
        return false;
    }
    if (op.replica != kNoBroker && !partition.followers.contains(op.replica)) {
        refuse(ctx, part, read, ErrorCode::unknown_topic_or_partition);
        return false;
    }
    read.high_watermark = partition.high_watermark;
    read.last_stable_offset = partition.last_stable_offset();
    read.log_start = partition.log.log_start;
    read.leader_end = partition.log_end_offset();
    MR_ASSERT(partition.leads() && read.high_watermark <= read.leader_end);
    if (part.offset < partition.log.log_start) {
        refuse(ctx, part, read, ErrorCode::offset_out_of_range);
        return false;
    }
    const log::LeaderEpochs& epochs = partition.log.epochs;
    const auto divergence =
        log::find_divergence(epochs, partition.log_end_offset(), part.last_fetched_epoch, part.offset);
    read.diverging = divergence.diverging;
    if (divergence.out_of_range || (!divergence.diverges() && part.offset > partition.log_end_offset())) {
        refuse(ctx, part, read, ErrorCode::offset_out_of_range);
        return false;
    }
    return !divergence.diverges();
}

/// A follower that lags and is throttled gets nothing while more than the limit went out (KIP-73).
bool is_held_back(Ctx ctx, const FetchOp& op, const Partition& partition) {
    if (op.replica == kNoBroker || contains(partition.isr.committed, op.replica)) return false;
    return is_held_back(ctx, QuotaSide::leader, partition.id);
}

}  // namespace

ErrorCode check_leadership(Ctx ctx, TopicPartition id, LeaderEpoch current_epoch) {
    if (id.partition < 0 || id.topic == kNoName) return ErrorCode::unknown_topic_or_partition;   // as somebody named it
    const Partition* partition = ctx.find(id);
    MR_ASSERT(partition == nullptr || partition->log_end_offset() >= partition->log.log_start);
    if (partition == nullptr || partition->role == Role::none)
        return ctx.memory().metadata.find(id) != nullptr ? ErrorCode::not_leader_or_follower
                                                         : ErrorCode::unknown_topic_or_partition;
    if (current_epoch != kNoEpoch && current_epoch < partition->leader_epoch) return ErrorCode::fenced_leader_epoch;
    if (current_epoch != kNoEpoch && current_epoch > partition->leader_epoch) return ErrorCode::unknown_leader_epoch;
    return partition->leads() ? ErrorCode::none : ErrorCode::not_leader_or_follower;
}

Offset read_limit(Ctx ctx, const Partition& partition, bool is_replica, bool read_committed) {
    return partition.readable_end(is_replica || ctx.broker.has_bug(PlantedBug::consumer_reads_uncommitted),
                                  read_committed);
}

std::vector<PartRead> read_parts(Ctx ctx, const FetchOp& op) {
    std::vector<PartRead> reads;
    reads.reserve(op.parts.size());
    i64 budget = op.max_bytes;
    bool whole_first = true;
    auto disk = ctx.env.disk();
    for (const FetchPart& part : op.parts) {
        PartRead& read = reads.emplace_back();
        if (!check_part(ctx, op, part, read)) continue;
        const Partition& partition = *ctx.find(part.id);
        const Offset limit = read_limit(ctx, partition, op.replica != kNoBroker, op.read_committed);
        const auto most = static_cast<u32>(std::clamp<i64>(std::min<i64>(part.max_bytes, budget), 0, INT32_MAX));
        if (part.offset >= limit || (most == 0 && !whole_first) || is_held_back(ctx, op, partition)) continue;
        log::ReadResult result = log::read(partition.log, disk, part.offset, limit, most, whole_first);
        MR_ASSERT(whole_first || result.bytes <= most);
        if (result.bytes > 0) whole_first = false;
        budget -= result.bytes;
        read.bytes = result.bytes;
        read.batches = std::move(result.batches);
        MR_ASSERT(read.log_start <= read.high_watermark && read.high_watermark <= read.leader_end);
        MR_ASSERT(read.last_stable_offset <= read.high_watermark);
    }
    MR_ASSERT(reads.size() == op.parts.size());
    return reads;
}

u32 readable_bytes(Ctx ctx, const FetchOp& op, const FetchPart& part, u32 enough) {
    const Partition* partition = ctx.find(part.id);
    if (partition == nullptr || !partition->leads()) return enough;
    const Offset limit = read_limit(ctx, *partition, op.replica != kNoBroker, op.read_committed);
    MR_ASSERT(limit <= partition->log_end_offset());
    if (part.offset >= limit) return part.offset > partition->log_end_offset() ? enough : 0;
    if (is_held_back(ctx, op, *partition)) return 0;
    if (enough <= 1) return enough;
    auto disk = ctx.env.disk();
    const auto most = static_cast<u32>(std::max(part.max_bytes, 1));
    return log::read(partition->log, disk, part.offset, limit, most, true).bytes;
}

}  // namespace engine::broker
