// The lesson: where we are in it, what is said, the open question, the goals, what is real and what is simulated.
#pragma once

#include "app/ui/ui.h"
#include "app/view_model/lesson_pane.h"

namespace app::ui {

/// The way to an open question that is out of sight: its button, or Enter if the keyboard stands nowhere.
bool way_to_question(Ui& ui, const Rect& rect);
void lesson_pane(Ui& ui, const Rect& rect, const LessonPaneVm& vm);

}  // namespace app::ui
