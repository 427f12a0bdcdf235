// What changed in this step, why, and the state of what is selected.
#pragma once

#include "app/ui/ui.h"
#include "app/view_model/inspector.h"

namespace app::ui {

void inspector(Ui& ui, const Rect& rect, const InspectorVm& vm);
/// The same in a few words, under the stage, for narrow and projected screens.
void inspector_caption(Ui& ui, const Rect& rect, const InspectorVm& vm);

}  // namespace app::ui
