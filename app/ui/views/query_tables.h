// The views State, Unbounded table, Checkpoint and Code.
#pragma once

#include "app/ui/ui.h"
#include "app/view_model/query_tables.h"

namespace app::ui {

void state_view(Ui& ui, const Rect& rect, const StateVm& vm);
void unbounded_view(Ui& ui, const Rect& rect, const UnboundedVm& vm);
/// A click on a file comes back as `select` "file PATH".
void checkpoint_view(Ui& ui, const Rect& rect, const CheckpointVm& vm);
void code_view(Ui& ui, const Rect& rect, const CodeVm& vm);

}  // namespace app::ui
