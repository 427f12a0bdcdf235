// Sections: the state machine · shares · lag.
#include "app/ui/views/groups.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "app/ui/icons.h"
#include "app/ui/patterns.h"
#include "app/ui/rich_text.h"
#include "app/ui/widgets/section.h"

namespace app::ui {
namespace {

// ---- the state machine ------------------------------------------------------------------------------

struct PhaseWords {
    std::string_view name, what;
    float width;
};
constexpr std::array<PhaseWords, 4> kPhases = {{
    {"Empty", "", 110},
    {"PreparingRebalance", "waiting for joins", 184},
    {"CompletingRebalance", "waiting for assignment", 188},
    {"Stable", "", 110},
}};
constexpr std::array<std::string_view, 3> kSteps = {"join", "all joined", "leader syncs"};

void phase(Canvas& canvas, const Rect& rect, const PhaseWords& words, bool here) {
    const Theme& theme = *canvas.theme;
    fill(canvas, rect, here ? theme.strong : theme.card, rect.h / 2);
    outline(canvas, rect, here ? theme.strong : theme.ctl, rect.h / 2, here ? stroke::mark : stroke::rule);
    const Colour ink = here ? theme.on_strong : theme.ink, mid = here ? theme.on_strong : theme.mid;
    const float name_y = words.what.empty() ? rect.mid_y() : rect.mid_y() - 8;
    text_within(canvas, rect.mid_x(), name_y, rect.w - 16, {Face::semibold, Size::body}, ink, words.name,
                Align::centre);
    if (!words.what.empty())
        text_within(canvas, rect.mid_x(), rect.mid_y() + 10, rect.w - 16, {Face::regular, Size::hint}, mid, words.what,
                    Align::centre);
}

void arrow(Canvas& canvas, ImVec2 from, ImVec2 to, Colour colour, float width) {
    line(canvas, from, {to.x - 6, to.y}, colour, width);
    fill_convex(canvas, {{to.x, to.y}, {to.x - 8, to.y - 4}, {to.x - 8, to.y + 4}}, colour);
}

/// Back from the right: a member that comes, leaves or falls silent begins it again.
void return_arrow(Canvas& canvas, const Rect& stable, const Rect& preparing, std::string_view words, bool lit) {
    const Theme& theme = *canvas.theme;
    const Colour colour = lit ? theme.ink : theme.ctl;
    const ImVec2 from{stable.mid_x(), stable.y}, to{preparing.mid_x(), preparing.y};
    const float top = stable.y - 26;
    polyline(canvas, curve(from, {from.x, top}, {from.x - 30, top}, {from.x - 60, top}), colour,
             lit ? stroke::mark : stroke::axis);
    line(canvas, {from.x - 60, top}, {to.x + 60, top}, colour, lit ? stroke::mark : stroke::axis);
    polyline(canvas, curve({to.x + 60, top}, {to.x + 30, top}, {to.x, top}, {to.x, to.y - 6}), colour,
             lit ? stroke::mark : stroke::axis);
    fill_convex(canvas, {{to.x, to.y}, {to.x - 4, to.y - 8}, {to.x + 4, to.y - 8}}, colour);
    const Type type{Face::regular, Size::hint};
    const float room = from.x - to.x - 150, width = std::min(room, text_width(canvas, type, words) + 16),
                middle = (from.x + to.x) / 2;
    fill(canvas, {middle - width / 2, top - 8, width, 16}, theme.bg);
    text_within(canvas, middle, top, room - 16, type, lit ? theme.ink : theme.mid, words, Align::centre);
}

float state_machine(Ui& ui, const Rect& rect, const GroupsVm& vm) {
    Canvas& canvas = ui.canvas;
    const Theme& theme = *canvas.theme;
    section_label(canvas, rect.x, rect.right(), rect.y + 14, "GROUP STATE");
    float needed = 0;
    for (const PhaseWords& words : kPhases) needed += words.width;
    const float gap = std::clamp((rect.w - needed) / 3, 26.0f, 92.0f);
    const float squeeze = std::min(1.0f, (rect.w - 3 * gap) / needed);
    std::array<Rect, 4> boxes;
    float x = rect.x;
    for (std::size_t i = 0; i < kPhases.size(); ++i) {
        boxes[i] = {x, rect.y + 58, kPhases[i].width * squeeze, 46};
        x = boxes[i].right() + gap;
    }
    const auto here = static_cast<std::size_t>(vm.phase);
    for (std::size_t i = 0; i < kSteps.size(); ++i) {
        const bool lit = here == i + 1;
        arrow(canvas, {boxes[i].right(), boxes[i].mid_y()}, {boxes[i + 1].x, boxes[i].mid_y()},
              lit ? theme.ink : theme.ctl, lit ? stroke::mark : stroke::axis);
        const Type type{lit ? Face::semibold : Face::regular, Size::hint};
        if (gap > text_width(canvas, type, kSteps[i]) + 8)
            text(canvas, (boxes[i].right() + boxes[i + 1].x) / 2, boxes[i].mid_y() - 13, type,
                 lit ? theme.ink : theme.mid, kSteps[i], Align::centre);
    }
    const bool moved = vm.phase == GroupPhaseVm::preparing_rebalance && !vm.moved_by.empty();
    return_arrow(canvas, boxes[3], boxes[1], moved ? vm.moved_by : "a member comes, leaves or stays silent", moved);
    for (std::size_t i = 0; i < kPhases.size(); ++i) phase(canvas, boxes[i], kPhases[i], i == here);
    const float mid = rect.y + 124;
    float at = rect.x + text(canvas, rect.x, mid, {Face::regular, Size::label}, theme.mid, "generation") + 14;
    if (vm.generation != vm.generation_was) {
        at += text(canvas, at, mid, {Face::mono, Size::question}, theme.mid, std::to_string(vm.generation_was)) + 10;
        arrow(canvas, {at, mid}, {at + 22, mid}, theme.mid, stroke::axis);
        at += 32;
    }
    at += text(canvas, at, mid, {Face::mono_bold, Size::question}, theme.ink, std::to_string(vm.generation)) + 24;
    if (!moved) text_within(canvas, at, mid, rect.right() - at, {Face::regular, Size::label}, theme.low, vm.moved_by);
    return 142;
}

// ---- shares ----------------------------------------------------------------------------------------

constexpr float kCell = 40, kCellGap = 6, kShareRow = 36;

std::string_view word_of(ShareKind kind) {
    switch (kind) {
        case ShareKind::none: return "";
        case ShareKind::reads: return "reads";
        case ShareKind::keeps: return "keep";
        case ShareKind::gains: return "new";
        case ShareKind::left: return "left";
    }
    return "";
}

void share_cell(Canvas& canvas, const Rect& rect, ShareKind kind, bool in_force) {
    const Theme& theme = *canvas.theme;
    const Type type{Face::semibold, Size::hint};
    if (kind == ShareKind::none) return fill(canvas, rect, theme.card, radius::cell);
    if (kind == ShareKind::left) {
        dashed_outline(canvas, rect, {3, 2}, theme.ctl, radius::cell);
        text(canvas, rect.mid_x(), rect.mid_y(), {Face::regular, Size::hint}, theme.low, word_of(kind), Align::centre);
        return;
    }
    const bool moves = kind == ShareKind::gains;
    const Colour edge = moves ? theme.now_edge : theme.in_sync.edge;
    fill(canvas, rect, moves ? theme.now_fill : in_force ? theme.in_sync.fill : theme.hatch_gap, radius::cell);
    if (!in_force) hatch(canvas, rect.inset(1), with_alpha(edge, 120), 6, radius::cell);
    outline(canvas, rect, edge, radius::cell, moves ? stroke::mark : stroke::rule);
    const float width = text_width(canvas, type, word_of(kind)) + 6;
    if (!in_force)
        fill(canvas, {rect.mid_x() - width / 2, rect.mid_y() - 7, width, 14}, moves ? theme.now_fill : theme.hatch_gap,
             radius::mark);
    text(canvas, rect.mid_x(), rect.mid_y(), type,
         moves ? (theme.now_edge == theme.now ? theme.now : theme.ink) : theme.ink, word_of(kind), Align::centre);
}

float name_width(const Canvas& canvas, const SharesVm& vm) {
    float width = 40;
    for (const ShareRowVm& row : vm.rows)
        width =
            std::max(width, text_width(canvas, {Face::semibold, Size::body}, row.member) + (row.leads ? 62.0f : 0.0f));
    return std::min(width + 16, 190.0f);
}

float cell_width(float room, std::size_t columns) {
    const auto count = static_cast<float>(std::max<std::size_t>(1, columns));
    return std::clamp((room - kCellGap * (count - 1)) / count, 30.0f, kCell + 10);
}

void share_row(Ui& ui, const Rect& rect, float names, float cell, const ShareRowVm& row, bool in_force) {
    Canvas& canvas = ui.canvas;
    const Theme& theme = *canvas.theme;
    const Response response = interact(ui, row.object, {rect.x - 4, rect.y, names, rect.h - 4});
    if (response.hovered) fill(canvas, {rect.x - 4, rect.y, names, rect.h - 4}, theme.raised, radius::button);
    if (response.focused) focus_ring(canvas, {rect.x, rect.y + 4, names - 8, rect.h - 12}, radius::chip);
    if (response.clicked) act(ui, UiVerb::select, row.object);
    if (response.secondary) act(ui, UiVerb::open_menu, row.object);
    const float leads = row.leads ? 58.0f : 0.0f;
    text_within(canvas, rect.x, rect.y + 16, names - leads - 12, {Face::semibold, Size::body}, theme.ink, row.member);
    if (row.leads) {
        const Rect box{rect.x + names - 66, rect.y + 6, 50, 20};
        outline(canvas, box, theme.ctl, radius::chip);
        text(canvas, box.mid_x(), box.mid_y(), {Face::semibold, Size::hint}, theme.mid, "leader", Align::centre);
    }
    for (std::size_t i = 0; i < row.cells.size(); ++i)
        share_cell(canvas, {rect.x + names + (cell + kCellGap) * static_cast<float>(i), rect.y, cell, 30}, row.cells[i],
                   in_force);
    const float after = rect.x + names + (cell + kCellGap) * static_cast<float>(row.cells.size()) + 10;
    if (rect.right() - after > 60)
        text_within(canvas, after, rect.y + 16, rect.right() - after, {Face::regular, Size::label}, theme.mid,
                    row.state);
}

float shares(Ui& ui, const Rect& rect, const SharesVm& vm, const GroupsVm& all) {
    const Scope scope(ui, vm.title);
    Canvas& canvas = ui.canvas;
    const Theme& theme = *canvas.theme;
    heading(canvas, rect.x, rect.y + 14, vm.title, vm.note);
    const float names = name_width(canvas, vm), cell = cell_width(rect.w - names - 130, all.columns.size());
    float y = rect.y + 30;
    text_within(canvas, rect.x, y + 10, names - 8, {Face::mono, Size::hint}, theme.low, all.topic);
    for (std::size_t i = 0; i < all.columns.size(); ++i)
        text_within(canvas, rect.x + names + (cell + kCellGap) * static_cast<float>(i) + cell / 2, y + 10, cell,
                    {Face::mono, Size::hint}, theme.low, all.columns[i], Align::centre);
    y += 22;
    for (const ShareRowVm& row : vm.rows) {
        share_row(ui, {rect.x, y, rect.w, kShareRow}, names, cell, row, vm.in_force);
        y += kShareRow;
    }
    if (vm.rows.empty()) {
        text(canvas, rect.x, y + 14, {Face::regular, Size::label}, theme.mid,
             "Nobody is in the group. Its offsets stay.");
        y += 28;
    }
    if (!vm.summary.empty()) {
        y += wrapped(canvas, rect.x, y + 2, rect.w, {Face::regular, Size::label}, theme.mid, vm.summary) + 4;
    }
    return y - rect.y + 8;
}

float all_shares(Ui& ui, const Rect& rect, const GroupsVm& vm) {
    if (vm.shares.size() == 1) return shares(ui, rect, vm.shares.front(), vm);
    const bool beside = rect.w >= 860;
    const float half = beside ? (rect.w - 40) / 2 : rect.w;
    const float first = shares(ui, {rect.x, rect.y, half, rect.h}, vm.shares.front(), vm);
    if (beside) {
        icon(ui.canvas, Icon::chevron, {rect.x + half + 18, rect.y + 70}, ui.canvas.theme->mid, 18);
        return std::max(first, shares(ui, {rect.x + half + 40, rect.y, half, rect.h}, vm.shares.back(), vm));
    }
    return first + shares(ui, {rect.x, rect.y + first + 8, half, rect.h}, vm.shares.back(), vm) + 8;
}

// ---- lag -------------------------------------------------------------------------------------------

constexpr float kLagRow = 28;

struct LagScale {
    i64 first = 0;
    i64 last = 1;
    float left = 0, width = 100;
    [[nodiscard]] float x(i64 offset) const {
        const auto part = static_cast<float>(std::clamp(offset, first, last) - first) /
                          static_cast<float>(std::max<i64>(1, last - first));
        return left + width * part;
    }
};

LagScale lag_scale(const GroupsVm& vm, float left, float width) {
    LagScale scale{0, 1, left, width};
    i64 least = INT64_MAX;
    for (const LagRowVm& row : vm.lag) {
        scale.last = std::max({scale.last, row.high_watermark, row.position});
        least = std::min(least, std::max<i64>(row.committed, 0));
    }
    // What everybody has behind them is cut off, so that differences are seen.
    scale.first = std::max<i64>(0, least - (scale.last - least) / 2 - 1);
    return scale;
}

void lag_bar(Canvas& canvas, const LagScale& scale, float mid_y, const LagRowVm& row) {
    const Theme& theme = *canvas.theme;
    const auto piece = [&](i64 from, i64 to) { return from_edges(scale.x(from), mid_y - 9, scale.x(to), mid_y + 9); };
    const i64 committed = std::max<i64>(row.committed, 0), position = std::max(row.position, committed);
    fill(canvas, piece(scale.first, committed), theme.raised, radius::mark);
    if (position > committed) {
        const Rect read = piece(committed, position);
        hatch(canvas, read, theme.mid, 5, radius::mark);
        outline(canvas, read, theme.mid, radius::mark);
    }
    fill(canvas, piece(position, row.high_watermark), theme.ctl, radius::mark);
    fill(canvas, {scale.x(row.high_watermark) - 1, mid_y - 13, 2, 26}, theme.ink);
}

void lag_legend(Canvas& canvas, float right, float mid_y) {
    const Theme& theme = *canvas.theme;
    const Type type{Face::regular, Size::hint};
    const auto entry = [&](std::string_view words, auto&& mark) {
        right -= text(canvas, right, mid_y, type, theme.mid, words, Align::right) + 6;
        mark(Rect{right - 16, mid_y - 6, 16, 12});
        right -= 28;
    };
    entry("high watermark", [&](const Rect& box) { fill(canvas, {box.mid_x() + 4, box.y - 1, 2, 14}, theme.ink); });
    entry("not read", [&](const Rect& box) { fill(canvas, box, theme.ctl, radius::mark); });
    entry("read, not committed", [&](const Rect& box) {
        hatch(canvas, box, theme.mid, 5, radius::mark), outline(canvas, box, theme.mid, radius::mark);
    });
    entry("committed", [&](const Rect& box) {
        fill(canvas, box, theme.raised, radius::mark), outline(canvas, box, theme.line, radius::mark);
    });
}

float lag(Ui& ui, const Rect& rect, const GroupsVm& vm) {
    Canvas& canvas = ui.canvas;
    const Theme& theme = *canvas.theme;
    const float end = heading(canvas, rect.x, rect.y + 14, "Lag");
    if (rect.right() - end > 420) lag_legend(canvas, rect.right(), rect.y + 14);
    constexpr std::array<std::string_view, 5> kColumns = {"committed", "position", "HW", "lag", "was"};
    constexpr std::array<float, 5> kWidths = {76, 66, 52, 46, 46};
    float numbers = 0;
    for (const float width : kWidths) numbers += width;
    const float name = 92, reader = 100, bar_left = rect.x + name + reader,
                bar_width = std::max(60.0f, rect.w - name - reader - numbers - 20);
    const Type quiet{Face::semibold, Size::hint};
    float y = rect.y + 38;
    text(canvas, rect.x, y, quiet, theme.mid, "partition");
    text(canvas, rect.x + name, y, quiet, theme.mid, "reader");
    float right = rect.right();
    for (std::size_t i = kColumns.size(); i-- > 0; right -= kWidths[i])
        text(canvas, right, y, quiet, theme.mid, kColumns[i], Align::right);
    const LagScale scale = lag_scale(vm, bar_left, bar_width);
    y += 20;
    for (const LagRowVm& row : vm.lag) {
        const Rect place{rect.x - 4, y - kLagRow / 2 + 1, rect.w + 8, kLagRow - 2};
        const Response response = interact(ui, "lag " + row.object, place);
        if (response.hovered) fill(canvas, place, theme.card, radius::button);
        if (response.focused) focus_ring(canvas, place.inset(4), radius::chip);
        if (response.clicked) act(ui, UiVerb::select, row.object);
        text_within(canvas, rect.x, y, name - 8, {Face::mono, Size::label}, theme.ink, row.partition);
        text_within(canvas, rect.x + name, y, reader - 8, {Face::regular, Size::label},
                    row.reader == "nobody" ? theme.low : theme.mid, row.reader);
        lag_bar(canvas, scale, y, row);
        const auto number = [](i64 value) { return value < 0 ? std::string("\u2013") : std::to_string(value); };
        const std::array<std::string, 5> values = {number(row.committed), number(row.position),
                                                   number(row.high_watermark), number(row.lag), number(row.lag_was)};
        right = rect.right();
        for (std::size_t i = values.size(); i-- > 0; right -= kWidths[i])
            text(canvas, right, y, {i == 3 ? Face::mono_bold : Face::mono, Size::label}, i == 4 ? theme.low : theme.ink,
                 values[i], Align::right);
        y += kLagRow;
    }
    y += 2 + wrapped(canvas, rect.x, y - 8, rect.w, {Face::regular, Size::label}, theme.mid, vm.lag_note);
    return y - rect.y;
}

}  // namespace

void groups_view(Ui& ui, const Rect& rect, const GroupsVm& vm) {
    const Scope scope(ui, "groups");
    ScrollPane pane(ui, "pane", rect);
    const float x = rect.x + kPad, width = rect.w - 2 * kPad;
    float y = pane.top() + 4;
    const auto part = [&](float height) {
        y += height + 8;
        rule(ui.canvas, rect.x, rect.right(), y, ui.canvas.theme->line);
        y += 8;
    };
    part(state_machine(ui, {x, y, width, rect.h}, vm));
    part(all_shares(ui, {x, y, width, rect.h}, vm));
    y += lag(ui, {x, y, width, rect.h}, vm) + 8;
    pane.used(y - pane.top());
}

}  // namespace app::ui
