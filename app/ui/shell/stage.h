// The stage: the cluster as it is at this moment.
#pragma once

#include "app/ui/ui.h"
#include "app/view_model/stage.h"

namespace app::ui {

/// Draws cards, links and messages. Wheel zooms, drag pans, `F` and a double click fit; all come back as actions.
void stage(Ui& ui, const Rect& rect, const StageVm& vm);

}  // namespace app::ui
