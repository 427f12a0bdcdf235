// Retention: whole segments leave the log at its beginning (spec/kafka.md section 2.5). Files vanish at once; nothing
// could read them in the minute that file.delete.delay.ms would leave them.
#include "engine/log/segment.h"

namespace engine::log {
namespace {

void save_epochs(const Log& log, LogContext context) {
    (void)context.disk.replace(log.directory + "/leader-epoch-checkpoint", log.epochs.to_text());
}

Offset end_of(const Log& log, std::size_t segment) {
    return segment + 1 < log.segments.size() ? log.segments[segment + 1].base : log.next_offset;
}

/// How many segments at the beginning qualify; the first that does not ends it, as does the high watermark.
template <class Qualifies>
std::size_t leading_segments(const Log& log, Offset high_watermark, Qualifies&& qualifies) {
    std::size_t count = 0;
    while (count < log.segments.size() && end_of(log, count) <= high_watermark && log.segments[count].bytes > 0 && qualifies(count)) ++count;
    return count;
}

/// The log keeps an active segment: if all are to go, a new one is begun first.
std::expected<i32, ErrorCode> drop(Log& log, LogContext context, std::size_t count) {
    MR_ASSERT(count <= log.segments.size());
    if (count == 0) return 0;
    if (count == log.segments.size())
        if (const auto rolled = roll(log, context); !rolled) return std::unexpected(rolled.error());
    for (std::size_t i = 0; i < count; ++i) remove_files(log, context, log.segments[i].base);
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
    save_epochs(log, context);
}

std::expected<i32, ErrorCode> drop_old_segments(Log& log, LogContext context, Offset high_watermark) {
    const auto below_start = [&](std::size_t i) { return i + 1 < log.segments.size() && end_of(log, i) <= log.log_start; };
    auto dropped = drop(log, context, leading_segments(log, high_watermark, below_start));
    if (!dropped || !log.config.cleanup_delete) return dropped;
    i64 too_much = log.config.retention_bytes < 0 ? -1 : static_cast<i64>(log.bytes()) - log.config.retention_bytes;
    const auto beyond_size = [&](std::size_t i) { return (too_much -= static_cast<i64>(log.segments[i].bytes)) >= 0; };
    const auto by_size = drop(log, context, leading_segments(log, high_watermark, beyond_size));
    if (!by_size) return by_size;
    const auto too_old = [&](std::size_t i) {
        return log.config.retention_ms >= 0 && context.now_ms - log.segments[i].max_timestamp > log.config.retention_ms;
    };
    const auto by_age = drop(log, context, leading_segments(log, high_watermark, too_old));
    if (!by_age) return by_age;
    return *dropped + *by_size + *by_age;
}

}  // namespace engine::log
