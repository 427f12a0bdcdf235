#include "app/ui/views/sheet.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/ui/patterns.h"
#include "app/ui/rich_text.h"
#include "app/ui/widgets/control.h"
#include "app/ui/widgets/section.h"

namespace app::ui {
namespace {

constexpr float kPad = 16, kRow = 24, kLine = 18;

float field(Ui& ui, const Rect& rect, const SheetVm& vm) {
    if (vm.field_hint.empty()) return 0;
    Canvas& canvas = ui.canvas;
    const Theme& theme = *canvas.theme;
    const Rect box{rect.x, rect.y + 4, rect.w, 32};
    fill(canvas, box, theme.well, radius::button);
    outline(canvas, box, vm.field_error.empty() ? theme.ctl : theme.late.edge, radius::button);
    std::string words = vm.field_text;
    const bool changed = text_field(ui, vm.field, box.inset(10, 2), words, elide(canvas, {Face::mono, Size::label}, vm.field_hint, box.w - 24), false, {Face::mono, Size::label});
    if (changed) act(ui, UiVerb::filter, vm.field, words);
    if (vm.field == "console" && !vm.field_text.empty() && button(ui, {box.right() - 66, box.y + 2, 62, 28}, "Run", ButtonLook::primary)) act(ui, UiVerb::run_verb, "console", vm.field_text);
    if (vm.field_error.empty()) return 44;
    return 44 + wrapped(canvas, rect.x, box.bottom() + 6, rect.w, {Face::mono, Size::label}, theme.mid, vm.field_error) + 6;
}

float table_rows(Ui& ui, const Rect& rect, const SheetSectionVm& vm) {
    Canvas& canvas = ui.canvas;
    const Theme& theme = *canvas.theme;
    i32 shares = 0;
    for (const SheetColumnVm& column : vm.columns) shares += column.share;
    const float unit = rect.w / static_cast<float>(std::max(1, shares));
    const auto each_cell = [&](auto&& draw) {
        float x = rect.x;
        for (std::size_t i = 0; i < vm.columns.size(); ++i) {
            const float width = unit * static_cast<float>(vm.columns[i].share) - 12;
            draw(i, vm.columns[i].right ? x + width : x, width, vm.columns[i].right ? Align::right : Align::left);
            x += width + 12;
        }
    };
    float y = rect.y;
    each_cell([&](std::size_t i, float x, float width, Align align) { text_within(canvas, x, y + 11, width, {Face::semibold, Size::hint}, theme.mid, vm.columns[i].title, align); });
    y += 22;
    rule(canvas, rect.x, rect.right(), y, theme.line);
    for (std::size_t r = 0; r < vm.rows.size(); ++r, y += kRow) {
        const SheetRowVm& row = vm.rows[r];
        if (row.lit) fill(canvas, {rect.x - 6, y + 1, rect.w + 12, kRow - 2}, theme.raised, radius::chip);
        if (!row.object.empty()) {
            const Response response = interact(ui, fmt::format("row {} {}", r, row.object), {rect.x - 4, y, rect.w + 8, kRow});
            if (response.clicked) act(ui, UiVerb::select, row.object);
        }
        each_cell([&](std::size_t i, float x, float width, Align align) {
            if (i >= row.cells.size()) return;
            const SheetCellVm& cell = row.cells[i];
            text_within(canvas, x, y + 13, width, {cell.changed ? Face::mono_bold : Face::mono, Size::label}, cell.quiet ? theme.low : theme.ink, cell.text, align);
        });
    }
    return y - rect.y + 4;
}

float lines(Canvas& canvas, const Rect& rect, const SheetSectionVm& vm) {
    const Theme& theme = *canvas.theme;
    float y = rect.y;
    for (const SheetLineVm& each : vm.lines) {
        if (each.lit) fill(canvas, {rect.x - 6, y, rect.w + 12, kLine}, theme.now_fill, radius::mark);
        const Colour colour = each.broken ? theme.late.edge : each.strong ? theme.ink : theme.mid;
        text_within(canvas, rect.x, y + kLine / 2, rect.w, {each.strong ? Face::mono_bold : Face::mono, Size::label}, colour, each.text);
        y += kLine;
    }
    return y - rect.y;
}

float blocks(Ui& ui, const Rect& rect, const SheetSectionVm& vm) {
    Canvas& canvas = ui.canvas;
    const Theme& theme = *canvas.theme;
    const i64 first = vm.blocks.front().from;
    const float unit = rect.w / static_cast<float>(std::max<i64>(1, vm.blocks.back().to - first));
    float free_from = rect.x;
    for (const SheetBlockVm& block : vm.blocks) {
        const Rect box = from_edges(rect.x + unit * static_cast<float>(block.from - first), rect.y + 4, rect.x + unit * static_cast<float>(block.to - first) - 2, rect.y + 32);
        const Response response = interact(ui, block.object, box);
        fill(canvas, box, block.committed ? theme.in_sync.fill : theme.hatch_gap, radius::cell);
        if (!block.committed) hatch(canvas, box.inset(1), theme.in_sync.edge, 5, radius::cell);
        outline(canvas, box, response.hovered ? theme.ink : theme.in_sync.edge, radius::cell);
        if (block.lit) outline(canvas, box.inset(-3), theme.now_edge, radius::cell + 3, stroke::mark);
        if (response.focused) focus_ring(canvas, box, radius::cell);
        if (response.clicked) act(ui, UiVerb::select, block.object);
        const Type type{Face::mono_bold, Size::hint};
        const float width = text_width(canvas, type, block.label);
        if (width + 6 < box.w) {
            fill(canvas, {box.mid_x() - width / 2 - 2, box.mid_y() - 7, width + 4, 14}, block.committed ? theme.in_sync.fill : theme.hatch_gap, radius::mark);
            text(canvas, box.mid_x(), box.mid_y(), type, theme.ink, block.label, Align::centre);
        }
        const std::string position = std::to_string(block.from);
        const float wide = text_width(canvas, {Face::mono, Size::hint}, position);
        if (box.x < free_from || box.x + wide > rect.right()) continue;
        text(canvas, box.x, rect.y + 44, {Face::mono, Size::hint}, theme.low, position);
        free_from = box.x + wide + 10;
    }
    return 58;
}

float section(Ui& ui, const Rect& rect, const SheetSectionVm& vm) {
    const Scope scope(ui, vm.title);
    Canvas& canvas = ui.canvas;
    const Theme& theme = *canvas.theme;
    const float title = text_width(canvas, {Face::semibold, Size::question}, vm.title);
    heading(canvas, rect.x, rect.y + 14, vm.title, elide(canvas, {Face::regular, Size::label}, vm.sentence, rect.w - title - 24));
    float y = rect.y + 32;
    const Rect body{rect.x, y, rect.w, 0};
    if (vm.rows.empty() && vm.lines.empty() && vm.blocks.empty() && !vm.empty.empty()) {
        text_within(canvas, rect.x, y + 10, rect.w, {Face::regular, Size::label}, theme.low, vm.empty);
        y += 24;
    } else if (!vm.blocks.empty()) {
        y += blocks(ui, body, vm);
    } else if (!vm.lines.empty()) {
        y += lines(canvas, body, vm);
    } else {
        y += table_rows(ui, body, vm);
    }
    if (!vm.rule.empty()) y += rule_box(canvas, rect.x, y + 6, rect.w, vm.rule) + 10;
    return y - rect.y + 8;
}

}  // namespace

void sheet_view(Ui& ui, const Rect& rect, const SheetVm& vm) {
    const Scope scope(ui, "sheet");
    ScrollPane pane(ui, "pane", rect);
    const float x = rect.x + kPad, width = rect.w - 2 * kPad;
    float y = pane.top() + 8;
    y += field(ui, {x, y, width, 0}, vm);
    for (const SheetSectionVm& each : vm.sections) y += section(ui, {x, y, width, 0}, each) + 8;
    pane.used(y - pane.top() + 8);
}

}  // namespace app::ui
