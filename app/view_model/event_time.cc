// Sections: the axis · marks · windows · what comes next.
#include "app/view_model/event_time.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "app/view_model/query_parts.h"
#include "app/view_model/words.h"

namespace app {
namespace {

constexpr std::size_t kMostTimeColumns = 12, kMostTimeRows = 9, kMostLate = 4;

// ---- the axis ---------------------------------------------------------------------------------------

/// A step that gives at most nine lines.
i64 grid_of(i64 range) {
    for (const i64 step :
         {1'000, 2'000, 5'000, 10'000, 30'000, 60'000, 300'000, 600'000, 1'800'000, 3'600'000, 21'600'000})
        if (range / step <= 9) return step;
    return 86'400'000;
}

void set_axis(const QueryData& data, EventTimeVm& vm) {
    i64 low = INT64_MAX, high = INT64_MIN;
    const auto widen = [&](i64 ms) {
        if (ms <= 0) return;
        low = std::min(low, ms);
        high = std::max(high, ms);
    };
    for (const InputInfo& row : data.input) widen(row.event_time);
    for (const LateInfo& row : data.late_rows) widen(row.event_time);
    for (const EventWindowVm& window : vm.windows) widen(window.start), widen(window.end);
    for (const BatchInfo& batch : data.batches) widen(batch.next);
    if (low > high) low = 0, high = 60'000;
    vm.grid = grid_of(std::max<i64>(1, high - low));
    vm.low = low / vm.grid * vm.grid;
    vm.high = (high / vm.grid + 1) * vm.grid;
}

/// The place of a batch among the columns; -1 if it is not shown.
i64 column_of(const QueryData& data, std::size_t first, i64 batch) {
    for (std::size_t i = first; i < data.batches.size(); ++i)
        if (data.batches[i].id == batch) return static_cast<i64>(i - first);
    return -1;
}

// ---- marks ------------------------------------------------------------------------------------------

std::string words_of(const InputInfo& row) {
    const std::string& word = row.value.empty() ? row.key : row.value;
    return fmt::format("{} {}", shortened(word, 12), event_clock(row.event_time));
}

void add_marks(const QueryData& data, std::size_t first, EventTimeVm& vm) {
    std::map<i64, std::vector<const InputInfo*>> by_batch;
    for (const InputInfo& row : data.input) by_batch[row.batch].push_back(&row);
    i64 newest = INT64_MIN;
    for (const auto& [batch, rows] : by_batch) {
        const i64 column = column_of(data, first, batch);
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const InputInfo& row = *rows[i];
            const bool late = std::ranges::any_of(data.late_rows, [&](const LateInfo& each) {
                return each.batch == batch &&
                       (each.offset == row.offset || (each.offset < 0 && each.event_time == row.event_time));
            });
            EventMarkVm mark;
            mark.kind = late                      ? EventMarkKind::dropped
                        : row.event_time < newest ? EventMarkKind::out_of_order
                                                  : EventMarkKind::in_order;
            mark.x =
                static_cast<double>(column) - 1 + (static_cast<double>(i) + 1) / (static_cast<double>(rows.size()) + 1);
            mark.event_time = row.event_time;
            mark.label = words_of(row);
            mark.object = fmt::format("{}-{} offset {}", row.topic, row.partition, row.offset);
            mark.record = row.record;
            newest = std::max(newest, row.event_time);
            if (column >= 0) vm.marks.push_back(std::move(mark));
        }
    }
}

// ---- windows ----------------------------------------------------------------------------------------

/// First batch with a row of a window.
double filled_from(const QueryData& data, std::size_t first, i64 start, i64 end) {
    for (const InputInfo& row : data.input)
        if (row.event_time >= start && row.event_time < end)
            return static_cast<double>(std::max<i64>(0, column_of(data, first, row.batch)));
    return 0;
}

/// The first batch whose eviction watermark reaches the end; -1 if none has.
i64 evicted_in(const QueryData& data, i64 end) {
    for (const BatchInfo& batch : data.batches)
        if (batch.evict >= end) return batch.id;
    return -1;
}

void add_windows(const QueryData& data, std::size_t first, EventTimeVm& vm) {
    std::map<std::pair<i64, i64>, std::vector<const WindowInfo*>> groups;
    for (const WindowInfo& window : data.windows) groups[{window.start, window.end}].push_back(&window);
    const auto columns = static_cast<double>(data.batches.size() - first);
    for (const auto& [bounds, members] : groups) {
        EventWindowVm window;
        window.start = bounds.first;
        window.end = bounds.second;
        for (const WindowInfo* member : members)
            window.label += fmt::format("{}{}{}", window.label.empty() ? "" : ", ",
                                        member->key.empty() ? "" : member->key + " ", member->value);
        window.from = filled_from(data, first, window.start, window.end);
        window.evicted_in = evicted_in(data, window.end);
        const bool emitted =
            std::ranges::any_of(members, [](const WindowInfo* member) { return member->phase == "emitted"; });
        if (emitted) window.emitted_in = window.evicted_in;
        const i64 column = window.evicted_in < 0 ? -1 : column_of(data, first, window.evicted_in);
        window.to = column < 0 ? columns - 0.5 : static_cast<double>(column);
        vm.windows.push_back(std::move(window));
    }
    // Overlapping windows: side by side in as many lanes as one moment has windows.
    for (std::size_t i = 0; i < vm.windows.size(); ++i) {
        std::vector<bool> taken(vm.windows.size() + 1, false);
        for (std::size_t j = 0; j < i; ++j)
            if (vm.windows[j].end > vm.windows[i].start) taken[static_cast<std::size_t>(vm.windows[j].lane)] = true;
        vm.windows[i].lane = static_cast<i32>(std::ranges::find(taken, false) - taken.begin());
        vm.lanes = std::max(vm.lanes, vm.windows[i].lane + 1);
    }
}

void add_window_rows(const QueryData& data, EventTimeVm& vm) {
    const BatchInfo* last = data.last();
    const i64 watermark = last == nullptr ? -1 : last->next;
    for (const EventWindowVm& window : vm.windows) {
        EventWindowRowVm row;
        row.window = window_text(window.start, window.end);
        row.value = shortened(window.label, 26);
        row.evicted = window.evicted_in >= 0;
        row.object = window_object(data, window.start, window.end);
        row.selected = row.object == data.selected;
        if (row.evicted)
            row.state =
                fmt::format("{}evicted in batch {}", window.emitted_in >= 0 ? "emitted, " : "", window.evicted_in);
        else
            row.state = watermark <= 0            ? "no watermark yet"
                        : watermark >= window.end ? "closes in the next batch"
                                                  : "needs " + event_span(window.end - watermark);
        const i64 length = std::max<i64>(1, window.end - window.start);
        row.per_mille =
            row.evicted ? 1000
            : watermark <= 0
                ? 0
                : static_cast<i32>(std::clamp<i64>(1000 - (window.end - watermark) * 1000 / (2 * length), 0, 1000));
        vm.rows.push_back(std::move(row));
    }
    if (vm.rows.size() > kMostTimeRows)
        vm.rows.erase(vm.rows.begin(), vm.rows.end() - static_cast<std::ptrdiff_t>(kMostTimeRows));
}

void add_late(const QueryData& data, EventTimeVm& vm) {
    for (auto row = data.late_rows.rbegin(); row != data.late_rows.rend() && vm.late.size() < kMostLate; ++row)
        vm.late.push_back({fmt::format("{} {}", row->key, event_clock(row->event_time)),
                           fmt::format("{} ends at {} \u2264 {}", window_text(row->window_start, row->window_end),
                                       event_clock(row->window_end), event_clock(row->late)),
                           fmt::format("batch {}", row->batch), object_of(data, *row),
                           object_of(data, *row) == data.selected});
}

// ---- what comes next ----------------------------------------------------------------------------------

void add_next(const QueryData& data, EventTimeVm& vm) {
    const BatchInfo* last = data.last();
    if (last == nullptr || last->next <= 0) return;
    vm.next_batch.push_back({"late if window end \u2264", event_clock(last->evict)});
    vm.next_batch.push_back({"evicts if window end \u2264", event_clock(last->next)});
    std::size_t closing = 0;
    for (const EventWindowVm& window : vm.windows) closing += window.evicted_in < 0 && window.end <= last->next ? 1 : 0;
    vm.next_batch.push_back({"windows it will close", fmt::format("{}", closing)});
    const bool moved = last->next > last->evict;
    vm.next_batch.push_back({"without new rows", moved ? "a no-data batch runs" : "no batch runs"});
}

/// When the next trigger is due if triggers keep their distance.
i64 next_trigger(const QueryData& data) {
    const BatchInfo& last = data.batches.back();
    const i64 before = data.batches.size() > 1 ? data.batches[data.batches.size() - 2].trigger_at : data.origin;
    return last.trigger_at + std::max<i64>(1, last.trigger_at - before);
}

}  // namespace

