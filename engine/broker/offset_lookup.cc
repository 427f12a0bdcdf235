#include "engine/broker/offset_lookup.h"

namespace engine::broker {
namespace {

/// A new leader's high watermark may be older than its log's beginning of term: until it has caught up, what
/// it would say could go back behind what the old leader said.
bool not_yet_certain(const Partition& partition) { return partition.high_watermark < partition.epoch_start; }

}  // namespace

OffsetLookup look_up_offset(const Partition& partition, sim::DiskDoor& disk, i64 timestamp, Offset limit,
                            bool is_replica) {
    MR_ASSERT(limit <= partition.log_end_offset());
    const bool uncertain = !is_replica && not_yet_certain(partition);
    const OffsetLookup unavailable{ErrorCode::offset_not_available, -1, kNoOffset, kNoEpoch};
    const log::LeaderEpochs& epochs = partition.log.epochs;
    const Offset start = partition.log.log_start;
    if (timestamp == kLatest)
        return uncertain ? unavailable : OffsetLookup{ErrorCode::none, -1, limit, partition.leader_epoch};
    if (timestamp == kLatestTiered) return {};
    if (timestamp == kEarliest || timestamp == kEarliestLocal)
        return {ErrorCode::none, -1, start, epochs.epoch_at(start)};
    const log::TimestampOffset found =
        timestamp == kMaxTimestamp ? log::find_max_timestamp(partition.log, disk)
                                   : log::find_timestamp(partition.log, disk, timestamp, partition.log_end_offset());
    MR_ASSERT(found.offset < partition.log_end_offset());
    if (found.offset != kNoOffset && found.offset < limit)
        return {ErrorCode::none, found.timestamp, found.offset, epochs.epoch_at(found.offset)};
    return uncertain ? unavailable : OffsetLookup{};
}

}  // namespace engine::broker
