// Lanes of time: bars for what a node was, markers for what happened, gaps where idle stretches are folded away.
#pragma once

#include "app/ui/ui.h"
#include "app/view_model/timeline.h"

namespace app::ui {

/// Where moments lie between two edges.
class TimeScale {
public:
    TimeScale(const TimeAxisVm& axis, float left, float right);
    [[nodiscard]] float x_of(i64 at_ns) const;
    [[nodiscard]] i64 time_at(float x) const;
    [[nodiscard]] float left() const { return left_; }
    [[nodiscard]] float right() const { return right_; }
    /// The folded stretches as places.
    struct Fold {
        float from = 0, to = 0;
        std::string label;
    };
    [[nodiscard]] const std::vector<Fold>& folds() const { return folds_; }

private:
    struct Piece {
        i64 from = 0, to = 0;
        float left = 0, right = 0;
    };
    std::vector<Piece> pieces_;
    std::vector<Fold> folds_;
    float left_, right_;
};

/// A part of a row that other marks use.
struct Taken {
    float from = 0, to = 0;
};

/// Numbers and small lines above the lanes. Numbers leave out what is folded or taken.
void time_ticks(Canvas& canvas, const TimeScale& scale, const TimeAxisVm& axis, float mid_y, float tick_top,
                std::span<const Taken> taken);
/// What the markers of a lane and their words take of its row.
std::vector<Taken> taken_by(const Canvas& canvas, const TimeScale& scale, std::span<const MarkerVm> markers);
/// Bars and markers of one lane; the name stands left of the scale.
void timeline_lane(Ui& ui, const TimeScale& scale, const Rect& lane, const LaneVm& vm, float bar_height = 12);
void draw_bar(Canvas& canvas, const Rect& rect, const BarVm& vm);
/// `on_leader`: it lies on a bar of the leader's colour.
void draw_marker(Canvas& canvas, float x, const Rect& lane, const MarkerVm& vm, bool on_leader = false);
/// The torn edges of a folded stretch, from `top` to `bottom`.
void fold_edges(Canvas& canvas, const TimeScale::Fold& fold, float top, float bottom, Colour surface);
/// The yellow line with its time on a flag above.
void playhead(Canvas& canvas, float x, float flag_mid, float top, float bottom, std::string_view now,
              float left_limit, float right_limit);
/// Branches as a metro map, growing leftwards from `right`. Clicking a name switches.
void branch_map(Ui& ui, float right, float mid_y, const std::vector<BranchVm>& branches, float left_limit);

}  // namespace app::ui
