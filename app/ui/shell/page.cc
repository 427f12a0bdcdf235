#include "app/ui/shell/page.h"

#include <algorithm>

#include "app/ui/shell/lesson_pane.h"
#include "app/ui/shell/view_tabs.h"
#include "app/ui/views/event_time.h"
#include "app/ui/views/groups.h"
#include "app/ui/views/log_files.h"
#include "app/ui/views/metrics.h"
#include "app/ui/views/query.h"
#include "app/ui/views/query_tables.h"
#include "app/ui/views/sheet.h"
#include "app/ui/views/space_time.h"
#include "app/ui/views/twin.h"
#include "app/ui/views/wire.h"
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
        const Rect place{right - width, rect.y + 6, width, 28};
        if (asks && way_to_question(ui, place)) act(ui, UiVerb::open_view, {}, "Stage");
        if (!asks && button(ui, place, verb, ButtonLook::primary)) act(ui, UiVerb::run_to_stop);
        right -= width + 16;
    }
    if (asks) fill(canvas, {rect.x, rect.y + 10, 3, 20}, theme.now_edge, 1);
    const std::string& words = asks ? vm.predictions.front().ask : vm.narration;
    std::string one_line = words.substr(0, words.find('\n'));
    std::erase_if(one_line, [](char c) { return c == '*' || c == '`'; });
    text_within(canvas, rect.x + 16, rect.mid_y(), right - rect.x - 16,
                {asks ? Face::semibold : Face::regular, Size::body}, theme.ink, one_line);
}

}  // namespace

namespace {

/// A view that takes a page: how it is named, what it says of itself, how it is drawn.
struct Page {
    std::string_view title;
    const PageHeadVm& (*head)(const ScreenVm&);
    void (*draw)(Ui&, const Rect&, const ScreenVm&);
};

constexpr Page kPages[] = {
    {"Groups", [](const ScreenVm& vm) -> const PageHeadVm& { return vm.groups.head; },
     [](Ui& ui, const Rect& rect, const ScreenVm& vm) { groups_view(ui, rect, vm.groups); }},
    {"Space-time", [](const ScreenVm& vm) -> const PageHeadVm& { return vm.space_time.head; },
     [](Ui& ui, const Rect& rect, const ScreenVm& vm) { space_time_view(ui, rect, vm.space_time); }},
    {"Record trace", [](const ScreenVm& vm) -> const PageHeadVm& { return vm.space_time.head; },
     [](Ui& ui, const Rect& rect, const ScreenVm& vm) { record_trace_view(ui, rect, vm.space_time); }},
    {"Query", [](const ScreenVm& vm) -> const PageHeadVm& { return vm.query.head; },
     [](Ui& ui, const Rect& rect, const ScreenVm& vm) { query_view(ui, rect, vm.query); }},
    {"Event time", [](const ScreenVm& vm) -> const PageHeadVm& { return vm.event_time.head; },
     [](Ui& ui, const Rect& rect, const ScreenVm& vm) { event_time_view(ui, rect, vm.event_time); }},
    {"State", [](const ScreenVm& vm) -> const PageHeadVm& { return vm.state.head; },
     [](Ui& ui, const Rect& rect, const ScreenVm& vm) { state_view(ui, rect, vm.state); }},
    {"Unbounded table", [](const ScreenVm& vm) -> const PageHeadVm& { return vm.unbounded.head; },
     [](Ui& ui, const Rect& rect, const ScreenVm& vm) { unbounded_view(ui, rect, vm.unbounded); }},
    {"Checkpoint", [](const ScreenVm& vm) -> const PageHeadVm& { return vm.checkpoint.head; },
     [](Ui& ui, const Rect& rect, const ScreenVm& vm) { checkpoint_view(ui, rect, vm.checkpoint); }},
    {"Code", [](const ScreenVm& vm) -> const PageHeadVm& { return vm.code.head; },
     [](Ui& ui, const Rect& rect, const ScreenVm& vm) { code_view(ui, rect, vm.code); }},
    {"Wire", [](const ScreenVm& vm) -> const PageHeadVm& { return vm.wire.head; },
     [](Ui& ui, const Rect& rect, const ScreenVm& vm) { wire_view(ui, rect, vm.wire); }},
    {"Log files", [](const ScreenVm& vm) -> const PageHeadVm& { return vm.log_files.head; },
     [](Ui& ui, const Rect& rect, const ScreenVm& vm) { log_files_view(ui, rect, vm.log_files); }},
    {"Metrics", [](const ScreenVm& vm) -> const PageHeadVm& { return vm.metrics.head; },
     [](Ui& ui, const Rect& rect, const ScreenVm& vm) { metrics_view(ui, rect, vm.metrics); }},
    {"Twin", [](const ScreenVm& vm) -> const PageHeadVm& { return vm.twin.head; },
     [](Ui& ui, const Rect& rect, const ScreenVm& vm) { twin_view(ui, rect, vm.twin); }},
    {"SQL", [](const ScreenVm& vm) -> const PageHeadVm& { return vm.sheet.head; },
     [](Ui& ui, const Rect& rect, const ScreenVm& vm) { sheet_view(ui, rect, vm.sheet); }},
    {"Console", [](const ScreenVm& vm) -> const PageHeadVm& { return vm.sheet.head; },
     [](Ui& ui, const Rect& rect, const ScreenVm& vm) { sheet_view(ui, rect, vm.sheet); }},
};

const Page* find_page(std::string_view title) {
    const auto found = std::ranges::find(kPages, title, &Page::title);
    return found == std::end(kPages) ? nullptr : found;
}

}  // namespace

bool is_page(std::string_view title) { return find_page(title) != nullptr; }

const PageHeadVm& page_head(const ScreenVm& vm, std::string_view title) {
    static const PageHeadVm kNone;
    const Page* found = find_page(title);
    return found == nullptr ? kNone : found->head(vm);
}

void page_body(Ui& ui, const Rect& rect, const ScreenVm& vm, std::string_view title) {
    const PageHeadVm& words = page_head(vm, title);
    if (!words.empty_title.empty()) {
        const float width = std::min(620.0f, rect.w - 32);
        empty_state(ui, {rect.mid_x() - width / 2, rect.y + 16, width, std::min(110.0f, rect.h - 32)},
                    {words.empty_title, words.empty_text, {}, false});
        return;
    }
    if (const Page* found = find_page(title)) found->draw(ui, rect, vm);
}

void page(Ui& ui, const Rect& rect, const ScreenVm& vm, const std::string& title) {
    const Scope scope(ui, "page");
    fill(ui.canvas, rect, ui.canvas.theme->bg);
    head(ui, {rect.x, rect.y, rect.w, kHead}, page_head(vm, title));
    view_tabs(ui, {rect.x, rect.y + kHead, rect.w, kTabs}, vm, {"Stage"}, title);
    const bool line = vm.lesson.shown && rect.h > 300;
    const Rect body =
        from_edges(rect.x, rect.y + kHead + kTabs, rect.right(), rect.bottom() - (line ? kLessonLine : 0));
    page_body(ui, body, vm, title);
    if (line) lesson_line(ui, from_edges(rect.x, body.bottom(), rect.right(), rect.bottom()), vm.lesson);
}

}  // namespace app::ui
