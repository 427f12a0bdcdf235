#include "app/ui/widgets/fact_rows.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/ui/icons.h"
#include "app/ui/widgets/button.h"

namespace app::ui {
namespace {

constexpr Type kMono{Face::mono, Size::label};
constexpr Type kBold{Face::mono_bold, Size::label};

void cause_mark(Canvas& canvas, ImVec2 at, CauseMark mark) {
    const Theme& theme = *canvas.theme;
    disc(canvas, at, 5, theme.panel);
    switch (mark) {
        case CauseMark::plain: return circle(canvas, at, 4, theme.ctl, stroke::link);
        case CauseMark::broken: return icon(canvas, Icon::cross, at, theme.late.edge, 11);
        case CauseMark::here:
            if (theme.now_edge != theme.now) disc(canvas, at, 5, theme.now_edge);
            return disc(canvas, at, 4, theme.now);
    }
}

constexpr Type kCauseTime{Face::mono, Size::hint};

/// `times`: the width of the longest time of the chain.
void cause_row(Ui& ui, const Rect& row, const CauseVm& vm, float times) {
    const Theme& theme = *ui.canvas.theme;
    const bool here = vm.mark == CauseMark::here;
    cause_mark(ui.canvas, {row.x + 5, row.mid_y()}, vm.mark);
    text(ui.canvas, row.x + 16 + times, row.mid_y(), kCauseTime, theme.mid, vm.time, Align::right);
    text_within(ui.canvas, row.x + 26 + times, row.mid_y(), row.w - 26 - times,
                {here ? Face::semibold : Face::regular, Size::label}, here ? theme.ink : theme.mid, vm.text);
}

}  // namespace

void change_row(Ui& ui, const Rect& row, const ChangeVm& vm) {
    Canvas& canvas = ui.canvas;
    const Theme& theme = *canvas.theme;
    rule(canvas, row.x, row.right(), row.y, theme.line);
    if (!vm.object.empty() && text_button(ui, row.inset(-4, 1), vm.label)) act(ui, UiVerb::ask_why, vm.object);
    const float mid = row.mid_y() + 1;
    float right = row.right();
    if (vm.same) {
        right -= text(canvas, right, mid, {Face::mono, Size::hint}, theme.mid, "same", Align::right) + 14;
        right -= text(canvas, right, mid, kMono, theme.mid, vm.now, Align::right);
    } else {
        right -= text(canvas, right, mid, kBold, theme.ink, vm.now, Align::right) + 14;
        icon(canvas, Icon::arrow, {right - 1, mid}, theme.mid, 12);
        right -= 14;
        right -= text(canvas, right, mid, kMono, theme.mid, vm.was, Align::right);
    }
    text_within(canvas, row.x, mid, right - 8 - row.x, {Face::regular, Size::label}, theme.mid, vm.label);
}

float cause_chain(Ui& ui, float x, float top, float width, const std::vector<CauseVm>& causes) {
    const float height = kCauseRow * static_cast<float>(causes.size());
    for (std::size_t i = 0; i < causes.size(); ++i) {
        const Rect row{x, top + kCauseRow * static_cast<float>(i), width, kCauseRow};
        const std::string name = fmt::format("cause {} {}", i, causes[i].object);
        if (!causes[i].object.empty() && text_button(ui, row.inset(-4, 0), name))
            act(ui, UiVerb::select, causes[i].object);
    }
    if (causes.size() > 1) {
        line(ui.canvas, {x + 5, top + kCauseRow / 2}, {x + 5, top + height - kCauseRow / 2},
             ui.canvas.theme->ctl, stroke::axis);
    }
    float times = 46;
    for (const CauseVm& cause : causes) times = std::max(times, text_width(ui.canvas, kCauseTime, cause.time));
    for (std::size_t i = 0; i < causes.size(); ++i)
        cause_row(ui, {x, top + kCauseRow * static_cast<float>(i), width, kCauseRow}, causes[i], times);
    return height;
}

void state_row(Canvas& canvas, const Rect& row, const StateRowVm& vm) {
    const Theme& theme = *canvas.theme;
    const float now = text(canvas, row.right(), row.mid_y(), kBold, theme.ink, vm.now, Align::right);
    float left = row.right() - now;
    const Type label{Face::regular, Size::label}, hint{Face::regular, Size::hint};
    const std::string was = "was " + vm.was;
    // What it was gives way to what it is called: two long words leave no room for a third.
    const float room = left - 14 - 8 - row.x - text_width(canvas, label, vm.label);
    if (!vm.was.empty() && text_width(canvas, hint, was) <= room)
        left -= 14 + text(canvas, left - 14, row.mid_y(), hint, theme.low, was, Align::right);
    text_within(canvas, row.x, row.mid_y(), left - 8 - row.x, label, theme.mid, vm.label);
}

}  // namespace app::ui
