// Answering a fetch: which of its partitions are named, and what is said of each.
#pragma once

#include "engine/broker/fetch_reads.h"

namespace engine::broker {

/// Answers a fetch with what was read; the batches are taken. Its session learns what was told.
void answer_fetch(Ctx ctx, const FetchOp& op, std::vector<PartRead>& reads);
/// Answers a fetch whose session refuses it: an error and no partition.
void refuse_fetch(Ctx ctx, const ReplyTo& to, ErrorCode error, i32 session_id = wire::kNoFetchSession);

}  // namespace engine::broker
