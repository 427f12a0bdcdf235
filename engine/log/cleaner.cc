#include "engine/log/cleaner.h"

#include <algorithm>

#include "engine/log/segment.h"
#include "engine/wire/batch_builder.h"
#include "sim/base/assert.h"

namespace engine::log {
namespace {

constexpr i16 kDeleteHorizonBit = 0x40;
constexpr i16 kCodecBits = 0x07;

/// What is the same for all batches of a pass.
struct Pass {
    Log& log;
    const CleanMap& map;
    CleanTxns txns;
    i64 now_ms = 0;
    PlantedBug bug = PlantedBug::none;
};

// ---- what stays of a batch ----------------------------------------------------------------------

bool horizon_passed(const wire::BatchHeader& header, i64 now_ms) {
    return header.has_delete_horizon() && header.base_timestamp <= now_ms;
}

/// The last batch of a producer that is still known stays, emptied if need be: its sequence and epoch are nowhere else.
bool is_last_of_producer(const ProducerStates& states, const wire::BatchHeader& header) {
    const ProducerEntry* entry = states.producers.find(ProducerId{header.producer_id});
    if (!header.has_producer() || entry == nullptr) return false;
    if (!entry->batches.empty()) return entry->batches.back().last_offset.value == header.last_offset();
    return header.is_control() && entry->epoch.value == header.producer_epoch;
}

bool stays(const Pass& pass, const wire::BatchHeader& header, const wire::RecordView& record) {
    MR_ASSERT(!header.is_control());
    const Offset offset{header.base_offset + record.offset_delta};
    if (offset > pass.map.last) return true;
    if (record.key_is_null) return false;
    const Offset latest = pass.map.latest_of(wire::text_of(record.key));
    const bool is_latest = pass.bug == PlantedBug::cleaner_drops_newest ? offset > latest : offset >= latest;
    const bool expired = horizon_passed(header, pass.now_ms) || pass.bug == PlantedBug::tombstones_go_at_once;
    return is_latest && !(record.value_is_null && expired);
}

struct Kept {
    std::vector<std::pair<i32, wire::NewRecord>> records;   // with their offset deltas
    bool tombstones = false;
};

wire::NewRecord copy_of(const wire::BatchHeader& header, const wire::RecordView& view) {
    wire::NewRecord record;
    record.timestamp = header.base_timestamp + view.timestamp_delta;
    if (!view.key_is_null) record.key = wire::text_of(view.key);
    if (!view.value_is_null) record.value = wire::text_of(view.value);
    for (const auto& h : view.headers) {
        std::optional<std::string> value;
        if (!h.value_is_null) value = std::string(wire::text_of(h.value));
        record.headers.emplace_back(wire::text_of(h.key), std::move(value));
    }
    return record;
}

/// The records that stay. The views in it point into `records`, which must live as long.
Kept keep(const Pass& pass, wire::RecordReader& records) {
    Kept kept;
    const wire::BatchHeader& header = records.header();
    for (wire::RecordView view; records.next(view);) {
        if (!header.is_control() && !stays(pass, header, view)) continue;
        kept.records.emplace_back(view.offset_delta, copy_of(header, view));
        kept.tombstones |= view.value_is_null;
    }
    return kept;
}

// ---- writing a batch again ----------------------------------------------------------------------

sim::Slice rebuilt(const sim::Slice& batch, wire::BatchHeader header, const Kept& kept, i64 delete_horizon_ms) {
    MR_ASSERT(!kept.records.empty());
    if (delete_horizon_ms >= 0) header.attributes |= kDeleteHorizonBit;
    wire::BatchBuilder builder(header);
    if (delete_horizon_ms >= 0) builder.pin_base_timestamp(delete_horizon_ms);
    for (const auto& [delta, record] : kept.records) builder.append(record, delta);
    builder.extend_to(header.last_offset_delta);
    auto bytes = builder.finish();
    if (header.log_append_time())
        wire::assign_offsets(bytes, header.base_offset, header.partition_leader_epoch, header.max_timestamp);
    return sim::Slice::whole(sim::Chunk::of(bytes, batch.chunk->provenance()));
}

sim::Slice emptied(const sim::Slice& batch, wire::BatchHeader header) {
    header.attributes &= static_cast<i16>(~(kCodecBits | kDeleteHorizonBit));
    header.base_timestamp = -1;
    wire::BatchBuilder builder(header);
    builder.extend_to(header.last_offset_delta);
    return sim::Slice::whole(sim::Chunk::of(builder.finish(), batch.chunk->provenance()));
}

/// Appends what stays of a batch to `out`.
void clean_batch(Pass& pass, const sim::Slice& batch, std::vector<sim::Slice>& out) {
    wire::RecordReader records(batch.bytes());
    const wire::BatchHeader header = records.header();
    MR_ASSERT(!failed(records.error()));
    const bool dispensable = pass.txns.is_dispensable(batch.bytes(), header);
    const bool discard = dispensable && (!header.is_control() || horizon_passed(header, pass.now_ms));
    const Kept kept = discard ? Kept{} : keep(pass, records);
    if (kept.records.empty()) {
        if (is_last_of_producer(pass.log.producers, header)) out.push_back(emptied(batch, header));
        return;
    }
    const bool stamp = (kept.tombstones || (dispensable && header.is_control())) && !header.has_delete_horizon();
    const bool unchanged = static_cast<i32>(kept.records.size()) == header.record_count && !stamp;
    const i64 old_horizon = header.has_delete_horizon() ? header.base_timestamp : -1;
    out.push_back(unchanged ? batch
                            : rebuilt(batch, header, kept,
                                      stamp ? pass.now_ms + pass.log.config.delete_retention_ms : old_horizon));
}

// ---- segments -----------------------------------------------------------------------------------

/// Places of neighbouring segments that become one: [first, last).
struct Group {
    std::size_t first = 0, last = 0;
};

bool fits(const Log& log, const Group& group, std::size_t next) {
    MR_ASSERT(group.first < group.last && group.last <= next && next < log.segments.size());
    u64 bytes = log.segments[next].bytes, entries = log.segments[next].index.entries.size();
    for (std::size_t i = group.first; i < group.last; ++i) {
        bytes += log.segments[i].bytes;
        entries += log.segments[i].index.entries.size();
    }
    const Offset end = next + 1 < log.segments.size() ? log.segments[next + 1].base : log.next_offset;
    return bytes <= static_cast<u64>(log.config.segment_bytes) &&
           entries * OffsetIndex::kEntryBytes <= static_cast<u64>(log.config.segment_index_bytes) &&
           end - log.segments[group.first].base <= INT32_MAX;
}

std::vector<Group> group_segments(const Log& log, Offset end) {
    std::vector<Group> groups;
    for (std::size_t i = 0; i < log.segments.size() && log.segments[i].base < end; ++i) {
        if (!groups.empty() && fits(log, groups.back(), i)) groups.back().last = i + 1;
        else groups.push_back({i, i + 1});
    }
    return groups;
}

/// One segment with these batches takes the place of a group. The new file is whole before the old ones go.
std::expected<Segment, ErrorCode> write_segment(Log& log, LogContext context, const Group& group,
                                                const std::vector<sim::Slice>& batches) {
    const Segment& old = log.segments[group.first];
    const std::string path = file_name(log.directory, old.base, "log"), fresh = path + ".cleaned";
    const auto file = context.disk.open(fresh);
    if (!file) return std::unexpected(ErrorCode::kafka_storage_error);
    for (const sim::Slice& batch : batches)
        if (!context.disk.append(*file, batch)) {
            context.disk.remove(fresh);
            return std::unexpected(ErrorCode::kafka_storage_error);
        }
    context.disk.sync(*file);
    for (std::size_t i = group.first + 1; i < group.last; ++i) retire_files(log, context, log.segments[i].base);
    context.disk.rename(fresh, path);
    auto segment = make_segment(log, context, old.base);
    if (!segment) return segment;
    segment->created_ms = old.created_ms;
    segment->roll_jitter_ms = old.roll_jitter_ms;
    rebuild(*segment, context, log.config.index_interval_bytes, false);
    MR_ASSERT(segment->bytes == context.disk.size(segment->log_file));
    return segment;
}

std::expected<Segment, ErrorCode> clean_group(Pass& pass, LogContext context, const Group& group) {
    MR_ASSERT(group.first < group.last && group.last <= pass.log.segments.size());
    std::vector<sim::Slice> batches;
    for (std::size_t i = group.first; i < group.last; ++i) {
        const Segment& segment = pass.log.segments[i];
        for (const sim::Slice& batch : context.disk.read(segment.log_file, 0, segment.bytes))
            clean_batch(pass, batch, batches);
    }
    return write_segment(pass.log, context, group, batches);
}

}  // namespace

// ---- when ---------------------------------------------------------------------------------------

i64 CleanRange::dirty_millionths() const {
    const u64 all = clean_bytes + dirty_bytes;
    return all == 0 ? 0 : static_cast<i64>(dirty_bytes * 1'000'000 / all);
}

CleanRange cleanable_range(const Log& log, Offset checkpoint, Offset last_stable, i64 now_ms) {
    CleanRange range;
    range.first_dirty = checkpoint < log.log_start || checkpoint > log.next_offset ? log.log_start : checkpoint;
    range.end = min(log.active().base, last_stable);
    i64 oldest_dirty_ms = INT64_MAX;
    // The dirty part begins within a segment where a log was cut and went on: that segment counts as both.
    for (std::size_t i = 0; i < log.segments.size(); ++i) {
        const Segment& segment = log.segments[i];
        if (segment.base >= range.end) break;
        const bool too_young =
            log.config.min_compaction_lag_ms > 0 && now_ms - segment.max_timestamp < log.config.min_compaction_lag_ms;
        if (too_young) range.end = min(range.end, segment.base);
        if (segment.base >= range.end) break;
        const bool holds_dirty = i + 1 == log.segments.size() || log.segments[i + 1].base > range.first_dirty;
        if (segment.base < range.first_dirty) range.clean_bytes += segment.bytes;
        if (holds_dirty) range.dirty_bytes += segment.bytes;
        if (holds_dirty && segment.first_timestamp >= 0)
            oldest_dirty_ms = std::min(oldest_dirty_ms, segment.first_timestamp);
    }
    range.end = max(range.end, range.first_dirty);
    MR_ASSERT(range.first_dirty >= log.log_start && range.end <= log.next_offset);
    range.overdue = oldest_dirty_ms != INT64_MAX && now_ms - oldest_dirty_ms > log.config.max_compaction_lag_ms;
    return range;
}

bool worth_cleaning(const Log& log, const CleanRange& range) {
    if (!log.config.cleanup_compact || range.dirty_bytes == 0) return false;
    return range.overdue || range.dirty_millionths() > log.config.min_cleanable_dirty_millionths;
}

std::expected<Offset, ErrorCode> clean(Log& log, LogContext context, Offset first_dirty, Offset end,
                                       const CleanLimits& limits) {
    MR_ASSERT(first_dirty <= end && end <= log.active().base);
    const CleanMap map = map_keys(log, context, first_dirty, end, limits);
    if (map.last == kNoOffset) return first_dirty;
    Pass pass{log, map, CleanTxns(log, context.disk.whole(), map.last + 1), context.now_ms, limits.bug};
    std::size_t merged = 0;  // segments that have become part of the one before them
    for (Group group : group_segments(log, map.last + 1)) {
        group.first -= merged;
        group.last -= merged;
        auto segment = clean_group(pass, context, group);
        if (!segment) return std::unexpected(segment.error());
        const auto at = log.segments.begin() + static_cast<std::ptrdiff_t>(group.first);
        *at = std::move(*segment);
        log.segments.erase(at + 1, at + static_cast<std::ptrdiff_t>(group.last - group.first));
        merged += group.last - group.first - 1;
    }
    MR_ASSERT(std::ranges::is_sorted(log.segments, {}, &Segment::base));
    return map.last + 1;
}

}  // namespace engine::log
