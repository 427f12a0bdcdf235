#include "engine/stream/event_time.h"

#include <algorithm>

#include "engine/pyspark/frames.h"
#include "engine/sql/interval.h"
#include "sim/base/assert.h"

namespace engine::spark {

std::vector<TimeRange> windows_of(i64 time, i64 size, i64 slide, i64 start) {
    MR_ASSERT(size > 0 && slide > 0 && slide <= size && start < slide && -start < slide);
    i64 rest = (time - start) % slide;
    if (rest < 0) rest += slide;
    const i64 last = time - rest;
    std::vector<TimeRange> out;
    for (i64 i = 0; i < (size + slide - 1) / slide; ++i) {
        const TimeRange w{last - i * slide, last - i * slide + size};
        if (w.start <= time && time < w.end) out.push_back(w);
    }
    return out;
}

void EventTimeStats::add(i64 ms) {
    MR_ASSERT(count >= 0);
    max = std::max(max, ms);
    min = std::min(min, ms);
    sum += ms;
    ++count;
}

void EventTimeStats::merge(const EventTimeStats& other) {
    MR_ASSERT(count >= 0 && other.count >= 0);
    max = std::max(max, other.max);
    min = std::min(min, other.min);
    sum += other.sum;
    count += other.count;
}

std::optional<WatermarkPolicy> parse_policy(const std::string& text) {
    if (text == "min") return WatermarkPolicy::min;
    return text == "max" ? std::optional(WatermarkPolicy::max) : std::nullopt;
}

void WatermarkTracker::advance(const std::vector<EventTimeStats>& stats, const std::vector<i64>& delays_ms) {
    MR_ASSERT(stats.size() == delays_ms.size());
    if (stats.empty()) return;
    nodes.resize(stats.size(), 0);
    for (std::size_t i = 0; i < stats.size(); ++i)
        if (stats[i].count > 0) nodes[i] = std::max(nodes[i], stats[i].max - delays_ms[i]);
    const i64 chosen = policy == WatermarkPolicy::min ? *std::min_element(nodes.begin(), nodes.end())
                                                      : *std::max_element(nodes.begin(), nodes.end());
    global_ms = std::max(global_ms, chosen);
}

std::optional<i64> parse_delay_ms(const std::string& text) {
    const auto c = parse_interval(text);
    return c ? std::optional(py::delay_ms(c->months, c->days, c->micros)) : std::nullopt;
}

}  // namespace engine::spark
