// The drawer below: time as lanes, or one strip where there is little room.
#pragma once

#include "app/ui/ui.h"
#include "app/view_model/timeline.h"

namespace app::ui {

/// Dragging anywhere on the lanes scrubs: the moment comes back as an action in every frame of the drag. With another
/// tab than the timeline's open, returns the room below the tabs; else an empty rectangle.
Rect timeline(Ui& ui, const Rect& rect, const TimelineVm& vm);
void timeline_strip(Ui& ui, const Rect& rect, const TimelineVm& vm);

}  // namespace app::ui
