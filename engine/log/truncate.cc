// Cutting a log: by a follower that diverged, and when it must start anew.
#include <charconv>

#include "engine/log/segment.h"
#include "sim/base/assert.h"

namespace engine::log {
namespace {

/// Terms of our own in which nothing was written: the present leader does not know them, and would answer every
/// fetch that names one with a divergence.
void forget_empty_epochs(Log& log, LogContext context) {
    const std::size_t before = log.epochs.entries.size();
    log.epochs.truncate_from_end(log.next_offset);
    if (log.epochs.entries.size() != before) save_epochs(log, context);
}

/// Snapshots outside of the log speak of batches that are gone.
void drop_stale_snapshots(const Log& log, LogContext context) {
    const auto gone = [&](Offset at) { return at <= log.log_start || at > log.next_offset; };
    for (const std::string& path : context.disk.list(log.directory + "/")) {
        if (!path.ends_with(".snapshot")) continue;
        const std::string_view digits = std::string_view(path).substr(log.directory.size() + 1);
        Offset at;
        if (std::from_chars(digits.data(), digits.data() + digits.size(), at.value).ec == std::errc{} && gone(at))
            context.disk.remove(path);
    }
}

/// Producer state as of the log's end: the newest snapshot at or below it, and the batches after that.
void rebuild_producers(Log& log, LogContext context) {
    MR_ASSERT(!log.segments.empty() && log.log_start <= log.next_offset);
    Offset from = log.log_start;
    log.producers = {};
    for (auto segment = log.segments.rbegin(); segment != log.segments.rend(); ++segment) {
        const sim::FileId file = context.disk.find(file_name(log.directory, segment->base, "snapshot"));
        if (file == sim::kNoFile || segment->base > log.next_offset) continue;
        const auto states = ProducerStates::from_snapshot(context.disk.read_bytes(file, 0, context.disk.size(file)));
        if (!states) continue;
        log.producers = *states;
        from = segment->base;
        break;
    }
    for (const Segment& segment : log.segments)
        for (const sim::Slice& batch : context.disk.read(segment.log_file, 0, segment.bytes)) {
            const auto header = wire::read_header(batch.bytes());
            if (header && header->base_offset >= from.value) replay_producer(log.producers, batch.bytes(), *header);
        }
}

void cut_segment(Segment& segment, LogContext context, Offset end, i64 index_interval_bytes) {
    MR_ASSERT(segment.base <= end);
    const u64 position = position_of(segment, context.disk.file(segment.log_file), end);
    context.disk.truncate(segment.log_file, position);
    rebuild(segment, context, index_interval_bytes, false);
    MR_ASSERT(segment.bytes == position);
}

}  // namespace

std::expected<void, ErrorCode> truncate_to(Log& log, LogContext context, Offset end) {
    MR_ASSERT(end <= log.next_offset);
    if (end == log.next_offset) {
        forget_empty_epochs(log, context);
        return {};
    }
    if (end < log.segments.front().base) return restart_at(log, context, end);
    while (log.segments.back().base > end) {
        remove_files(log, context, log.segments.back().base);
        log.segments.pop_back();
    }
    cut_segment(log.segments.back(), context, end, log.config.index_interval_bytes);
    log.next_offset = end;
    log.log_start = min(log.log_start, end);
    log.recovery_point = min(log.recovery_point, end);
    log.epochs.truncate_from_end(end);
    save_epochs(log, context);
    drop_stale_snapshots(log, context);
    rebuild_producers(log, context);
    MR_ASSERT(log.log_start <= end && log.active().base <= end && log.recovery_point <= end);
    MR_VALIDATE(log.holds_together());
    return {};
}

std::expected<void, ErrorCode> restart_at(Log& log, LogContext context, Offset start) {
    for (const Segment& segment : log.segments) remove_files(log, context, segment.base);
    log.segments.clear();
    auto segment = make_segment(log, context, start);
    if (!segment) return std::unexpected(segment.error());
    log.segments.push_back(std::move(*segment));
    log.log_start = log.next_offset = log.recovery_point = start;
    log.epochs = {};
    save_epochs(log, context);
    log.producers = {};
    MR_ASSERT(log.active().base == start && log.active().bytes == 0 && log.bytes() == 0);
    return {};
}

}  // namespace engine::log
