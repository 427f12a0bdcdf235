// The Events view: a field to filter, and one line for each thing that happened.
#pragma once

#include "app/ui/ui.h"
#include "app/view_model/events.h"

namespace app::ui {

/// `name` tells two of them on one screen apart.
void events_view(Ui& ui, std::string_view name, const Rect& rect, const EventsVm& vm);

}  // namespace app::ui
