// Draws what Dear ImGui wants drawn (ImDrawData) on a picture, without a display.
//
// What a graphics driver would leave open is fixed here: positions and texture places become fixed-point numbers
// at once, all that follows is integer arithmetic. Requires the font texture as coverage (one byte a texel).
#pragma once

#include "app/ui/raster/triangle.h"

struct ImDrawData;

namespace app::ui {

/// Draws on top of what the picture holds. User callbacks in draw lists are not run.
void rasterise(const ImDrawData& data, const Coverage& font, Image& image);

}  // namespace app::ui
