// The Groups view: the state machine, who reads what before and after, how far each reader is.
#pragma once

#include "app/ui/ui.h"
#include "app/view_model/groups.h"

namespace app::ui {

void groups_view(Ui& ui, const Rect& rect, const GroupsVm& vm);

}  // namespace app::ui
