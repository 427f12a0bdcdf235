// Retention: whole segments leave the log at its beginning (spec/kafka.md section 2.5). Their files are renamed at once
// and deleted by the log's owner after file.delete.delay.ms.
#include "engine/log/segment.h"

#include "sim/base/assert.h"

namespace engine::log {
namespace {

Offset end_of(const Log& log, std::size_t segment) {
    MR_ASSERT(segment < log.segments.size());
    return segment + 1 < log.segments.size() ? log.segments[segment + 1].base : log.next_offset;
}

/// An active segment without records stays: dropping it would only make another one.
bool may_go(const Log& log, Offset high_watermark, std::size_t segment) {
    const bool empty_active = segment + 1 == log.segments.size() && log.segments[segment].bytes == 0;
    return end_of(log, segment) <= high_watermark && !empty_active;
}

/// How many segments at the beginning qualify; the first that does not ends it, as does the high watermark.
template <class Qualifies>
std::size_t leading_segments(const Log& log, Offset high_watermark, Qualifies&& qualifies) {
    std::size_t count = 0;
    while (count < log.segments.size() && may_go(log, high_watermark, count) &&
           qualifies(log.segments[count], end_of(log, count)))
        ++count;
    MR_ASSERT(count <= log.segments.size());
    return count;
}

/// Newest record of a segment; of one without timestamps, when it was made.
i64 newest_ms(const Segment& segment) {
    return segment.max_timestamp >= 0 ? segment.max_timestamp : segment.created_ms;
}

/// Kafka opens an index when it is first needed; the next append does.
void leave_out_index(Log& log, LogContext context) {
    Segment& active = log.segments.back();
    MR_ASSERT(active.bytes == 0 && active.index.entries.empty());
    context.disk.remove(file_name(log.directory, active.base, "index"));
    active.index_file = sim::kNoFile;
}

/// The log keeps an active segment: if all are to go, a new one is begun first.
std::expected<i32, ErrorCode> drop(Log& log, LogContext context, std::size_t count) {
    MR_ASSERT(count <= log.segments.size());
    if (count == 0) return 0;
    if (count == log.segments.size()) {
        if (const auto rolled = roll(log, context); !rolled) return std::unexpected(rolled.error());
        leave_out_index(log, context);
    }
    for (std::size_t i = 0; i < count; ++i) retire_files(log, context, log.segments[i].base);
    log.segments.erase(log.segments.begin(), log.segments.begin() + static_cast<std::ptrdiff_t>(count));
    advance_log_start(log, context, log.segments.front().base);
    MR_ASSERT(!log.segments.empty() && log.log_start >= log.segments.front().base);
    return static_cast<i32>(count);
}

}  // namespace

void advance_log_start(Log& log, LogContext context, Offset start) {
    MR_ASSERT(start <= log.next_offset);
    if (start <= log.log_start) return;
    log.log_start = start;
    log.epochs.truncate_from_start(start);
    MR_ASSERT(log.epochs.entries.empty() || log.epochs.entries.front().start >= start);
    save_epochs(log, context);
}

std::expected<i32, ErrorCode> drop_old_segments(Log& log, LogContext context, Offset high_watermark, PlantedBug bug) {
    MR_ASSERT(high_watermark <= log.next_offset);
    const auto below_start = [&](const Segment& segment, Offset end) {
        return &segment != &log.active() && end <= log.log_start;
    };
    const auto dropped = drop(log, context, leading_segments(log, high_watermark, below_start));
    if (!dropped || !log.config.cleanup_delete) return dropped;
    i64 too_much = log.config.retention_bytes < 0 ? -1 : static_cast<i64>(log.bytes()) - log.config.retention_bytes;
    const auto beyond_size = [&](const Segment& segment, Offset) {
        const i64 before = too_much;
        too_much -= static_cast<i64>(segment.bytes);
        return bug == PlantedBug::retention_one_too_many ? before > 0 : too_much >= 0;
    };
    const auto by_size = drop(log, context, leading_segments(log, high_watermark, beyond_size));
    if (!by_size) return by_size;
    const auto age_from = [&](const Segment& segment) {
        return bug == PlantedBug::retention_by_oldest ? segment.first_timestamp : newest_ms(segment);
    };
    const auto too_old = [&](const Segment& segment, Offset) {
        return log.config.retention_ms >= 0 && context.now_ms - age_from(segment) > log.config.retention_ms;
    };
    const auto by_age = drop(log, context, leading_segments(log, high_watermark, too_old));
    if (!by_age) return by_age;
    MR_ASSERT(log.log_start <= high_watermark);
    MR_VALIDATE(log.holds_together());
    return *dropped + *by_size + *by_age;
}

}  // namespace engine::log
