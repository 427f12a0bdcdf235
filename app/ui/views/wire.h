// The Wire view: bytes on the left, fields on the right, one line between the lit field and its bytes.
#pragma once

#include "app/ui/ui.h"
#include "app/view_model/wire.h"

namespace app::ui {

/// A click on a byte or a field comes back as `filter` "wire" with the field's name.
void wire_view(Ui& ui, const Rect& rect, const WireVm& vm);

}  // namespace app::ui
