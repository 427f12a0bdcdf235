// The open question, and what became of it. Wrong answers get the run's answer, the reason, and a way to see it.
#pragma once

#include "app/ui/ui.h"
#include "app/view_model/lesson_pane.h"

namespace app::ui {

/// Draws from `top` down; returns the card's height. Choosing and locking in come back as actions.
float prediction_card(Ui& ui, float x, float top, float width, const PredictionVm& vm);

}  // namespace app::ui
