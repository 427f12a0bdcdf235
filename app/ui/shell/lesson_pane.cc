#include "app/ui/shell/lesson_pane.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/ui/icons.h"
#include "app/ui/rich_text.h"
#include "app/ui/widgets/button.h"
#include "app/ui/widgets/feedback.h"
#include "app/ui/widgets/goal_row.h"
#include "app/ui/widgets/prediction_card.h"
#include "app/ui/widgets/section.h"
#include "app/ui/widgets/stop_bars.h"

namespace app::ui {
namespace {

constexpr float kLowPane = 260;   // lower than this, the question comes first

/// Draws from `y` down and moves it.
struct PaneColumn {
    Ui& ui;
    const Rect& pane;
    float y;

    [[nodiscard]] float x() const { return pane.x + kPad; }
    [[nodiscard]] float width() const { return pane.w - 2 * kPad; }
    [[nodiscard]] const Theme& theme() const { return *ui.canvas.theme; }
};

void head(PaneColumn& column, const LessonPaneVm& vm) {
    Canvas& canvas = column.ui.canvas;
    const std::string count = vm.stops > 0 ? fmt::format("{} / {}", std::min(vm.stop, vm.stops), vm.stops) : "";
    section_label(canvas, column.x(), column.x() + column.width(), column.y + 22, vm.level, count);
    column.y += 32;
    column.y += wrapped(canvas, column.x(), column.y, column.width(), {Face::semibold, Size::title},
                        column.theme().ink, vm.title);
    stop_bars(canvas, column.x(), column.y + 6, column.width(), vm.stop, vm.stops);
    column.y += 20;
}

void narration(PaneColumn& column, const LessonPaneVm& vm) {
    if (vm.narration.empty()) return;
    TextStyle style = body_style(column.theme(), Size::body);
    style.line_height = 1.46f;
    column.y += markdown(column.ui.canvas, column.x(), column.y, column.width(), vm.narration, style) + 10;
}

void questions(PaneColumn& column, const LessonPaneVm& vm) {
    for (const PredictionVm& question : vm.predictions) {
        column.y += prediction_card(column.ui, column.pane.x + 12, column.y, column.pane.w - 24, question) + 12;
    }
    if (vm.run_verb.empty()) return;
    const float width = std::min(column.width(), button_width(column.ui.canvas, vm.run_verb) + 16);
    if (button(column.ui, {column.x(), column.y + 4, width, 28}, vm.run_verb, ButtonLook::primary))
        act(column.ui, UiVerb::run_to_stop);
    if (width + 60 < column.width()) {
        text(column.ui.canvas, column.x() + width + 12, column.y + 18, {Face::mono, Size::hint},
             column.theme().low, "PageDown");
    }
    column.y += 44;
}

void slide(PaneColumn& column, const LessonPaneVm& vm) {
    const auto part = [&](std::string_view label, const std::string& words) {
        if (words.empty()) return;
        section_label(column.ui.canvas, column.x(), column.x() + column.width(), column.y + 10, label);
        column.y += 20;
        column.y += markdown(column.ui.canvas, column.x(), column.y, column.width(), words,
                             body_style(column.theme())) +
                    8;
    };
    part("THE SLIDE SAYS", vm.slide_says);
    part("THE SYSTEM DOES", vm.system_does);
}

void goals(PaneColumn& column, const LessonPaneVm& vm) {
    rule(column.ui.canvas, column.x(), column.x() + column.width(), column.y + 1, column.theme().line);
    column.y += 7;
    for (const GoalVm& goal : vm.goals)
        column.y += std::max(24.0f, goal_row(column.ui, column.x(), column.y, column.width(), goal));
}

void worlds_beside(PaneColumn& column, const LessonPaneVm& vm) {
    if (vm.beside.empty()) return;
    constexpr float kIcon = 22;
    const float width = column.width();
    section_label(column.ui.canvas, column.x(), column.x() + width, column.y + 12, "ANOTHER WORLD BESIDE IT");
    column.y += 22;
    for (const CardLinkVm& link : vm.beside) {
        const TextStyle style = body_style(column.theme());
        const float height =
            std::max(24.0f, markdown(column.ui.canvas, 0, 0, width - kIcon, link.text, style, false) + 6);
        if (text_button(column.ui, {column.x() - 4, column.y, width + 8, height}, "beside " + link.id))
            act(column.ui, UiVerb::follow_link, "beside", link.id);
        icon(column.ui.canvas, link.id == "none" ? Icon::cross : Icon::branch, {column.x() + 7, column.y + 12},
             column.theme().mid, 12);
        markdown(column.ui.canvas, column.x() + kIcon, column.y + 3, width - kIcon, link.text, style);
        column.y += height + 2;
    }
}

void fidelity(PaneColumn& column, const LessonPaneVm& vm) {
    if (vm.fidelity.empty()) return;
    Canvas& canvas = column.ui.canvas;
    constexpr std::string_view kWords = "What is real here, what is simulated";
    if (text_button(column.ui, {column.x() - 4, column.y, column.width() + 8, 24}, kWords))
        act(column.ui, UiVerb::show_fidelity);
    icon(canvas, vm.fidelity_open ? Icon::folded_down : Icon::chevron, {column.x() + 7, column.y + 12},
         column.theme().mid, 12);
    text_within(canvas, column.x() + 22, column.y + 12, column.width() - 22, {Face::regular, Size::label},
                column.theme().mid, kWords);
    column.y += 26;
    if (vm.fidelity_open) column.y += rule_box(canvas, column.x() - 4, column.y, column.width() + 8, vm.fidelity) + 8;
}

float flow(PaneColumn& column, const LessonPaneVm& vm) {
    const float top = column.y;
    const bool low = column.pane.h < kLowPane && !vm.predictions.empty();
    if (low) {   // the question is what must be seen
        column.y += 10;
        questions(column, vm);
    }
    head(column, vm);
    if (vm.error.present())
        column.y += error_card(column.ui, column.pane.x + 12, column.y + 4, column.pane.w - 24, vm.error) + 16;
    narration(column, vm);
    if (!low) questions(column, vm);
    worlds_beside(column, vm);
    slide(column, vm);
    goals(column, vm);
    fidelity(column, vm);
    return column.y - top + 8;
}

}  // namespace

bool way_to_question(Ui& ui, const Rect& rect) {
    const bool clicked = button(ui, rect, "Answer", ButtonLook::primary);
    return clicked || (!ui.state->focus_visible && take_free_key(ui, {Key::enter}));
}

void lesson_pane(Ui& ui, const Rect& rect, const LessonPaneVm& vm) {
    const Scope scope(ui, "lesson");
    fill(ui.canvas, rect, ui.canvas.theme->panel);
    line(ui.canvas, {rect.right() - 1, rect.y}, {rect.right() - 1, rect.bottom()}, ui.canvas.theme->line);
    // How tall the text is depends on how it wraps: the height of the frame before decides how far one can scroll.
    ScrollPane pane(ui, "pane", rect);
    PaneColumn column{ui, rect, pane.top()};
    pane.used(flow(column, vm));
}

}  // namespace app::ui
