#include "app/ui/widgets/broker_card.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/ui/icons.h"
#include "app/ui/patterns.h"
#include "app/ui/widgets/wait.h"

namespace app::ui {
namespace {

constexpr float kTapeRow = 44;       // a further tape
constexpr float kWaitRow = 26;
constexpr float kMarksBelow = 18;

bool is_dead(const BrokerCardVm& vm) { return vm.health == NodeHealth::dead; }

bool has_marks_below(const BrokerCardVm& vm) {
    if (vm.tapes.size() > 1) return false;
    return std::any_of(vm.tapes.begin(), vm.tapes.end(),
                       [](const TapeVm& tape) { return tape.last_stable_offset != kNoMark || !tape.epochs.empty(); });
}

bool is_close(StageZoom zoom) { return zoom == StageZoom::tape || zoom == StageZoom::bytes; }
TapeLayout layout_at(StageZoom zoom) { return is_close(zoom) ? kWideTape : TapeLayout{}; }
/// How much taller the cells are than from afar.
float extra_height(StageZoom zoom) { return layout_at(zoom).cell_h - TapeLayout{}.cell_h; }
float tape_row(StageZoom zoom) { return kTapeRow + extra_height(zoom); }

struct Status {
    Icon icon = Icon::none;
    Colour colour = 0;
};

Status status_of(const Theme& theme, const BrokerCardVm& vm) {
    if (vm.health == NodeHealth::cut_off) return {Icon::cut, theme.mid};
    if (vm.health == NodeHealth::recovering || vm.health == NodeHealth::paused || vm.health == NodeHealth::slow)
        return {Icon::wait, theme.ink};
    if (vm.role == ReplicaRole::in_sync) return {Icon::ring, theme.in_sync.edge};
    if (vm.role == ReplicaRole::out_of_sync) return {Icon::dashed_ring, theme.out_of_sync.edge};
    return {};
}

/// "leader" with its crown on a filled chip.
void leader_chip(Canvas& canvas, float x, float mid_y) {
    const Theme& theme = *canvas.theme;
    const Rect rect{x - 2, mid_y - 10, 70, 20};
    fill(canvas, rect, theme.leader.fill, radius::cell);
    outline(canvas, rect, theme.leader.edge, radius::cell);
    icon(canvas, Icon::crown, {x + 10, mid_y}, theme.leader.text, 12);
    text(canvas, x + 21, mid_y, {Face::semibold, Size::label}, theme.leader.text, "leader");
}

/// Hatching behind the name of a dead broker, up to its tape.
void dead_corner(Canvas& canvas, const Rect& rect, float width) {
    const Clip clip(canvas, {rect.x, rect.y, width, rect.h});
    hatch(canvas, rect.inset(1), with_alpha(canvas.theme->dead.edge, 90), 8.5f, radius::card);
}

void draw_name(Canvas& canvas, const Rect& rect, const BrokerCardVm& vm, float mid_y, float room) {
    const Theme& theme = *canvas.theme;
    float x = rect.x + 14;
    if (is_dead(vm)) {
        const float width = text_width(canvas, {Face::semibold, Size::body}, vm.name);
        fill(canvas, {x - 2, mid_y - 9, width + 22, 18}, theme.card, radius::mark);
        icon(canvas, Icon::cross, {x + 5, mid_y}, theme.dead.edge, 13);
        x += 16;
    }
    const float star_room = vm.controller ? 20 : 0;
    x += text_within(canvas, x, mid_y, rect.x + room - x - star_room, {Face::semibold, Size::body},
                     is_dead(vm) ? theme.mid : theme.ink, vm.name);
    if (vm.controller) icon(canvas, Icon::star, {x + 13, mid_y}, theme.controller, 14);
}

void draw_status(Canvas& canvas, const Rect& rect, const BrokerCardVm& vm, float mid_y, float room) {
    const Theme& theme = *canvas.theme;
    const float x = rect.x + 14;
    if (is_dead(vm)) {
        const float width = text_width(canvas, {Face::mono, Size::hint}, vm.status);
        fill(canvas, {x - 4, mid_y - 8, width + 6, 16}, theme.card, radius::mark);
        text_within(canvas, x - 2, mid_y, room - 14, {Face::mono, Size::hint}, theme.mid, vm.status);
        return;
    }
    const Status status = status_of(theme, vm);
    if (vm.role == ReplicaRole::leader && status.icon == Icon::none) return leader_chip(canvas, x, mid_y);
    if (status.icon == Icon::none) {
        text_within(canvas, x, mid_y, room - 14, {Face::regular, Size::label}, theme.mid, vm.status);
        return;
    }
    icon(canvas, status.icon, {x + 5, mid_y}, status.colour, 12);
    text_within(canvas, x + 16, mid_y, room - 30, {Face::regular, Size::label}, theme.mid, vm.status);
}

void draw_tapes(Ui& ui, const Rect& rect, const BrokerCardVm& vm, float cells_top, float indent, StageZoom zoom) {
    const Type type{Face::mono, Size::hint};
    TapeLayout layout = layout_at(zoom);
    float top = cells_top, names = 0;
    if (vm.tapes.size() >
        1) {  // one below the other: each has its name, and the flags of the next begin where its cells end
        layout.lso_below = false;
        for (const TapeVm& row : vm.tapes) names = std::max(names, text_width(ui.canvas, type, row.partition) + 10);
    }
    for (const TapeVm& row : vm.tapes) {
        if (names > 0) text(ui.canvas, rect.x + indent, top + 12, type, ui.canvas.theme->low, row.partition);
        tape(ui, rect.x + indent + names, rect.right() - 2, top, row, layout);
        top += tape_row(zoom);
    }
}

void draw_waits(Ui& ui, const Rect& rect, const BrokerCardVm& vm) {
    float top = rect.bottom() - 3 - kWaitRow * static_cast<float>(vm.waits.size());
    if (!vm.waits.empty()) rule(ui.canvas, rect.x + 12, rect.right() - 12, top - 1, ui.canvas.theme->line);
    for (const WaitVm& wait : vm.waits) {
        wait_row(ui, {rect.x + 14, top, rect.w - 28, kWaitRow}, wait);
        top += kWaitRow;
    }
}

/// Cluster zoom: the broker as a chip with counts.
void draw_counts(Canvas& canvas, const Rect& rect, const BrokerCardVm& vm) {
    const Type type{Face::regular, Size::label};
    const std::string counts = fmt::format("leads {}, follows {}", vm.leads, vm.follows);
    if (text_width(canvas, type, counts) < rect.w / 2 - 12) {
        text(canvas, rect.right() - 12, rect.mid_y(), type, canvas.theme->mid, counts, Align::right);
        return;
    }
    const float width = text(canvas, rect.right() - 12, rect.mid_y(), {Face::mono, Size::label},
                             canvas.theme->ink, std::to_string(vm.leads), Align::right);
    icon(canvas, Icon::crown, {rect.right() - 24 - width, rect.mid_y()}, canvas.theme->leader.edge, 12);
}

void draw_body(Ui& ui, const Rect& rect, const BrokerCardVm& vm, float indent, StageZoom zoom) {
    // The block of flags and cells is 44 high and lies in the middle of the first 62 px.
    const float spare = vm.waits.empty() && vm.tapes.size() <= 1 && !has_marks_below(vm)
                            ? std::max(0.0f, (rect.h - layout::broker_h) / 2 - 2)
                            : 0;
    const float top = rect.y + spare;
    if (is_dead(vm)) dead_corner(ui.canvas, rect, indent - 2);
    draw_name(ui.canvas, rect, vm, rect.y + 22, indent);
    draw_status(ui.canvas, rect, vm, top + 46, indent);
    draw_tapes(ui, rect, vm, top + 28, indent, zoom);
    if (!vm.note.empty())
        text(ui.canvas, rect.right() - 12, rect.bottom() - 13, {Face::regular, Size::hint},
             ui.canvas.theme->low, vm.note, Align::right);
    draw_waits(ui, rect, vm);
}

}  // namespace

float broker_card_height(const BrokerCardVm& vm, StageZoom zoom) {
    if (zoom == StageZoom::cluster) return 40;
    const auto tapes = static_cast<float>(std::max<std::size_t>(1, vm.tapes.size()));
    const float waits = vm.waits.empty() ? 0 : static_cast<float>(vm.waits.size()) * kWaitRow + 2;
    const float lso = has_marks_below(vm) ? kMarksBelow : 0;
    return layout::broker_h + extra_height(zoom) + (tapes - 1) * tape_row(zoom) + lso + waits;
}

void node_box(Canvas& canvas, const Rect& rect, ReplicaRole role, NodeHealth health) {
    const Theme& theme = *canvas.theme;
    fill(canvas, rect, theme.card, radius::card);
    if (health == NodeHealth::dead)
        return dashed_outline(canvas, rect, kDashed, mix(theme.card, theme.dead.edge, 190), radius::card,
                              stroke::link);
    if (health == NodeHealth::cut_off)
        return dashed_outline(canvas, rect, kDashed, mix(theme.card, theme.next.edge, 190), radius::card,
                              stroke::link);
    if (role == ReplicaRole::out_of_sync)
        return dashed_outline(canvas, rect, kDashed, mix(theme.card, theme.out_of_sync.edge, 190), radius::card,
                              stroke::link);
    if (role == ReplicaRole::leader) return outline(canvas, rect, theme.leader.edge, radius::card, stroke::mark);
    outline(canvas, rect, theme.line, radius::card);
}

void node_rings(Canvas& canvas, const Rect& rect, bool spotlight, bool selected, bool changed) {
    const Theme& theme = *canvas.theme;
    if (changed && !selected && !spotlight) outline(canvas, rect.inset(-3), theme.mid, radius::card + 3);
    if (!spotlight && !selected) return;
    if (theme.now_edge != theme.now) outline(canvas, rect.inset(-5), theme.now_edge, radius::card + 5, 4);
    outline(canvas, rect.inset(-4), theme.now, radius::card + 4, stroke::mark);
}

void node_interaction(Ui& ui, const Rect& rect, const std::string& object) {
    const Response response = interact(ui, object, rect);
    if (response.clicked) act(ui, UiVerb::select, object);
    if (response.double_clicked) act(ui, UiVerb::fit_stage, object);
    if (response.secondary) act(ui, UiVerb::open_menu, object);
    if (response.focused) focus_ring(ui.canvas, rect, radius::card);
}

void broker_card(Ui& ui, const Rect& rect, const BrokerCardVm& vm, StageZoom zoom, float tape_indent) {
    const u32 before = ui.canvas.dim;
    if (vm.dimmed) ui.canvas.dim = kDimmed;
    node_interaction(ui, rect, vm.object);
    node_box(ui.canvas, rect, vm.role, vm.health);
    if (zoom == StageZoom::cluster) {
        draw_name(ui.canvas, rect, vm, rect.mid_y(), std::max(rect.w / 2, rect.w - 60));
        draw_counts(ui.canvas, rect, vm);
    } else {
        draw_body(ui, rect, vm, tape_indent, zoom);
    }
    node_rings(ui.canvas, rect, vm.spotlight, vm.selected, vm.changed);
    ui.canvas.dim = before;
}

}  // namespace app::ui
