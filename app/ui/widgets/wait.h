// A pending wait: an arc that shrinks, what it waits for, how long it still may.
#pragma once

#include "app/ui/ui.h"
#include "app/view_model/stage.h"

namespace app::ui {

/// The arc alone: the part that is left is bright.
void wait_arc(Canvas& canvas, ImVec2 centre, float radius, i32 left_per_mille);
/// One line of 24 px.
void wait_row(Ui& ui, const Rect& row, const WaitVm& vm);

}  // namespace app::ui
