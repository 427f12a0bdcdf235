#include "engine/log/cleaner.h"
#include "engine/log/segment.h"
#include "sim/base/assert.h"

namespace engine::log {
namespace {

/// Puts the keys of one data batch in. False if there was no room.
bool map_batch(CleanMap& map, std::span<const u8> batch, Offset from, u64 most_keys) {
    wire::RecordReader records(batch);
    for (wire::RecordView record; records.next(record);) {
        const Offset offset{records.header().base_offset + record.offset_delta};
        if (!record.key_is_null && offset >= from) {
            if (map.offsets.size() >= most_keys) return false;
            map.offsets[std::string(wire::text_of(record.key))] = offset;
        }
        ++map.records_read;
    }
    MR_ASSERT(map.offsets.size() <= most_keys);
    return true;
}

/// The stretch that is mapped, and how many keys may be.
struct Stretch {
    Offset from;
    Offset end;
    u64 most_keys = 0;
};

/// Reads on from where the index says; false if the map is full.
bool map_segment(CleanMap& map, const Segment& segment, LogContext context, CleanTxns& txns, const Stretch& stretch) {
    const u64 position = segment.index.lookup(stretch.from).position;
    for (const sim::Slice& batch : context.disk.read(segment.log_file, position, segment.bytes - position)) {
        const auto header = wire::read_header(batch.bytes());
        MR_ASSERT(header.has_value());
        if (header->base_offset >= stretch.end.value) break;
        const bool aborted = txns.is_dispensable(batch.bytes(), *header);
        if (header->is_control() || aborted) map.records_read += static_cast<u64>(header->record_count);
        else if (!map_batch(map, batch.bytes(), stretch.from, stretch.most_keys)) return false;
        if (header->last_offset() >= stretch.from.value) map.last = Offset{header->last_offset()};
    }
    return true;
}

}  // namespace

Offset CleanMap::latest_of(std::string_view key) const {
    const auto found = offsets.find(key);
    return found == offsets.end() ? kNoOffset : found->second;
}

CleanMap map_keys(const Log& log, LogContext context, Offset from, Offset end, const CleanLimits& limits) {
    MR_ASSERT(from <= end && end <= log.next_offset);
    CleanMap map;
    CleanTxns txns(log, context.disk.whole(), end);
    for (std::size_t i = 0; i < log.segments.size() && !map.full; ++i) {
        const Offset next = i + 1 < log.segments.size() ? log.segments[i + 1].base : log.next_offset;
        if (log.segments[i].base >= end || next <= from) continue;
        map.full = !map_segment(map, log.segments[i], context, txns, {from, end, limits.most_keys()});
        if (!map.full) map.last = min(next, end) - 1;  // offsets that nothing holds any more count as read
    }
    return map;
}

}  // namespace engine::log
