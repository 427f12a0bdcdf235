// Run, pause and steps: the same size forwards and back.
#pragma once

#include "app/ui/ui.h"
#include "app/view_model/top_bar.h"

namespace app::ui {

constexpr float kTransportHeight = 28;
/// Draws the five controls from `x` on; returns where they end.
float transport(Ui& ui, float x, float top, const TopBarVm& vm);

}  // namespace app::ui
