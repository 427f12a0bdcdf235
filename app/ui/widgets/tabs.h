// Tabs: words with a line under the open one; when they do not fit, the rest goes into a menu.
#pragma once

#include <span>
#include <string>

#include "app/ui/ui.h"

namespace app::ui {

/// Draws a row of tabs, 32 high, in `rect`. Returns the one that was clicked, or -1. Left and right move along them.
/// `overflow_clicked` is set when the chip for those that do not fit was clicked.
i32 tabs(Ui& ui, const Rect& rect, std::span<const std::string> titles, std::string_view open, bool& overflow_clicked);

}  // namespace app::ui
