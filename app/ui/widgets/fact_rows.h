// Rows of the inspector: was and now, the chain of causes, state.
#pragma once

#include "app/ui/ui.h"
#include "app/view_model/inspector.h"

namespace app::ui {

constexpr float kChangeRow = 25;
constexpr float kCauseRow = 22;
constexpr float kStateRow = 20;

/// "high watermark    9 -> 10", with a line above it.
void change_row(Ui& ui, const Rect& row, const ChangeVm& vm);
/// The chain: a mark a fact, joined by a line. Returns the height.
float cause_chain(Ui& ui, float x, float top, float width, const std::vector<CauseVm>& causes);
void state_row(Canvas& canvas, const Rect& row, const StateRowVm& vm);

}  // namespace app::ui
