#include "app/ui/views/twin.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/ui/icons.h"
#include "app/ui/patterns.h"
#include "app/ui/widgets/chip.h"
#include "app/ui/widgets/section.h"

namespace app::ui {
namespace {

constexpr float kTwinRow = 24, kTime = 64;   // the middle column is wider where times are longer

void branch_name(Canvas& canvas, const Rect& rect, std::string_view name, bool shown) {
    const Theme& theme = *canvas.theme;
    icon(canvas, Icon::branch, {rect.x + 8, rect.mid_y()}, shown ? theme.ink : theme.mid, 14);
    text_within(canvas, rect.x + 24, rect.mid_y(), rect.w - 110, {Face::semibold, Size::question}, theme.ink, name);
    text(canvas, rect.right() - 8, rect.mid_y(), {Face::regular, Size::hint}, theme.low,
         shown ? "shown" : "the other one", Align::right);
}

void fact(Ui& ui, const Rect& box, const TwinFactVm& vm, bool bold) {
    if (vm.text.empty()) return;
    Canvas& canvas = ui.canvas;
    const Theme& theme = *canvas.theme;
    if (!vm.object.empty()) {
        const Response response = interact(ui, vm.object, box);
        if (response.hovered) fill(canvas, box, theme.raised, radius::chip);
        if (response.focused) focus_ring(canvas, box.inset(2), radius::chip);
        if (response.clicked) act(ui, UiVerb::select, vm.object);
    }
    float x = box.x + 8;
    if (vm.broken) {
        icon(canvas, Icon::cross, {x + 5, box.mid_y()}, theme.late.edge, 11);
        x += 18;
    }
    text_within(canvas, x, box.mid_y(), box.right() - x - 4, {bold ? Face::semibold : Face::regular, Size::label},
                theme.ink, vm.text);
}

float moments(Ui& ui, const Rect& rect, const TwinVm& vm) {
    Canvas& canvas = ui.canvas;
    const Theme& theme = *canvas.theme;
    float middle = kTime;
    for (const TwinRowVm& row : vm.rows)
        middle = std::max(middle, text_width(canvas, {Face::mono, Size::hint}, row.time) + 28);
    const float half = (rect.w - middle) / 2;
    branch_name(canvas, {rect.x, rect.y, half, 30}, vm.left, true);
    branch_name(canvas, {rect.x + half + middle, rect.y, half, 30}, vm.right, false);
    float y = rect.y + 34;
    rule(canvas, rect.x, rect.right(), y, theme.line);
    text_within(canvas, rect.mid_x(), y + 14, rect.w, {Face::regular, Size::hint}, theme.low, vm.parted, Align::centre);
    y += 28;
    const float top = y;
    if (vm.rows.empty()) {
        text(canvas, rect.mid_x(), y + 12, {Face::regular, Size::label}, theme.mid,
             "Neither has told anything new since then.", Align::centre);
        return y + 30 - rect.y;
    }
    for (std::size_t i = 0; i < vm.rows.size(); ++i, y += kTwinRow) {
        const TwinRowVm& row = vm.rows[i];
        const Scope scope(ui, fmt::format("row {}", i));
        const Rect left{rect.x, y, half, kTwinRow - 2}, right{rect.x + half + middle, y, half, kTwinRow - 2};
        if (row.first_difference) {
            const Rect& box = row.left.text.empty() ? right : left;
            fill(canvas, box, theme.now_fill, radius::chip);
            outline(canvas, box, theme.now_edge, radius::chip, stroke::mark);
        }
        fact(ui, left, row.left, row.first_difference);
        fact(ui, right, row.right, row.first_difference);
        // One past in the middle: a dot on both sides is the same on both.
        const float x = rect.x + half + middle / 2;
        text(canvas, x, y + kTwinRow / 2 - 1, {Face::mono, Size::hint}, row.first_difference ? theme.ink : theme.mid,
             row.time, Align::centre);
        if (!row.left.text.empty())
            disc(canvas, {rect.x + half + 4, y + kTwinRow / 2 - 1}, 3, row.same ? theme.low : theme.ink);
        if (!row.right.text.empty())
            circle(canvas, {rect.x + half + middle - 4, y + kTwinRow / 2 - 1}, 3, row.same ? theme.low : theme.ink);
    }
    line(canvas, {rect.x + half + 4, top}, {rect.x + half + 4, y - 4}, theme.line, stroke::rule);
    line(canvas, {rect.x + half + middle - 4, top}, {rect.x + half + middle - 4, y - 4}, theme.line, stroke::rule);
    if (!vm.more.empty()) {
        text(canvas, rect.mid_x(), y + 10, {Face::regular, Size::hint}, theme.low, vm.more, Align::centre);
        y += 20;
    }
    return y - rect.y + 8;
}

float numbers(Canvas& canvas, const Rect& rect, const TwinVm& vm) {
    const Theme& theme = *canvas.theme;
    heading(canvas, rect.x, rect.y + 12, "What it came to", vm.verdict);
    const std::size_t columns = rect.w >= 760 ? 3 : rect.w >= 480 ? 2 : 1;
    const std::size_t rows = (vm.state.size() + columns - 1) / columns;
    const float width = (rect.w - 28 * static_cast<float>(columns - 1)) / static_cast<float>(columns);
    for (std::size_t i = 0; i < vm.state.size(); ++i) {
        const TwinStateVm& row = vm.state[i];
        const float x = rect.x + (width + 28) * static_cast<float>(i / rows),
                    y = rect.y + 32 + kTwinRow * static_cast<float>(i % rows);
        text_within(canvas, x, y + 11, width - 150, {Face::regular, Size::label}, row.differs ? theme.ink : theme.mid,
                    row.label);
        const float left_edge = x + width - 78, right_edge = x + width;
        if (row.differs) {
            fill(canvas, from_edges(right_edge - 68, y + 1, right_edge + 6, y + kTwinRow - 3), theme.now_fill,
                 radius::chip);
            outline(canvas, from_edges(right_edge - 68, y + 1, right_edge + 6, y + kTwinRow - 3), theme.now_edge,
                    radius::chip);
        }
        text_within(canvas, left_edge, y + 11, 70, {row.differs ? Face::mono_bold : Face::mono, Size::label},
                    row.differs ? theme.ink : theme.mid, row.left, Align::right);
        text_within(canvas, right_edge, y + 11, 64, {row.differs ? Face::mono_bold : Face::mono, Size::label},
                    row.differs ? theme.ink : theme.mid, row.right, Align::right);
    }
    return 40 + kTwinRow * static_cast<float>(rows);
}

}  // namespace

void twin_view(Ui& ui, const Rect& rect, const TwinVm& vm) {
    const Scope scope(ui, "twin");
    ScrollPane pane(ui, "pane", rect);
    const float x = rect.x + kPad, width = rect.w - 2 * kPad;
    float y = pane.top() + 8;
    y += moments(ui, {x, y, width, 0}, vm);
    rule(ui.canvas, rect.x, rect.right(), y, ui.canvas.theme->line);
    y += 10 + numbers(ui.canvas, {x, y + 10, width, 0}, vm);
    pane.used(y - pane.top() + 8);
}

}  // namespace app::ui
