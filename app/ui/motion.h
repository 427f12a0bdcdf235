// How long what moves takes to move. Simulated time decides every place; this only says which part of a step is shown
// when it has just been taken: first what caused it, then the message, then the effect.
#pragma once

#include "app/ui/theme.h"

namespace app::ui {

/// Each part from 0 (not yet) to 1 (done).
struct StepMotion {
    float cause = 1;
    float message = 1;
    float effect = 1;
    float outline = 0;      // reduced motion: how bright the outline of what changed still is
    bool running = false;   // another frame is needed
};

float ease_out_cubic(float t);

/// `elapsed_ms` since the step was taken. A step back is the same, reversed. Reduced motion: all at once and a fading
/// outline. More than ten events at once: all at once.
StepMotion step_motion(i64 elapsed_ms, bool backwards, bool reduced, i32 events);

}  // namespace app::ui
