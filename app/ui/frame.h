// One frame of the interface, the same for a window and for a picture: a window of Dear ImGui that fills the screen,
// with nothing of Dear ImGui's own look, and the canvas on it.
#pragma once

#include <functional>
#include <vector>

#include "app/ui/ui.h"

namespace app::ui {

/// Draws everything. `screen` is the whole picture in design pixels.
using DrawFrame = std::function<void(Ui& ui, const Rect& screen)>;

/// What lives as long as a window or a series of pictures does.
struct FrameHost {
    FontSet fonts;
    Interaction interaction;
    ThemeName theme = ThemeName::dark;
    float scale = 1;
};

/// What one frame leaves behind beside its draw data.
struct FrameResult {
    UiActions actions;
    std::vector<TextMark> marks;     // only if asked for
    std::vector<Target> targets;
};

constexpr float kScaleMin = 0.75f;
constexpr float kScaleMax = 2.5f;

/// Sets Dear ImGui up for our drawing: no file of its own, our style for its text fields, fonts at this scale.
/// Requires a current context.
void prepare_context(FrameHost& host);

/// Builds draw data between NewFrame and Render. Requires the display size and the frame time to be set.
FrameResult build_frame(FrameHost& host, const Input& input, const DrawFrame& draw, bool record_marks = false);

}  // namespace app::ui
