// The course home: go on, play freely, open; the levels with their lessons; what was open last.
#pragma once

#include "app/ui/ui.h"
#include "app/view_model/home.h"

namespace app::ui {

void home_view(Ui& ui, const Rect& rect, const HomeVm& vm);

}  // namespace app::ui
