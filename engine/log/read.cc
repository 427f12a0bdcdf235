// Reading: by offset and by time.
#include <algorithm>

#include "engine/log/segment.h"

namespace engine::log {
namespace {

TimestampOffset first_at_or_after(std::span<const u8> batch, i64 timestamp) {
    wire::RecordReader records(batch);
    for (wire::RecordView record; records.next(record);) {
        const wire::BatchHeader& header = records.header();
        const i64 at = header.log_append_time() ? header.max_timestamp : header.base_timestamp + record.timestamp_delta;
        if (at >= timestamp) return {at, Offset{header.base_offset + record.offset_delta}};
    }
    return {-1, kNoOffset};
}

}  // namespace

const Segment& segment_of(const Log& log, Offset offset) {
    const auto above = std::ranges::upper_bound(log.segments, offset, {}, &Segment::base);
    MR_ASSERT(above != log.segments.begin());
    return *std::prev(above);
}

ReadResult read(const Log& log, sim::DiskDoor& disk, Offset from, Offset limit, u32 max_bytes, bool whole_first) {
    MR_ASSERT(log.log_start <= from && from <= limit && limit <= log.next_offset);
    ReadResult result;
    if (from == limit) return result;
    const Segment* segment = &segment_of(log, from);
    u64 position = position_of(*segment, disk.file(segment->log_file), from);
    while (position == segment->bytes && segment != &log.active()) {  // a gap at the segment's end (compaction)
        ++segment;
        position = position_of(*segment, disk.file(segment->log_file), from);
    }
    const u64 end = position_of(*segment, disk.file(segment->log_file), limit);
    if (position >= end) return result;
    u64 wanted = std::min<u64>(max_bytes, end - position);
    const auto first = wire::read_header(disk.peek(segment->log_file, position).bytes());
    MR_ASSERT(first.has_value());
    if (whole_first) wanted = std::max<u64>(wanted, first->total_bytes());
    if (wanted < first->total_bytes()) return result;
    MR_ASSERT(position + wanted <= segment->bytes);
    result.batches = disk.read(segment->log_file, position, wanted);
    result.bytes = static_cast<u32>(wanted);
    return result;
}

TimestampOffset find_timestamp(const Log& log, sim::DiskDoor& disk, i64 timestamp, Offset limit) {
    MR_ASSERT(limit <= log.next_offset);
    const auto segment =
        std::ranges::find_if(log.segments, [&](const Segment& s) { return s.max_timestamp >= timestamp; });
    if (segment == log.segments.end()) return {-1, kNoOffset};
    const Offset start = max(segment->time_index.lookup(timestamp).offset, log.log_start);
    const u64 position = position_of(*segment, disk.file(segment->log_file), start);
    for (const sim::Slice& batch : disk.read(segment->log_file, position, segment->bytes - position)) {
        const auto header = wire::read_header(batch.bytes());
        MR_ASSERT(header.has_value());
        if (header->max_timestamp < timestamp || header->is_control()) continue;
        const TimestampOffset found = first_at_or_after(batch.bytes(), timestamp);
        if (found.offset != kNoOffset) return found.offset < limit ? found : TimestampOffset{-1, kNoOffset};
    }
    return {-1, kNoOffset};
}

TimestampOffset find_max_timestamp(const Log& log, sim::DiskDoor& disk) {
    MR_ASSERT(!log.segments.empty());
    const auto newest = std::ranges::max_element(log.segments, {}, &Segment::max_timestamp);
    if (newest->max_timestamp < 0) return {-1, kNoOffset};
    return find_timestamp(log, disk, newest->max_timestamp, log.next_offset);
}

}  // namespace engine::log
