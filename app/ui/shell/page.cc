#include "app/ui/shell/page.h"

#include <algorithm>

#include "app/ui/shell/view_tabs.h"
#include "app/ui/views/groups.h"
#include "app/ui/views/sheet.h"
#include "app/ui/views/space_time.h"
#include "app/ui/widgets/button.h"
#include "app/ui/widgets/chip.h"
#include "app/ui/widgets/feedback.h"
#include "app/ui/widgets/section.h"

namespace app::ui {
namespace {

constexpr float kHead = 44, kTabs = 30, kLessonLine = 40;

void head(Ui& ui, const Rect& rect, const PageHeadVm& vm) {
    Canvas& canvas = ui.canvas;
    const Theme& theme = *canvas.theme;
    const float mid = rect.y + 24;
    float x = rect.x + 16;
    x += text_within(canvas, x, mid, rect.w * 0.4f, {Face::semibold, Size::title}, theme.ink, vm.title) + 16;
    for (const std::string& words : vm.chips) {
        const Type type{Face::semibold, Size::hint};
        if (x + chip_width(canvas, words, type) > rect.right() - 16) break;
        x += chip(canvas, x, mid, words, type) + 8;
    }
    if (rect.right() - 20 - x > 120)
        text_within(canvas, x + 4, mid, rect.right() - 20 - x, {Face::regular, Size::body}, theme.mid, vm.sentence);
}

/// The lesson in one line: its open question, or what is said and how to go on.
void lesson_line(Ui& ui, const Rect& rect, const LessonPaneVm& vm) {
    Canvas& canvas = ui.canvas;
    const Theme& theme = *canvas.theme;
    fill(canvas, rect, theme.raised);
    const bool asks = !vm.predictions.empty() && vm.predictions.front().state == PredictionState::open;
    const std::string verb = asks ? "Answer" : vm.run_verb;
    float right = rect.right() - 12;
    if (!verb.empty()) {
        const float width = button_width(canvas, verb) + 12;
        if (button(ui, {right - width, rect.y + 6, width, 28}, verb, ButtonLook::primary)) {
            if (asks) act(ui, UiVerb::open_view, {}, "Stage");
            else act(ui, UiVerb::run_to_stop);
        }
        right -= width + 16;
    }
    if (asks) fill(canvas, {rect.x, rect.y + 10, 3, 20}, theme.now_edge, 1);
    const std::string& words = asks ? vm.predictions.front().ask : vm.narration;
    std::string one_line = words.substr(0, words.find('\n'));
    std::erase_if(one_line, [](char c) { return c == '*' || c == '`'; });
    text_within(canvas, rect.x + 16, rect.mid_y(), right - rect.x - 16, {asks ? Face::semibold : Face::regular, Size::body}, theme.ink, one_line);
}

}  // namespace

namespace {

bool is_sheet(std::string_view title) { return title == "Wire" || title == "Log files" || title == "SQL" || title == "Console"; }

}  // namespace

bool is_page(std::string_view title) { return title == "Groups" || title == "Space-time" || title == "Record trace" || is_sheet(title); }

const PageHeadVm& page_head(const ScreenVm& vm, std::string_view title) {
    static const PageHeadVm kNone;
    if (title == "Groups") return vm.groups.head;
    if (is_sheet(title)) return vm.sheet.head;
    if (title == "Space-time" || title == "Record trace") return vm.space_time.head;
    return kNone;
}

void page_body(Ui& ui, const Rect& rect, const ScreenVm& vm, std::string_view title) {
    const PageHeadVm& words = page_head(vm, title);
    if (!words.empty_title.empty()) {
        empty_state(ui, {rect.mid_x() - 170, rect.y + 16, 340, std::min(110.0f, rect.h - 32)}, {words.empty_title, words.empty_text, {}, false});
        return;
    }
    if (title == "Groups") groups_view(ui, rect, vm.groups);
    if (is_sheet(title)) sheet_view(ui, rect, vm.sheet);
    if (title == "Space-time") space_time_view(ui, rect, vm.space_time);
    if (title == "Record trace") record_trace_view(ui, rect, vm.space_time);
}

void page(Ui& ui, const Rect& rect, const ScreenVm& vm, const std::string& title) {
    const Scope scope(ui, "page");
    fill(ui.canvas, rect, ui.canvas.theme->bg);
    head(ui, {rect.x, rect.y, rect.w, kHead}, page_head(vm, title));
    view_tabs(ui, {rect.x, rect.y + kHead, rect.w, kTabs}, vm, {"Stage"}, title);
    const bool line = vm.lesson.shown && rect.h > 300;
    const Rect body = from_edges(rect.x, rect.y + kHead + kTabs, rect.right(), rect.bottom() - (line ? kLessonLine : 0));
    page_body(ui, body, vm, title);
    if (line) lesson_line(ui, from_edges(rect.x, body.bottom(), rect.right(), rect.bottom()), vm.lesson);
}

}  // namespace app::ui
