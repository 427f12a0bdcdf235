// The Event time view's other half: marks that are dragged, and the branch that this makes beside the one that was.
// Sections: moves · what differs · what it came to.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "app/view_model/event_time.h"
#include "app/view_model/words.h"

namespace app {
namespace {

// ---- moves ------------------------------------------------------------------------------------------

/// What people read as a round distance within a span.
i64 round_unit(i64 span) { return span >= 120'000 ? 30'000 : span >= 10'000 ? 1'000 : 100; }

MarkMove no_move(const EventMarkVm& mark) { return {"", "", mark.x, mark.event_time}; }

}  // namespace

MarkMove arrive_at(const EventTimeVm& vm, const EventMarkVm& mark, double column) {
    MarkMove move = no_move(mark);
    if (mark.record.empty() || vm.columns.empty()) return move;
    const double kept = std::clamp(column, -0.95, static_cast<double>(vm.columns.size()) - 1.05);
    const auto left = static_cast<i64>(std::floor(kept));
    const i64 until = vm.columns[static_cast<std::size_t>(left + 1)].at;
    const i64 from = left < 0 ? vm.origin : vm.columns[static_cast<std::size_t>(left)].at;
    if (until <= from) return move;
    const i64 unit = round_unit(until - from);
    const double share = kept - static_cast<double>(left);
    i64 moment = from + static_cast<i64>(share * static_cast<double>(until - from));
    moment = std::clamp((moment - vm.origin + unit / 2) / unit * unit + vm.origin, from + 1,
                        until - std::min(unit, (until - from) / 2));
    const std::string word = moment_word(moment, vm.origin);
    if (word.empty()) return move;
    move.x = kept;
    move.told = "arrives at " + word;
    move.line = fmt::format("arrive {} at {}", mark.record, word);
    return move;
}

MarkMove happen_at(const EventTimeVm& vm, const EventMarkVm& mark, i64 event_time) {
    MarkMove move = no_move(mark);
    if (mark.record.empty()) return move;
    const i64 unit = vm.grid >= 60'000 ? 60'000 : vm.grid >= 1'000 ? 1'000 : 100;
    const i64 moment = (std::clamp(event_time, vm.low, vm.high) + unit / 2) / unit * unit;
    const std::string word = moment_word(moment, vm.origin);
    if (word.empty() || moment == mark.event_time) return move;
    move.event_time = moment;
    move.told = "happens at " + word;
    move.line = fmt::format("retime {} to {}", mark.record, word);
    return move;
}

namespace {

// ---- what differs -----------------------------------------------------------------------------------

/// The same row on the other branch: the n-th of that name, or of those words if it got another event time.
void match_marks(std::vector<EventMarkVm>& marks, const std::vector<EventMarkVm>& others) {
    const auto word = [](const EventMarkVm& mark) { return mark.label.substr(0, mark.label.rfind(' ')); };
    std::vector<bool> taken(others.size(), false);
    const auto take = [&](EventMarkVm& mark, auto&& fits) {
        for (std::size_t i = 0; i < others.size(); ++i)
            if (!taken[i] && fits(others[i])) {
                taken[i] = true;
                mark.moved = std::floor(others[i].x) != std::floor(mark.x) || others[i].event_time != mark.event_time;
                mark.other_x = others[i].x;
                mark.other_event_time = others[i].event_time;
                return true;
            }
        return false;
    };
    std::vector<EventMarkVm*> rest;
    for (EventMarkVm& mark : marks)
        if (!take(mark, [&](const EventMarkVm& other) {
                return other.label == mark.label && std::floor(other.x) == std::floor(mark.x);
            }))
            rest.push_back(&mark);
    std::vector<EventMarkVm*> retimed;
    for (EventMarkVm* mark : rest)
        if (!take(*mark, [&](const EventMarkVm& other) { return other.label == mark->label; })) retimed.push_back(mark);
    for (EventMarkVm* mark : retimed)
        if (!take(*mark, [&](const EventMarkVm& other) { return word(other) == word(*mark); })) mark->moved = true;
}

std::string what_if(const EventTimeVm& other, const std::vector<EventMarkVm>& here) {
    for (const EventMarkVm& mark : here) {
        if (!mark.moved) continue;
        if (mark.other_event_time < 0) return fmt::format("What if {} had not come?", mark.label);
        if (mark.other_event_time != mark.event_time)
            return fmt::format("What if {} had happened at {}?", mark.label.substr(0, mark.label.rfind(' ')),
                               event_clock(mark.other_event_time));
        const auto column = static_cast<std::size_t>(std::max(0.0, std::ceil(mark.other_x)));
        if (column < other.columns.size())
            return fmt::format("What if {} had come in {}?", mark.label, other.columns[column].title);
    }
    return "The other future";
}

/// The first batch whose numbers are not the same; -1 if all are.
i64 first_difference(const QueryData& here, const QueryData& there) {
    for (std::size_t i = 0; i < here.batches.size(); ++i) {
        const BatchInfo& a = here.batches[i];
        const auto b = std::ranges::find(there.batches, a.id, &BatchInfo::id);
        if (b == there.batches.end() || a.input != b->input || a.output != b->output || a.dropped != b->dropped ||
            a.next != b->next || a.state_total != b->state_total)
            return a.id;
    }
    return -1;
}

/// The part of the event axis around the rows that moved: their windows, and room for one more.
void narrow(EventTimeVm& vm, const std::vector<EventMarkVm>& here) {
    i64 low = INT64_MAX, high = INT64_MIN;
    const auto widen = [&](i64 ms) {
        if (ms < 0) return;
        low = std::min(low, ms / vm.grid * vm.grid);
        high = std::max(high, (ms / vm.grid + 1) * vm.grid);
        for (const EventWindowVm& window : vm.windows)
            if (window.start <= ms && ms < window.end)
                low = std::min(low, window.start), high = std::max(high, window.end);
    };
    for (const EventMarkVm& mark : here)
        if (mark.moved) widen(mark.event_time), widen(mark.other_event_time);
    if (low > high) return;
    vm.low = std::max(vm.low, low);
    vm.high = std::min(vm.high, std::max(high, low + 3 * vm.grid));
}

// ---- what it came to --------------------------------------------------------------------------------

using Groups = std::map<std::pair<i64, std::string>, std::string>;

/// What each window holds, or held, for each key.
Groups groups_of(const QueryData& data) {
    Groups groups;
    for (const WindowInfo& window : data.windows)
        groups[{window.start, window_text(window.start, window.end) + (window.key.empty() ? "" : " " + window.key)}] =
            window.value;
    return groups;
}

std::vector<EventPairVm> compare(const QueryData& here, const QueryData& there) {
    constexpr std::size_t kMostPairs = 4;
    const Groups left = groups_of(here), right = groups_of(there);
    std::vector<EventPairVm> pairs{
        {"dropped as late", fmt::format("{}", here.late_rows.size()), fmt::format("{}", there.late_rows.size())}};
    Groups all = left;
    all.insert(right.begin(), right.end());
    for (const auto& [name, value] : all) {
        const auto a = left.find(name), b = right.find(name);
        EventPairVm pair{name.second, a == left.end() ? "none" : a->second, b == right.end() ? "none" : b->second};
        if (pair.differs() && pairs.size() < kMostPairs) pairs.push_back(std::move(pair));
    }
    return pairs;
}

}  // namespace

void add_event_twin(EventTimeVm& vm, const QueryData& here, const QueryData& there, std::string branch,
                    const std::string& text) {
    EventTimeVm other = make_event_time(there);
    if (vm.columns.empty() || other.columns.empty()) return;
    match_marks(vm.marks, other.marks);
    match_marks(other.marks, vm.marks);
    vm.twin.branch = std::move(branch);
    vm.twin.title = text.empty() ? what_if(other, vm.marks) : text;
    const i64 batch = first_difference(here, there);
    vm.twin.first = batch < 0 ? "no batch differs" : fmt::format("first difference: batch {}", batch);
    const auto column = std::ranges::find(other.columns, fmt::format("batch {}", batch), &EventColumnVm::title);
    if (batch >= 0 && column != other.columns.end()) vm.twin.first_column = column - other.columns.begin();
    vm.twin.came_to = compare(here, there);
    narrow(other, vm.marks);
    vm.other.push_back(std::move(other));
}

}  // namespace app
