// Event time: which windows hold a moment, what a batch saw of it, and the watermark that follows. Times in rows are
// microseconds, watermarks milliseconds. A watermark never goes back.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/sql/types.h"

namespace engine::spark {

struct TimeRange {
    i64 start = 0;
    i64 end = 0;  ///< not in it
};

/// The windows that hold `time`, latest first. Requires size > 0, 0 < slide <= size, |start| < slide.
std::vector<TimeRange> windows_of(i64 time, i64 size, i64 slide, i64 start);

/// What a batch saw at one watermark node, in milliseconds.
struct EventTimeStats {
    i64 max = INT64_MIN;
    i64 min = INT64_MAX;
    i64 sum = 0;
    i64 count = 0;

    void add(i64 ms);
    void merge(const EventTimeStats& other);
    [[nodiscard]] i64 average() const { return count == 0 ? 0 : sum / count; }
};

enum class WatermarkPolicy : u8 { min, max };
std::optional<WatermarkPolicy> parse_policy(const std::string& text);

/// The watermark of a query: the highest event time each node saw in this run, less its delay; nodes without rows count
/// 0. Only the global value outlives a restart.
struct WatermarkTracker {
    WatermarkPolicy policy = WatermarkPolicy::min;
    i64 global_ms = 0;
    std::vector<i64> nodes;  ///< watermark of each node; 0 = nothing seen

    /// Folds a batch in: one entry a node, in the order of the plan.
    void advance(const std::vector<EventTimeStats>& stats, const std::vector<i64>& delays_ms);
};

/// `10 minutes` in milliseconds; months count 31 days. None if it cannot be read; negative delays come out negative.
std::optional<i64> parse_delay_ms(const std::string& text);

}  // namespace engine::spark
