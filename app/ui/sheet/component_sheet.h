// Every component in every state on one sheet: what the pictures of the look are compared with. Its data is made up
// and says so by being everything at once; no run looks like this.
#pragma once

#include "app/ui/offscreen.h"

namespace app::ui {

constexpr i32 kSheetWidth = 1280;
constexpr i32 kSheetHeight = 1560;

/// Draws the sheet in `screen`, which should be kSheetWidth by kSheetHeight design pixels.
void draw_components(Ui& ui, const Rect& screen);

/// The sheet as a picture of kSheetWidth x kSheetHeight times the scale; width and height of the options are ignored.
Image render_components(PictureOptions options);

}  // namespace app::ui
