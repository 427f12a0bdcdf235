// The Znodes view: the tree on the left, the chosen node and the sessions on the right.
#pragma once

#include "app/ui/ui.h"
#include "app/view_model/znodes.h"

namespace app::ui {

void znodes_view(Ui& ui, const Rect& rect, const ZnodesVm& vm);

}  // namespace app::ui
