#include "app/ui/widgets/feedback.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "app/ui/icons.h"
#include "app/ui/patterns.h"
#include "app/ui/rich_text.h"
#include "app/ui/widgets/button.h"
#include "sim/base/lines.h"

namespace app::ui {
namespace {

constexpr i64 kSpinMs = 900;
constexpr float kToastLine = 17;

/// Where program text begins to be shown, so that the caret of its last line is seen.
std::size_t first_letter(const std::vector<std::string_view>& lines, std::size_t letters) {
    const std::size_t caret = lines.empty() ? 0 : lines.back().find('^');
    if (caret == std::string_view::npos || caret + 3 < letters) return 0;
    return caret + 3 - letters + letters / 3;
}

constexpr Type kErrorTitle{Face::semibold, Size::body};

bool title_beside_place(const Canvas& canvas, float width, const LessonErrorVm& vm) {
    return text_width(canvas, kErrorTitle, vm.title) + text_width(canvas, {Face::mono, Size::hint}, vm.place) <=
           width - 62;
}

/// The title names what is wrong: it is never cut, but wraps, with the place below it.
float error_head_height(Canvas& canvas, float width, const LessonErrorVm& vm) {
    constexpr float kUsual = 38;
    if (title_beside_place(canvas, width, vm)) return kUsual;
    return 10 + wrapped(canvas, 0, 0, width - 50, kErrorTitle, canvas.theme->ink, vm.title, false) + 22;
}

void error_head(Canvas& canvas, float x, float top, float width, const LessonErrorVm& vm) {
    const Theme& theme = *canvas.theme;
    icon(canvas, Icon::cross, {x + 20, top + 20}, theme.late.edge, 14);
    const Rect box{x + 36, top + 10, width - 50, 0};
    if (title_beside_place(canvas, width, vm)) {
        text(canvas, box.x, top + 20, kErrorTitle, theme.ink, vm.title);
        text(canvas, box.right(), top + 20, {Face::mono, Size::hint}, theme.mid, vm.place, Align::right);
        return;
    }
    const float height = wrapped(canvas, box.x, box.y, box.w, kErrorTitle, theme.ink, vm.title);
    text_within(canvas, box.x, box.y + height + 8, box.w, {Face::mono, Size::hint}, theme.mid, vm.place);
}

/// Letters of the line that fit, with the mistake always among them.
struct Excerpt {
    std::string text;
    i32 column = 0;
};

Excerpt excerpt_of(const LessonErrorVm& vm, i32 letters) {
    const auto size = static_cast<i32>(vm.line.size());
    if (size <= letters || letters < 8) return {vm.line, vm.column};
    const i32 from = std::clamp(vm.column + vm.length / 2 - letters / 2, 0, size - letters);
    return {vm.line.substr(static_cast<std::size_t>(from), static_cast<std::size_t>(letters)), vm.column - from};
}

void error_line(Canvas& canvas, const Rect& box, const LessonErrorVm& vm) {
    const Theme& theme = *canvas.theme;
    const Type mono{Face::mono, Size::label};
    const float letter = text_width(canvas, mono, "0");
    const Excerpt excerpt = excerpt_of(vm, static_cast<i32>((box.w - 48) / letter));
    const float left = box.x + 38;
    const float from = left + letter * static_cast<float>(excerpt.column);
    const float wide = std::min(letter * static_cast<float>(vm.length), box.right() - 8 - from);
    fill(canvas, box, theme.well, radius::chip);
    text(canvas, box.x + 28, box.y + 16, mono, theme.low, vm.line_number, Align::right);
    text_within(canvas, left, box.y + 16, box.right() - 8 - left, mono, theme.ink, excerpt.text);
    fill(canvas, {from, box.y + 25, wide, 2}, theme.late.edge);
    if (vm.nearest.empty()) return;
    const std::string nearest = "^ nearest: " + vm.nearest;
    const float x = std::min(from, box.right() - 10 - text_width(canvas, mono, nearest));
    text_within(canvas, std::max(left, x), box.y + 38, box.right() - 8 - std::max(left, x), mono, theme.ink, nearest);
}

}  // namespace

float toast_height(const ToastVm& vm) {
    return kToastHeight + kToastLine * static_cast<float>(std::ranges::count(vm.text, '\n'));
}

void toast(Canvas& canvas, const Rect& rect, const ToastVm& vm) {
    const Theme& theme = *canvas.theme;
    shadow(canvas, rect, radius::card);
    fill(canvas, rect, theme.raised, radius::card);
    if (vm.alarm) outline(canvas, rect, theme.late.edge, radius::card);
    icon(canvas, vm.alarm ? Icon::warning : Icon::branch, {rect.x + 20, rect.y + kToastHeight / 2},
         vm.alarm ? theme.late.edge : theme.ink, 16);
    text_within(canvas, rect.x + 38, rect.y + 15, rect.w - 50, {Face::semibold, Size::body}, theme.ink, vm.title);
    const std::vector<std::string_view> lines = sim::lines_of(vm.text);
    if (!lines.empty())
        text_within(canvas, rect.x + 38, rect.y + 31, rect.w - 50, {Face::regular, Size::label}, theme.mid,
                    lines.front());
    const Type mono{Face::mono, Size::label};
    const std::size_t from =
        first_letter(lines, static_cast<std::size_t>((rect.w - 50) / text_width(canvas, mono, "0")));
    for (std::size_t i = 1; i < lines.size(); ++i) {
        const std::string_view shown = lines[i].substr(std::min(from, lines[i].size()));
        text_within(canvas, rect.x + 38, rect.y + 31 + kToastLine * static_cast<float>(i), rect.w - 50, mono, theme.ink,
                    shown);
    }
}

void progress_bar(Canvas& canvas, const Rect& rect, i32 per_mille) {
    const float done = rect.w * static_cast<float>(std::clamp(per_mille, 0, 1000)) / 1000;
    fill(canvas, rect, canvas.theme->raised, rect.h / 2);
    if (done >= 1) fill(canvas, {rect.x, rect.y, done, rect.h}, canvas.theme->strong, rect.h / 2);
}

void spinner(Canvas& canvas, ImVec2 centre, float radius, i64 moment_ms) {
    const i64 lead = moment_ms * 8 / kSpinMs;
    for (i64 i = 0; i < 8; ++i) {
        const float angle = static_cast<float>(i) / 8 * 2 * std::numbers::pi_v<float>;
        const auto age = static_cast<u32>(((lead - i) % 8 + 8) % 8);
        const ImVec2 way{std::sin(angle), -std::cos(angle)};
        line(canvas, {centre.x + way.x * radius * 0.5f, centre.y + way.y * radius * 0.5f},
             {centre.x + way.x * radius, centre.y + way.y * radius},
             with_alpha(canvas.theme->ink, 255 - age * 27), stroke::link);
    }
}

void long_work(Canvas& canvas, float x, float top, float width, const WorkVm& vm, i64 moment_ms) {
    const Theme& theme = *canvas.theme;
    if (vm.per_mille < 0) {
        spinner(canvas, {x + 8, top + 10}, 8, moment_ms);
        text_within(canvas, x + 26, top + 10, width - 26, {Face::regular, Size::body}, theme.ink, vm.title);
        return;
    }
    text_within(canvas, x, top + 10, width - 50, {Face::regular, Size::body}, theme.ink, vm.title);
    text(canvas, x + width, top + 10, {Face::mono, Size::label}, theme.mid,
         std::to_string(vm.per_mille / 10) + " %", Align::right);
    progress_bar(canvas, {x, top + 26, width, 6}, vm.per_mille);
    text(canvas, x, top + 46, {Face::regular, Size::label}, theme.mid, vm.done);
    text(canvas, x + width, top + 46, {Face::regular, Size::label}, theme.low, "Esc stops, nothing is lost",
         Align::right);
}

bool empty_state(Ui& ui, const Rect& rect, const EmptyState& vm) {
    Canvas& canvas = ui.canvas;
    const Theme& theme = *canvas.theme;
    dashed_outline(canvas, rect, kDashed, theme.line, radius::card, stroke::link);
    const float middle = rect.mid_x();
    float y = rect.mid_y() - (vm.verb.empty() ? 26.0f : 36.0f);
    if (vm.cells) {
        for (int i = 0; i < 4; ++i)
            dashed_outline(canvas, {middle - 48 + static_cast<float>(i) * 24, y - 12, 22, 24}, {2, 2},
                           theme.next.edge, radius::cell);
    } else {
        dashed_circle(canvas, {middle, y}, 12, 16, theme.ctl, stroke::axis);
    }
    y += 31;
    text_within(canvas, middle, y, rect.w - 16, {Face::semibold, Size::body}, theme.ink, vm.title, Align::centre);
    const Type small{Face::regular, Size::label};
    text_within(canvas, middle, y + 18, rect.w - 16, small, theme.mid, vm.text, Align::centre);
    if (vm.verb.empty()) return false;
    const float width = button_width(canvas, vm.verb) + 12;
    return button(ui, {middle - width / 2, y + 34, width, 28}, vm.verb);
}

float error_card(Ui& ui, float x, float top, float width, const LessonErrorVm& vm) {
    const Scope scope(ui, "lesson error");
    Canvas& canvas = ui.canvas;
    const float head = error_head_height(canvas, width, vm);
    const float button_top = top + head + 52 + 8;
    const bool narrow = width < 330;
    const float height =
        head + (vm.nearest.empty() ? 52 + 8 : 52 + 8 + 36) + (narrow || vm.nearest.empty() ? 20.0f : 0.0f);
    fill(canvas, {x, top, width, height}, canvas.theme->card, radius::card);
    outline(canvas, {x, top, width, height}, canvas.theme->late.edge, radius::card);
    error_head(canvas, x, top, width, vm);
    error_line(canvas, {x + 12, top + head, width - 24, 52}, vm);
    const std::string replace = "Replace with " + vm.nearest;
    const float wide = vm.nearest.empty() ? 0 : button_width(canvas, replace);
    if (!vm.nearest.empty() && button(ui, {x + 12, button_top, wide, 28}, replace))
        act(ui, UiVerb::follow_link, "replace", vm.nearest);
    const bool below = narrow || vm.nearest.empty();
    const float text_x = below ? x + 12 : x + 20 + wide;
    text_within(canvas, text_x, below ? top + height - 14 : button_top + 14, x + width - 6 - text_x,
                {Face::regular, Size::label}, canvas.theme->mid, vm.text);
    return height;
}

}  // namespace app::ui