EventTimeVm make_event_time(const QueryData& data) {
    EventTimeVm vm;
    vm.head = query_head(data, "Event time",
                         "When a row happened, against when it arrived. A window is emitted and evicted once the "
                         "watermark has passed its end.");
    if (!vm.head.empty_title.empty()) return vm;
    if (data.batches.empty()) {
        vm.head.empty_title = "No batch has run yet";
        vm.head.empty_text = "The first trigger fills this view: rows as marks, windows as bands.";
        return vm;
    }
    const std::size_t first = data.batches.size() - std::min(data.batches.size(), kMostTimeColumns);
    add_windows(data, first, vm);
    set_axis(data, vm);
    for (std::size_t i = first; i < data.batches.size(); ++i) {
        const BatchInfo& batch = data.batches[i];
        vm.columns.push_back(
            {fmt::format("batch {}", batch.id), batch.no_data, false, batch.late, batch.evict, batch.trigger_at});
    }
    vm.columns.push_back({fmt::format("batch {}", data.batches.back().id + 1), false, true, data.batches.back().evict,
                          data.batches.back().next, next_trigger(data)});
    vm.origin = data.origin;
    add_marks(data, first, vm);
    add_window_rows(data, vm);
    add_late(data, vm);
    add_next(data, vm);
    vm.rule = data.delay.empty() ? "Without `withWatermark` no window ever closes: state grows, and Append is refused."
                                 : fmt::format(
                                       "The watermark is the largest event time seen minus **{}**. Batch N computes "
                                       "it, batch N + 1 evicts with it, batch N + 2 calls rows late by it.",
                                       data.delay);
    return vm;
}

}  // namespace app
