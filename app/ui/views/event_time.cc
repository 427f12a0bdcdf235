// Sections: places · ground · windows · the watermark · marks · dragging · the other branch · the side.
#include "app/ui/views/event_time.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "app/ui/icons.h"
#include "app/ui/patterns.h"
#include "app/ui/rich_text.h"
#include "app/ui/widgets/chip.h"
#include "app/ui/widgets/section.h"
#include "app/ui/widgets/selectable.h"

namespace app::ui {
namespace {

constexpr float kAxis = 58, kFoot = 40, kLegend = 30;

// ---- places -----------------------------------------------------------------------------------------

struct Plot {
    Rect rect;
    double columns = 1;
    i64 low = 0, high = 1;
    [[nodiscard]] float x(double column) const {
        return rect.x + rect.w * static_cast<float>((column + 1) / (columns + 0.15));
    }
    [[nodiscard]] double column(float at) const {
        return static_cast<double>(at - rect.x) / static_cast<double>(rect.w) * (columns + 0.15) - 1;
    }
    [[nodiscard]] i64 ms(float at) const {
        return low + static_cast<i64>(static_cast<double>(rect.bottom() - at) / static_cast<double>(rect.h) *
                                      static_cast<double>(high - low));
    }
    [[nodiscard]] bool holds(i64 ms) const { return ms >= low && ms <= high; }
    [[nodiscard]] float y(i64 ms) const {
        return rect.bottom() - rect.h * static_cast<float>(static_cast<double>(ms - low) /
                                                           static_cast<double>(std::max<i64>(1, high - low)));
    }
};

// ---- ground -----------------------------------------------------------------------------------------

float legend(Canvas& canvas, const Rect& rect) {
    const Theme& theme = *canvas.theme;
    float x = rect.x;
    const float mid = rect.y + 12;
    const auto word = [&](std::string_view text_of) {
        x += text(canvas, x, mid, {Face::regular, Size::label}, theme.mid, text_of) + 18;
    };
    const auto room = [&](float needed) { return x + needed < rect.right(); };
    disc(canvas, {x + 5, mid}, 4.5f, theme.ink);
    x += 16, word("in order");
    circle(canvas, {x + 5, mid}, 4.5f, theme.ink, stroke::mark);
    x += 16, word("out of order, counted");
    icon(canvas, Icon::triangle, {x + 5, mid}, theme.late.edge, 13);
    x += 16, word("dropped as late");
    if (!room(120)) return kLegend;
    icon(canvas, Icon::square, {x + 5, mid}, theme.evicted, 12);
    x += 16, word("evicted");
    if (!room(120)) return kLegend;
    dashed_line(canvas, {x, mid}, {x + 18, mid}, kDashed, theme.watermark, stroke::mark);
    x += 24, word("watermark");
    constexpr std::string_view kDrag = "Drag a mark: what if?";
    if (room(text_width(canvas, {Face::semibold, Size::label}, kDrag)))
        text(canvas, rect.right(), mid, {Face::semibold, Size::label}, theme.ink, kDrag, Align::right);
    return kLegend;
}

/// Times on the axis have seconds where one of them needs some.
std::string tick_text(i64 ms, i64 grid) {
    constexpr i64 kMinute = 60'000;
    const std::string clock = event_clock(ms);
    return grid % kMinute != 0 && ms % kMinute == 0 ? clock + ":00" : clock;
}

void ground(Canvas& canvas, const Plot& plot, const EventTimeVm& vm) {
    const Theme& theme = *canvas.theme;
    fill(canvas, plot.rect, theme.well);
    for (i64 ms = vm.low; ms <= vm.high; ms += vm.grid) {
        const float y = plot.y(ms);
        line(canvas, {plot.rect.x, y}, {plot.rect.right(), y}, theme.line, stroke::rule);
        if (vm.marks.empty()) continue;   // nothing says what the axis stands for
        text(canvas, plot.rect.x - 8, std::clamp(y, plot.rect.y + 6, plot.rect.bottom() - 2), {Face::mono, Size::hint},
             theme.low, tick_text(ms, vm.grid), Align::right);
    }
    float free_from = plot.rect.x - 30;
    for (std::size_t i = 0; i < vm.columns.size(); ++i) {
        const EventColumnVm& column = vm.columns[i];
        const float x = plot.x(static_cast<double>(i));
        if (column.next)
            dashed_line(canvas, {x, plot.rect.y}, {x, plot.rect.bottom()}, kDashed, theme.now_edge, stroke::mark);
        else if (column.no_data)
            dashed_line(canvas, {x, plot.rect.y}, {x, plot.rect.bottom()}, kDotted, theme.ctl, stroke::rule);
        else line(canvas, {x, plot.rect.y}, {x, plot.rect.bottom()}, theme.ctl, stroke::rule);
        const Type type{column.next ? Face::semibold : Face::regular, Size::hint};
        const float half = text_width(canvas, type, column.title) / 2;
        if (x - half < free_from || x + half > plot.rect.right() + 12) continue;
        text(canvas, x, plot.rect.bottom() + 12, type, column.next ? theme.ink : theme.mid, column.title,
             Align::centre);
        if (column.no_data || column.next)
            text(canvas, x, plot.rect.bottom() + 27, {Face::regular, Size::hint}, theme.low,
                 column.next ? "next" : "no data", Align::centre);
        free_from = x + half + 8;
    }
    if (!vm.marks.empty()) return;
    constexpr std::string_view kNothing = "no row has happened yet";
    const Type type{Face::regular, Size::label};
    const float half = text_width(canvas, type, kNothing) / 2 + 8;
    fill(canvas, {plot.rect.mid_x() - half, plot.rect.mid_y() - 12, 2 * half, 24}, theme.well);
    text(canvas, plot.rect.mid_x(), plot.rect.mid_y(), type, theme.mid, kNothing, Align::centre);
}

// ---- windows ----------------------------------------------------------------------------------------

using Taken = std::vector<Rect>;

bool is_free(const Taken& taken, const Rect& place) {
    return std::ranges::none_of(taken, [&](const Rect& other) { return !intersect(other, place).empty(); });
}

/// A window that overlaps others on the event axis is a narrow band in its lane; one alone takes its whole height.
Rect band_of(const Plot& plot, const EventTimeVm& vm, const EventWindowVm& window) {
    const float left = plot.x(window.from), right = std::max(left + 6, plot.x(window.to));
    const float inset = vm.lanes > 1 ? static_cast<float>(window.lane) * 7 : 0;
    return from_edges(left + inset, plot.y(window.end) + 1, right, plot.y(window.start) - 1);
}

/// Where no words may stand.
Taken discs(const Plot& plot, const EventTimeVm& vm) {
    Taken taken;
    for (const EventMarkVm& mark : vm.marks) taken.push_back({plot.x(mark.x) - 8, plot.y(mark.event_time) - 8, 16, 16});
    return taken;
}

/// Where words had better not stand: the edges at which windows begin.
Taken edges(const Plot& plot, const EventTimeVm& vm) {
    Taken taken;
    for (const EventWindowVm& window : vm.windows) {
        const Rect band = band_of(plot, vm, window);
        taken.push_back({band.x, band.y, 3, band.h});
    }
    return taken;
}

/// How far words may go from a point to the right.
float room_at(const Taken& taken, float x, float mid, float right) {
    for (const Rect& other : taken)
        if (other.y < mid + 7 && other.bottom() > mid - 7 && other.right() > x) right = std::min(right, other.x - 4);
    return right - x;
}

/// The words of a window: on the first line of its band that has room for them, else on the one with most room.
void window_words(Canvas& canvas, const Rect& band, const std::string& label, const Taken& edges, Taken& taken) {
    constexpr float kLine = 14, kLeast = 40;
    const Type type{Face::semibold, Size::hint};
    const float wanted = text_width(canvas, type, label);
    float best = 0, mid = -1;
    for (float at = band.y + 9; at + 7 <= band.bottom() && best < wanted; at += kLine) {
        const float room = std::min(room_at(taken, band.x + 9, at, band.right() - 4),
                                    room_at(edges, band.x + 9, at, band.right() - 4));
        if (room <= best || room < std::min(kLeast, wanted)) continue;
        best = room;
        mid = at;
    }
    if (mid < 0) return;
    const std::string words = elide(canvas, type, label, best);
    const Rect place{band.x + 9, mid - 7, text_width(canvas, type, words), kLine};
    text(canvas, place.x, mid, type, canvas.theme->ink, words);
    taken.push_back(place);
}

void emitted_chip(Canvas& canvas, const Rect& band, float mid, Taken& taken) {
    const Theme& theme = *canvas.theme;
    const Type type{Face::semibold, Size::hint};
    const float width = text_width(canvas, type, "emitted") + 10;
    const Rect box{band.right() - width - 10, mid - 8, width, 16};
    if (!is_free(taken, box)) return;
    taken.push_back(box);
    fill(canvas, box, theme.strong, radius::chip);
    text(canvas, box.mid_x(), box.mid_y(), type, theme.on_strong, "emitted", Align::centre);
}

/// Adds to `taken` where their words stand.
void windows(Canvas& canvas, const Plot& plot, const EventTimeVm& vm, Taken& taken) {
    const Theme& theme = *canvas.theme;
    const bool lanes = vm.lanes > 1;
    const Taken begins = edges(plot, vm);
    for (const EventWindowVm& window : vm.windows) {
        const Rect band = band_of(plot, vm, window);
        fill(canvas, band, with_alpha(theme.ctl, lanes ? 26 : 40), radius::mark);   // where bands overlap it adds up
        outline(canvas, band, theme.line, radius::mark);
        fill(canvas, {band.x, band.y, 3, band.h}, theme.mid, 1);
    }
    for (const EventWindowVm& window : vm.windows) {
        const Rect band = intersect(band_of(plot, vm, window), plot.rect);
        if (band.empty()) continue;
        const float mid = lanes ? band.y + 9 : band.mid_y();
        if (window.evicted_in >= 0) {
            icon(canvas, Icon::square, {band.right(), mid}, theme.evicted, 12);
            if (window.emitted_in >= 0 && band.w > 130) emitted_chip(canvas, band, mid, taken);
        }
        if (band.w > 60) window_words(canvas, band, window.label, begins, taken);
    }
}

// ---- the watermark --------------------------------------------------------------------------------------

/// Where the watermark of a column rises next.
float end_of_step(const Plot& plot, const EventTimeVm& vm, std::size_t column) {
    std::size_t end = column + 1;
    while (end < vm.columns.size() && vm.columns[end].evict <= vm.columns[column].evict) ++end;
    return end < vm.columns.size() ? plot.x(static_cast<double>(end)) : plot.rect.right();
}

/// What lies below it is closed.
void watermark(Canvas& canvas, const Plot& plot, const EventTimeVm& vm, Taken& taken) {
    const Theme& theme = *canvas.theme;
    std::vector<ImVec2> stairs;
    for (std::size_t i = 0; i < vm.columns.size(); ++i) {
        const EventColumnVm& column = vm.columns[i];
        if (column.evict <= 0) continue;
        const float x = plot.x(static_cast<double>(i)),
                    next = i + 1 < vm.columns.size() ? plot.x(static_cast<double>(i) + 1) : plot.rect.right();
        const float y = std::clamp(plot.y(column.evict), plot.rect.y, plot.rect.bottom());
        const Rect closed = from_edges(x, y, next, plot.rect.bottom());
        fill(canvas, closed, with_alpha(theme.watermark, 22));
        hatch(canvas, closed, with_alpha(theme.watermark, 36), 8);
        const bool rises = stairs.empty() || stairs.back().y != y;
        if (rises) stairs.push_back({x, stairs.empty() ? y : stairs.back().y});
        stairs.push_back({x, y});
        stairs.push_back({next, y});
        const std::string words = "watermark " + event_clock(column.evict);
        const float wide = text_width(canvas, {Face::semibold, Size::hint}, words);
        if (!rises) continue;
        // On its step, or where that is too short before it; nowhere, rather than across the next rise.
        const bool fits = x + 8 + wide <= end_of_step(plot, vm, i);
        const Rect place{fits ? x + 5 : x - 6 - wide, y - 15, wide, 14};
        if (place.x < plot.rect.x || place.right() > plot.rect.right() || !is_free(taken, place)) continue;
        taken.push_back(place);
        text(canvas, place.x, y - 8, {Face::semibold, Size::hint}, theme.watermark, words);
    }
    if (stairs.size() > 1) dashed_polyline(canvas, stairs, kDashed, theme.watermark, stroke::mark);
}

// ---- marks ------------------------------------------------------------------------------------------

/// A mark by its kind; yellow if it is elsewhere on the other branch.
void mark_at(Canvas& canvas, ImVec2 at, const EventMarkVm& mark) {
    const Theme& theme = *canvas.theme;
    const Colour ink = mark.moved ? theme.now_edge : theme.ink;
    disc(canvas, at, 8, theme.well);
    if (mark.kind == EventMarkKind::dropped) icon(canvas, Icon::triangle, at, theme.late.edge, 15);
    else if (mark.kind == EventMarkKind::out_of_order) circle(canvas, at, 5, ink, stroke::mark);
    else disc(canvas, at, 5, ink);
    if (mark.moved) circle(canvas, at, 9, theme.now_edge, stroke::rule);
}

/// From where a mark is, or was, to where it goes: an empty ring and a dashed line.
void ghost(Canvas& canvas, ImVec2 from, ImVec2 to) {
    const Theme& theme = *canvas.theme;
    circle(canvas, from, 6, theme.now_edge, stroke::rule);
    dashed_line(canvas, from, to, kDashed, theme.now_edge, stroke::mark);
}

void mark_words(Canvas& canvas, const Plot& plot, ImVec2 at, const std::string& label, const Taken& begins,
                Taken& taken) {
    const Type type{Face::mono, Size::hint};
    const float wide = text_width(canvas, type, label);
    const float right = at.x + 12, left = at.x - 12 - wide;
    Rect best;
    for (const ImVec2 place : {ImVec2{right, at.y}, ImVec2{right, at.y - 13}, ImVec2{right, at.y + 13},
                               ImVec2{left, at.y}, ImVec2{left, at.y - 13}, ImVec2{left, at.y + 13}}) {
        const Rect box{place.x, place.y - 7, wide, 14};
        const bool beyond = box.right() > plot.rect.right() || box.x < plot.rect.x || box.y < plot.rect.y ||
                            box.bottom() > plot.rect.bottom();
        if (beyond || !is_free(taken, box)) continue;
        const bool clear = is_free(begins, box);
        if (best.empty() || clear) best = box;
        if (clear) break;
    }
    if (best.empty()) return;
    text(canvas, best.x, best.mid_y(), type, canvas.theme->mid, label);
    taken.push_back(best);
}

// ---- dragging ---------------------------------------------------------------------------------------

/// Where the mouse takes a mark: sideways another arrival, up and down another event time. None while it hardly moved.
std::optional<MarkMove> dragged(const Ui& ui, const Plot& plot, const EventTimeVm& vm, const EventMarkVm& mark,
                                u64 id) {
    constexpr float kLeast = 7;
    if (ui.state->active != id || mark.record.empty() || (!ui.input.down && !ui.input.released)) return std::nullopt;
    const ImVec2 mouse = ui.input.mouse, began = ui.state->pressed_at;
    const float across = std::abs(mouse.x - began.x), along = std::abs(mouse.y - began.y);
    if (std::max(across, along) < kLeast) return std::nullopt;
    return across >= along ? arrive_at(vm, mark, plot.column(mouse.x)) : happen_at(vm, mark, plot.ms(mouse.y));
}

void show_move(Canvas& canvas, const Plot& plot, const EventMarkVm& mark, const MarkMove& move) {
    const Theme& theme = *canvas.theme;
    const ImVec2 from{plot.x(mark.x), plot.y(mark.event_time)}, to{plot.x(move.x), plot.y(move.event_time)};
    ghost(canvas, from, to);
    disc(canvas, to, 6, theme.now_edge);
    const Type type{Face::semibold, Size::label};
    const std::string words = move.told.empty() ? "stays" : mark.label + " " + move.told;
    const float wide = text_width(canvas, type, words) + 16;
    const float left = std::clamp(to.x - wide / 2, plot.rect.x, std::max(plot.rect.x, plot.rect.right() - wide));
    const Rect box{left, to.y - 36 < plot.rect.y ? to.y + 12 : to.y - 36, wide, 24};
    fill(canvas, box, theme.now_fill, radius::chip);
    outline(canvas, box, theme.now_edge, radius::chip, stroke::rule);
    text(canvas, box.mid_x(), box.mid_y(), type, theme.ink, words, Align::centre);
}

/// What a person does with a mark. The move it makes, while it is dragged.
std::optional<MarkMove> use_mark(Ui& ui, const Plot& plot, const EventTimeVm& vm, const EventMarkVm& mark,
                                 std::size_t place) {
    const ImVec2 at{plot.x(mark.x), plot.y(mark.event_time)};
    const Response response =
        interact(ui, fmt::format("mark {} {}", place, mark.object), {at.x - 12, at.y - 12, 24, 24});
    if (response.focused) focus_ring(ui.canvas, {at.x - 8, at.y - 8, 16, 16}, 8);
    if (response.secondary) act(ui, UiVerb::open_menu, mark.object);
    auto move = dragged(ui, plot, vm, mark, response.id);
    if (response.clicked && !move) act(ui, UiVerb::select, mark.object);
    if (move && ui.input.released && !move->line.empty()) act(ui, UiVerb::run_verb, mark.object, move->line);
    return move;
}

enum class Hands : u8 { on, off };

void marks(Ui& ui, const Plot& plot, const EventTimeVm& vm, Taken taken, Hands hands) {
    Canvas& canvas = ui.canvas;
    const Taken begins = edges(plot, vm);
    for (const EventMarkVm& mark : vm.marks) {
        if (!mark.moved || mark.other_event_time < 0 || !plot.holds(mark.event_time) ||
            !plot.holds(mark.other_event_time))
            continue;
        const ImVec2 there{plot.x(mark.other_x), plot.y(mark.other_event_time)},
            here{plot.x(mark.x), plot.y(mark.event_time)};
        ghost(canvas, there, here);
        taken.push_back(from_edges(std::min(there.x, here.x) - 6, std::min(there.y, here.y) - 6,
                                   std::max(there.x, here.x) + 6, std::max(there.y, here.y) + 6));
    }
    std::optional<MarkMove> move;
    const EventMarkVm* moving = nullptr;
    for (std::size_t i = 0; i < vm.marks.size(); ++i) {
        const EventMarkVm& mark = vm.marks[i];
        if (!plot.holds(mark.event_time)) continue;
        const ImVec2 at{plot.x(mark.x), plot.y(mark.event_time)};
        if (hands == Hands::on)
            if (auto here = use_mark(ui, plot, vm, mark, i)) move = std::move(here), moving = &mark;
        mark_at(canvas, at, mark);
        mark_words(canvas, plot, at, mark.label, begins, taken);
    }
    if (moving != nullptr) show_move(canvas, plot, *moving, *move);
}

void plot_all(Ui& ui, const Plot& plot, const EventTimeVm& vm, Hands hands) {
    ground(ui.canvas, plot, vm);
    Taken taken = discs(plot, vm);
    {
        const Clip clip(ui.canvas, plot.rect);
        windows(ui.canvas, plot, vm, taken);
        watermark(ui.canvas, plot, vm, taken);
    }
    marks(ui, plot, vm, std::move(taken), hands);
}

// ---- the other branch -----------------------------------------------------------------------------------

constexpr float kTwinHead = 34, kTwinFoot = 30, kTwinPlot = 110;

/// "[12:00, 12:10)   3 - 4"
float pair(Canvas& canvas, float x, float mid, float right, const EventPairVm& vm) {
    const Theme& theme = *canvas.theme;
    const Type name{Face::regular, Size::hint}, value{Face::mono_bold, Size::hint};
    const float wide = text_width(canvas, name, vm.name) + text_width(canvas, value, vm.here) +
                       text_width(canvas, value, vm.there) + 64;
    if (x + wide > right) return 0;
    float at = x + text(canvas, x, mid, name, theme.mid, vm.name) + 8;
    const auto boxed = [&](const std::string& words, bool lit) {
        const float width = text_width(canvas, value, words) + 12;
        fill(canvas, {at, mid - 9, width, 18}, lit ? theme.now_fill : theme.raised, radius::chip);
        if (lit) outline(canvas, {at, mid - 9, width, 18}, theme.now_edge, radius::chip, stroke::rule);
        text(canvas, at + 6, mid, value, theme.ink, words);
        at += width;
    };
    boxed(vm.here, false);
    rule(canvas, at + 3, at + 15, mid, theme.mid);
    at += 18;
    boxed(vm.there, vm.differs());
    return at + 18 - x;
}

float came_to(Canvas& canvas, const Rect& rect, const EventTwinVm& vm) {
    const Theme& theme = *canvas.theme;
    const float mid = rect.y + 14;
    float x = rect.x + text(canvas, rect.x, mid, {Face::semibold, Size::label}, theme.ink, "Here and there") + 18;
    for (const EventPairVm& each : vm.came_to) x += pair(canvas, x, mid, rect.right(), each);
    return 30;
}

/// The same query on the other branch, around what differs.
void other_branch(Ui& ui, const Rect& rect, const EventTimeVm& vm) {
    Canvas& canvas = ui.canvas;
    const Theme& theme = *canvas.theme;
    rule(canvas, rect.x, rect.right(), rect.y, theme.line);
    const float mid = rect.y + kTwinHead / 2;
    const std::string branch = "branch " + vm.twin.branch;
    const Type small{Face::semibold, Size::hint};
    const float right =
        rect.right() -
        text(canvas, rect.right(), mid, {Face::regular, Size::label}, theme.mid, vm.twin.first, Align::right) - 16;
    float x =
        rect.x +
        text_within(canvas, rect.x, mid, right - rect.x, {Face::semibold, Size::question}, theme.ink, vm.twin.title) +
        14;
    if (x + chip_width(canvas, branch, small) < right) x += chip(canvas, x, mid, branch, small);
    const EventTimeVm& other = vm.other.front();
    const Plot plot{from_edges(rect.x + kAxis, rect.y + kTwinHead, rect.right(), rect.bottom() - kTwinFoot - 30),
                    static_cast<double>(other.columns.size()), other.low, other.high};
    plot_all(ui, plot, other, Hands::off);
    if (vm.twin.first_column >= 0) {
        const float at = plot.x(static_cast<double>(vm.twin.first_column));
        line(canvas, {at, plot.rect.y}, {at, plot.rect.bottom()}, theme.now_edge, stroke::mark);
    }
    came_to(canvas, {rect.x, rect.bottom() - 30, rect.w, 30}, vm.twin);
}

// ---- the side ---------------------------------------------------------------------------------------

float window_list(Ui& ui, const Rect& rect, const EventTimeVm& vm) {
    Canvas& canvas = ui.canvas;
    const Theme& theme = *canvas.theme;
    section_label(canvas, rect.x, rect.right(), rect.y + 12, "WINDOWS");
    float y = rect.y + 26;
    for (const EventWindowRowVm& row : vm.rows) {
        const Colour ink = row.evicted ? theme.low : theme.ink;
        selectable(ui, {rect.x - 6, y - 1, rect.w + 10, 35}, row.object, row.selected);
        text_within(canvas, rect.x, y + 9, rect.w * 0.52f, {Face::mono, Size::hint}, ink, row.window);
        text_within(canvas, rect.right(), y + 9, rect.w * 0.46f,
                    {row.evicted ? Face::regular : Face::semibold, Size::hint}, ink, row.value, Align::right);
        if (row.evicted) icon(canvas, Icon::square, {rect.x + 6, y + 25}, theme.evicted, 11);
        else {
            fill(canvas, {rect.x, y + 22, 64, 6}, theme.raised, 3);
            fill(canvas, {rect.x, y + 22, 64 * static_cast<float>(row.per_mille) / 1000, 6}, theme.watermark, 3);
        }
        text_within(canvas, rect.x + (row.evicted ? 18 : 74), y + 25, rect.w - 74, {Face::regular, Size::hint},
                    theme.mid, row.state);
        y += 36;
    }
    if (vm.rows.empty()) {
        text_within(canvas, rect.x, y + 8, rect.w, {Face::regular, Size::label}, theme.low,
                    "No window yet: no row has been read.");
        y += 22;
    }
    return y - rect.y + 8;
}

float late_list(Ui& ui, const Rect& rect, const EventTimeVm& vm) {
    Canvas& canvas = ui.canvas;
    if (vm.late.empty()) return 0;
    const Theme& theme = *canvas.theme;
    section_label(canvas, rect.x, rect.right(), rect.y + 12, "DROPPED AS LATE");
    float y = rect.y + 26;
    for (const LateRowVm& row : vm.late) {
        selectable(ui, {rect.x - 6, y - 1, rect.w + 10, 37}, row.object, row.selected);
        icon(canvas, Icon::triangle, {rect.x + 7, y + 10}, theme.late.edge, 14);
        text_within(canvas, rect.x + 20, y + 9, rect.w - 80, {Face::semibold, Size::label}, theme.ink, row.title);
        text(canvas, rect.right(), y + 9, {Face::regular, Size::hint}, theme.low, row.batch, Align::right);
        text_within(canvas, rect.x + 20, y + 25, rect.w - 20, {Face::regular, Size::hint}, theme.mid, row.note);
        y += 38;
    }
    return y - rect.y + 6;
}

float next_list(Canvas& canvas, const Rect& rect, const EventTimeVm& vm) {
    if (vm.next_batch.empty()) return 0;
    const Theme& theme = *canvas.theme;
    section_label(canvas, rect.x, rect.right(), rect.y + 12, "NEXT BATCH, IF RUN NOW");
    float y = rect.y + 26;
    for (const NamedValueVm& row : vm.next_batch) {
        text_within(canvas, rect.x, y + 9, rect.w - 84, {Face::regular, Size::label}, theme.mid, row.name);
        text_within(canvas, rect.right(), y + 9, rect.w * 0.5f, {Face::mono_bold, Size::label}, theme.ink, row.value,
                    Align::right);
        y += 21;
    }
    return y - rect.y + 8;
}

float side(Ui& ui, const Rect& rect, const EventTimeVm& vm) {
    Canvas& canvas = ui.canvas;
    float y = rect.y;
    y += window_list(ui, {rect.x, y, rect.w, 0}, vm);
    y += late_list(ui, {rect.x, y, rect.w, 0}, vm);
    y += next_list(canvas, {rect.x, y, rect.w, 0}, vm);
    y += rule_box(canvas, rect.x - 4, y + 4, rect.w + 8, "**Rule.** " + vm.rule) + 10;
    return y - rect.y;
}

}  // namespace

void event_time_view(Ui& ui, const Rect& rect, const EventTimeVm& vm) {
    const Scope scope(ui, "event time");
    ScrollPane pane(ui, "pane", rect);
    const bool beside = rect.w >= 760;
    const float side_width = 256, top = pane.top() + 8;
    const float width = beside ? rect.w - side_width - 2 * kPad - 12 : rect.w - 2 * kPad;
    float y = top + legend(ui.canvas, {rect.x + kPad, top, width, 0});
    const float below = vm.other.empty() ? 0 : kTwinHead + kTwinPlot + kTwinFoot + 30;
    const float height = beside ? std::max(230.0f, rect.bottom() - 10 - kFoot - below - (rect.y + 8 + kLegend)) : 300;
    const Plot plot{
        {rect.x + kPad + kAxis, y, width - kAxis, height}, static_cast<double>(vm.columns.size()), vm.low, vm.high};
    {
        const Clip clip(ui.canvas, {rect.x, y - 2, rect.w, height + kFoot});
        plot_all(ui, plot, vm, Hands::on);
    }
    if (!vm.other.empty()) other_branch(ui, {rect.x + kPad, y + height + kFoot, width, below}, vm);
    const float end = y + height + kFoot + below;
    const Rect right =
        beside ? Rect{rect.x + width + kPad + 24, top, side_width - 12, 0} : Rect{rect.x + kPad, end + 8, width, 0};
    if (beside) fill(ui.canvas, {right.x - 14, rect.y, 1, rect.h}, ui.canvas.theme->line);
    const float used = right.y + side(ui, right, vm);
    pane.used(std::max(end, used) - pane.top() + 8);
}

}  // namespace app::ui
