#include "app/ui/views/partitions.h"

#include <algorithm>

#include "app/ui/rich_text.h"
#include "app/ui/widgets/feedback.h"
#include "app/ui/widgets/table.h"
#include "app/ui/widgets/timeline_lane.h"

namespace app::ui {
namespace {

constexpr float kIsrWidth = 220;

Icon role_icon(ReplicaRole role) {
    switch (role) {
        case ReplicaRole::leader: return Icon::crown;
        case ReplicaRole::in_sync: return Icon::ring;
        case ReplicaRole::out_of_sync: return Icon::dashed_ring;
        case ReplicaRole::offline: return Icon::cross;
        case ReplicaRole::none: return Icon::none;
    }
    return Icon::none;
}

std::vector<TableColumn> columns_of(const PartitionsVm& vm, float width) {
    const bool several = !vm.rows.empty() && vm.rows.front().partition != vm.rows.back().partition;
    std::vector<TableColumn> out;
    if (several) out.push_back({"partition", 84, Align::left, true});
    const float wide = width - (several ? 84.0f : 0.0f);
    const float unit = std::clamp(wide / 488, 0.7f, 1.4f);
    out.push_back({"replica", 66 * unit, Align::left, true});
    out.push_back({"state", 100 * unit, Align::left, false});
    out.push_back({"in ISR", 56 * unit, Align::left, true});
    out.push_back({"LSO", 40 * unit, Align::left, true});
    out.push_back({"HW", 40 * unit, Align::left, true});
    out.push_back({"LEO", 50 * unit, Align::left, true});
    out.push_back({vm.known_title, 136 * unit, Align::left, true});
    return out;
}

TableRow to_row(const Theme& theme, const ReplicaRowVm& vm, bool several) {
    const bool quiet = vm.role == ReplicaRole::offline;
    const Icon symbol = role_icon(vm.role);
    TableRow row{vm.object, {}, vm.selected};
    if (several) row.cells.push_back({vm.partition, Icon::none, 0, quiet, false});
    row.cells.push_back({vm.replica, Icon::none, 0, quiet, false});
    row.cells.push_back({vm.state, symbol, colour_of(theme, symbol), quiet, false});
    for (const std::string* value : {&vm.in_isr, &vm.last_stable_offset, &vm.high_watermark, &vm.log_end_offset}) {
        row.cells.push_back({*value, Icon::none, 0, quiet, false});
    }
    row.cells.push_back({vm.known_log_end_offset, Icon::none, 0, quiet, vm.known_is_key});
    return row;
}

/// Notes stand after the last number, where there is room.
void notes(Canvas& canvas, const Rect& rect, const PartitionsVm& vm) {
    for (std::size_t i = 0; i < vm.rows.size(); ++i) {
        const float mid = rect.y + kTableHeader + kTableRow * (static_cast<float>(i) + 0.5f);
        if (vm.rows[i].note.empty() || mid + 8 > rect.bottom()) continue;
        text(canvas, rect.right() - 4, mid, {Face::regular, Size::hint}, canvas.theme->mid, vm.rows[i].note,
             Align::right);
    }
}

void replicas(Ui& ui, const Rect& rect, const PartitionsVm& vm) {
    text_within(ui.canvas, rect.x + 4, rect.y + 13, rect.w - 4, {Face::regular, Size::label},
                ui.canvas.theme->mid, vm.sentence);
    const bool several = !vm.rows.empty() && vm.rows.front().partition != vm.rows.back().partition;
    TextStyle style = body_style(*ui.canvas.theme, Size::body);
    style.plain = ui.canvas.theme->ink;
    style.line_height = 1.4f;
    const float words = vm.rule.empty() ? 0 : markdown(ui.canvas, 0, 0, rect.w - 24, vm.rule, style, false);
    const float rule_height = vm.rule.empty() ? 0 : words + 14;
    const Rect body = from_edges(rect.x + 4, rect.y + 27, rect.right() - 4, rect.bottom() - rule_height - 4);
    const std::vector<TableColumn> columns = columns_of(vm, body.w);
    std::vector<TableRow> rows;
    for (const ReplicaRowVm& row : vm.rows) rows.push_back(to_row(*ui.canvas.theme, row, several));
    table(ui, "replicas", body, columns, rows);
    notes(ui.canvas, body, vm);
    if (vm.rule.empty()) return;
    const Rect box{rect.x, rect.bottom() - rule_height - 4, rect.w, rule_height};
    fill(ui.canvas, box, ui.canvas.theme->raised, radius::button);
    markdown(ui.canvas, box.x + 12, box.y + 7, box.w - 24, vm.rule, style);
}

void isr_over_time(Ui& ui, const Rect& rect, const PartitionsVm& vm) {
    Canvas& canvas = ui.canvas;
    text(canvas, rect.x, rect.y + 13, {Face::semibold, Size::label}, canvas.theme->ink, "ISR over time");
    const TimeScale scale(vm.isr_axis, rect.x + 18, rect.right() - 24);
    const float room = std::max(40.0f, rect.h - 82);
    const float pitch = std::clamp(room / std::max(1.0f, static_cast<float>(vm.isr_lanes.size())), 16.0f, 28.0f);
    float y = rect.y + 30;
    for (const LaneVm& lane : vm.isr_lanes) {
        if (y + pitch > rect.bottom() - 46) break;   // more replicas than fit: the table names them all
        timeline_lane(ui, scale, {rect.x, y, rect.w, pitch}, lane, std::min(18.0f, pitch - 4));
        y += pitch;
    }
    const float axis_top = y + 4;
    float free_from = rect.x;
    for (const TickVm& tick : vm.isr_axis.ticks) {
        const float x = scale.x_of(tick.at_ns), half = text_width(canvas, {Face::mono, Size::hint}, tick.label) / 2;
        fill(canvas, {x, axis_top, 1, 4}, canvas.theme->ctl);
        if (x - half < free_from) continue;
        free_from = x + half + 8;
        text(canvas, x, axis_top + 13, {Face::mono, Size::hint}, canvas.theme->low, tick.label, Align::centre);
    }
    text_within(canvas, rect.x, rect.bottom() - 11, rect.w - 8, {Face::regular, Size::label}, canvas.theme->mid,
                vm.isr_note);
}

}  // namespace

void partitions_view(Ui& ui, const Rect& rect, const PartitionsVm& vm) {
    const Scope scope(ui, "partitions");
    if (!vm.empty_title.empty()) {
        empty_state(ui, {rect.mid_x() - 150, rect.y + 8, 300, std::min(110.0f, rect.h - 16)},
                    {vm.empty_title, vm.empty_text, {}, true});
        return;
    }
    constexpr float kTimeMin = 30 + 3 * 16 + 46;   // heading, three lanes, axis, note
    const bool with_time = rect.w >= 640 && rect.h >= kTimeMin && !vm.isr_lanes.empty();
    const float split = with_time ? rect.right() - kIsrWidth : rect.right();
    replicas(ui, from_edges(rect.x + 12, rect.y, split - 8, rect.bottom()), vm);
    if (!with_time) return;
    line(ui.canvas, {split, rect.y + 6}, {split, rect.bottom()}, ui.canvas.theme->line);
    isr_over_time(ui, from_edges(split + 14, rect.y, rect.right(), rect.bottom()), vm);
}

}  // namespace app::ui
