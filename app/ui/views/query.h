// The Query view: the way of a micro-batch from left to right, below it the batches and the tasks.
#pragma once

#include "app/ui/ui.h"
#include "app/view_model/query.h"

namespace app::ui {

void query_view(Ui& ui, const Rect& rect, const QueryVm& vm);

}  // namespace app::ui
