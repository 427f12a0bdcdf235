#include "app/ui/widgets/node_card.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "app/ui/icons.h"
#include "app/ui/widgets/broker_card.h"
#include "app/ui/widgets/wait.h"

namespace app::ui {
namespace {

constexpr float kNodeWaitRow = 24;

struct CardForm {
    float head, row, foot, gap;
};
constexpr CardForm kForms[] = {{46, 24, 10, 12}, {24, 17, 4, 6}, {24, 17, 4, 6}, {24, 0, 0, 3}};   // by ClientCardSize

const CardForm& form_of(ClientCardSize size) { return kForms[static_cast<std::size_t>(size)]; }

std::size_t rows_shown(const ClientCardVm& vm, ClientCardSize size) {
    switch (size) {
        case ClientCardSize::full: case ClientCardSize::compact: return vm.rows.size();
        case ClientCardSize::brief: return std::min<std::size_t>(1, vm.rows.size());
        case ClientCardSize::name_only: return 0;
    }
    return 0;
}

/// Waits are shown as long as all rows are.
std::size_t waits_shown(const ClientCardVm& vm, ClientCardSize size) {
    return size == ClientCardSize::full || size == ClientCardSize::compact ? vm.waits.size() : 0;
}

void client_row(Canvas& canvas, const Rect& rect, const ClientRowVm& vm, float mid_y, float row) {
    const Theme& theme = *canvas.theme;
    if (vm.ruled) rule(canvas, rect.x + 12, rect.right() - 12, mid_y - std::round(row / 2) - 1, theme.line);
    const Type type{Face::mono, Size::label};
    const float value = vm.offset_cell ? 26 : std::min(text_width(canvas, type, vm.value), rect.w - 26);
    text_within(canvas, rect.x + 12, mid_y, rect.w - 26 - value, {Face::regular, Size::label}, theme.mid, vm.label);
    if (!vm.offset_cell) {
        text_within(canvas, rect.right() - 12, mid_y, value, type, theme.ink, vm.value, Align::right);
        return;
    }
    const float height = std::min(20.0f, row - 1);
    const Rect cell{rect.right() - 38, mid_y - height / 2, 26, height};
    TapeCell shown;
    shown.state = vm.cell;
    shown.offset = std::atoll(vm.value.c_str());
    draw_cell(canvas, cell, shown, ReplicaRole::in_sync);
}

/// The note stands below the name, beside it where room is short, or not at all.
void client_head(Canvas& canvas, const Rect& rect, const ClientCardVm& vm, ClientCardSize size) {
    const Theme& theme = *canvas.theme;
    const Type note{Face::regular, Size::hint};
    const float room = rect.w - 24, mid = rect.y + (size == ClientCardSize::full ? 18.0f : 12.0f);
    const float name = text_within(canvas, rect.x + 12, mid, room, {Face::semibold, Size::body}, theme.ink, vm.name);
    if (size == ClientCardSize::full) text_within(canvas, rect.x + 12, rect.y + 35, room, note, theme.low, vm.note);
    else if (name + text_width(canvas, note, vm.note) + 8 <= room)
        text(canvas, rect.right() - 12, mid, note, theme.low, vm.note, Align::right);
}

void draw_session(Canvas& canvas, float& x, float mid_y, const SessionVm& vm) {
    const Theme& theme = *canvas.theme;
    if (vm.alive) disc(canvas, {x + 4, mid_y}, 4, theme.good.edge);
    else icon(canvas, Icon::cross, {x + 4, mid_y}, theme.dead.edge, 11);
    text(canvas, x + 11, mid_y, {Face::mono, Size::hint}, vm.alive ? theme.ink : theme.mid, vm.name);
    x += 28;
}

}  // namespace

float client_card_height(const ClientCardVm& vm, ClientCardSize size) {
    const CardForm& form = form_of(size);
    return form.head + form.row * static_cast<float>(rows_shown(vm, size)) +
           kNodeWaitRow * static_cast<float>(waits_shown(vm, size)) + form.foot;
}

float client_card_gap(ClientCardSize size) { return form_of(size).gap; }

float client_card_port(ClientCardSize size) {
    return size == ClientCardSize::name_only ? 12 : form_of(size).head + form_of(size).row / 2;
}

void client_card(Ui& ui, const Rect& rect, const ClientCardVm& vm, ClientCardSize size) {
    const CardForm& form = form_of(size);
    const u32 before = ui.canvas.dim;
    if (vm.dimmed) ui.canvas.dim = kDimmed;
    node_interaction(ui, rect, vm.object);
    node_box(ui.canvas, rect, ReplicaRole::none, vm.health);
    client_head(ui.canvas, rect, vm, size);
    float top = rect.y + form.head + (size == ClientCardSize::full ? 2.0f : 0.0f);
    for (std::size_t i = 0; i < rows_shown(vm, size); ++i, top += form.row)
        client_row(ui.canvas, rect, vm.rows[i], top + form.row / 2, form.row);
    for (std::size_t i = 0; i < waits_shown(vm, size); ++i, top += kNodeWaitRow)
        wait_row(ui, {rect.x + 10, top, rect.w - 20, kNodeWaitRow}, vm.waits[i]);
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
