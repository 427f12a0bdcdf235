#include "app/view_model/events.h"

#include <algorithm>

#include "app/view_model/make.h"
#include "app/view_model/telling.h"
#include "app/view_model/words.h"

namespace app {
namespace {

using engine::FactRow;

constexpr u64 kRowsAround = 120;     // shown on each side of the cursor
constexpr u64 kMostSearched = 20'000;  // facts that a filter looks at, nearest the cursor

EventRowVm row_of(const Scene& scene, u64 place) {
    const FactRow& row = scene.history().facts[place];
    EventRowVm vm;
    vm.object = Scene::fact_object(row.id);
    vm.time = scene.time(scene.event_time(row.index()));
    vm.step = scene.step_name(row.index());
    vm.node = scene.name(row.fact.node);
    vm.text = full_text(scene, row);
    // The name stands in its own column already.
    if (vm.text.starts_with(vm.node + " ")) vm.text.erase(0, vm.node.size() + 1);
    vm.here = row.index() == scene.here();
    vm.broken = is_broken(engine::kind_of(row.fact));
    return vm;
}

bool matches(const EventRowVm& row, const std::string& filter) {
    return has_all_words(row.time + " " + row.node + " " + row.text, filter);
}

/// Places of the rows to show, those before the cursor and those after it.
struct Window {
    u64 first = 0, last = 0;          // all facts in [first, last) were looked at
    std::vector<EventRowVm> before, after;
    u64 matching_before = 0, matching_after = 0;
};

Window search(const Scene& scene, u64 here, u64 total, const std::string& filter) {
    Window window{here - std::min(here, kMostSearched), std::min(total, here + kMostSearched), {}, {}, 0, 0};
    for (u64 i = here; i > window.first; --i) {
        EventRowVm row = row_of(scene, i - 1);
        if (!matches(row, filter)) continue;
        if (++window.matching_before <= kRowsAround) window.before.push_back(std::move(row));
    }
    for (u64 i = here; i < window.last; ++i) {
        EventRowVm row = row_of(scene, i);
        if (!matches(row, filter)) continue;
        if (++window.matching_after <= kRowsAround) window.after.push_back(std::move(row));
    }
    return window;
}

Window nearest(const Scene& scene, u64 here, u64 total) {
    Window window{0, total, {}, {}, here, total - here};
    for (u64 i = here; i > here - std::min(here, kRowsAround); --i) window.before.push_back(row_of(scene, i - 1));
    for (u64 i = here; i < std::min(total, here + kRowsAround); ++i) window.after.push_back(row_of(scene, i));
    return window;
}

}  // namespace

EventsVm make_events(const Scene& scene) {
    EventsVm vm;
    vm.sentence = "Everything that happened, oldest first. Click a line to go there.";
    vm.filter = scene.at().desk.events_filter;
    const u64 here = scene.facts_now(), total = scene.history().facts.size();
    Window window = vm.filter.empty() ? nearest(scene, here, total) : search(scene, here, total, vm.filter);
    std::ranges::reverse(window.before);
    vm.rows = std::move(window.before);
    vm.rows_now = vm.rows.size();
    vm.cursor = scene.cursor();
    vm.rows_before = window.matching_before - vm.rows.size();
    vm.rows_after = window.matching_after - window.after.size();
    std::ranges::move(window.after, std::back_inserter(vm.rows));
    vm.matching = window.matching_before + window.matching_after;
    vm.total = total;
    return vm;
}

}  // namespace app
