// When batches start and how much they take: the trigger's grid, limits on Kafka offsets, the rate sources, the rate
// estimator of DStreams. Pure rules.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/sql/types.h"

namespace engine::spark {

/// The next start on the grid of the epoch clock, strictly after `now`.
i64 next_trigger_ms(i64 now_ms, i64 interval_ms);
/// The start after a batch that began at `start` and took `duration`: at once if it overran its slot.
i64 next_start_ms(i64 start_ms, i64 duration_ms, i64 interval_ms);

struct RateOptions {
    i64 rows_per_second = 1;
    i64 ramp_up_seconds = 0;
};
/// How many values were made after so many seconds.
i64 rate_value_at(const RateOptions& options, i64 seconds);

struct RateRow {
    i64 value = 0;
    i64 ms = 0;  ///< since the stream's start
};
/// The rows of seconds [from, to).
std::vector<RateRow> rate_rows(const RateOptions& options, i64 from, i64 to);

struct OffsetRange {
    std::string topic;
    i64 partition = 0;
    i64 from = 0;
    i64 until = 0;
};

/// maxOffsetsPerTrigger: how far each partition gets, by its share of what is there. Sizes and result in the same
/// order.
std::vector<i64> limited_takes(const std::vector<i64>& available, i64 limit);
/// minPartitions and maxRecordsPerPartition (0 = not set): big ranges cut in parts, empty ones left out.
std::vector<OffsetRange> split_ranges(const std::vector<OffsetRange>& ranges, i64 min_partitions, i64 max_records);

/// The PID estimator of spark.streaming.backpressure.
struct RateEstimator {
    i64 batch_interval_ms = 0;
    double proportional = 1.0, integral = 0.2, derivative = 0.0, min_rate = 100;
    bool first = true;
    i64 latest_time = -1;
    double latest_rate = -1, latest_error = -1;

    /// Elements a second; none if this batch says nothing.
    std::optional<double> compute(i64 time_ms, i64 elements, i64 processing_ms, i64 scheduling_ms);
};

}  // namespace engine::spark
