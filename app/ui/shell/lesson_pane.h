// The lesson: where we are in it, what is said, the open question, the goals, what is real and what is simulated.
#pragma once

#include "app/ui/ui.h"
#include "app/view_model/lesson_pane.h"

namespace app::ui {

void lesson_pane(Ui& ui, const Rect& rect, const LessonPaneVm& vm);
/// Stops as a row of short bars: done, here, to come.
void stop_bars(Canvas& canvas, float x, float y, float width, i32 stop, i32 stops);

}  // namespace app::ui
