#include "app/ui/widgets/timeline_lane.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/ui/icons.h"
#include "app/ui/patterns.h"

namespace app::ui {
namespace {

constexpr Type kBarType{Face::regular, Size::hint};

struct BarLook {
    Tone tone;
    bool hatched = false;
    bool dashed = false;
    bool plain = false;     // only a line
};

BarLook look_of(const Theme& theme, BarKind kind) {
    switch (kind) {
        case BarKind::leader: return {theme.leader, false, false, false};
        case BarKind::in_sync: return {theme.in_sync, false, false, false};
        case BarKind::out_of_sync: return {theme.out_of_sync, false, true, false};
        case BarKind::dead: return {theme.dead, true, true, false};
        case BarKind::session: return {theme.neutral, false, false, true};
        case BarKind::acknowledged: return {theme.good, false, false, false};
        case BarKind::not_acknowledged: return {theme.neutral, true, false, false};
        case BarKind::waiting: return {{theme.ctl, 0, theme.mid}, false, true, false};
        case BarKind::running: return {theme.neutral, false, false, false};
    }
    return {};
}

Taken label_place(const Canvas& canvas, const Rect& rect, const BarVm& vm) {
    const float half = text_width(canvas, kBarType, vm.label) / 2 + 5;
    return {rect.mid_x() - half, rect.mid_x() + half};
}

/// A label on a bar, on a patch of the surface where the bar has texture. Left out where it does not fit.
void bar_label(Canvas& canvas, const Rect& rect, const BarVm& vm, const BarLook& look) {
    if (vm.label.empty()) return;
    const float width = text_width(canvas, kBarType, vm.label);
    if (width + 8 > rect.w) return;
    const bool patched = look.hatched || look.plain || look.dashed;
    if (patched)
        fill(canvas, Rect{rect.mid_x() - width / 2 - 5, rect.y, width + 10, rect.h}.inset(0, 1),
             canvas.theme->panel);
    text(canvas, rect.mid_x(), rect.mid_y(), kBarType, patched ? canvas.theme->mid : look.tone.text, vm.label,
         Align::centre);
}

/// A bar without the stretches that are folded away; its label stands on the widest piece that no marker lies on.
void visible_bar(Canvas& canvas, const TimeScale& scale, const Rect& lane, float height, const BarVm& vm,
                 std::span<const Taken> taken) {
    std::vector<Rect> pieces;
    float from = scale.x_of(vm.from_ns);
    const float to = scale.x_of(vm.to_ns);
    for (const TimeScale::Fold& fold : scale.folds()) {
        if (fold.to <= from || fold.from >= to) continue;
        if (fold.from > from) pieces.push_back({from, lane.mid_y() - height / 2, fold.from - from, height});
        from = fold.to;
    }
    if (to - from >= 0.5f) pieces.push_back({from, lane.mid_y() - height / 2, to - from, height});
    const auto is_free = [&](const Rect& piece) {
        const Taken label = label_place(canvas, piece, vm);
        return std::ranges::none_of(taken,
                                    [&](const Taken& each) { return label.to > each.from && label.from < each.to; });
    };
    auto widest = pieces.end();
    for (auto piece = pieces.begin(); piece != pieces.end(); ++piece)
        if (is_free(*piece) && (widest == pieces.end() || piece->w > widest->w)) widest = piece;
    BarVm unlabelled = vm;
    unlabelled.label.clear();
    for (auto piece = pieces.begin(); piece != pieces.end(); ++piece)
        draw_bar(canvas, *piece, piece == widest ? vm : unlabelled);
}

bool is_leader_at(const LaneVm& lane, i64 at_ns) {
    return std::any_of(lane.bars.begin(), lane.bars.end(), [at_ns](const BarVm& bar) {
        return bar.kind == BarKind::leader && bar.from_ns < at_ns && at_ns < bar.to_ns;
    });
}

void session_line(Canvas& canvas, const Rect& rect) {
    line(canvas, {rect.x, rect.mid_y()}, {rect.right(), rect.mid_y()}, canvas.theme->ctl, stroke::mark);
}

void answered(Canvas& canvas, ImVec2 at) {
    const Theme& theme = *canvas.theme;
    fill_convex(canvas, {{at.x, at.y - 7}, {at.x + 7, at.y}, {at.x, at.y + 7}, {at.x - 7, at.y}}, theme.good.edge);
    icon(canvas, Icon::check, at, theme.panel, 8);
}

void open_question(Canvas& canvas, ImVec2 at) {
    const Theme& theme = *canvas.theme;
    const ImVec2 diamond[] = {{at.x, at.y - 7}, {at.x + 7, at.y}, {at.x, at.y + 7}, {at.x - 7, at.y}};
    fill_convex(canvas, {diamond[0], diamond[1], diamond[2], diamond[3]},
                theme.now_edge == theme.now ? theme.panel : theme.now);
    polyline(canvas, diamond, theme.now_edge, stroke::link, true);
    text(canvas, at.x, at.y, {Face::mono_bold, Size::hint}, theme.now_edge, "?", Align::centre);
}

void torn(Canvas& canvas, float x, float top, float bottom) {
    std::vector<ImVec2> points;
    float side = -2.5f;
    for (float y = top; y < bottom; y += 7, side = -side) points.push_back({x + side, y});
    points.push_back({x, bottom});
    polyline(canvas, points, canvas.theme->low, stroke::rule);
}

/// A line of the metro map.
struct Metro {
    float first = 0;      // x of its first station
    float step = 40;
    float y = 0;
};

void station(Canvas& canvas, ImVec2 at, bool here) {
    const Theme& theme = *canvas.theme;
    disc(canvas, at, 5, here ? theme.now_edge : theme.panel);
    if (here) disc(canvas, at, 4, theme.now);
    else circle(canvas, at, 3.6f, theme.ink, stroke::link + 0.3f);
}

void metro_line(Canvas& canvas, const Metro& metro, const BranchVm& vm, Colour colour) {
    const float last = metro.first + metro.step * static_cast<float>(std::max(0, vm.stations - 1));
    line(canvas, {metro.first, metro.y}, {last, metro.y}, colour, stroke::mark);
}

/// Where stations lie close those count that say something: the ends, where one stands, and where a branch leaves.
bool is_full_station(const Metro& metro, const std::vector<BranchVm>& branches, i32 place) {
    constexpr float kRoom = 14;
    const BranchVm& main = branches.front();
    if (metro.step >= kRoom || place == 0 || place == main.stations - 1 || place == main.cursor_station) return true;
    return std::ranges::any_of(branches.begin() + 1, branches.end(),
                               [place](const BranchVm& branch) { return branch.parent_station == place; });
}

}  // namespace

std::vector<Taken> taken_by(const Canvas& canvas, const TimeScale& scale, std::span<const MarkerVm> markers) {
    std::vector<Taken> taken;
    for (const MarkerVm& marker : markers) {
        const float x = scale.x_of(marker.at_ns);
        const float label =
            marker.label.empty() ? 0 : 8 + text_width(canvas, {Face::semibold, Size::hint}, marker.label);
        taken.push_back({x - 4, x + 6 + label});
    }
    return taken;
}

TimeScale::TimeScale(const TimeAxisVm& axis, float left, float right) : left_(left), right_(right) {
    float total = 0;
    for (const TimeStretchVm& stretch : axis.stretches) total += static_cast<float>(stretch.weight);
    float x = left;
    for (const TimeStretchVm& stretch : axis.stretches) {
        const float wide = total > 0 ? (right - left) * static_cast<float>(stretch.weight) / total : 0;
        pieces_.push_back({stretch.from_ns, stretch.to_ns, x, x + wide});
        if (stretch.folded) folds_.push_back({x, x + wide, stretch.label});
        x += wide;
    }
}

float TimeScale::x_of(i64 at_ns) const {
    if (pieces_.empty() || at_ns <= pieces_.front().from) return left_;
    for (const Piece& piece : pieces_) {
        if (at_ns > piece.to) continue;
        const i64 span = std::max<i64>(1, piece.to - piece.from);
        return piece.left +
               (piece.right - piece.left) *
                   static_cast<float>(static_cast<double>(at_ns - piece.from) / static_cast<double>(span));
    }
    return right_;
}

i64 TimeScale::time_at(float x) const {
    if (pieces_.empty()) return 0;
    for (const Piece& piece : pieces_) {
        if (x > piece.right) continue;
        const double fraction = std::clamp(static_cast<double>(x - piece.left) /
                                               std::max(0.001, static_cast<double>(piece.right - piece.left)),
                                           0.0, 1.0);
        return piece.from + static_cast<i64>(fraction * static_cast<double>(piece.to - piece.from));
    }
    return pieces_.back().to;
}

void time_ticks(Canvas& canvas, const TimeScale& scale, const TimeAxisVm& axis, float mid_y, float tick_top,
                std::span<const Taken> taken) {
    const Theme& theme = *canvas.theme;
    float free_from = scale.left() - 1;
    const auto lies_on_something = [&](float from, float to) {
        const bool folded = std::ranges::any_of(
            scale.folds(), [&](const TimeScale::Fold& fold) { return to > fold.from - 4 && from < fold.to; });
        return folded ||
               std::ranges::any_of(taken, [&](const Taken& each) { return to > each.from && from < each.to; });
    };
    for (const TickVm& tick : axis.ticks) {
        const float x = scale.x_of(tick.at_ns);
        fill(canvas, {x, tick_top, 1, tick.label.empty() ? 3.0f : 5.0f}, theme.ctl);
        const float width = text_width(canvas, {Face::mono, Size::hint}, tick.label);
        if (tick.label.empty() || x + 4 < free_from || x + 4 + width > scale.right()) continue;
        if (lies_on_something(x + 4, x + 4 + width)) continue;
        text(canvas, x + 4, mid_y, {Face::mono, Size::hint}, theme.low, tick.label);
        free_from = x + 12 + width;
    }
}

void draw_bar(Canvas& canvas, const Rect& rect, const BarVm& vm) {
    const BarLook look = look_of(*canvas.theme, vm.kind);
    if (look.plain) {
        session_line(canvas, rect);
    } else {
        const float corner = vm.kind == BarKind::leader ? 1 : radius::mark;
        if (look.tone.fill != 0)
            fill(canvas, rect, vm.kind == BarKind::not_acknowledged ? canvas.theme->panel : look.tone.fill,
                 corner);
        if (look.hatched) hatch(canvas, rect.inset(1), with_alpha(look.tone.edge, 130), 5, corner);
        if (look.dashed) dashed_outline(canvas, rect, {3, 2}, look.tone.edge, corner);
        else if (vm.kind != BarKind::leader) outline(canvas, rect, look.tone.edge, corner);
    }
    bar_label(canvas, rect, vm, look);
}

void draw_marker(Canvas& canvas, float x, const Rect& lane, const MarkerVm& vm, bool on_leader) {
    const Theme& theme = *canvas.theme;
    const ImVec2 at{x, lane.mid_y()};
    switch (vm.kind) {
        case MarkerKind::event:
            return fill(canvas, {x - 1, lane.mid_y() - 4, 2, 8}, on_leader ? theme.leader.text : theme.ink);
        case MarkerKind::leader:
            return icon(canvas, Icon::crown, at, on_leader ? theme.leader.text : theme.leader.edge, 11);
        case MarkerKind::controller: return icon(canvas, Icon::star, at, theme.controller, 14);
        case MarkerKind::broken: return icon(canvas, Icon::cross, at, theme.late.edge, 15);
        case MarkerKind::ended: return icon(canvas, Icon::cross, at, theme.mid, 12);
        case MarkerKind::late_drop: return icon(canvas, Icon::triangle, at, theme.late.edge, 12);
        case MarkerKind::checkpoint: return icon(canvas, Icon::flag, at, theme.good.edge, 12);
        case MarkerKind::prediction_open: return open_question(canvas, at);
        case MarkerKind::prediction_answered: return answered(canvas, at);
        case MarkerKind::bookmark: return icon(canvas, Icon::bookmark, at, theme.ink, 12);
    }
}

void timeline_lane(Ui& ui, const TimeScale& scale, const Rect& lane, const LaneVm& vm, float bar_height) {
    const Scope scope(ui, vm.object);
    Canvas& canvas = ui.canvas;
    const Theme& theme = *canvas.theme;
    text_within(canvas, lane.x, lane.mid_y(), scale.left() - lane.x - 8, {Face::regular, Size::label},
                theme.mid, vm.name);
    const std::vector<Taken> taken = taken_by(canvas, scale, vm.markers);
    for (const BarVm& bar : vm.bars) visible_bar(canvas, scale, lane, bar_height, bar, taken);
    float words_end = scale.left();   // of the marker before: words that would lie on each other are left out
    for (std::size_t i = 0; i < vm.markers.size(); ++i) {
        const MarkerVm& marker = vm.markers[i];
        const float x = scale.x_of(marker.at_ns);
        const bool folded = std::ranges::any_of(
            scale.folds(), [x](const TimeScale::Fold& fold) { return x > fold.from && x < fold.to; });
        if (folded || x <= scale.left()) continue;
        draw_marker(canvas, x, lane, marker, is_leader_at(vm, marker.at_ns));
        const float width = text_width(canvas, {Face::semibold, Size::hint}, marker.label);
        if (!marker.label.empty() && x + 9 >= words_end && x + 11 + width <= scale.right()) {
            words_end = x + 15 + width;
            fill(canvas, {x + 9, lane.mid_y() - bar_height / 2, width + 6, bar_height}, theme.panel);
            text(canvas, x + 11, lane.mid_y(), {Face::semibold, Size::hint}, theme.ink, marker.label);
        }
        if (marker.object.empty()) continue;
        const Response response = interact(ui, fmt::format("marker {}", i), {x - 6, lane.y, 12, lane.h}, {false, true});
        if (response.hovered) outline(canvas, {x - 7, lane.y, 14, lane.h}, theme.ink, radius::mark);
        if (response.clicked) act(ui, UiVerb::select, marker.object);
    }
}

void fold_edges(Canvas& canvas, const TimeScale::Fold& fold, float top, float bottom, Colour surface) {
    fill(canvas, {fold.from, top, fold.to - fold.from, bottom - top}, surface);
    torn(canvas, fold.from, top, bottom);
    torn(canvas, fold.to, top, bottom);
}

void playhead(Canvas& canvas, float x, float flag_mid, float top, float bottom, std::string_view now,
              float left_limit, float right_limit) {
    const Theme& theme = *canvas.theme;
    const Type type{Face::mono_bold, Size::hint};
    const float width = text_width(canvas, type, now) + 12;
    const float left = std::clamp(x - width / 2, left_limit, std::max(left_limit, right_limit - width));
    const Rect flag{left, flag_mid - 8, width, 16};
    fill(canvas, {x - 1, top, 2, bottom - top}, theme.now_edge);
    fill(canvas, flag, theme.now, radius::cell);
    if (theme.now_edge != theme.now) outline(canvas, flag, theme.now_edge, radius::cell);
    text(canvas, flag.mid_x(), flag_mid, type, theme.on_now, now, Align::centre);
}

void branch_map(Ui& ui, float right, float mid_y, const std::vector<BranchVm>& branches, float left_limit) {
    Canvas& canvas = ui.canvas;
    const Theme& theme = *canvas.theme;
    if (branches.empty()) return;
    float x = right;
    for (std::size_t i = branches.size(); i-- > 0;) {   // names, right to left
        const bool here = branches[i].cursor_station >= 0;
        const Type type{here ? Face::semibold : Face::regular, Size::label};
        const float width = text_width(canvas, type, branches[i].name);
        if (x - width < left_limit + 120 && i > 0 && !here) continue;
        const Rect rect{x - width - 4, mid_y - 12, width + 8, 24};
        const Response response = interact(ui, "branch " + branches[i].name, rect);
        text(canvas, x, mid_y, type, here || response.hovered ? theme.ink : theme.low, branches[i].name, Align::right);
        if (response.focused) focus_ring(canvas, rect.inset(4), radius::chip);
        if (response.clicked) act(ui, UiVerb::switch_branch, {}, branches[i].name);
        x -= width + 14;
    }
    const BranchVm& main = branches.front();
    const float span = std::min(170.0f, x - left_limit - 70);
    if (span < 40) return;
    Metro metro{x - span, main.stations > 1 ? span / static_cast<float>(main.stations - 1) : span, mid_y - 1};
    for (std::size_t i = 1; i < branches.size() && i < 4; ++i) {
        const float from = metro.first + metro.step * static_cast<float>(branches[i].parent_station);
        const float y = mid_y - 1 + 8 * static_cast<float>(i);
        const ImVec2 end{std::min(x, from + 68), y};
        polyline(canvas, curve({from, metro.y}, {from + 16, metro.y + 2}, {from + 16, y}, {from + 40, y}),
                 theme.ctl, stroke::mark);
        line(canvas, {from + 40, y}, end, theme.ctl, stroke::mark);
        disc(canvas, end, 3, branches[i].cursor_station >= 0 ? theme.now : theme.ctl);
    }
    metro_line(canvas, metro, main, theme.ink);
    for (i32 s = 0; s < main.stations; ++s) {
        const ImVec2 at{metro.first + metro.step * static_cast<float>(s), metro.y};
        if (is_full_station(metro, branches, s)) station(canvas, at, s == main.cursor_station);
        else disc(canvas, at, 1.5f, theme.ink);
    }
    text(canvas, metro.first - 16, mid_y, {Face::regular, Size::label}, theme.low, "branches", Align::right);
}

}  // namespace app::ui
