// The Twin view: two branches beside each other, one row a moment, the first difference in yellow; below, the numbers.
#pragma once

#include "app/ui/ui.h"
#include "app/view_model/twin.h"

namespace app::ui {

void twin_view(Ui& ui, const Rect& rect, const TwinVm& vm);

}  // namespace app::ui
