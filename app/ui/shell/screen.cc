#include "app/ui/shell/screen.h"

#include <imgui.h>

#include <algorithm>

#include "app/ui/shell/inspector.h"
#include "app/ui/shell/keys.h"
#include "app/ui/shell/lesson_pane.h"
#include "app/ui/shell/page.h"
#include "app/ui/shell/stage.h"
#include "app/ui/shell/timeline.h"
#include "app/ui/shell/top_bar.h"
#include "app/ui/shell/view_tabs.h"
#include "app/ui/views/events.h"
#include "app/ui/views/home.h"
#include "app/ui/views/partitions.h"
#include "app/ui/views/transcript.h"
#include "app/ui/views/znodes.h"
#include "app/ui/widgets/button.h"
#include "app/ui/widgets/feedback.h"
#include "app/ui/widgets/floating.h"

namespace app::ui {
namespace {

constexpr const char* kTranscript = "Transcript";   // of the drawer; a pane where the drawer is one line

/// Tabs that stand for panes which have no room of their own.
std::vector<std::string> pane_tabs(const ScreenLayout& layout, const ScreenVm& vm) {
    if (layout.form == ScreenForm::wide) return {};
    if (layout.form == ScreenForm::folded) return {"What changed"};
    std::vector<std::string> tabs{"Stage", "What changed"};
    if (layout.form == ScreenForm::single && vm.lesson.shown) tabs.insert(tabs.begin(), "Lesson");
    if (layout.timeline_strip) tabs.emplace_back(kTranscript);
    return tabs;
}

/// The tab that is open: what was asked for if this form of the screen has it, else the first.
std::string open_tab(const std::vector<std::string>& extra, const ScreenVm& vm) {
    const bool has_transcript = !extra.empty() && extra.back() == kTranscript;
    if (has_transcript && vm.timeline.tab == kTranscript && !vm.view_asked_for) return kTranscript;
    const bool is_pane = std::find(extra.begin(), extra.end(), vm.view) != extra.end();
    const bool is_view = std::any_of(vm.views.begin(), vm.views.end(),
                                     [&vm](const ViewTabVm& tab) { return tab.title == vm.view; });
    const bool short_of_room = extra.size() == 1;   // what changed comes before views that the lesson opened
    if ((is_pane || is_view) && (vm.view_asked_for || !short_of_room)) return vm.view;
    if (!extra.empty()) return extra.front();
    if (!vm.below.empty()) return vm.below;
    return vm.views.empty() ? "" : vm.views.front().title;
}

void single_pane(Ui& ui, const Rect& rect, const ScreenVm& vm, const std::string& open) {
    if (open == "Lesson") return lesson_pane(ui, rect, vm.lesson);
    if (open == "Stage") return stage(ui, rect, vm.stage);
    if (open == "What changed") return inspector(ui, rect, vm.inspector);
    if (open == kTranscript) return transcript_view(ui, rect, vm.transcript);
    draw_view(ui, rect, vm, open);
}

bool is_open(const PredictionVm& question) { return question.state == PredictionState::open; }

/// The open question never goes: one line that leads to it while another pane is shown.
void question_line(Ui& ui, Rect& rect, const ScreenVm& vm) {
    const auto& all = vm.lesson.predictions;
    if (!vm.lesson.shown || all.empty() || !is_open(all.front())) return;
    Canvas& canvas = ui.canvas;
    const Rect bar = from_edges(rect.x, rect.bottom() - 36, rect.right(), rect.bottom());
    rect.h -= 36;
    fill(canvas, bar, canvas.theme->raised);
    fill(canvas, {bar.x, bar.y + 8, 3, 20}, canvas.theme->now_edge, 1);
    if (way_to_question(ui, {bar.right() - 84, bar.y + 4, 72, 28}))
        act(ui, UiVerb::open_view, {}, "Lesson");
    text_within(canvas, bar.x + 16, bar.mid_y(), bar.w - 116, {Face::semibold, Size::body}, canvas.theme->ink,
                all.front().ask);
}

/// What lies between the top bar and the timeline.
void middle(Ui& ui, const ScreenLayout& layout, const ScreenVm& vm, const std::string& open) {
    if (layout.form == ScreenForm::single) {
        Rect rect = layout.view;
        if (open != "Lesson") question_line(ui, rect, vm);
        return single_pane(ui, rect, vm, open);
    }
    if (vm.lesson.shown) lesson_pane(ui, layout.lesson, vm.lesson);
    if (layout.form == ScreenForm::stacked && open != "Stage") return single_pane(ui, layout.view, vm, open);
    stage(ui, layout.stage, vm.stage);
    if (layout.form == ScreenForm::wide) inspector(ui, layout.inspector, vm.inspector);
    if (layout.form == ScreenForm::stacked || (layout.form == ScreenForm::folded && open == "What changed"))
        return inspector_caption(ui, layout.inspector, vm.inspector);
    draw_view(ui, layout.view, vm, open);
}

/// The lower drawer: the timeline, or what its other tabs show.
void drawer(Ui& ui, const Rect& rect, const ScreenVm& vm) {
    const Rect body = timeline(ui, rect, vm.timeline);
    if (body.empty()) return;
    if (vm.timeline.tab == "Events") return events_view(ui, "drawer events", body, vm.events);
    if (vm.timeline.tab == kTranscript) return transcript_view(ui, body, vm.transcript);
    empty_state(ui, {body.mid_x() - 170, body.y + 6, 340, std::min(110.0f, body.h - 12)},
                {vm.timeline.tab, "This version does not show this view.", {}, false});
}

void panes(Ui& ui, const ScreenLayout& layout, const ScreenVm& vm) {
    const std::vector<std::string> extra = pane_tabs(layout, vm);
    const std::string open = open_tab(extra, vm);
    if (is_page(open) && layout.form != ScreenForm::single && layout.form != ScreenForm::stacked) {
        const bool wide = layout.form == ScreenForm::wide;
        const float right = wide ? layout.inspector.x : layout.timeline.right();
        page(ui, from_edges(layout.timeline.x, layout.top_bar.bottom(), right, layout.timeline.bottom()), vm, open);
        if (wide)
            inspector(ui, from_edges(right, layout.top_bar.bottom(), layout.timeline.right(), layout.timeline.bottom()),
                      vm.inspector);
        return;
    }
    middle(ui, layout, vm, open);
    view_tabs(ui, layout.tabs, vm, extra, open);
    if (layout.timeline_strip) timeline_strip(ui, layout.timeline, vm.timeline);
    else drawer(ui, layout.timeline, vm);
}

void toasts(Ui& ui, const Rect& screen, const ScreenVm& vm) {
    const Raised raised(ui, kToastLayer);
    const float width = std::min(kToastWidth, screen.w - 24);
    float y = screen.y + layout::top_bar + 12;
    for (const ToastVm& entry : vm.toasts) {
        const float height = toast_height(entry);
        toast(ui.canvas, {screen.mid_x() - width / 2, y, width, height}, entry);
        y += height + 10;
    }
}

/// Work that blocks stands in the middle; Esc ends it.
void work(Ui& ui, const Rect& screen, const ScreenVm& vm) {
    if (vm.work.empty()) return;
    const Raised raised(ui, kToastLayer);
    const float width = std::min(440.0f, screen.w - 32);
    const Rect box{screen.mid_x() - width / 2, screen.bottom() - 110, width, 84};
    floating_box(ui.canvas, box, radius::card);
    long_work(ui.canvas, box.x + 20, box.y + 14, width - 40, vm.work.front(),
              static_cast<i64>(ImGui::GetTime() * 1000));
    if (take_key(ui, {Key::escape})) act(ui, UiVerb::stop_work);
}

void open_menu(Ui& ui, const Rect& screen, const ScreenVm& vm, ScreenState& state) {
    const bool open = !vm.menu.object.empty();
    if (open && !state.menu_was_open) {
        state.menu_at = ui.input.mouse.x >= 0 ? ui.input.mouse : ImVec2{screen.mid_x(), screen.mid_y()};
        state.menu_row = 0;
    }
    state.menu_was_open = open;
    if (open) menu(ui, state.menu_at, screen, vm.menu, state.menu_row);
}

void open_palette(Ui& ui, const Rect& screen, const ScreenVm& vm, ScreenState& state) {
    const bool begun = state.palette_given != vm.palette.query && state.palette_query != vm.palette.query;
    const bool just_opened = vm.palette.open && (!state.palette_was_open || begun);
    state.palette_given = vm.palette.query;
    state.palette_was_open = vm.palette.open;
    if (!vm.palette.open) return;
    PaletteVm shown = vm.palette;
    if (just_opened) {
        state.palette_query = vm.palette.query;
        state.palette_row = vm.palette.chosen;
    }
    shown.query = state.palette_query;
    shown.chosen = state.palette_row;
    palette(ui, screen, shown, just_opened);
    if (shown.query != state.palette_query) shown.chosen = 0;
    state.palette_query = shown.query;
    state.palette_row = shown.chosen;
}

/// Controls that are only a symbol say their name and key.
HoverVm control_hover(std::string_view leaf) {
    constexpr std::string_view kControls[][3] = {{"previous stop", "Previous stop", "PageUp"},
                                                 {"step back", "Step back", ","},
                                                 {"step forward", "Step forward", "."},
                                                 {"next stop", "Next stop", "PageDown"},
                                                 {"keys", "Keys", "?"},
                                                 {"speed", "Speed", "+  -"}};
    for (const auto& control : kControls) {
        if (leaf == control[0]) return {std::string(leaf), std::string(control[1]), std::string(control[2]), {}};
    }
    return {};
}

void hover(Ui& ui, const Rect& screen, const ScreenVm& vm, ScreenState& state) {
    state.hovered.clear();
    if (ui.state->active != 0) return;
    for (const Target& target : ui.targets) {
        if (target.id != ui.state->hot) continue;
        state.hovered = target.leaf;
        state.hovered_rect = target.rect;
    }
    const HoverVm own = control_hover(state.hovered);
    const HoverVm& shown = own.object.empty() ? vm.hover : own;
    if (state.hovered.empty() || shown.object != state.hovered) return;
    const Raised raised(ui, kTooltipLayer);
    tooltip(ui.canvas, state.hovered_rect, screen, {shown.title, shown.mono, shown.text});
}

}  // namespace

void draw_view(Ui& ui, const Rect& rect, const ScreenVm& vm, const std::string& title) {
    fill(ui.canvas, rect, ui.canvas.theme->panel);
    if (title == "Partitions") return partitions_view(ui, rect, vm.partitions);
    if (title == "Znodes") return znodes_view(ui, rect, vm.znodes);
    if (title == "Events") return events_view(ui, "events", rect, vm.events);
    if (is_page(title)) return page_body(ui, rect, vm, title);
    const Rect box{rect.mid_x() - 170, rect.y + 16, 340, std::min(110.0f, rect.h - 32)};
    empty_state(ui, box, {title, "This version does not show this view.", {}, false});
}

void draw_screen(Ui& ui, const Rect& screen, const ScreenVm& vm, ScreenState& state) {
    if (vm.at_home) {
        home_view(ui, from_edges(screen.x, screen.y + layout::top_bar, screen.right(), screen.bottom()), vm.home);
        top_bar(ui, {screen.x, screen.y, screen.w, layout::top_bar}, vm.top_bar);
    } else {
        const ScreenLayout layout = lay_out(screen, vm.lesson.shown, vm.timeline.lanes.size());
        panes(ui, layout, vm);
        top_bar(ui, layout.top_bar, vm.top_bar);
    }
    open_menu(ui, screen, vm, state);
    open_palette(ui, screen, vm, state);
    if (vm.help_open) key_sheet(ui, screen, vm.keys);
    toasts(ui, screen, vm);
    work(ui, screen, vm);
    hover(ui, screen, vm, state);
    if (!ImGui::GetIO().WantTextInput) use_global_keys(ui);
}

}  // namespace app::ui
