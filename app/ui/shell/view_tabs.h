// The row of views below the stage, and the frame of the one that is open.
#pragma once

#include <vector>

#include "app/ui/ui.h"
#include "app/view_model/screen.h"

namespace app::ui {

/// Clicking a tab opens its view; `extra` are tabs of the shell itself that stand first.
void view_tabs(Ui& ui, const Rect& rect, const ScreenVm& vm, const std::vector<std::string>& extra,
               const std::string& open);

}  // namespace app::ui
