// A page of sections: tables, lines in mono, blocks of a file; with a field to type into where the view has one.
#pragma once

#include "app/ui/ui.h"
#include "app/view_model/sheet.h"

namespace app::ui {

/// What is typed comes back as `filter` with the field's name; Enter in the Console as `run_verb` "console".
void sheet_view(Ui& ui, const Rect& rect, const SheetVm& vm);

}  // namespace app::ui
