// Which offset stands for a time: what ListOffsets asks one partition.
#pragma once

#include "engine/broker/partition.h"
#include "sim/disk/disk_door.h"

namespace engine::broker {

// Times that are none.
constexpr i64 kLatest = -1;
constexpr i64 kEarliest = -2;
constexpr i64 kMaxTimestamp = -3;
constexpr i64 kEarliestLocal = -4;  // all of a log is local
constexpr i64 kLatestTiered = -5;
static_assert(kLatest < 0 && kEarliest < kLatest && kMaxTimestamp < kEarliest);  // no time is negative

struct OffsetLookup {
    ErrorCode error = ErrorCode::none;
    i64 timestamp = -1;
    Offset offset = kNoOffset;        // kNoOffset: no record is that young
    LeaderEpoch epoch = kNoEpoch;
};

/// `limit` is up to where the asker may read. offset_not_available where a leader whose term has just begun cannot
/// tell others yet.
OffsetLookup look_up_offset(const Partition& partition, sim::DiskDoor& disk, i64 timestamp, Offset limit,
                            bool is_replica);

}  // namespace engine::broker
