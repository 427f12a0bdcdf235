// Where the panes are. What gives way when the screen is narrow, in this order: the inspector becomes a caption under
// the stage, the timeline a strip, then everything becomes one pane with tabs. The transport, the clock and the open
// question never go.
#pragma once

#include <cstddef>

#include "app/ui/geometry.h"

namespace app::ui {

enum class ScreenForm : unsigned char {
    wide,      // lesson, stage, inspector, timeline side by side
    folded,    // inspector as a caption under the stage
    stacked,   // lesson at the side; stage and views take turns
    single,    // one pane at a time
};

struct ScreenLayout {
    ScreenForm form = ScreenForm::wide;
    bool timeline_strip = false;
    Rect top_bar, lesson, stage, tabs, view, inspector, timeline;
};

/// `has_lesson` false: free play, the lesson pane gives its room to the stage. On a high screen the timeline grows
/// until all its `lanes` are seen.
ScreenLayout lay_out(const Rect& screen, bool has_lesson, std::size_t lanes);

}  // namespace app::ui
