// The state of what is selected, was and now: "was" is where the lesson stood last.
#pragma once

#include "app/view_model/inspector.h"
#include "app/view_model/scene.h"

namespace app {

/// Of the selection; without one, of the partition in focus.
void add_state(const Scene& scene, InspectorVm& vm);

}  // namespace app
