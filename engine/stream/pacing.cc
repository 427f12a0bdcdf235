#include "engine/stream/pacing.h"

#include <algorithm>
#include <cmath>

#include "sim/base/assert.h"

namespace engine::spark {

i64 next_trigger_ms(i64 now_ms, i64 interval_ms) {
    MR_ASSERT(interval_ms >= 0);
    return interval_ms == 0 ? now_ms : now_ms / interval_ms * interval_ms + interval_ms;
}

i64 next_start_ms(i64 start_ms, i64 duration_ms, i64 interval_ms) {
    MR_ASSERT(duration_ms >= 0);
    return std::max(next_trigger_ms(start_ms, interval_ms), start_ms + duration_ms);
}

i64 rate_value_at(const RateOptions& o, i64 seconds) {
    MR_ASSERT(seconds >= 0 && o.rows_per_second > 0);
    const i64 step = std::max<i64>(1, o.rows_per_second / (o.ramp_up_seconds + 1));
    if (seconds > o.ramp_up_seconds)
        return rate_value_at(o, o.ramp_up_seconds) + (seconds - o.ramp_up_seconds) * o.rows_per_second;
    return seconds % 2 == 1 ? (seconds + 1) / 2 * step * seconds : seconds / 2 * step * (seconds + 1);
}

std::vector<RateRow> rate_rows(const RateOptions& o, i64 from, i64 to) {
    MR_ASSERT(from <= to);
    const i64 first = rate_value_at(o, from), last = rate_value_at(o, to);
    std::vector<RateRow> out;
    if (last == first) return out;
    const double step = static_cast<double>((to - from) * 1000) / static_cast<double>(last - first);
    for (i64 v = first; v < last; ++v)
        out.push_back({v, from * 1000 + static_cast<i64>(std::floor(static_cast<double>(v - first) * step + 0.5))});
    return out;
}

std::vector<i64> limited_takes(const std::vector<i64>& available, i64 limit) {
    MR_ASSERT(limit >= 0);
    i64 total = 0;
    for (const i64 a : available) total += std::max<i64>(a, 0);
    std::vector<i64> out;
    for (const i64 a : available) {
        if (a <= 0 || total < 1) {
            out.push_back(0);
            continue;
        }
        const double share = static_cast<double>(limit) * (static_cast<double>(a) / static_cast<double>(total));
        const auto take = static_cast<i64>(share < 1 ? std::ceil(share) : std::floor(share));
        out.push_back(std::min(take, a));
    }
    return out;
}

namespace {

/// One range in `parts` sequential pieces; the last takes what is left.
void cut(const OffsetRange& r, i64 parts, std::vector<OffsetRange>& out) {
    MR_ASSERT(parts > 0);
    i64 from = r.from;
    for (i64 i = 0; i < parts; ++i) {
        const i64 size = (r.until - from) / (parts - i);
        const i64 until = i + 1 == parts ? r.until : from + size;
        out.push_back({r.topic, r.partition, from, until});
        from = until;
    }
}

}  // namespace

std::vector<OffsetRange> split_ranges(const std::vector<OffsetRange>& given, i64 min_partitions, i64 max_records) {
    MR_ASSERT(min_partitions >= 0 && max_records >= 0);
    std::vector<OffsetRange> ranges, out;
    for (const OffsetRange& r : given) {
        if (r.until <= r.from) continue;
        if (max_records > 0) cut(r, (r.until - r.from + max_records - 1) / max_records, ranges);
        else ranges.push_back(r);
    }
    if (static_cast<i64>(ranges.size()) >= min_partitions) return ranges;
    double total = 0, big = 0;
    for (const OffsetRange& r : ranges) total += static_cast<double>(r.until - r.from);
    const auto share = [&](const OffsetRange& r) {
        return static_cast<double>(r.until - r.from) / total * static_cast<double>(min_partitions);
    };
    i64 whole = 0;
    for (const OffsetRange& r : ranges) {
        if (share(r) < 1) ++whole;
        else big += static_cast<double>(r.until - r.from);
    }
    const i64 slots = std::max<i64>(min_partitions - whole, 1);
    for (const OffsetRange& r : ranges) {
        if (share(r) < 1) out.push_back(r);
        else
            cut(r,
                std::max<i64>(std::llround(static_cast<double>(r.until - r.from) / big * static_cast<double>(slots)),
                              1),
                out);
    }
    return out;
}

std::optional<double> RateEstimator::compute(i64 time_ms, i64 elements, i64 processing_ms, i64 scheduling_ms) {
    MR_ASSERT(batch_interval_ms > 0);
    if (time_ms <= latest_time || elements <= 0 || processing_ms <= 0) return std::nullopt;
    const double since = static_cast<double>(time_ms - latest_time) / 1000;
    const double rate = static_cast<double>(elements) / static_cast<double>(processing_ms) * 1000;
    const double error = latest_rate - rate;
    const double history = static_cast<double>(scheduling_ms) * rate / static_cast<double>(batch_interval_ms);
    const double change = (error - latest_error) / since;
    const double next =
        std::max(latest_rate - proportional * error - integral * history - derivative * change, min_rate);
    latest_time = time_ms;
    if (first) {
        latest_rate = rate;
        latest_error = 0;
        first = false;
        return std::nullopt;
    }
    latest_rate = next;
    latest_error = error;
    return next;
}

}  // namespace engine::spark
