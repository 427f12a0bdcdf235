// The whole window: panes, floating things, and the keys that work everywhere.
#pragma once

#include "app/ui/shell/layout.h"
#include "app/ui/ui.h"
#include "app/view_model/screen.h"

namespace app::ui {

/// What the screen itself remembers: nothing that a session would miss.
struct ScreenState {
    ImVec2 menu_at{0, 0};          // where the last right click was
    i32 menu_row = 0;
    bool palette_was_open = false;
    bool menu_was_open = false;
    i32 palette_row = 0;
    std::string palette_query;
    std::string palette_given;     // the words that the frame before was told
    // For the next frame's ScreenVm::hover.
    std::string hovered;           // object under the mouse; "" none
    Rect hovered_rect;
};

/// Draws one frame. Everything that was asked for is in ui.actions afterwards.
void draw_screen(Ui& ui, const Rect& screen, const ScreenVm& vm, ScreenState& state);

/// The view area below the stage; views that this library does not draw yet say so.
void draw_view(Ui& ui, const Rect& rect, const ScreenVm& vm, const std::string& title);

}  // namespace app::ui
