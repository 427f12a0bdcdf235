// Stops of a lesson as a row of short bars: done, here, to come.
#pragma once

#include "app/ui/ui.h"

namespace app::ui {

/// `stop` counts from 1.
void stop_bars(Canvas& canvas, float x, float y, float width, i32 stop, i32 stops);

}  // namespace app::ui
