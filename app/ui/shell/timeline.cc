#include "app/ui/shell/timeline.h"

#include <algorithm>

#include "app/ui/widgets/tabs.h"
#include "app/ui/widgets/timeline_lane.h"

namespace app::ui {
namespace {

constexpr float kTimelineTabs = 32;
constexpr float kAxis = 20;
constexpr float kLane = 17;
constexpr float kNames = 104;

float scrub_x(const TimeScale& scale, float x) { return std::clamp(x, scale.left(), scale.right()); }

/// The place that is dragged along time.
void scrub(Ui& ui, const TimeScale& scale, const Rect& rect) {
    const Response response = interact(ui, "scrub", rect);
    if (response.focused) focus_ring(ui.canvas, rect.inset(6), radius::cell);
    if (response.held || response.clicked)
        act(ui, UiVerb::go_to_time, {}, {}, scale.time_at(scrub_x(scale, ui.input.mouse.x)));
    if (response.focused && take_key(ui, {Key::left})) act(ui, UiVerb::step_back, {}, "event");
    if (response.focused && take_key(ui, {Key::right})) act(ui, UiVerb::step_forward, {}, "event");
}

void drawer_tabs(Ui& ui, const Rect& rect, const TimelineVm& vm) {
    bool more = false;
    const Rect row{rect.x + 16, rect.y + 1, std::min(420.0f, rect.w - 32), kTimelineTabs - 1};
    const i32 clicked = tabs(ui, row, vm.tabs, vm.tab, more);
    if (clicked >= 0) act(ui, UiVerb::open_drawer, {}, vm.tabs[static_cast<std::size_t>(clicked)]);
    if (more) act(ui, UiVerb::open_menu, "drawer");
    if (rect.w > 700) branch_map(ui, rect.right() - 34, rect.y + kTimelineTabs / 2, vm.branches, row.x + 340);
    rule(ui.canvas, rect.x, rect.right(), rect.y + kTimelineTabs - 1, ui.canvas.theme->line);
}

/// Faint lines under the ticks, and the part that has not run yet.
void ground(Canvas& canvas, const TimeScale& scale, const TimelineVm& vm, float top, float bottom) {
    for (const TickVm& tick : vm.axis.ticks) {
        if (!tick.label.empty())
            fill(canvas, {scale.x_of(tick.at_ns), top, 1, bottom - top},
                 mix(canvas.theme->panel, canvas.theme->line, 110));
    }
}

void lanes(Ui& ui, const TimeScale& scale, const Rect& area, const TimelineVm& vm) {
    const float height = std::max(area.h, 0.0f);
    const float need = kLane * static_cast<float>(vm.lanes.size());
    const float offset = scroll_offset(ui, "lanes", area, need);
    const Clip clip(ui.canvas, area, need > height);
    for (std::size_t i = 0; i < vm.lanes.size(); ++i) {
        const Rect lane{area.x + 16, area.y + kLane * static_cast<float>(i) - offset, area.w - 32, kLane};
        if (lane.bottom() > area.y && lane.y < area.bottom()) timeline_lane(ui, scale, lane, vm.lanes[i]);
    }
}

void folds(Canvas& canvas, const TimeScale& scale, float axis_mid, float top, float bottom, const Taken& flag) {
    for (const TimeScale::Fold& fold : scale.folds()) {
        fold_edges(canvas, fold, top, bottom, canvas.theme->panel);
        const float middle = (fold.from + fold.to) / 2;
        const float width = text_width(canvas, {Face::regular, Size::hint}, fold.label);
        if (middle + width / 2 + 4 > flag.from && middle - width / 2 - 4 < flag.to) continue;
        fill(canvas, {middle - width / 2 - 4, axis_mid - 7, width + 8, 14}, canvas.theme->panel);
        text(canvas, middle, axis_mid, {Face::regular, Size::hint}, canvas.theme->low, fold.label, Align::centre);
    }
}

void axis_markers(Ui& ui, const TimeScale& scale, const TimelineVm& vm, float mid_y, float flag_half) {
    Canvas& canvas = ui.canvas;
    const float left = scale.left() + flag_half, right = scale.right() - flag_half;
    const float now = flag_half > 0 ? std::clamp(scale.x_of(vm.now_ns), left, std::max(left, right))
                                    : scale.x_of(vm.now_ns);  // the flag's middle
    for (const MarkerVm& marker : vm.axis_markers) {
        float x = scale.x_of(marker.at_ns);
        if (x > now - flag_half - 6 && x < now + flag_half + 10)
            x = now + flag_half + 12;  // beside the flag, not under it
        draw_marker(canvas, x, {x - 8, mid_y - 8, 16, 16}, marker);
        if (marker.object.empty()) continue;
        const Response response = interact(ui, marker.object, {x - 10, mid_y - 10, 20, 20});
        if (response.focused) focus_ring(canvas, {x - 8, mid_y - 8, 16, 16}, radius::chip);
        if (response.clicked) act(ui, UiVerb::run_verb, "palette", marker.object);
    }
}

/// What the numbers of the axis leave free: the flag, the markers, the words on folds.
std::vector<Taken> taken_on_axis(const Canvas& canvas, const TimeScale& scale, const TimelineVm& vm, float flag_half) {
    const float now = scale.x_of(vm.now_ns);
    std::vector<Taken> taken{{now - flag_half - 20, now + flag_half + 26}};
    for (const MarkerVm& marker : vm.axis_markers)
        taken.push_back({scale.x_of(marker.at_ns) - 10, scale.x_of(marker.at_ns) + 10});
    for (const TimeScale::Fold& fold : scale.folds()) {
        const float half = text_width(canvas, {Face::regular, Size::hint}, fold.label) / 2 + 6,
                    middle = (fold.from + fold.to) / 2;
        taken.push_back({middle - half, middle + half});
    }
    return taken;
}

void beyond(Canvas& canvas, const TimeScale& scale, const TimelineVm& vm, const Rect& area) {
    const float newest = scale.x_of(std::max(vm.newest_ns, vm.now_ns));
    constexpr std::size_t kRow = 2;
    float x = newest + 16;   // behind the words of the last marker in this row
    if (vm.lanes.size() > kRow)
        for (const Taken& taken : taken_by(canvas, scale, vm.lanes[kRow].markers)) x = std::max(x, taken.to + 12);
    if (vm.beyond.empty() || scale.right() - x < 74) return;
    text(canvas, x, area.y + kLane * (kRow + 0.5f), {Face::regular, Size::hint}, canvas.theme->low, vm.beyond);
}

}  // namespace

Rect timeline(Ui& ui, const Rect& rect, const TimelineVm& vm) {
    const Scope scope(ui, "timeline");
    Canvas& canvas = ui.canvas;
    fill(canvas, rect, canvas.theme->panel);
    rule(canvas, rect.x, rect.right(), rect.y, canvas.theme->line);
    drawer_tabs(ui, rect, vm);
    if (vm.tab != "Timeline") return from_edges(rect.x, rect.y + kTimelineTabs, rect.right(), rect.bottom());
    const TimeScale scale(vm.axis, rect.x + kNames, rect.right() - 16);
    const Rect area = from_edges(rect.x, rect.y + kTimelineTabs + kAxis, rect.right(), rect.bottom() - 2);
    const float axis_mid = rect.y + kTimelineTabs + 9;
    scrub(ui, scale, from_edges(rect.x + kNames - 4, rect.y + kTimelineTabs, rect.right() - 8, rect.bottom() - 1));
    ground(canvas, scale, vm, area.y, area.bottom());
    const float now = scale.x_of(vm.now_ns);
    const float flag_half = text_width(canvas, {Face::mono_bold, Size::hint}, vm.now) / 2 + 6;
    time_ticks(canvas, scale, vm.axis, axis_mid, area.y - 6, taken_on_axis(canvas, scale, vm, flag_half));
    lanes(ui, scale, area, vm);
    folds(canvas, scale, axis_mid, area.y - 2, area.bottom(), {now - flag_half, now + flag_half});
    beyond(canvas, scale, vm, area);
    playhead(canvas, now, rect.y + kTimelineTabs + 7, rect.y + kTimelineTabs + 14, area.bottom(), vm.now, scale.left(),
             scale.right());
    axis_markers(ui, scale, vm, axis_mid - 1, flag_half);
    return {};
}

void timeline_strip(Ui& ui, const Rect& rect, const TimelineVm& vm) {
    const Scope scope(ui, "timeline");
    Canvas& canvas = ui.canvas;
    fill(canvas, rect, canvas.theme->panel);
    rule(canvas, rect.x, rect.right(), rect.y, canvas.theme->line);
    text(canvas, rect.x + 16, rect.y + 22, {Face::semibold, Size::label}, canvas.theme->ink, "Timeline");
    const TimeScale scale(vm.axis, rect.x + kNames, rect.right() - 16);
    scrub(ui, scale, from_edges(scale.left() - 4, rect.y + 1, scale.right() + 4, rect.bottom() - 1));
    fill(canvas, {scale.left(), rect.y + 21, scale.right() - scale.left(), 2}, canvas.theme->line);
    if (!vm.lanes.empty()) {
        LaneVm first = vm.lanes.front();
        first.name.clear();
        timeline_lane(ui, scale, {rect.x, rect.y + 12, rect.w, 20}, first, 10);
    }
    const float x = scale.x_of(vm.now_ns);
    playhead(canvas, x, rect.y + 37, rect.y + 8, rect.y + 36, vm.now, scale.left(), scale.right());
    axis_markers(ui, scale, vm, rect.y + 9, -12);
}

}  // namespace app::ui
