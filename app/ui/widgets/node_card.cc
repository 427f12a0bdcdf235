#include "app/ui/widgets/node_card.h"

#include <cstdlib>

#include "app/ui/icons.h"
#include "app/ui/widgets/broker_card.h"
#include "app/ui/widgets/wait.h"

namespace app::ui {
namespace {

constexpr float kRow = 24;
constexpr float kHead = 46;
constexpr u32 kDimmed = 90;

void client_row(Canvas& canvas, const Rect& rect, const ClientRowVm& vm, float mid_y) {
    const Theme& theme = *canvas.theme;
    if (vm.ruled) rule(canvas, rect.x + 12, rect.right() - 12, mid_y - 13, theme.line);
    const float value = vm.offset_cell ? 26 : text_width(canvas, {Face::mono, Size::label}, vm.value);
    text_within(canvas, rect.x + 12, mid_y, rect.w - 26 - value, {Face::regular, Size::label}, theme.mid, vm.label);
    if (!vm.offset_cell) {
        text(canvas, rect.right() - 12, mid_y, {Face::mono, Size::label}, theme.ink, vm.value, Align::right);
        return;
    }
    const Rect cell{rect.right() - 38, mid_y - 10, 26, 20};
    TapeCell shown;
    shown.state = vm.cell;
    shown.offset = std::atoll(vm.value.c_str());
    draw_cell(canvas, cell, shown, ReplicaRole::in_sync);
}

void draw_session(Canvas& canvas, float& x, float mid_y, const SessionVm& vm) {
    const Theme& theme = *canvas.theme;
    if (vm.alive) disc(canvas, {x + 4, mid_y}, 4, theme.good.edge);
    else icon(canvas, Icon::cross, {x + 4, mid_y}, theme.dead.edge, 11);
    text(canvas, x + 11, mid_y, {Face::mono, Size::hint}, vm.alive ? theme.ink : theme.mid, vm.name);
    x += 28;
}

}  // namespace

float client_card_height(const ClientCardVm& vm) {
    return kHead + kRow * static_cast<float>(vm.rows.size() + vm.waits.size()) + 10;
}

void client_card(Ui& ui, const Rect& rect, const ClientCardVm& vm) {
    const Theme& theme = *ui.canvas.theme;
    const u32 before = ui.canvas.dim;
    if (vm.dimmed) ui.canvas.dim = kDimmed;
    node_interaction(ui, rect, vm.object);
    node_box(ui.canvas, rect, ReplicaRole::none, vm.health);
    text_within(ui.canvas, rect.x + 12, rect.y + 18, rect.w - 24, {Face::semibold, Size::body}, theme.ink, vm.name);
    text_within(ui.canvas, rect.x + 12, rect.y + 35, rect.w - 24, {Face::regular, Size::hint}, theme.low, vm.note);
    float mid = rect.y + kHead + kRow / 2 + 2;
    for (const ClientRowVm& row : vm.rows) {
        client_row(ui.canvas, rect, row, mid);
        mid += kRow;
    }
    for (const WaitVm& wait : vm.waits) {
        wait_row(ui, {rect.x + 10, mid - kRow / 2, rect.w - 20, kRow}, wait);
        mid += kRow;
    }
    node_rings(ui.canvas, rect, vm.spotlight, vm.selected, false);
    ui.canvas.dim = before;
}

void zookeeper_card(Ui& ui, const Rect& rect, const ZooKeeperCardVm& vm) {
    const Theme& theme = *ui.canvas.theme;
    const u32 before = ui.canvas.dim;
    if (vm.dimmed) ui.canvas.dim = kDimmed;
    node_interaction(ui, rect, vm.object);
    node_box(ui.canvas, rect, ReplicaRole::none, NodeHealth::alive);
    text(ui.canvas, rect.x + 12, rect.y + 13, {Face::semibold, Size::label}, theme.ink, vm.name);
    text(ui.canvas, rect.x + 12, rect.y + 28, {Face::mono, Size::hint}, theme.mid, vm.controller);
    float x = rect.x + 116;
    text(ui.canvas, x, rect.y + 13, {Face::regular, Size::label}, theme.low, "sessions");
    x += 2;
    for (const SessionVm& session : vm.sessions) draw_session(ui.canvas, x, rect.y + 28, session);
    node_rings(ui.canvas, rect, vm.spotlight, vm.selected, false);
    ui.canvas.dim = before;
}

}  // namespace app::ui
