// Reading for a fetch: what one partition gives now, without waiting.
#pragma once

#include "engine/broker/broker.h"

namespace engine::broker {

struct PartRead {
    ErrorCode error = ErrorCode::none;
    Offset high_watermark = kNoOffset;
    Offset last_stable_offset = kNoOffset;
    Offset log_start = kNoOffset;
    Offset leader_end = kNoOffset;     // when it was read
    log::EpochEnd diverging;           // set: the follower's log parts from ours there
    wire::Slices batches;
    u32 bytes = 0;

    [[nodiscard]] bool ends_wait() const { return failed(error) || diverging.epoch != kNoEpoch; }
};

/// Reads all parts in order, within the request's limits. The first non-empty batch comes whole.
std::vector<PartRead> read_parts(Ctx ctx, const FetchOp& op);
/// Bytes that could be read for one part, up to `enough`: for deciding whether to wait on.
u32 readable_bytes(Ctx ctx, const FetchOp& op, const FetchPart& part, u32 enough);
/// Whether a request's leader epoch is that of a leader we are. none, or the error to answer.
ErrorCode check_leadership(Ctx ctx, TopicPartition id, LeaderEpoch current_epoch);
/// Up to where this requester may read.
Offset read_limit(Ctx ctx, const Partition& partition, bool is_replica, bool read_committed);

}  // namespace engine::broker
