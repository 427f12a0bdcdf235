// Sections: places · bands and lifelines · messages and points · the record's way · the ledger.
#include "app/ui/views/space_time.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "app/ui/icons.h"
#include "app/ui/patterns.h"
#include "app/ui/widgets/section.h"

namespace app::ui {
namespace {

constexpr float kNames = 92, kTimeAxis = 26, kLaneMin = 30, kLaneMax = 54;

// ---- places -----------------------------------------------------------------------------------------

/// Columns as wide as the view says, a gap takes half a column more.
struct Grid {
    std::vector<float> xs;
    std::vector<float> gaps;      // where a gap is torn, by column; 0 none
    float top = 0, lane = 40, left = 0, right = 0;

    [[nodiscard]] float x(i32 column) const {
        return xs[static_cast<std::size_t>(std::clamp(column, 0, static_cast<i32>(xs.size()) - 1))];
    }
    [[nodiscard]] float y(i32 row) const { return top + lane * (static_cast<float>(row) + 0.5f); }
};

Grid make_grid(const Rect& rect, const SpaceTimeVm& vm) {
    Grid grid;
    grid.left = rect.x + kNames;
    grid.right = rect.right() - 8;
    grid.top = rect.y + kTimeAxis;
    grid.lane =
        std::clamp((rect.h - kTimeAxis - 20) / std::max(1.0f, static_cast<float>(vm.lanes.size())), kLaneMin, kLaneMax);
    float units = 0;
    const auto units_of = [](const SpaceColumnVm& column) {
        return column.gap_before.empty() ? static_cast<float>(column.width) : 1.6f;
    };
    for (std::size_t i = 1; i < vm.columns.size(); ++i) units += units_of(vm.columns[i]);
    const float unit = (grid.right - grid.left - 48) / std::max(1.0f, units);
    float x = grid.left + 16;
    for (std::size_t i = 0; i < vm.columns.size(); ++i) {
        const bool gap = !vm.columns[i].gap_before.empty();
        if (i > 0) x += unit * units_of(vm.columns[i]);
        grid.xs.push_back(x);
        grid.gaps.push_back(gap && i > 0 ? x - unit * 0.8f : 0);
    }
    return grid;
}

Colour colour_of(const Theme& theme, ConePart part) {
    switch (part) {
        case ConePart::selected: return theme.now_edge;
        case ConePart::led_to_it: return theme.ink;
        case ConePart::came_from_it: return theme.ink;
        case ConePart::unrelated: return theme.ctl;
    }
    return theme.ctl;
}

/// Labels that were placed: a new one must not lie on them.
struct Labels {
    Canvas& canvas;
    std::vector<Rect> taken;
    void put(float x, float mid_y, Type type, Colour colour, std::string_view words, const Rect& bounds) {
        const float width = text_width(canvas, type, words);
        for (const float shift : {0.0f, -13.0f, 13.0f, -24.0f}) {
            const Rect box{std::clamp(x, bounds.x, std::max(bounds.x, bounds.right() - width)) - 3, mid_y + shift - 7,
                           width + 6, 14};
            if (box.y < bounds.y || box.bottom() > bounds.bottom()) continue;
            if (std::ranges::any_of(taken, [&](const Rect& other) { return !intersect(other, box).empty(); })) continue;
            fill(canvas, box, canvas.theme->bg, radius::mark);
            text(canvas, box.x + 3, mid_y + shift, type, colour, words);
            taken.push_back(box);
            return;
        }
    }
};

// ---- bands and lifelines ------------------------------------------------------------------------------

void lifelines(Ui& ui, const Grid& grid, const SpaceTimeVm& vm) {
    Canvas& canvas = ui.canvas;
    const Theme& theme = *canvas.theme;
    for (std::size_t i = 0; i < vm.lanes.size(); ++i) {
        const float y = grid.y(static_cast<i32>(i));
        const Rect name{grid.left - kNames, y - 12, kNames - 8, 24};
        const Response response = interact(ui, "lane " + vm.lane_objects[i], name);
        text_within(canvas, name.x, y, name.w, {Face::semibold, Size::label}, response.hovered ? theme.ink : theme.mid,
                    vm.lanes[i]);
        if (response.focused) focus_ring(canvas, name.inset(3), radius::chip);
        if (response.clicked) act(ui, UiVerb::select, vm.lane_objects[i]);
        if (response.secondary) act(ui, UiVerb::open_menu, vm.lane_objects[i]);
        line(canvas, {grid.left, y}, {grid.right, y}, theme.ctl, stroke::axis);
    }
}

void bands(Canvas& canvas, const Grid& grid, const SpaceTimeVm& vm) {
    const Theme& theme = *canvas.theme;
    for (const SpaceBandVm& band : vm.bands) {
        const bool to_end = band.to_column + 1 >= static_cast<i32>(grid.xs.size());
        const Rect rect =
            from_edges(band.from_column == 0 ? grid.left : grid.x(band.from_column), grid.y(band.lane) - 11,
                       to_end ? grid.right : grid.x(band.to_column), grid.y(band.lane) + 11);
        if (band.dead) {
            hatch(canvas, rect, with_alpha(theme.dead.edge, 120), 6, radius::mark);
            dashed_outline(canvas, rect, kDashed, theme.dead.edge, radius::mark);
        } else {
            fill(canvas, rect, with_alpha(theme.leader.fill, 70), radius::mark);
        }
    }
}

void torn_gaps(Canvas& canvas, const Grid& grid, const SpaceTimeVm& vm) {
    const Theme& theme = *canvas.theme;
    const float bottom = grid.top + grid.lane * static_cast<float>(vm.lanes.size());
    for (std::size_t i = 0; i < grid.gaps.size(); ++i) {
        if (grid.gaps[i] == 0) continue;
        fill(canvas, {grid.gaps[i] - 7, grid.top, 14, bottom - grid.top}, theme.bg);
        for (const float x : {grid.gaps[i] - 7, grid.gaps[i] + 7}) {
            std::vector<ImVec2> points;
            float side = -2.5f;
            for (float y = grid.top; y < bottom; y += 8, side = -side) points.push_back({x + side, y});
            polyline(canvas, points, theme.low, stroke::rule);
        }
    }
}

void axis(Canvas& canvas, const Grid& grid, const SpaceTimeVm& vm, const Rect& rect) {
    const Theme& theme = *canvas.theme;
    const float bottom = grid.top + grid.lane * static_cast<float>(vm.lanes.size());
    const Type type{Face::mono, Size::hint};
    float free_from = rect.x, gap_free = rect.x;
    for (std::size_t i = 0; i < vm.columns.size(); ++i) {
        line(canvas, {grid.xs[i], grid.top}, {grid.xs[i], bottom}, mix(theme.bg, theme.line, 120));
        const float half = text_width(canvas, type, vm.columns[i].time) / 2;
        if (grid.xs[i] - half > free_from && grid.xs[i] + half < rect.right()) {
            text(canvas, grid.xs[i], rect.y + 12, type, theme.low, vm.columns[i].time, Align::centre);
            free_from = grid.xs[i] + half + 8;
        }
        const Type words{Face::regular, Size::hint};
        const float gap = text_width(canvas, words, vm.columns[i].gap_before) / 2;
        if (grid.gaps[i] == 0 || grid.gaps[i] - gap < gap_free || grid.gaps[i] + gap > rect.right()) continue;
        text(canvas, grid.gaps[i], bottom + 10, words, theme.low, vm.columns[i].gap_before, Align::centre);
        gap_free = grid.gaps[i] + gap + 10;
    }
}

// ---- messages and points ------------------------------------------------------------------------------

/// Where the line of a message ends: half-way if it has not come, or never came.
ImVec2 end_of(const Grid& grid, const SpaceMessageVm& vm) {
    const ImVec2 from{grid.x(vm.from_column), grid.y(vm.from_lane)}, to{grid.x(vm.to_column), grid.y(vm.to_lane)};
    const float share = vm.lost || vm.flying ? 0.6f : 1;
    return {from.x + (to.x - from.x) * share, from.y + (to.y - from.y) * share};
}

Rect around(ImVec2 at, float size) { return {at.x - size / 2, at.y - size / 2, size, size}; }

void message(Ui& ui, const Grid& grid, const SpaceMessageVm& vm) {
    Canvas& canvas = ui.canvas;
    const Theme& theme = *canvas.theme;
    const ImVec2 from{grid.x(vm.from_column), grid.y(vm.from_lane)};
    const ImVec2 whole{grid.x(vm.to_column), grid.y(vm.to_lane)}, to = end_of(grid, vm);
    const Colour colour = colour_of(theme, vm.part);
    const float width = vm.part == ConePart::unrelated ? stroke::axis : stroke::mark;
    line(canvas, from, to, colour, width);
    if (vm.lost || vm.flying) dashed_line(canvas, to, whole, kDotted, with_alpha(theme.ctl, 160));
    if (vm.lost) return;   // its cross is drawn above what is torn
    const float length = std::max(1.0f, std::hypot(to.x - from.x, to.y - from.y));
    const ImVec2 along{(to.x - from.x) / length, (to.y - from.y) / length};
    const ImVec2 tip{to.x - along.x * 6, to.y - along.y * 6};
    fill_convex(canvas,
                {tip,
                 {tip.x - along.x * 8 - along.y * 4, tip.y - along.y * 8 + along.x * 4},
                 {tip.x - along.x * 8 + along.y * 4, tip.y - along.y * 8 - along.x * 4}},
                colour);
}

void point(Ui& ui, const Grid& grid, std::size_t place, const SpacePointVm& vm) {
    Canvas& canvas = ui.canvas;
    const Theme& theme = *canvas.theme;
    const ImVec2 at{grid.x(vm.column), grid.y(vm.lane)};
    if (!vm.object.empty()) {
        const Response response =
            interact(ui, fmt::format("event {} {}", place, vm.object), {at.x - 10, at.y - 10, 20, 20});
        if (response.hovered) circle(canvas, at, 9, theme.ink, stroke::rule);
        if (response.focused) focus_ring(canvas, {at.x - 6, at.y - 6, 12, 12}, 6);
        if (response.clicked) act(ui, UiVerb::select, vm.object);
    }
    if (vm.broken) return icon(canvas, Icon::cross, at, theme.late.edge, 14);
    if (vm.elects && vm.part != ConePart::selected) return icon(canvas, Icon::crown, at, theme.leader.edge, 13);
    switch (vm.part) {
        case ConePart::selected:
            disc(canvas, at, 7, theme.now_edge);
            if (theme.now_edge != theme.now) disc(canvas, at, 5.5f, theme.now);
            return circle(canvas, at, 11, theme.now_edge, stroke::link);
        case ConePart::led_to_it: return disc(canvas, at, 4.5f, theme.ink);
        case ConePart::came_from_it:
            return fill_convex(canvas, {{at.x, at.y - 6}, {at.x + 6, at.y}, {at.x, at.y + 6}, {at.x - 6, at.y}},
                               theme.ink);
        case ConePart::unrelated: return disc(canvas, at, 3.5f, theme.ctl);
    }
}

/// How far a lane's name or a fact's words matter: the selected one first.
void labels(Canvas& canvas, const Grid& grid, const SpaceTimeVm& vm, const Rect& bounds) {
    const Theme& theme = *canvas.theme;
    Labels all{canvas, {}};
    for (const SpacePointVm& each : vm.points)
        all.taken.push_back({grid.x(each.column) - 6, grid.y(each.lane) - 6, 12, 12});
    for (const SpaceMessageVm& each : vm.messages)
        if (each.lost) all.taken.push_back(around(end_of(grid, each), 14));
    for (const bool selected : {true, false})
        for (const SpacePointVm& each : vm.points)
            if ((each.part == ConePart::selected) == selected && !each.label.empty())
                all.put(grid.x(each.column) + 12, grid.y(each.lane) - 13,
                        {selected ? Face::semibold : Face::regular, Size::hint}, selected ? theme.ink : theme.mid,
                        each.label, bounds);
    for (const ConePart part : {ConePart::led_to_it, ConePart::came_from_it, ConePart::unrelated})
        for (const SpaceMessageVm& each : vm.messages) {
            if (each.part != part || each.label.empty()) continue;
            const float x = (grid.x(each.from_column) + grid.x(each.to_column)) / 2,
                        y = (grid.y(each.from_lane) + grid.y(each.to_lane)) / 2;
            all.put(x - text_width(canvas, {Face::semibold, Size::hint}, each.label) / 2, y,
                    {Face::semibold, Size::hint}, part == ConePart::unrelated ? theme.mid : theme.ink, each.label,
                    bounds);
        }
}

/// The two spacings; which one is in force. Returns where the legend may begin.
float spacings(Ui& ui, const Rect& rect, const SpaceTimeVm& vm) {
    Canvas& canvas = ui.canvas;
    const Theme& theme = *canvas.theme;
    const Type type{Face::semibold, Size::hint};
    float x = rect.x;
    for (const bool to_scale : {false, true}) {
        const std::string_view words = to_scale ? "to scale" : "one column an event";
        const Rect box{x, rect.y - 1, text_width(canvas, type, words) + 18, 24};
        const Response response = interact(ui, words, box);
        const bool chosen = vm.to_scale == to_scale;
        if (chosen || response.hovered) fill(canvas, box, theme.raised, radius::chip);
        if (chosen) outline(canvas, box, theme.ctl, radius::chip);
        if (response.focused) focus_ring(canvas, box, radius::chip);
        if (response.clicked) act(ui, UiVerb::filter, "spacing", std::string(words));
        text(canvas, box.mid_x(), box.mid_y(), type, chosen ? theme.ink : theme.mid, words, Align::centre);
        x += box.w + 6;
    }
    return x + 12;
}

void arrow_legend(Canvas& canvas, const Rect& rect) {
    const Theme& theme = *canvas.theme;
    float x = rect.x;
    const auto entry = [&](std::string_view words, auto&& mark) {
        const float width = text_width(canvas, {Face::regular, Size::hint}, words);
        if (x + width + 24 > rect.right()) return;
        mark(ImVec2{x + 6, rect.mid_y()});
        text(canvas, x + 18, rect.mid_y(), {Face::regular, Size::hint}, theme.mid, words);
        x += width + 38;
    };
    entry("selected", [&](ImVec2 at) { disc(canvas, at, 5, theme.now_edge); });
    entry("led to it", [&](ImVec2 at) { disc(canvas, at, 4.5f, theme.ink); });
    entry("came from it", [&](ImVec2 at) {
        fill_convex(canvas, {{at.x, at.y - 5}, {at.x + 5, at.y}, {at.x, at.y + 5}, {at.x - 5, at.y}}, theme.ink);
    });
    entry("unrelated", [&](ImVec2 at) { disc(canvas, at, 3.5f, theme.ctl); });
    entry("lost", [&](ImVec2 at) { icon(canvas, Icon::cross, at, theme.late.edge, 12); });
    entry("leads", [&](ImVec2 at) {
        fill(canvas, {at.x - 8, at.y - 5, 16, 10}, with_alpha(theme.leader.fill, 110), radius::mark);
    });
    entry("dead", [&](ImVec2 at) {
        hatch(canvas, {at.x - 8, at.y - 5, 16, 10}, theme.dead.edge, 5),
            outline(canvas, {at.x - 8, at.y - 5, 16, 10}, theme.dead.edge, radius::mark);
    });
}

// ---- the record's way -----------------------------------------------------------------------------------

void stage_mark(Canvas& canvas, ImVec2 at, TraceState state) {
    const Theme& theme = *canvas.theme;
    disc(canvas, at, 8, theme.bg);
    switch (state) {
        case TraceState::done:
            disc(canvas, at, 7, theme.strong);
            return icon(canvas, Icon::check, at, theme.on_strong, 8);
        case TraceState::never:
            circle(canvas, at, 7, theme.late.edge, stroke::link);
            return icon(canvas, Icon::cross, at, theme.late.edge, 8);
        case TraceState::not_yet: return circle(canvas, at, 7, theme.ctl, stroke::link);
    }
}

float trace(Ui& ui, const Rect& rect, const SpaceTimeVm& vm) {
    Canvas& canvas = ui.canvas;
    const Theme& theme = *canvas.theme;
    heading(canvas, rect.x, rect.y + 14, "Record trace",
            vm.record.empty() ? "No record has been sent yet." : vm.record);
    if (vm.trace.empty()) return 32;
    const float step = rect.w / static_cast<float>(vm.trace.size()), y = rect.y + 48;
    for (std::size_t i = 0; i + 1 < vm.trace.size(); ++i) {
        const float x = rect.x + 8 + step * static_cast<float>(i);
        const bool both = vm.trace[i].state == TraceState::done && vm.trace[i + 1].state == TraceState::done;
        if (both) line(canvas, {x, y}, {x + step, y}, theme.ink, stroke::mark);
        else dashed_line(canvas, {x, y}, {x + step, y}, kDotted, theme.ctl);
    }
    for (std::size_t i = 0; i < vm.trace.size(); ++i) {
        const TraceStageVm& each = vm.trace[i];
        const float x = rect.x + 8 + step * static_cast<float>(i);
        if (!each.object.empty()) {
            const Response response = interact(ui, fmt::format("stage {}", i), {x - 8, y - 10, step - 4, 52});
            if (response.hovered) fill(canvas, {x - 10, y - 12, step - 2, 56}, theme.card, radius::button);
            if (response.focused) focus_ring(canvas, {x - 4, y - 6, step - 12, 44}, radius::chip);
            if (response.clicked) act(ui, UiVerb::select, each.object);
        }
        stage_mark(canvas, {x, y}, each.state);
        text_within(canvas, x - 8, y + 22, step - 6, {Face::semibold, Size::label}, theme.ink, each.title);
        text_within(canvas, x - 8, y + 38, step - 6, {Face::regular, Size::hint}, theme.mid, each.note);
    }
    return 102;
}

// ---- the ledger -----------------------------------------------------------------------------------------

void ledger_cell(Ui& ui, const Rect& rect, const LedgerCellVm& vm) {
    Canvas& canvas = ui.canvas;
    const Theme& theme = *canvas.theme;
    if (!vm.object.empty()) {
        const Response response = interact(ui, "send " + vm.number, rect);
        if (response.focused) focus_ring(canvas, rect, radius::cell);
        if (response.clicked) act(ui, UiVerb::select, vm.object);
    }
    const Type type{Face::mono, Size::label};
    switch (vm.state) {
        case LedgerState::once: fill(canvas, rect, theme.raised, radius::chip); break;
        case LedgerState::twice:
            outline(canvas, rect.moved(4, -4), theme.ink, radius::chip);
            fill(canvas, rect, theme.raised, radius::chip);
            outline(canvas, rect, theme.ink, radius::chip, stroke::link);
            break;
        case LedgerState::lost:
            fill(canvas, rect, theme.late.fill, radius::chip);
            dashed_outline(canvas, rect, kDashed, theme.late.edge, radius::chip, stroke::link);
            break;
        case LedgerState::waiting: dashed_outline(canvas, rect, kDashed, theme.ctl, radius::chip); break;
        case LedgerState::refused:
            dashed_outline(canvas, rect, kDashed, theme.ctl, radius::chip);
            icon(canvas, Icon::cross, {rect.right() - 7, rect.y + 7}, theme.low, 8);
            break;
    }
    if (vm.selected) outline(canvas, rect.inset(-3), theme.now_edge, radius::chip + 3, stroke::mark);
    text(canvas, rect.mid_x(), rect.mid_y(), type,
         vm.state == LedgerState::waiting || vm.state == LedgerState::refused ? theme.low : theme.ink, vm.number,
         Align::centre);
}

/// The cells of one side and what they sum to. Returns where the sums end.
float cells_and_sums(Ui& ui, const Rect& rect, const std::vector<LedgerCellVm>& cells, u64 lost, u64 once, u64 twice) {
    Canvas& canvas = ui.canvas;
    const Theme& theme = *canvas.theme;
    const float step = std::min(43.0f, rect.w / static_cast<float>(std::max<std::size_t>(1, cells.size())));
    for (std::size_t i = 0; i < cells.size(); ++i)
        ledger_cell(ui, {rect.x + step * static_cast<float>(i), rect.y + 36, step - 5, 28}, cells[i]);
    float x = rect.x;
    const auto count = [&](u64 number, std::string_view words, Colour colour) {
        x += text(canvas, x, rect.y + 86, {Face::mono_bold, Size::question}, colour, std::to_string(number)) + 8;
        x += text(canvas, x, rect.y + 87, {Face::regular, Size::label}, theme.mid, words) + 28;
    };
    count(lost, "lost", lost > 0 ? theme.late.edge : theme.ink);
    count(once, "once", theme.ink);
    count(twice, "twice", theme.ink);
    return x;
}

float ledger(Ui& ui, const Rect& rect, const SpaceTimeVm& vm) {
    Canvas& canvas = ui.canvas;
    const Theme& theme = *canvas.theme;
    if (vm.ledger.empty()) return 0;
    heading(canvas, rect.x, rect.y + 14, "Ledger", vm.ledger_sentence);
    const float x = cells_and_sums(ui, rect, vm.ledger, vm.lost, vm.once, vm.twice);
    text_within(canvas, x + 4, rect.y + 87, rect.right() - x - 4, {Face::regular, Size::label}, theme.low,
                "A dashed cell has no answer yet, one with a cross was refused.");
    return 102;
}

float reader_ledger(Ui& ui, const Rect& rect, const ReaderLedgerVm& vm) {
    const Scope scope(ui, "reader " + vm.name);
    heading(ui.canvas, rect.x, rect.y + 14, "Worked off by " + vm.name, vm.sentence);
    cells_and_sums(ui, rect, vm.cells, vm.lost, vm.once, vm.twice);
    return 102;
}

}  // namespace

void record_trace_view(Ui& ui, const Rect& rect, const SpaceTimeVm& vm) {
    const Scope scope(ui, "record trace");
    ScrollPane pane(ui, "pane", rect);
    const float x = rect.x + kPad, width = rect.w - 2 * kPad;
    float y = pane.top() + 8;
    y += trace(ui, {x, y, width, 0}, vm) + 12;
    y += ledger(ui, {x, y, width, 0}, vm) + 8;
    for (const ReaderLedgerVm& reader : vm.readers) y += reader_ledger(ui, {x, y, width, 0}, reader) + 8;
    pane.used(y - pane.top());
}

void space_time_view(Ui& ui, const Rect& rect, const SpaceTimeVm& vm) {
    const Scope scope(ui, "space-time");
    ScrollPane pane(ui, "pane", rect);
    const float x = rect.x + kPad, width = rect.w - 2 * kPad;
    float y = pane.top() + 6;
    arrow_legend(ui.canvas, from_edges(spacings(ui, {x, y, width, 20}, vm), y, x + width, y + 20));
    y += 28;
    const float lower = 222;
    const Rect area{x, y, width,
                    std::max(kTimeAxis + 24 + kLaneMin * static_cast<float>(vm.lanes.size()), rect.h - 34 - lower)};
    const Grid grid = make_grid(area, vm);
    bands(ui.canvas, grid, vm);
    axis(ui.canvas, grid, vm, area);
    lifelines(ui, grid, vm);
    for (const ConePart part : {ConePart::unrelated, ConePart::came_from_it, ConePart::led_to_it})
        for (const SpaceMessageVm& each : vm.messages)
            if (each.part == part) message(ui, grid, each);
    torn_gaps(ui.canvas, grid, vm);
    for (const SpaceMessageVm& each : vm.messages)
        if (each.lost) icon(ui.canvas, Icon::cross, end_of(grid, each), ui.canvas.theme->late.edge, 14);
    for (std::size_t i = 0; i < vm.points.size(); ++i) point(ui, grid, i, vm.points[i]);
    const float lanes_bottom = grid.top + grid.lane * static_cast<float>(vm.lanes.size());
    labels(ui.canvas, grid, vm, from_edges(grid.left, grid.top - 4, grid.right, lanes_bottom));
    y = lanes_bottom + 22;
    rule(ui.canvas, rect.x, rect.right(), y, ui.canvas.theme->line);
    y += 6;
    y += trace(ui, {x, y, width, 0}, vm);
    rule(ui.canvas, x, x + width, y, ui.canvas.theme->line);
    y += 4;
    y += ledger(ui, {x, y, width, 0}, vm);
    pane.used(y - pane.top());
}

}  // namespace app::ui
