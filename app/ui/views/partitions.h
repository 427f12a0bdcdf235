// The Partitions view: a row for each replica, the rule with its numbers, the ISR over time.
#pragma once

#include "app/ui/ui.h"
#include "app/view_model/partitions.h"

namespace app::ui {

void partitions_view(Ui& ui, const Rect& rect, const PartitionsVm& vm);

}  // namespace app::ui
