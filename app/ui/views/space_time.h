// The Space-time view: lifelines, slanted messages, the cone of the selected event; the record's way; the ledger.
#pragma once

#include "app/ui/ui.h"
#include "app/view_model/space_time.h"

namespace app::ui {

void space_time_view(Ui& ui, const Rect& rect, const SpaceTimeVm& vm);
/// Only the record's way and the ledger.
void record_trace_view(Ui& ui, const Rect& rect, const SpaceTimeVm& vm);

}  // namespace app::ui
