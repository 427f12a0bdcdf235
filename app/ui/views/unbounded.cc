// The Unbounded table view: a column a batch with its input and its result; below, what each output mode would emit.
#include <fmt/format.h>

#include <algorithm>

#include "app/ui/icons.h"
#include "app/ui/patterns.h"
#include "app/ui/rich_text.h"
#include "app/ui/views/query_tables.h"
#include "app/ui/widgets/section.h"

namespace app::ui {
namespace {

constexpr float kTableRow = 21, kWords = 170, kTableGap = 44;

void input_table(Canvas& canvas, const Rect& rect, const UnboundedColumnVm& vm) {
    const Theme& theme = *canvas.theme;
    dashed_outline(canvas, rect, kDotted, theme.ctl, radius::card);
    float y = rect.y + 5;
    if (!vm.more_input.empty()) {
        text_within(canvas, rect.mid_x(), y + 9, rect.w - 12, {Face::regular, Size::hint}, theme.low, vm.more_input,
                    Align::centre);
        y += kTableRow;
    }
    for (const InputLineVm& line_vm : vm.input) {
        const Rect row{rect.x + 4, y, rect.w - 8, kTableRow - 2};
        if (line_vm.fresh) {
            fill(canvas, row, vm.latest ? theme.now_fill : theme.raised, radius::chip);
            outline(canvas, row, vm.latest ? theme.now_edge : theme.ctl, radius::chip);
        }
        text_within(canvas, row.x + 8, row.mid_y(), row.w * 0.5f,
                    {line_vm.fresh ? Face::mono_bold : Face::mono, Size::label}, line_vm.fresh ? theme.ink : theme.mid,
                    line_vm.text);
        text_within(canvas, row.right() - 6, row.mid_y(), row.w * 0.46f, {Face::mono, Size::hint},
                    line_vm.fresh ? theme.mid : theme.low, line_vm.where, Align::right);
        y += kTableRow;
    }
    if (vm.input.empty())
        text_within(canvas, rect.mid_x(), rect.y + 20, rect.w - 12, {Face::regular, Size::hint}, theme.low,
                    "no row yet", Align::centre);
    else if (y + 18 < rect.bottom())
        text(canvas, rect.mid_x(), y + 10, {Face::regular, Size::hint}, theme.low, "grows downwards", Align::centre);
}

void result_table(Canvas& canvas, const Rect& rect, const UnboundedColumnVm& vm) {
    const Theme& theme = *canvas.theme;
    fill(canvas, rect, theme.card, radius::card);
    outline(canvas, rect, theme.line, radius::card);
    constexpr Type note{Face::regular, Size::hint};
    float notes = 22, y = rect.y + 5;
    for (const ResultLineVm& line_vm : vm.result) notes = std::max(notes, text_width(canvas, note, line_vm.note));
    notes = std::min(notes, rect.w * 0.4f);
    for (const ResultLineVm& line_vm : vm.result) {
        const Rect row{rect.x + 4, y, rect.w - 8, kTableRow - 2};
        if (line_vm.changed) fill(canvas, row, vm.latest ? theme.now_fill : theme.raised, radius::chip);
        const Type type{line_vm.changed ? Face::mono_bold : Face::mono, Size::label};
        const Colour ink = line_vm.changed ? theme.ink : theme.mid;
        text_within(canvas, row.right() - 6, row.mid_y(), notes, note, theme.low, line_vm.note, Align::right);
        const float right = row.right() - 14 - notes, values = text_width(canvas, type, line_vm.value);
        text_within(canvas, right, row.mid_y(), row.w * 0.3f, type, ink, line_vm.value, Align::right);
        text_within(canvas, row.x + 8, row.mid_y(), right - values - 8 - row.x - 8, type, ink, line_vm.key);
        y += kTableRow;
    }
    if (vm.result.empty())
        text_within(canvas, rect.mid_x(), rect.y + 18, rect.w - 12, {Face::regular, Size::hint}, theme.low,
                    "nothing was put out", Align::centre);
    if (!vm.more_result.empty())
        text(canvas, rect.mid_x(), rect.bottom() - 9, {Face::regular, Size::hint}, theme.low, vm.more_result,
             Align::centre);
}

void words(Canvas& canvas, float x, float y, float width, std::string_view title, std::string_view sentence) {
    const Theme& theme = *canvas.theme;
    text(canvas, x, y + 12, {Face::semibold, Size::question}, theme.ink, title);
    wrapped(canvas, x, y + 24, width, {Face::regular, Size::label}, theme.mid, sentence);
}

float tables(Canvas& canvas, const Rect& rect, const UnboundedVm& vm) {
    const Theme& theme = *canvas.theme;
    const bool named = rect.w >= 640;
    const float left = rect.x + (named ? kWords : 0), count = static_cast<float>(vm.columns.size());
    const float width = std::min(270.0f, (rect.right() - left - kTableGap * (count - 1)) / count);
    std::size_t most_input = 1, most_result = 1;
    for (const UnboundedColumnVm& column : vm.columns) {
        most_input = std::max(most_input, column.input.size() + (column.more_input.empty() ? 0 : 1));
        most_result = std::max(most_result, column.result.size() + (column.more_result.empty() ? 0 : 1));
    }
    const float input_y = rect.y + 40, input_h = kTableRow * static_cast<float>(most_input) + 30,
                query_y = input_y + input_h;
    const float result_y = query_y + 42,
                result_h = std::max(named ? 88.0f : 0.0f, kTableRow * static_cast<float>(most_result) + 12);
    line(canvas, {left, rect.y + 22}, {rect.right(), rect.y + 22}, theme.ctl, stroke::rule);
    for (std::size_t i = 0; i < vm.columns.size(); ++i) {
        const UnboundedColumnVm& column = vm.columns[i];
        const float x = left + (width + kTableGap) * static_cast<float>(i), mid = x + width / 2;
        if (column.latest) disc(canvas, {mid, rect.y + 22}, 5.5f, theme.now_edge);
        else {
            disc(canvas, {mid, rect.y + 22}, 5.5f, theme.bg);
            circle(canvas, {mid, rect.y + 22}, 5, theme.ctl, stroke::mark);
        }
        const float wide = text(canvas, mid + 12, rect.y + 9, {Face::semibold, Size::body}, theme.ink, column.title);
        const float at_width = text_width(canvas, {Face::mono, Size::label}, column.at);
        const float room = (i + 1 == vm.columns.size() ? rect.right() : mid + width + kTableGap) - mid - 26 - wide;
        if (at_width <= room)
            text(canvas, mid + 20 + wide, rect.y + 9, {Face::mono, Size::label}, theme.mid, column.at);
        input_table(canvas, {x, input_y, width, input_h}, column);
        line(canvas, {mid, query_y}, {mid, result_y - 6}, theme.ctl, stroke::axis);
        fill_convex(canvas, {{mid, result_y - 1}, {mid - 4, result_y - 8}, {mid + 4, result_y - 8}}, theme.ctl);
        const std::string query = elide(canvas, {Face::mono, Size::hint}, vm.query, width - 20);
        const float query_w = text_width(canvas, {Face::mono, Size::hint}, query) + 16;
        fill(canvas, {mid - query_w / 2, query_y + 8, query_w, 20}, theme.raised, radius::chip);
        text(canvas, mid, query_y + 18, {Face::mono, Size::hint}, theme.ink, query, Align::centre);
        result_table(canvas, {x, result_y, width, result_h}, column);
        if (i + 1 == vm.columns.size()) continue;
        dashed_line(canvas, {x + width + 6, result_y + result_h / 2},
                    {x + width + kTableGap - 8, result_y + result_h / 2}, kDashed, theme.ctl, stroke::axis);
        icon(canvas, Icon::chevron, {x + width + kTableGap - 8, result_y + result_h / 2}, theme.mid, 10);
        text(canvas, x + width + kTableGap / 2, result_y + result_h / 2 - 12, {Face::regular, Size::hint}, theme.low,
             "state", Align::centre);
    }
    if (named) {
        words(canvas, rect.x, input_y, kWords - 24, "Input table",
              "Every row that ever arrived. Grey rows were read by earlier batches and are not stored.");
        words(canvas, rect.x, result_y, kWords - 24, "Result table",
              "Kept as state. A batch rewrites only the rows that it touched.");
    }
    return result_y + result_h + 14 - rect.y;
}

void mode_card(Canvas& canvas, const Rect& box, const OutputModeVm& vm) {
    const Theme& theme = *canvas.theme;
    fill(canvas, box, theme.card, radius::card);
    outline(canvas, box, vm.chosen ? theme.ink : theme.line, radius::card, vm.chosen ? stroke::mark : stroke::rule);
    const float wide = text(canvas, box.x + 14, box.y + 18, {Face::semibold, Size::body}, theme.ink, vm.name);
    if (vm.chosen)
        text(canvas, box.right() - 14, box.y + 18, {Face::regular, Size::hint}, theme.mid, "this query", Align::right);
    if (!vm.refused.empty()) {
        const Rect chip{box.x + 24 + wide, box.y + 8, 76, 20};
        fill(canvas, chip, theme.late.fill, radius::chip);
        outline(canvas, chip, theme.late.edge, radius::chip);
        icon(canvas, Icon::cross, {chip.x + 11, chip.mid_y()}, theme.late.edge, 10);
        text(canvas, chip.x + 22, chip.mid_y(), {Face::semibold, Size::hint}, theme.ink, "refused");
        wrapped(canvas, box.x + 14, box.y + 34, box.w - 28, {Face::regular, Size::label}, theme.mid, vm.refused);
        return;
    }
    text_within(canvas, box.x + 14, box.y + 37, box.w - 28, {Face::regular, Size::label}, theme.mid, vm.sentence);
    float y = box.y + 54;
    for (const auto& row : vm.rows) {
        if (y + 16 > box.bottom() - 4) break;
        text_within(canvas, box.x + 14, y + 8, box.w * 0.6f, {Face::mono, Size::label}, theme.ink, row.front());
        text_within(canvas, box.right() - 14, y + 8, box.w * 0.3f, {Face::mono_bold, Size::label}, theme.ink,
                    row.back(), Align::right);
        y += 18;
    }
}

float modes(Canvas& canvas, const Rect& rect, const UnboundedVm& vm) {
    heading(canvas, rect.x, rect.y + 12, vm.modes_title, "The same batch seen by three output modes.");
    std::size_t most = 2;
    for (const OutputModeVm& mode : vm.modes) most = std::max(most, mode.rows.size());
    const float height = 66 + 18 * static_cast<float>(most);
    const auto count = static_cast<float>(vm.modes.size());
    const float width = (rect.w - 16 * (count - 1)) / std::max(1.0f, count);
    for (std::size_t i = 0; i < vm.modes.size(); ++i)
        mode_card(canvas, {rect.x + (width + 16) * static_cast<float>(i), rect.y + 32, width, height}, vm.modes[i]);
    return 32 + height + 8;
}

}  // namespace

void unbounded_view(Ui& ui, const Rect& rect, const UnboundedVm& vm) {
    const Scope scope(ui, "unbounded");
    ScrollPane pane(ui, "pane", rect);
    const float x = rect.x + kPad, width = rect.w - 2 * kPad;
    float y = pane.top() + 10;
    y += tables(ui.canvas, {x, y, width, 0}, vm);
    rule(ui.canvas, rect.x, rect.right(), y, ui.canvas.theme->line);
    y += 8 + modes(ui.canvas, {x, y + 8, width, 0}, vm);
    pane.used(y - pane.top() + 8);
}

}  // namespace app::ui
