#include "engine/log/log.h"

#include <algorithm>

namespace engine::log {

u64 Log::bytes() const {
    u64 total = 0;
    for (const Segment& segment : segments) total += segment.bytes;
    return total;
}

bool Log::holds_together() const {
    const bool has_segments = !segments.empty() && std::ranges::is_sorted(segments, {}, &Segment::base);
    if (!has_segments || segments.front().base > log_start || active().base > next_offset) return false;
    const bool bounds = log_start <= next_offset && recovery_point <= next_offset;
    return bounds && epochs.ascends() && (epochs.entries.empty() || epochs.entries.back().start <= next_offset);
}

}  // namespace engine::log
