// The lesson: where we are in it, what is said, the open question, the goals, what is real and what is simulated.
#pragma once

#include "app/ui/ui.h"
#include "app/view_model/lesson_pane.h"

namespace app::ui {

void lesson_pane(Ui& ui, const Rect& rect, const LessonPaneVm& vm);

}  // namespace app::ui
