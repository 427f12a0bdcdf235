// A page of sections: tables and lines in mono, below a field to type into.
#pragma once

#include "app/ui/ui.h"
#include "app/view_model/sheet.h"

namespace app::ui {

/// What is typed comes back as `filter` with the field's name, its button as `run_verb` with it.
void sheet_view(Ui& ui, const Rect& rect, const SheetVm& vm);

}  // namespace app::ui
