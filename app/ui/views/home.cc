#include "app/ui/views/home.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/ui/icons.h"
#include "app/ui/rich_text.h"
#include "app/ui/widgets/button.h"
#include "app/ui/widgets/feedback.h"
#include "app/ui/widgets/section.h"
#include "app/ui/widgets/stop_bars.h"

namespace app::ui {
namespace {

constexpr float kEdge = 40;
constexpr float kLessonGap = 10;
constexpr float kLessonRow = 29, kTitleLine = 18;   // of a title's second line and those after it
constexpr float kLevelWidth = 215;                  // the least at which titles are readable
constexpr Type kTitle{Face::regular, Size::label}, kTitleHere{Face::semibold, Size::label};

void card(Canvas& canvas, const Rect& rect) {
    fill(canvas, rect, canvas.theme->card, radius::card);
    outline(canvas, rect, canvas.theme->line, radius::card);
}

void continue_card(Ui& ui, const Rect& rect, const HomeVm& vm) {
    Canvas& canvas = ui.canvas;
    const Theme& theme = *canvas.theme;
    card(canvas, rect);
    const Rect bar{rect.x, rect.y + 16, 3, 24};
    if (theme.now_edge != theme.now) outline(canvas, bar.inset(-1), theme.now_edge, 1);
    fill(canvas, bar, theme.now, 1);
    const float x = rect.x + 20, width = rect.w - 40;
    text(canvas, x, rect.y + 26, {Face::semibold, Size::label}, theme.mid, vm.continue_heading);
    text_within(canvas, x, rect.y + 53, width, {Face::semibold, Size::title}, theme.ink, vm.continue_title);
    text_within(canvas, x, rect.y + 78, width, {Face::regular, Size::body}, theme.mid, vm.continue_text);
    if (button(ui, {x, rect.bottom() - 44, 120, 28}, vm.continue_verb, ButtonLook::primary))
        act(ui, UiVerb::continue_session);
    text(canvas, x + 134, rect.bottom() - 30, {Face::mono, Size::hint}, theme.low, "Enter");
    if (vm.stops <= 0 || rect.w < 440) return;
    stop_bars(canvas, x + 190, rect.bottom() - 32, std::min(206.0f, rect.w - 290), vm.stop, vm.stops);
    text(canvas, x + 190 + std::min(206.0f, rect.w - 290) + 16, rect.bottom() - 30, {Face::mono, Size::label},
         theme.mid, fmt::format("{} / {}", vm.stop, vm.stops));
}

void bench_card(Ui& ui, const Rect& rect) {
    Canvas& canvas = ui.canvas;
    const Theme& theme = *canvas.theme;
    card(canvas, rect);
    text(canvas, rect.x + 20, rect.y + 26, {Face::semibold, Size::label}, theme.mid, "Free play");
    text(canvas, rect.x + 20, rect.y + 53, {Face::semibold, Size::title}, theme.ink, "An empty bench");
    wrapped(canvas, rect.x + 20, rect.y + 67, rect.w - 40, {Face::regular, Size::body}, theme.mid,
            "3 brokers, 1 topic, no script. Break what you like.");
    if (button(ui, {rect.x + 20, rect.bottom() - 36, 96, 28}, "Open")) act(ui, UiVerb::open_bench);
    text(canvas, rect.x + 130, rect.bottom() - 22, {Face::mono, Size::hint}, theme.low, "Ctrl N");
}

void open_card(Ui& ui, const Rect& rect) {
    Canvas& canvas = ui.canvas;
    const Theme& theme = *canvas.theme;
    card(canvas, rect);
    text(canvas, rect.x + 20, rect.y + 26, {Face::semibold, Size::label}, theme.mid, "Open");
    constexpr std::string_view kRows[][3] = {{"A session or lesson file", "Ctrl O", "session"},
                                             {"Write a lesson", "", "lesson"},
                                             {"Let a stock client connect", "", "serve"}};
    float y = rect.y + 42;
    for (const auto& row : kRows) {
        const Rect line_rect{rect.x + 20, y, rect.w - 40, 28};
        const bool first = row[2] == "session";
        if (text_button(ui, line_rect.inset(-6, 1), row[0])) act(ui, UiVerb::open_file, std::string(row[2]));
        const float note = text_width(canvas, {Face::mono, Size::hint}, row[1]);
        text_within(canvas, line_rect.x, line_rect.mid_y(), line_rect.w - note - 12,
                    {first ? Face::semibold : Face::regular, Size::body}, theme.ink, row[0]);
        text(canvas, line_rect.right(), line_rect.mid_y(), {Face::mono, Size::hint}, theme.low, row[1], Align::right);
        y += 29;
        if (y < rect.y + 120) rule(canvas, line_rect.x, line_rect.right(), y - 1, theme.line);
    }
}

void progress_mark(Canvas& canvas, ImVec2 at, LessonProgress progress) {
    const Theme& theme = *canvas.theme;
    disc(canvas, at, 8, theme.panel);
    switch (progress) {
        case LessonProgress::done:
            disc(canvas, at, 7, theme.strong);
            return icon(canvas, Icon::check, at, theme.on_strong, 8);
        case LessonProgress::here:
            circle(canvas, at, 7, theme.ink, stroke::mark);
            if (theme.now_edge != theme.now) disc(canvas, at, 4.5f, theme.now_edge);
            return disc(canvas, at, 3.5f, theme.now);
        case LessonProgress::open: return circle(canvas, at, 7, theme.ctl, stroke::link);
    }
}

float note_room(const Canvas& canvas, const HomeLessonVm& vm) {
    return 50 + text_width(canvas, {Face::mono, Size::hint}, vm.note);
}

/// A title that is too long for its line takes another one.
float lesson_height(Canvas& canvas, const HomeLessonVm& vm, float width) {
    const Type type = vm.progress == LessonProgress::here ? kTitleHere : kTitle;
    const float height = wrapped(canvas, 0, 0, width - note_room(canvas, vm), type, canvas.theme->ink, vm.title, false);
    return std::max(kLessonRow, kLessonRow - kTitleLine + height);
}

void lesson_row(Ui& ui, const Rect& row, const HomeLessonVm& vm) {
    Canvas& canvas = ui.canvas;
    const Theme& theme = *canvas.theme;
    const bool here = vm.progress == LessonProgress::here;
    const Response response = interact(ui, vm.id + " " + vm.title, row);
    if (here || response.hovered) fill(canvas, row, here ? theme.raised : theme.card, radius::button);
    if (response.focused) focus_ring(canvas, row.inset(3), radius::chip);
    const Colour colour = vm.progress == LessonProgress::done ? theme.mid : theme.ink;
    wrapped(canvas, row.x + 34, row.y + (kLessonRow - 2 - kTitleLine) / 2, row.w - note_room(canvas, vm),
            here ? kTitleHere : kTitle, colour, vm.title);
    text(canvas, row.right() - 8, row.y + (kLessonRow - 2) / 2, {Face::mono, Size::hint}, theme.mid, vm.note,
         Align::right);
    if (response.clicked) act(ui, UiVerb::open_lesson, vm.id);
}

float lessons_height(Canvas& canvas, const HomeLevelVm& vm, float width) {
    float height = 0;
    for (const HomeLessonVm& lesson : vm.lessons) height += lesson_height(canvas, lesson, width - 16);
    return height;
}

void level_card(Ui& ui, const Rect& rect, const HomeLevelVm& vm) {
    const Scope scope(ui, fmt::format("level {}", vm.number));
    Canvas& canvas = ui.canvas;
    const Theme& theme = *canvas.theme;
    fill(canvas, rect, theme.panel, radius::card);
    outline(canvas, rect, vm.here ? theme.ctl : theme.line, radius::card, vm.here ? stroke::link : stroke::rule);
    text(canvas, rect.x + 18, rect.y + 30, {Face::semibold, Size::home}, theme.low, std::to_string(vm.number));
    text_within(canvas, rect.x + 46, rect.y + 24, rect.w - 54, {Face::semibold, Size::question}, theme.ink, vm.title);
    text_within(canvas, rect.x + 46, rect.y + 43, rect.w - 52, {Face::regular, Size::hint}, theme.mid, vm.subtitle);
    const Rect body = from_edges(rect.x, rect.y + 64, rect.right(), rect.bottom() - 18);
    const float need = lessons_height(canvas, vm, rect.w);
    const float offset = scroll_offset(ui, "lessons", body, need);
    {
        const Clip clip(canvas, body, need > body.h);
        float y = body.y - offset;
        if (vm.lessons.empty())
            text_within(canvas, rect.x + 18, y + 14, rect.w - 36, {Face::regular, Size::label}, theme.low,
                        "No lesson of this level yet.");
        for (std::size_t i = 0; i < vm.lessons.size(); ++i) {
            const HomeLessonVm& lesson = vm.lessons[i];
            const float height = lesson_height(canvas, lesson, rect.w - 16);
            lesson_row(ui, {rect.x + 8, y + 1, rect.w - 16, height - 2}, lesson);
            const ImVec2 at{rect.x + 24, y + kLessonRow / 2};
            if (i + 1 < vm.lessons.size())
                line(canvas, at, {at.x, at.y + height},
                     lesson.progress == LessonProgress::done ? theme.ink : theme.line, stroke::mark);
            y += height;
        }
        y = body.y - offset;
        for (const HomeLessonVm& lesson : vm.lessons) {
            progress_mark(canvas, {rect.x + 24, y + kLessonRow / 2}, lesson.progress);
            y += lesson_height(canvas, lesson, rect.w - 16);
        }
    }
    progress_bar(canvas, {rect.x + 18, rect.bottom() - 12, rect.w - 36, 4}, vm.done_per_mille);
}

/// Levels stand beside one another as long as their titles can be read, else in rows.
std::size_t level_columns(float width, const HomeVm& vm) {
    const auto fit = static_cast<std::size_t>(std::max(1.0f, (width + kLessonGap) / (kLevelWidth + kLessonGap)));
    return std::clamp<std::size_t>(fit, 1, std::max<std::size_t>(1, vm.levels.size()));
}

std::size_t level_rows(float width, const HomeVm& vm) {
    const std::size_t columns = level_columns(width, vm);
    return std::max<std::size_t>(1, (vm.levels.size() + columns - 1) / columns);
}

void levels(Ui& ui, const Rect& rect, const HomeVm& vm) {
    const std::size_t columns = level_columns(rect.w, vm);
    const float width = (rect.w - kLessonGap * static_cast<float>(columns - 1)) / static_cast<float>(columns);
    const auto rows = static_cast<float>(level_rows(rect.w, vm));
    const float height = (rect.h - kLessonGap * (rows - 1)) / rows;
    for (std::size_t i = 0; i < vm.levels.size(); ++i) {
        const auto at_column = static_cast<float>(i % columns), at_row = static_cast<float>(i / columns);
        level_card(ui,
                   {rect.x + (width + kLessonGap) * at_column, rect.y + (height + kLessonGap) * at_row, width, height},
                   vm.levels[i]);
    }
    if (vm.levels.empty())
        empty_state(ui, rect, {"No lessons found", "The folder scenarios holds no lesson file.", {}, false});
}

void session_card(Ui& ui, const Rect& rect, const HomeSessionVm& vm) {
    Canvas& canvas = ui.canvas;
    const Theme& theme = *canvas.theme;
    const Response response = interact(ui, "session " + vm.id, rect);
    card(canvas, rect);
    if (response.hovered) outline(canvas, rect, theme.ctl, radius::card);
    if (response.focused) focus_ring(canvas, rect, radius::card);
    const float when = text_width(canvas, {Face::regular, Size::label}, vm.when);
    text_within(canvas, rect.x + 16, rect.y + 20, rect.w - 44 - when, {Face::semibold, Size::label}, theme.ink,
                vm.title);
    text(canvas, rect.right() - 16, rect.y + 20, {Face::regular, Size::label}, theme.mid, vm.when, Align::right);
    icon(canvas, Icon::branch, {rect.x + 22, rect.y + 44}, theme.mid, 13);
    const float where = text_width(canvas, {Face::regular, Size::label}, vm.where);
    text_within(canvas, rect.x + 36, rect.y + 44, rect.w - 64 - where, {Face::regular, Size::label}, theme.mid,
                vm.what);
    text(canvas, rect.right() - 16, rect.y + 44, {Face::regular, Size::label}, theme.mid, vm.where, Align::right);
    if (response.clicked) act(ui, UiVerb::continue_session, vm.id);
}

void sessions(Ui& ui, const Rect& rect, const HomeVm& vm) {
    Canvas& canvas = ui.canvas;
    heading(canvas, rect.x, rect.y + 8, "Recent sessions");
    text(canvas, rect.right(), rect.y + 9, {Face::regular, Size::label}, canvas.theme->mid,
         "saved as you go; killing the program loses nothing", Align::right);
    const float width = (rect.w - 24) / 3;
    const Rect row{rect.x, rect.y + 26, rect.w, 62};
    if (vm.sessions.empty())
        text(canvas, row.x, row.y + 14, {Face::regular, Size::label}, canvas.theme->low,
             "None yet. The first run will stand here.");
    for (std::size_t i = 0; i < std::min<std::size_t>(3, vm.sessions.size()); ++i) {
        session_card(ui, {row.x + (width + 12) * static_cast<float>(i), row.y, width, row.h}, vm.sessions[i]);
    }
}

void course_heading(Canvas& canvas, const Rect& rect, float mid_y, const HomeVm& vm) {
    const Theme& theme = *canvas.theme;
    const Type type{Face::regular, Size::label};
    float x = rect.right() - 108;
    const float end = heading(canvas, rect.x, mid_y, "Course", vm.course_note);
    if (end > x - 220) return;
    const auto key = [&](LessonProgress progress, std::string_view words) {
        x -= text(canvas, x, mid_y, type, theme.mid, words, Align::right) + 14;
        progress_mark(canvas, {x, mid_y}, progress);
        x -= 16;
    };
    key(LessonProgress::open, "open");
    key(LessonProgress::here, "you are here");
    key(LessonProgress::done, "done");
}

}  // namespace

void home_view(Ui& ui, const Rect& rect, const HomeVm& vm) {
    const Scope scope(ui, "home");
    Canvas& canvas = ui.canvas;
    const float edge = rect.w < 1000 ? 20.0f : kEdge;
    const Rect inner = from_edges(rect.x + edge, rect.y, rect.right() - edge, rect.bottom());
    ScrollPane pane(ui, "pane", rect);
    const float top = pane.top();
    text(canvas, inner.x, top + 42, {Face::semibold, Size::home}, canvas.theme->ink, vm.title);
    if (!vm.notice.empty())
        text(canvas, inner.right(), top + 42, {Face::regular, Size::label}, canvas.theme->mid, vm.notice,
             Align::right);
    const float cards = top + 76;
    const bool narrow = inner.w < 900;
    const float first = narrow ? inner.w : inner.w - 272 - 292 - 32;
    continue_card(ui, {inner.x, cards, first, 148}, vm);
    const float second_top = narrow ? cards + 160 : cards;
    const float second_x = narrow ? inner.x : inner.x + first + 16;
    const float half = narrow ? (inner.w - 16) / 2 : 272;
    bench_card(ui, {second_x, second_top, half, 148});
    open_card(ui, {second_x + half + 16, second_top, narrow ? half : 292, 148});
    const float course = second_top + 148 + 36;
    course_heading(canvas, inner, course, vm);
    const auto rows = static_cast<float>(level_rows(inner.w, vm));
    const float one = std::clamp(rect.bottom() - (course + 22) - 132, 262.0f, 420.0f);
    const float levels_height = rows == 1 ? one : 262 * rows + kLessonGap * (rows - 1);
    levels(ui, {inner.x, course + 22, inner.w, levels_height}, vm);
    const float sessions_top = course + 22 + levels_height + 19;
    sessions(ui, {inner.x, sessions_top, inner.w, 90}, vm);
    pane.used(sessions_top + 100 - top);
}

}  // namespace app::ui
