// The Event time view: the picture on the left, windows, late rows and the next batch on the right.
#pragma once

#include "app/ui/ui.h"
#include "app/view_model/event_time.h"

namespace app::ui {

void event_time_view(Ui& ui, const Rect& rect, const EventTimeVm& vm);

}  // namespace app::ui
