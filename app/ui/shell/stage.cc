#include "app/ui/shell/stage.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "app/ui/icons.h"
#include "app/ui/patterns.h"
#include "app/ui/rich_text.h"
#include "app/ui/shell/stage_layout.h"
#include "app/ui/widgets/broker_card.h"
#include "app/ui/widgets/feedback.h"
#include "app/ui/widgets/node_card.h"
#include "app/ui/widgets/wire.h"

namespace app::ui {
namespace {

constexpr float kWheelFactor = 1.15f;
constexpr float kWholeFrom = 310;     // a stage of this height shows all that it holds

void camera(Ui& ui, const Rect& rect) {
    const Response response = interact(ui, "stage", rect);
    if (response.focused) focus_ring(ui.canvas, rect.inset(7), 0);
    const bool over = rect.contains(ui.input.mouse) && ui.state->modal_layer <= ui.canvas.layer;  // also over its cards
    if (over && ui.input.wheel != 0) {
        const auto factor = static_cast<i64>(std::lround(1000 * std::pow(kWheelFactor, ui.input.wheel)));
        act(ui, UiVerb::zoom_stage, {},
            fmt::format("{:.0f},{:.0f}", ui.input.mouse.x - rect.x, ui.input.mouse.y - rect.y), factor);
    }
    const ImVec2 moved{ui.input.mouse.x - ui.state->pressed_at.x, ui.input.mouse.y - ui.state->pressed_at.y};
    if (response.held && (moved.x != 0 || moved.y != 0)) {
        act(ui, UiVerb::pan_stage, {}, fmt::format("{:.0f},{:.0f}", moved.x, moved.y));
        ui.state->pressed_at = ui.input.mouse;
    } else if (response.clicked) {
        act(ui, UiVerb::select);
    }
    if (response.double_clicked) act(ui, UiVerb::fit_stage);
    if (response.secondary) act(ui, UiVerb::open_menu, "stage");
    if (response.focused && take_key(ui, {Key::left})) act(ui, UiVerb::step_back, {}, "event");
    if (response.focused && take_key(ui, {Key::right})) act(ui, UiVerb::step_forward, {}, "event");
}

void title(Canvas& canvas, const Rect& rect, const StageVm& vm, float right) {
    const float x = rect.x + 12, mid = rect.y + 18;
    if (!vm.alarm.empty()) {
        const Theme& theme = *canvas.theme;
        icon(canvas, Icon::cross, {x + 7, mid}, theme.late.edge, 14);
        text_within(canvas, x + 22, mid, right - x - 30, {Face::semibold, Size::title}, theme.ink, vm.title);
        wrapped(canvas, x, mid + 12, right - x - 8, {Face::regular, Size::label}, theme.mid, vm.alarm);
        return;
    }
    const float width = text(canvas, x, mid, {Face::semibold, Size::body}, canvas.theme->ink, vm.title);
    text_within(canvas, x + width + 12, mid, right - x - width - 20, {Face::regular, Size::label},
                canvas.theme->low, vm.subtitle);
}

void legend_row(Canvas& canvas, const Rect& rect, float row, std::string_view words) {
    text(canvas, rect.x + 22, rect.y + 9 + row * 18, {Face::regular, Size::hint}, canvas.theme->mid, words);
}

void legend(Canvas& canvas, const Rect& rect) {
    if (rect.empty()) return;
    const auto sample = [&](float row, CellState state) {
        const Theme& theme = *canvas.theme;
        const Rect box{rect.x, rect.y + 2 + row * 18, 16, 14};
        fill(canvas, box, state == CellState::committed ? theme.in_sync.fill : theme.hatch_gap, radius::cell);
        if (state == CellState::not_committed) hatch(canvas, box.inset(1), theme.in_sync.edge, 5, radius::cell - 1);
        outline(canvas, box, theme.in_sync.edge, radius::cell);
    };
    sample(0, CellState::committed);
    legend_row(canvas, rect, 0, "committed");
    sample(1, CellState::not_committed);
    legend_row(canvas, rect, 1, "not committed");
    disc(canvas, {rect.x + 4, rect.y + 45}, 4, canvas.theme->mid);
    circle(canvas, {rect.x + 13, rect.y + 45}, 3.4f, canvas.theme->mid, stroke::link);
    legend_row(canvas, rect, 2, "request, reply");
}

void draw_links(Ui& ui, const StagePlan& plan, const StageVm& vm, bool busy) {
    std::vector<Rect> taken{plan.zookeeper, plan.legend};
    for (const auto* cards : {&plan.brokers, &plan.clients})
        for (const Rect& card : *cards) taken.push_back(card.inset(4));
    for (const PlacedLink& placed : plan.links) {
        const LinkVm& entry = vm.links[placed.link];
        if (!entry.messages.empty() == busy) link(ui, placed.path, entry, placed.label_side, taken);
    }
}

bool overflows(const StagePlan& plan, const Rect& rect) {
    const auto outside = [&rect](const Rect& card) {
        return card.x < rect.x || card.y < rect.y || card.right() > rect.right() ||
               card.bottom() > rect.bottom();
    };
    return std::any_of(plan.brokers.begin(), plan.brokers.end(), outside) ||
           std::any_of(plan.clients.begin(), plan.clients.end(), outside);
}

void draw_cards(Ui& ui, const StagePlan& plan, const StageVm& vm) {
    if (vm.zookeeper.shown) zookeeper_card(ui, plan.zookeeper, vm.zookeeper);
    for (std::size_t i = 0; i < vm.brokers.size(); ++i)
        broker_card(ui, plan.brokers[i], vm.brokers[i], plan.zoom, plan.tape_indent);
    for (std::size_t i = 0; i < vm.clients.size(); ++i)
        client_card(ui, plan.clients[i], vm.clients[i], plan.client_sizes[i]);
}

}  // namespace

void stage(Ui& ui, const Rect& rect, const StageVm& whole) {
    const Scope scope(ui, "stage");
    const StageVm vm = fitted(rect, whole);
    const StagePlan plan = plan_stage(rect, vm);
    const bool moved = vm.zoom_per_mille != 1000 || vm.pan_x != 0 || vm.pan_y != 0;
    // What lies outside is reached by dragging; where it was not dragged and there is room, nothing may.
    const Clip clip(ui.canvas, rect, overflows(plan, rect) && (moved || rect.h < kWholeFrom));
    camera(ui, rect);
    if (!vm.empty_title.empty()) {
        empty_state(ui, {rect.mid_x() - 150, rect.mid_y() - 60, 300, 120}, {vm.empty_title, vm.empty_text, {}, false});
        return;
    }
    draw_links(ui, plan, vm, false);
    if (!moved) title(ui.canvas, rect, vm, vm.zookeeper.shown ? plan.zookeeper.x : rect.right());
    draw_cards(ui, plan, vm);
    draw_links(ui, plan, vm, true);
    legend(ui.canvas, plan.legend);
    if (!moved) return;
    // What was dragged or enlarged passes below the title.
    const Raised raised(ui, 1);
    fill(ui.canvas, {rect.x, rect.y, rect.w, 34}, ui.canvas.theme->bg);
    title(ui.canvas, rect, vm, rect.right());
}

}  // namespace app::ui
