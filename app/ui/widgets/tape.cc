#include "app/ui/widgets/tape.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/ui/icons.h"
#include "app/ui/patterns.h"

namespace app::ui {
namespace {

constexpr Type kCellType{Face::mono, Size::hint};
constexpr Type kFlagType{Face::mono_bold, Size::hint};

bool is_dim(ReplicaRole role) { return role == ReplicaRole::offline; }

std::string number(const TapeCell& cell) {
    if (cell.last > cell.offset) return fmt::format("{}\u2013{}", cell.offset, cell.last);
    return fmt::format("{}", cell.offset);
}

/// Digits on hatching stand on a patch of their own.
void number_on_hatch(Canvas& canvas, const Rect& rect, std::string_view digits, Colour colour) {
    const float width = text_width(canvas, kFlagType, digits);
    fill(canvas, {rect.mid_x() - width / 2 - 2, rect.mid_y() - 6, width + 4, 12}, canvas.theme->hatch_gap, 2);
    text(canvas, rect.mid_x(), rect.mid_y(), kFlagType, colour, digits, Align::centre);
}

void cell_edge(Canvas& canvas, const Rect& rect, const Tone& tone, ReplicaRole role) {
    const Colour soft = mix(tone.fill, tone.edge, 200);
    if (role == ReplicaRole::out_of_sync) return dashed_outline(canvas, rect, {3, 2}, soft, radius::cell);
    outline(canvas, rect, soft, radius::cell);
}

void committed(Canvas& canvas, const Rect& rect, const Rect& number_at, const TapeCell& cell,
               ReplicaRole role) {
    const Tone tone = tone_of(*canvas.theme, role);
    fill(canvas, rect, tone.fill, radius::cell);
    if (is_dim(role)) hatch(canvas, rect.inset(1), with_alpha(tone.edge, 110), 8, radius::cell);
    cell_edge(canvas, rect, tone, role);
    text(canvas, number_at.mid_x(), number_at.mid_y(), kCellType, tone.text, number(cell), Align::centre);
}

void not_committed(Canvas& canvas, const Rect& rect, const Rect& number_at, const TapeCell& cell,
                   ReplicaRole role) {
    const Theme& theme = *canvas.theme;
    const Tone tone = tone_of(theme, role == ReplicaRole::leader ? ReplicaRole::in_sync : role);
    fill(canvas, rect, theme.hatch_gap, radius::cell);
    hatch(canvas, rect.inset(1), tone.edge, 6.5f, radius::cell - 1);
    cell_edge(canvas, rect, tone, role);
    number_on_hatch(canvas, number_at, number(cell), is_dim(role) ? theme.mid : theme.ink);
}

void aborted(Canvas& canvas, const Rect& rect, const TapeCell& cell) {
    const Theme& theme = *canvas.theme;
    fill(canvas, rect, theme.raised, radius::cell);
    hatch(canvas, rect.inset(1), with_alpha(theme.dead.edge, 110), 7, radius::cell);
    outline(canvas, rect, theme.dead.edge, radius::cell);
    text(canvas, rect.mid_x(), rect.mid_y(), kCellType, theme.low, number(cell), Align::centre);
    line(canvas, {rect.x, rect.mid_y()}, {rect.right(), rect.mid_y()}, theme.late.edge, stroke::mark);
}

void marker(Canvas& canvas, const Rect& rect) {
    fill(canvas, rect, canvas.theme->raised, radius::cell);
    outline(canvas, rect, canvas.theme->ctl, radius::cell);
    icon(canvas, Icon::diamond, {rect.mid_x(), rect.mid_y()}, canvas.theme->mid, 11);
}

void tombstone(Canvas& canvas, const Rect& rect, ReplicaRole role) {
    fill(canvas, rect, canvas.theme->hatch_gap, radius::cell);
    cell_edge(canvas, rect, tone_of(*canvas.theme, role), role);
    fill(canvas, {rect.mid_x() - 5, rect.mid_y() - 1, 10, 2}, canvas.theme->ink);
}

void truncated(Canvas& canvas, const Rect& rect) {
    const Theme& theme = *canvas.theme;
    fill(canvas, rect, theme.late.fill, radius::cell);
    dashed_outline(canvas, rect, {3, 2}, theme.late.edge, radius::cell, stroke::link);
    icon(canvas, Icon::cross, {rect.mid_x(), rect.mid_y()}, theme.late.edge, 9);
}

void compacted(Canvas& canvas, const Rect& rect) {
    dashed_line(canvas, {rect.x, rect.bottom() - 2}, {rect.right(), rect.bottom() - 2}, kDotted,
                canvas.theme->low, stroke::link);
}

void draw_surface(Canvas& canvas, const Rect& rect, const Rect& number_at, const TapeCell& cell, ReplicaRole role) {
    switch (cell.state) {
        case CellState::committed: return committed(canvas, rect, number_at, cell, role);
        case CellState::not_committed: return not_committed(canvas, rect, number_at, cell, role);
        case CellState::aborted: return aborted(canvas, rect, cell);
        case CellState::marker: return marker(canvas, rect);
        case CellState::tombstone: return tombstone(canvas, rect, role);
        case CellState::compacted: return compacted(canvas, rect);
        case CellState::truncated: return truncated(canvas, rect);
    }
}

/// Two lines below the offset; on hatching they stand on a patch.
void key_and_time(Canvas& canvas, const Rect& rect, const TapeCell& cell, ReplicaRole role) {
    const bool words = cell.state == CellState::committed || cell.state == CellState::not_committed;
    if (!words || (cell.key.empty() && cell.time.empty())) return;
    const Theme& theme = *canvas.theme;
    const bool hatched = cell.state == CellState::not_committed || is_dim(role);
    if (hatched) fill(canvas, {rect.x + 3, rect.y + 18, rect.w - 6, rect.h - 21}, theme.hatch_gap, 2);
    const Colour colour = hatched ? theme.ink : tone_of(theme, role).text;
    const Type type{Face::regular, Size::hint};
    text_within(canvas, rect.mid_x(), rect.y + 24, rect.w - 8, type, colour, cell.key, Align::centre);
    text_within(canvas, rect.mid_x(), rect.y + 37, rect.w - 8, kCellType, colour, cell.time, Align::centre);
}

void cell_rings(Canvas& canvas, const Rect& rect, const TapeCell& cell) {
    const Theme& theme = *canvas.theme;
    if (!cell.selected && !cell.changed) return;
    if (cell.selected && theme.now_edge != theme.now)
        outline(canvas, rect.inset(-4), theme.now_edge, radius::cell + 4, 4);
    outline(canvas, rect.inset(-3), cell.selected ? theme.now : theme.ink, radius::cell + 3,
            cell.selected ? stroke::mark : stroke::rule);
}

/// Which cells are drawn and where: the newest that fit.
struct Window {
    std::size_t first = 0;
    float left = 0;        // of the first cell
    u64 hidden = 0;
};

float cell_width(const TapeCell& cell, const TapeLayout& layout) {
    return cell.last > cell.offset ? layout.cell_w * 2 + 2 : layout.cell_w;
}
float cell_pitch(const TapeCell& cell, const TapeLayout& layout) {
    return cell_width(cell, layout) + layout.pitch - layout.cell_w;
}

constexpr float kCountWidth = 40;

/// Right of the last cell, so that the LEO flag is whole.
float flag_room(const Canvas& canvas, const TapeVm& vm) {
    if (vm.log_end_offset == kNoMark) return 0;
    return text_width(canvas, kFlagType, fmt::format("LEO {}", vm.log_end_offset)) + 7;
}

float width_of(const TapeVm& vm, const TapeLayout& layout) {
    float width = 0;
    for (const TapeCell& cell : vm.cells) width += cell_pitch(cell, layout);
    return width;
}

u64 count_of(const TapeCell& cell) {
    return cell.last > cell.offset ? static_cast<u64>(cell.last - cell.offset + 1) : 1;
}

/// How far the first cell stands to the right, so that an HW flag near the beginning has room on its left.
float room_for_hw_flag(const Canvas& canvas, const TapeVm& vm, const TapeLayout& layout) {
    if (vm.high_watermark == kNoMark || vm.cells_before > 0) return 0;
    float before = 4;
    for (const TapeCell& cell : vm.cells)
        if (cell.offset < vm.high_watermark) before += cell_pitch(cell, layout);
    return std::max(0.0f, text_width(canvas, kFlagType, fmt::format("HW {}", vm.high_watermark)) + 8 - before);
}

Window choose_cells(const Canvas& canvas, float left, float right, const TapeVm& vm, const TapeLayout& layout) {
    left += room_for_hw_flag(canvas, vm, layout);
    const float after = std::max(static_cast<float>(vm.empty_after) * layout.pitch, flag_room(canvas, vm));
    if (vm.cells_before == 0 && width_of(vm, layout) + after <= right - left) return {0, left, 0};
    Window window{vm.cells.size(), left + kCountWidth, vm.cells_before};
    float room = right - window.left - after;
    while (window.first > 0 && room >= cell_pitch(vm.cells[window.first - 1], layout))
        room -= cell_pitch(vm.cells[--window.first], layout);
    for (std::size_t i = 0; i < window.first; ++i) window.hidden += count_of(vm.cells[i]);
    return window;
}

/// Left edge of the cell that holds an offset; the end of the tape for the next offset.
float place_of(const Window& window, const TapeVm& vm, const TapeLayout& layout, i64 offset) {
    float x = window.left;
    for (std::size_t i = window.first; i < vm.cells.size() && vm.cells[i].offset < offset; ++i)
        x += cell_pitch(vm.cells[i], layout);
    return x - (layout.pitch - layout.cell_w) / 2;
}

bool is_visible(const Window& window, const TapeVm& vm, i64 offset) {
    if (offset == kNoMark) return false;
    return window.first >= vm.cells.size() || offset >= vm.cells[window.first].offset;
}

void draw_cells(Ui& ui, const Window& window, float top, const TapeVm& vm, const TapeLayout& layout) {
    float x = window.left;
    for (std::size_t i = window.first; i < vm.cells.size(); ++i) {
        const Rect rect{x, top, cell_width(vm.cells[i], layout), layout.cell_h};
        draw_cell(ui.canvas, rect, vm.cells[i], vm.role, layout.with_key);
        if (!vm.cells[i].object.empty()) {
            const Response response = interact(ui, vm.cells[i].object, rect, {false, true});
            if (response.hovered) outline(ui.canvas, rect.inset(-1), ui.canvas.theme->ink, radius::cell + 1);
            if (response.clicked) act(ui, UiVerb::select, vm.cells[i].object);
            if (response.secondary) act(ui, UiVerb::open_menu, vm.cells[i].object);
        }
        x += cell_pitch(vm.cells[i], layout);
    }
    for (i32 i = 0; i < vm.empty_after; ++i, x += layout.pitch)
        draw_next_cell(ui.canvas, {x, top, layout.cell_w, layout.cell_h});
}

void draw_hidden_count(Canvas& canvas, float left, float top, const Window& window, const TapeLayout& layout) {
    if (window.hidden == 0) return;
    const std::string count =
        window.hidden < 1000 ? fmt::format("+{}", window.hidden) : fmt::format("+{}k", window.hidden / 1000);
    text(canvas, left + kCountWidth - 6, top + layout.cell_h / 2, kCellType, canvas.theme->low, count, Align::right);
}

/// A bracket under records that no other copy has, and the word for it where there is room.
void mark_only_here(Canvas& canvas, const Window& window, float right, float top, const TapeVm& vm,
                    const TapeLayout& layout) {
    const Theme& theme = *canvas.theme;
    const i64 first = vm.cells.empty() ? vm.only_here_from : std::max(vm.only_here_from, vm.cells.front().offset);
    if (!is_visible(window, vm, first)) return;
    const float from = place_of(window, vm, layout, first), to = place_of(window, vm, layout, vm.log_end_offset) - 2;
    const float y = top + layout.cell_h + 4;
    line(canvas, {from, y}, {to, y}, theme.late.edge, stroke::mark);
    for (const float x : {from, to}) line(canvas, {x, y - 3}, {x, y}, theme.late.edge, stroke::mark);
    const std::string words = fmt::format("{} only here", vm.log_end_offset - vm.only_here_from);
    const Type type{Face::semibold, Size::hint};
    const float x = to + static_cast<float>(vm.empty_after) * layout.pitch + 10;
    if (x + text_width(canvas, type, words) <= right)
        text(canvas, x, top + layout.cell_h / 2, type, theme.late.edge, words);
}

void draw_marks(Canvas& canvas, const Window& window, float right, float top, const TapeVm& vm,
                const TapeLayout& layout) {
    const Theme& theme = *canvas.theme;
    const bool dim = is_dim(vm.role);
    const float flag_top = top - 19, pole_bottom = top + layout.cell_h + 3;
    const auto at = [&](i64 offset) { return place_of(window, vm, layout, offset); };
    for (const EpochStart& epoch : vm.epochs) {
        if (is_visible(window, vm, epoch.offset))
            epoch_line(canvas, at(epoch.offset), top - 4, pole_bottom, fmt::format("e{}", epoch.leader_epoch));
    }
    if (vm.log_start_offset > 0 && is_visible(window, vm, vm.log_start_offset)) {
        fill(canvas, {at(vm.log_start_offset) - 2, top - 4, 3, layout.cell_h + 8}, theme.ink);
    }
    if (is_visible(window, vm, vm.log_end_offset)) {
        leo_flag(canvas, at(vm.log_end_offset), flag_top, pole_bottom, fmt::format("LEO {}", vm.log_end_offset),
                 dim ? theme.dead.edge : theme.mid, right);
    }
    if (is_visible(window, vm, vm.high_watermark)) {
        hw_flag(canvas, at(vm.high_watermark), flag_top, pole_bottom, fmt::format("HW {}", vm.high_watermark),
                dim ? theme.dead.edge : theme.strong, dim ? theme.panel : theme.on_strong);
    }
    if (layout.lso_below && is_visible(window, vm, vm.last_stable_offset)) {
        lso_flag(canvas, at(vm.last_stable_offset), top + layout.cell_h, fmt::format("LSO {}", vm.last_stable_offset));
    }
    if (vm.only_here_from != kNoMark) mark_only_here(canvas, window, right, top, vm, layout);
}

}  // namespace

Tone tone_of(const Theme& theme, ReplicaRole role) {
    switch (role) {
        case ReplicaRole::leader: return theme.leader;
        case ReplicaRole::in_sync: return theme.in_sync;
        case ReplicaRole::out_of_sync: return theme.out_of_sync;
        case ReplicaRole::offline: return theme.dead;
        case ReplicaRole::none: return theme.neutral;
    }
    return theme.neutral;
}

void draw_cell(Canvas& canvas, const Rect& rect, const TapeCell& cell, ReplicaRole role, bool with_key) {
    draw_surface(canvas, rect, with_key ? Rect{rect.x, rect.y + 2, rect.w, 16} : rect, cell, role);
    if (with_key) key_and_time(canvas, rect, cell, role);
    cell_rings(canvas, rect, cell);
}

void draw_next_cell(Canvas& canvas, const Rect& rect) {
    dashed_outline(canvas, rect, {2, 2}, canvas.theme->next.edge, radius::cell);
}

void hw_flag(Canvas& canvas, float x, float top, float bottom, std::string_view words, Colour colour,
             Colour on_colour) {
    const float width = text_width(canvas, kFlagType, words) + 8;
    fill(canvas, {x - width + 1, top, width, 15}, colour, radius::mark);
    fill(canvas, {x - 1, top + 1, 2, bottom - top - 1}, colour);
    text(canvas, x - width / 2 + 1, top + 7.5f, kFlagType, on_colour, words, Align::centre);
}

void leo_flag(Canvas& canvas, float x, float top, float bottom, std::string_view words, Colour colour,
              float right_limit) {
    const float width = text_width(canvas, kFlagType, words) + 8;
    const Rect flag{std::min(x - 1, right_limit - width), top, width, 15};
    fill(canvas, flag, canvas.theme->card, radius::mark);
    outline(canvas, flag, colour, radius::mark);
    fill(canvas, {x - 1, top + 1, 1.5f, bottom - top - 1}, colour);
    text(canvas, flag.mid_x(), top + 7.5f, kFlagType, canvas.theme->ink, words, Align::centre);
}

void lso_flag(Canvas& canvas, float x, float cells_bottom, std::string_view words) {
    const Type type{Face::mono, Size::hint};
    const float width = text_width(canvas, type, words) + 10;
    const Rect flag{x - width + 1, cells_bottom + 5, width, 15};
    dashed_outline(canvas, flag, {3, 2}, canvas.theme->ctl, radius::mark);
    text(canvas, flag.mid_x(), flag.mid_y(), type, canvas.theme->mid, words, Align::centre);
}

void epoch_line(Canvas& canvas, float x, float top, float bottom, std::string_view words) {
    dashed_line(canvas, {x, top}, {x, bottom}, kLongDashed, canvas.theme->leader.edge, stroke::mark);
    text(canvas, x + 4, bottom + 6, kFlagType, canvas.theme->mid, words);
}

void tape(Ui& ui, float left, float right, float cells_top, const TapeVm& vm, const TapeLayout& layout) {
    const Scope scope(ui, vm.object);
    const Window window = choose_cells(ui.canvas, left, right, vm, layout);
    draw_hidden_count(ui.canvas, left, cells_top, window, layout);
    draw_cells(ui, window, cells_top, vm, layout);
    draw_marks(ui.canvas, window, right, cells_top, vm, layout);
}

}  // namespace app::ui
