// The bar that never goes: transport, clock, seed, branch, pace; help and the palette on the right.
#pragma once

#include "app/ui/ui.h"
#include "app/view_model/top_bar.h"

namespace app::ui {

void top_bar(Ui& ui, const Rect& rect, const TopBarVm& vm);

}  // namespace app::ui
