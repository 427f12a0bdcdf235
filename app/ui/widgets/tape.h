// The partition tape: cells for offsets, flags for log start, LSO, high watermark and log end, dashes for epochs.
//
// A mark stands before the cell of its offset. Order and shape of the marks are the same everywhere: HW solid flag
// pointing left, LEO hollow flag pointing right, LSO dashed flag below, log start a 3 px bar.
#pragma once

#include "app/ui/ui.h"
#include "app/view_model/tape.h"

namespace app::ui {

struct TapeLayout {
    float cell_w = 20;
    float cell_h = 25;
    float pitch = 22;
    bool lso_below = true;     // false: there is no room below the cells
    bool with_key = false;     // cells are wide: key and time stand below the offset
};

/// Cells wide enough for key and time.
constexpr TapeLayout kWideTape{62, 46, 64, true, true};

/// Colours of a replica's cells, marks and card edge.
Tone tone_of(const Theme& theme, ReplicaRole role);

void draw_cell(Canvas& canvas, const Rect& rect, const TapeCell& cell, ReplicaRole role, bool with_key = false);
void draw_next_cell(Canvas& canvas, const Rect& rect);

/// A flag whose pole stands at `x` and ends at `bottom`.
void hw_flag(Canvas& canvas, float x, float top, float bottom, std::string_view text, Colour colour, Colour on_colour);
void leo_flag(Canvas& canvas, float x, float top, float bottom, std::string_view text, Colour colour,
              float right_limit = 1e9f);
void lso_flag(Canvas& canvas, float x, float cells_bottom, std::string_view text);
/// The label stands below on the right: the LSO flag lies on the left.
void epoch_line(Canvas& canvas, float x, float top, float bottom, std::string_view text);

/// Draws the tape from `left` to at most `right`; `cells_top` is the upper edge of the cells. Cells that do not fit are
/// replaced by a count on the left, so that the newest stay visible. Clicked cells select their offset.
void tape(Ui& ui, float left, float right, float cells_top, const TapeVm& vm, const TapeLayout& layout = {});

}  // namespace app::ui
