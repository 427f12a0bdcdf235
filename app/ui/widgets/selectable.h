// A place that stands for an object: a click selects it, the right button opens its menu.
#pragma once

#include "app/ui/ui.h"

namespace app::ui {

/// Draws the outline of what is hovered over or selected, below what is drawn next. Nothing reacts without an object.
void selectable(Ui& ui, const Rect& rect, const std::string& object, bool selected);

}  // namespace app::ui
