#include "app/ui/shell/page.h"

#include <algorithm>

#include "app/ui/rich_text.h"
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

constexpr float kHead = 44, kHeadTabs = 30, kLessonLine = 40, kSentenceRoom = 260;

void head(Ui& ui, const Rect& rect, const PageHeadVm& vm) {
    Canvas& canvas = ui.canvas;
    const Theme& theme = *canvas.theme;
    const float mid = rect.y + 24;
    float x = rect.x + 16;
    x += text_within(canvas, x, mid, rect.w * 0.4f, {Face::semibold, Size::title}, theme.ink, vm.title) + 16;
    const float full = text_width(canvas, {Face::regular, Size::body}, vm.sentence);
    for (const std::string& words : vm.chips) {
        const Type type{Face::semibold, Size::hint};
        const float end = x + chip_width(canvas, words, type) + 8;
        if (end > rect.right() - 24 - std::min(full, kSentenceRoom)) break;   // the sentence goes before the chips
        x += chip(canvas, x, mid, words, type) + 8;
    }
    const float room = rect.right() - 20 - x;
    if (room < 120) return;
    if (full <= room) {
        text(canvas, x + 4, mid, {Face::regular, Size::body}, theme.mid, vm.sentence);
        return;
    }
    const Type small{Face::regular, Size::label};
    const float height = wrapped(canvas, x + 4, 0, room, small, theme.mid, vm.sentence, false);
    if (height <= kHead) wrapped(canvas, x + 4, mid - height / 2, room, small, theme.mid, vm.sentence);
    else text_within(canvas, x + 4, mid, room, small, theme.mid, vm.sentence);
}

/// What the lesson says below a page: its open question, or the first paragraph of what is told.
struct LessonLine {
    bool asks = false;
    std::string verb, words;
    Type type;
    float verb_width = 0, height = 0;
};

/// As high as its words need: what a lesson says is never cut.
LessonLine lesson_line_of(Canvas& canvas, const LessonPaneVm& vm, float width) {
    LessonLine line;
    line.asks = !vm.predictions.empty() && vm.predictions.front().state == PredictionState::open;
    line.verb = line.asks ? "Answer" : vm.run_verb;
    line.words = line.asks ? vm.predictions.front().ask : vm.narration;
    line.words = line.words.substr(0, line.words.find('\n'));
    std::erase_if(line.words, [](char c) { return c == '*' || c == '`'; });
    line.type = {line.asks ? Face::semibold : Face::regular, Size::body};
    line.verb_width = line.verb.empty() ? 0 : button_width(canvas, line.verb) + 28;
    line.height = wrapped(canvas, 0, 0, width - 28 - line.verb_width, line.type, 0, line.words, false);
    return line;
}

void lesson_line(Ui& ui, const Rect& rect, const LessonLine& line) {
    Canvas& canvas = ui.canvas;
    const Theme& theme = *canvas.theme;
    fill(canvas, rect, theme.raised);
    if (!line.verb.empty()) {
        const float width = line.verb_width - 16;
        const Rect place{rect.right() - 12 - width, rect.mid_y() - 14, width, 28};
        if (line.asks && way_to_question(ui, place)) act(ui, UiVerb::open_view, {}, "Stage");
        if (!line.asks && button(ui, place, line.verb, ButtonLook::primary)) act(ui, UiVerb::run_to_stop);
    }
    if (line.asks) fill(canvas, {rect.x, rect.y + 10, 3, rect.h - 20}, theme.now_edge, 1);
    wrapped(canvas, rect.x + 16, rect.mid_y() - line.height / 2, rect.w - 28 - line.verb_width, line.type, theme.ink,
            line.words);
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
    {"Record trace", [](const ScreenVm& vm) -> const PageHeadVm& { return vm.space_time.trace_head; },
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
    view_tabs(ui, {rect.x, rect.y + kHead, rect.w, kHeadTabs}, vm, {"Stage"}, title);
    const bool has_line = vm.lesson.shown && rect.h > 300;
    LessonLine line;
    if (has_line) line = lesson_line_of(ui.canvas, vm.lesson, rect.w);
    const float below = has_line ? std::max(kLessonLine, line.height + 18) : 0;
    const Rect body = from_edges(rect.x, rect.y + kHead + kHeadTabs, rect.right(), rect.bottom() - below);
    page_body(ui, body, vm, title);
    if (has_line) lesson_line(ui, from_edges(rect.x, body.bottom(), rect.right(), rect.bottom()), line);
}

}  // namespace app::ui
