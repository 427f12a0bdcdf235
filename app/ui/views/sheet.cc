#include "app/ui/views/sheet.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/ui/rich_text.h"
#include "app/ui/widgets/control.h"
#include "app/ui/widgets/section.h"

namespace app::ui {
namespace {

constexpr float kRow = 24, kLine = 18;

float chips(Ui& ui, const Rect& rect, const SheetVm& vm) {
    if (vm.chips.empty()) return 0;
    Canvas& canvas = ui.canvas;
    const Theme& theme = *canvas.theme;
    const Type type{Face::regular, Size::label};
    float x = rect.x + text(canvas, rect.x, rect.y + 14, type, theme.low, vm.chips_title) + 14, y = rect.y;
    for (std::size_t i = 0; i < vm.chips.size(); ++i) {
        const float width = text_width(canvas, type, vm.chips[i].text) + 20;
        if (x + width > rect.right() && x > rect.x) {
            x = rect.x;
            y += 30;
        }
        const Rect box{x, y + 2, width, 24};
        const Response response = interact(ui, fmt::format("chip {} {}", i, vm.chips[i].text), box);
        fill(canvas, box, response.hovered ? theme.raised : theme.card, radius::chip);
        outline(canvas, box, theme.line, radius::chip);
        if (response.focused) focus_ring(canvas, box, radius::chip);
        if (response.clicked) act(ui, UiVerb::filter, vm.field, vm.chips[i].typed);
        text(canvas, box.mid_x(), box.mid_y(), type, theme.ink, vm.chips[i].text, Align::centre);
        x += width + 8;
    }
    return y - rect.y + 36;
}

/// What the button does is done with what stands in the field; with nothing typed, with what it suggests.
float field(Ui& ui, const Rect& rect, const SheetVm& vm) {
    if (vm.field_hint.empty()) return 0;
    Canvas& canvas = ui.canvas;
    const Theme& theme = *canvas.theme;
    const float verb = vm.field_verb.empty() ? 0 : button_width(canvas, vm.field_verb) + 16;
    const Rect box{rect.x, rect.y + 4, rect.w - verb, 32};
    fill(canvas, box, theme.well, radius::button);
    outline(canvas, box, vm.field_error.empty() ? theme.ctl : theme.late.edge, radius::button);
    std::string words = vm.field_text;
    const bool changed = text_field(ui, vm.field, box.inset(10, 2), words,
                                    elide(canvas, {Face::mono, Size::label}, vm.field_hint, box.w - 28), false,
                                    {Face::mono, Size::label});
    if (changed) act(ui, UiVerb::filter, vm.field, words);
    const std::string& done = vm.field_text.empty() ? vm.field_hint : vm.field_text;
    if (verb > 0 && button(ui, {box.right() + 8, box.y, verb - 8, 32}, vm.field_verb, ButtonLook::primary))
        act(ui, UiVerb::run_verb, vm.field, done);
    if (vm.field_error.empty()) return 44;
    return 44 +
           wrapped(canvas, rect.x, box.bottom() + 6, rect.w, {Face::mono, Size::label}, theme.mid, vm.field_error) + 6;
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
    each_cell([&](std::size_t i, float x, float width, Align align) {
        text_within(canvas, x, y + 11, width, {Face::semibold, Size::hint}, theme.mid, vm.columns[i].title, align);
    });
    y += 22;
    rule(canvas, rect.x, rect.right(), y, theme.line);
    for (std::size_t r = 0; r < vm.rows.size(); ++r, y += kRow) {
        const SheetRowVm& row = vm.rows[r];
        if (row.lit) fill(canvas, {rect.x - 6, y + 1, rect.w + 12, kRow - 2}, theme.raised, radius::chip);
        if (!row.object.empty()) {
            const Response response =
                interact(ui, fmt::format("row {} {}", r, row.object), {rect.x - 4, y, rect.w + 8, kRow});
            if (response.clicked) act(ui, UiVerb::select, row.object);
        }
        each_cell([&](std::size_t i, float x, float width, Align align) {
            if (i >= row.cells.size()) return;
            const SheetCellVm& cell = row.cells[i];
            text_within(canvas, x, y + 12, width, {cell.changed ? Face::mono_bold : Face::mono, Size::label},
                        cell.quiet ? theme.low : theme.ink, cell.text, align);
        });
        if (row.bar < 0 || vm.columns.empty()) continue;
        const float room = unit * static_cast<float>(vm.columns.back().share) - 12;
        fill(canvas, {rect.right() - room - 12, y + 6, std::max(2.0f, room * static_cast<float>(row.bar)), 12},
             theme.in_sync.edge, radius::mark);
    }
    return y - rect.y + 4;
}

float lines(Canvas& canvas, const Rect& rect, const SheetSectionVm& vm) {
    const Theme& theme = *canvas.theme;
    float y = rect.y;
    for (const SheetLineVm& each : vm.lines) {
        if (each.lit) fill(canvas, {rect.x - 6, y, rect.w + 12, kLine}, theme.now_fill, radius::mark);
        const Colour colour = each.broken ? theme.late.edge : each.strong ? theme.ink : theme.mid;
        text_within(canvas, rect.x, y + kLine / 2, rect.w, {each.strong ? Face::mono_bold : Face::mono, Size::label},
                    colour, each.text);
        y += kLine;
    }
    return y - rect.y;
}

float section(Ui& ui, const Rect& rect, const SheetSectionVm& vm) {
    const Scope scope(ui, vm.title);
    Canvas& canvas = ui.canvas;
    const Theme& theme = *canvas.theme;
    const float title = text_width(canvas, {Face::semibold, Size::question}, vm.title);
    heading(canvas, rect.x, rect.y + 14, vm.title,
            elide(canvas, {Face::regular, Size::label}, vm.sentence, rect.w - title - 24));
    float y = rect.y + 32;
    const Rect body{rect.x, y, rect.w, 0};
    if (vm.rows.empty() && vm.lines.empty() && !vm.empty.empty()) {
        text_within(canvas, rect.x, y + 10, rect.w, {Face::regular, Size::label}, theme.low, vm.empty);
        y += 24;
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
    y += chips(ui, {x, y, width, 0}, vm);
    for (const SheetSectionVm& each : vm.sections) y += section(ui, {x, y, width, 0}, each) + 8;
    pane.used(y - pane.top() + 8);
}

}  // namespace app::ui
