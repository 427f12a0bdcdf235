// The Code view: the text of the query with its lit lines, beside it its settings.
#include <fmt/format.h>

#include <algorithm>

#include "app/ui/icons.h"
#include "app/ui/rich_text.h"
#include "app/ui/views/query_tables.h"
#include "app/ui/widgets/chip.h"
#include "app/ui/widgets/section.h"

namespace app::ui {
namespace {

constexpr float kCodeLine = 22, kLineNumbers = 40;

/// A click on a line begins a change of it: the query then runs a second time, with the other line.
void change_line(Ui& ui, const Rect& rect, const CodeVm& vm, std::size_t place) {
    if (vm.query.empty()) return;
    const Response response = interact(ui, fmt::format("line {}", place + 1), rect);
    if (response.hovered) outline(ui.canvas, rect, ui.canvas.theme->ctl, radius::chip);
    if (response.focused) focus_ring(ui.canvas, rect.inset(5), radius::chip);
    if (response.clicked)
        act(ui, UiVerb::run_verb, "code",
            fmt::format("type edit {} {}: {}", vm.query, place + 1, vm.lines[place].text));
}

float text_block(Ui& ui, const Rect& rect, const CodeVm& vm) {
    Canvas& canvas = ui.canvas;
    const Theme& theme = *canvas.theme;
    const float height = kCodeLine * static_cast<float>(std::max<std::size_t>(1, vm.lines.size())) + 20;
    fill(canvas, {rect.x, rect.y, rect.w, height}, theme.well, radius::card);
    float y = rect.y + 10;
    for (std::size_t i = 0; i < vm.lines.size(); ++i, y += kCodeLine) {
        const CodeLineVm& line_vm = vm.lines[i];
        if (line_vm.lit) {
            fill(canvas, {rect.x + 4, y, rect.w - 8, kCodeLine}, theme.now_fill, radius::chip);
            fill(canvas, {rect.x + 4, y + 2, 3, kCodeLine - 4}, theme.now_edge, 1);
        }
        if (line_vm.broken) {
            fill(canvas, {rect.x + 4, y, rect.w - 8, kCodeLine}, theme.late.fill, radius::chip);
            icon(canvas, Icon::cross, {rect.x + 12, y + kCodeLine / 2}, theme.late.edge, 11);
        }
        change_line(ui, {rect.x + 4, y, rect.w - 8, kCodeLine}, vm, i);
        text(canvas, rect.x + kLineNumbers - 8, y + kCodeLine / 2, {Face::mono, Size::hint}, theme.low,
             fmt::format("{}", i + 1), Align::right);
        std::string words = line_vm.text;
        std::ranges::replace(words, '\t', ' ');
        text_within(canvas, rect.x + kLineNumbers + 4, y + kCodeLine / 2, rect.w - kLineNumbers - 16,
                    {line_vm.lit ? Face::mono_bold : Face::mono, Size::body}, theme.ink, words);
    }
    return height;
}

float settings(Canvas& canvas, const Rect& rect, const CodeVm& vm) {
    const Theme& theme = *canvas.theme;
    section_label(canvas, rect.x, rect.right(), rect.y + 10, "HOW IT RUNS");
    float y = rect.y + 24;
    for (const auto& [name, value] : vm.settings) {
        text_within(canvas, rect.x, y + 10, rect.w * 0.48f, {Face::regular, Size::label}, theme.mid, name);
        text_within(canvas, rect.right(), y + 10, rect.w * 0.5f, {Face::mono_bold, Size::label}, theme.ink, value,
                    Align::right);
        y += 24;
    }
    if (!vm.query.empty())
        y += 8 + wrapped(canvas, rect.x, y + 8, rect.w, {Face::regular, Size::label}, theme.mid,
                         "Click a line to change it. A second query starts with it in a branch of its own; Twin and "
                         "Event time show both futures.");
    return y - rect.y + 8;
}

}  // namespace

void code_view(Ui& ui, const Rect& rect, const CodeVm& vm) {
    const Scope scope(ui, "code");
    ScrollPane pane(ui, "pane", rect);
    Canvas& canvas = ui.canvas;
    const float x = rect.x + kPad, width = rect.w - 2 * kPad;
    float y = pane.top() + 12;
    heading(canvas, x, y + 12, vm.language, elide(canvas, {Face::regular, Size::label}, vm.doing, width - 100));
    y += 34;
    const bool beside = rect.w >= 700;
    const float left = beside ? width - 250 : width;
    const float a = text_block(ui, {x, y, left, 0}, vm);
    if (beside) y += std::max(a, settings(canvas, {x + left + 24, y, 226, 0}, vm));
    else y += a + settings(canvas, {x, y + a + 12, width, 0}, vm) + 12;
    pane.used(y - pane.top() + 8);
}

}  // namespace app::ui
