// A goal of the lesson with what became of it so far.
#pragma once

#include "app/ui/icons.h"
#include "app/ui/ui.h"
#include "app/view_model/lesson_pane.h"

namespace app::ui {

/// Symbol and colour of a goal's state: ring holds, check reached, cross broken.
void goal_symbol(Canvas& canvas, ImVec2 centre, GoalState state);
/// One row; clicking it shows the step that its `object` names. Returns the height, more than 24 if the text wraps.
float goal_row(Ui& ui, float x, float top, float width, const GoalVm& vm);

}  // namespace app::ui
