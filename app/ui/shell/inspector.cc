#include "app/ui/shell/inspector.h"

#include <algorithm>

#include "app/ui/icons.h"
#include "app/ui/patterns.h"
#include "app/ui/rich_text.h"
#include "app/ui/widgets/button.h"
#include "app/ui/widgets/fact_rows.h"
#include "app/ui/widgets/section.h"

namespace app::ui {
namespace {

struct Column {
    Ui& ui;
    float x, width, y;

    [[nodiscard]] const Theme& theme() const { return *ui.canvas.theme; }
    [[nodiscard]] float right() const { return x + width; }
};

void what_changed(Column& column, const InspectorVm& vm) {
    Canvas& canvas = column.ui.canvas;
    section_label(canvas, column.x, column.right(), column.y + 24, vm.heading, vm.step);
    column.y += 38;
    column.y += wrapped(canvas, column.x, column.y, column.width, {Face::semibold, Size::question},
                        column.theme().ink, vm.title) +
                4;
    TextStyle style = body_style(column.theme(), Size::body);
    style.line_height = 1.46f;
    if (!vm.text.empty()) column.y += markdown(canvas, column.x, column.y, column.width, vm.text, style);
    column.y += 8;
    for (const ChangeVm& change : vm.changes) {
        change_row(column.ui, {column.x, column.y, column.width, kChangeRow}, change);
        column.y += kChangeRow;
    }
}

void why(Column& column, const InspectorVm& vm) {
    if (vm.causes.empty()) return;
    section_label(column.ui.canvas, column.x, column.right(), column.y + 19, vm.why_heading);
    column.y += 30;
    column.y += cause_chain(column.ui, column.x, column.y, column.width, vm.causes) + 10;
}

void shut_rule(Column& column, const InspectorVm& vm) {
    Canvas& canvas = column.ui.canvas;
    const Theme& theme = column.theme();
    const Rect box{column.x - 4, column.y, column.width + 8, 54};
    dashed_outline(canvas, box, kDashed, theme.next.edge, radius::button, stroke::link);
    const ImVec2 at{box.x + 18, box.mid_y()};
    const ImVec2 diamond[] = {{at.x, at.y - 8}, {at.x + 8, at.y}, {at.x, at.y + 8}, {at.x - 8, at.y}};
    polyline(canvas, diamond, theme.now_edge, stroke::link, true);
    text(canvas, at.x, at.y, {Face::mono_bold, Size::hint}, theme.now_edge, "?", Align::centre);
    wrapped(canvas, box.x + 36, box.y + 9, std::min(176.0f, box.w - 48), {Face::regular, Size::label},
            theme.mid, vm.rule_shut_text);
    column.y += 54;
}

void rule_and_question(Column& column, const InspectorVm& vm) {
    if (vm.rule_shut) shut_rule(column, vm);
    else if (!vm.rule.empty())
        column.y +=
            rule_box(column.ui.canvas, column.x - 4, column.y, column.width + 8, "**Rule.** " + vm.rule);
    if (vm.why_question.empty()) {
        column.y += 8;
        return;
    }
    Canvas& canvas = column.ui.canvas;
    column.y += 4;
    if (text_button(column.ui, {column.x - 6, column.y, column.width + 12, 24}, "ask why"))
        act(column.ui, UiVerb::ask_why, vm.why_object);
    icon(canvas, Icon::lens, {column.x + 5, column.y + 12}, column.theme().mid, 14);
    text_within(canvas, column.x + 20, column.y + 12, column.width - 36, {Face::semibold, Size::label},
                column.theme().ink, vm.why_question);
    text(canvas, column.right(), column.y + 12, {Face::mono, Size::hint}, column.theme().low, "Y", Align::right);
    column.y += 32;
}

void state_of_selection(Column& column, const InspectorVm& vm) {
    if (vm.state.empty() && vm.absent.empty()) return;
    Canvas& canvas = column.ui.canvas;
    rule(canvas, column.x, column.right(), column.y, column.theme().line);
    section_label(canvas, column.x, column.right(), column.y + 18, vm.state_heading);
    column.y += 28;
    if (!vm.absent.empty())
        column.y += wrapped(canvas, column.x, column.y, column.width, {Face::regular, Size::label},
                            column.theme().mid, vm.absent);
    for (const StateRowVm& row : vm.state) {
        state_row(canvas, {column.x, column.y, column.width, kStateRow}, row);
        column.y += kStateRow;
    }
}

// ---- promises -------------------------------------------------------------------------------------

void broken_lamp(Column& column, const LampVm& lamp) {
    Canvas& canvas = column.ui.canvas;
    const Theme& theme = column.theme();
    if (!lamp.question.empty() &&
        text_button(column.ui, {column.x - 6, column.y, column.width + 12, 24}, "lamp " + lamp.promise))
        act(column.ui, UiVerb::ask_why, lamp.question);
    icon(canvas, Icon::cross, {column.x + 5, column.y + 12}, theme.late.edge, 12);
    text_within(canvas, column.x + 18, column.y + 12, column.width - 18, {Face::semibold, Size::label}, theme.ink,
                lamp.promise + ": broken");
    column.y += 22;
    column.y += markdown(canvas, column.x + 18, column.y, column.width - 18, lamp.why, body_style(theme)) + 6;
}

/// A lamp for each promise; those that hold take one line together.
void promises(Column& column, const InspectorVm& vm) {
    if (vm.lamps.empty()) return;
    Canvas& canvas = column.ui.canvas;
    const Theme& theme = column.theme();
    column.y += 8;
    rule(canvas, column.x, column.right(), column.y, theme.line);
    section_label(canvas, column.x, column.right(), column.y + 18, "PROMISES");
    column.y += 28;
    for (const LampVm& lamp : vm.lamps)
        if (lamp.broken) broken_lamp(column, lamp);
    const auto held = static_cast<int>(std::ranges::count(vm.lamps, false, &LampVm::broken));
    float x = column.x + 5;
    for (int i = 0; i < held; ++i, x += 14) disc(canvas, {x, column.y + 10}, 4, theme.good.edge);
    text_within(canvas, x + 4, column.y + 10, column.right() - x - 4, {Face::regular, Size::label}, theme.mid,
                held == static_cast<int>(vm.lamps.size()) ? "all hold at this moment" : "hold");
    column.y += 24;
}

// ---- caption --------------------------------------------------------------------------------------

/// Two numbers in a strong frame: what the rule stands at.
void key_numbers(Canvas& canvas, const Rect& box, const InspectorVm& vm) {
    const Theme& theme = *canvas.theme;
    fill(canvas, box, theme.card, radius::card);
    outline(canvas, box, theme.ink, radius::card, stroke::mark);
    text_within(canvas, box.x + 16, box.y + 16, box.w * 0.55f - 24, {Face::regular, Size::label}, theme.mid,
                vm.key_label);
    text_within(canvas, box.x + 16, box.bottom() - 20, box.w * 0.55f - 24, {Face::mono_bold, Size::title},
                theme.ink, vm.key_value);
    if (vm.key_label_2.empty()) return;
    const float x = box.x + box.w * 0.58f;
    line(canvas, {x, box.y + 10}, {x, box.bottom() - 10}, theme.line, stroke::mark);
    text_within(canvas, x + 18, box.y + 16, box.right() - x - 26, {Face::regular, Size::label}, theme.mid,
                vm.key_label_2);
    text_within(canvas, x + 18, box.bottom() - 20, box.right() - x - 26, {Face::mono_bold, Size::title},
                theme.ink, vm.key_value_2);
}

void short_chain(Canvas& canvas, const Rect& rect, const InspectorVm& vm) {
    const Theme& theme = *canvas.theme;
    text(canvas, rect.x, rect.y + 10, {Face::semibold, Size::label}, theme.ink, "Why");
    const auto room = static_cast<std::size_t>(std::max(0.0f, (rect.h - 20) / 20));
    const std::size_t first = vm.causes.size() > room ? vm.causes.size() - room : 0;
    float y = rect.y + 32;
    for (std::size_t i = first; i < vm.causes.size(); ++i, y += 20) {
        const bool here = vm.causes[i].mark == CauseMark::here;
        text(canvas, rect.x + 44, y, {Face::mono, Size::label}, theme.mid, vm.causes[i].time, Align::right);
        text_within(canvas, rect.x + 54, y, rect.w - 54, {here ? Face::semibold : Face::regular, Size::label},
                    theme.ink, vm.causes[i].text);
    }
}

}  // namespace

void inspector(Ui& ui, const Rect& rect, const InspectorVm& vm) {
    const Scope scope(ui, "inspector");
    fill(ui.canvas, rect, ui.canvas.theme->panel);
    line(ui.canvas, {rect.x, rect.y}, {rect.x, rect.bottom()}, ui.canvas.theme->line);
    ScrollPane pane(ui, "pane", rect);
    Column column{ui, rect.x + kPad, rect.w - 2 * kPad, pane.top()};
    what_changed(column, vm);
    why(column, vm);
    rule_and_question(column, vm);
    const bool broken = std::ranges::any_of(vm.lamps, &LampVm::broken);   // then it goes before the numbers
    if (broken) promises(column, vm);
    state_of_selection(column, vm);
    if (!broken) promises(column, vm);
    pane.used(column.y - pane.top());
}

void inspector_caption(Ui& ui, const Rect& rect, const InspectorVm& vm) {
    const Scope scope(ui, "inspector");
    Canvas& canvas = ui.canvas;
    const Theme& theme = *canvas.theme;
    fill(canvas, rect, theme.raised);
    const Clip clip(canvas, rect);
    const float x = rect.x + kPad, width = rect.w - 2 * kPad;
    if (rect.h < 62) {   // one line
        text_within(canvas, x, rect.mid_y(), width, {Face::semibold, Size::body}, theme.ink, vm.title);
        return;
    }
    text_within(canvas, x, rect.y + 22, width, {Face::semibold, Size::title}, theme.ink, vm.title);
    const TextStyle style = body_style(theme, Size::body);
    const float words = markdown(canvas, x, rect.y + 36, width, vm.text, style) + 38;
    const float left = rect.h - words;
    if (left < 66 || vm.key_label.empty()) return;
    const float split = std::min(350.0f, width * 0.6f);
    key_numbers(canvas, {x, rect.y + words + 4, split, std::min(76.0f, left - 12)}, vm);
    if (width - split > 180)
        short_chain(canvas, {x + split + 24, rect.y + words + 4, width - split - 24, left - 8}, vm);
}

}  // namespace app::ui
