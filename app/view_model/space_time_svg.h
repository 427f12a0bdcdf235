// The space-time diagram as a drawing for papers and slides: black on white, so that it can be printed.
#pragma once

#include <string>

#include "app/view_model/space_time.h"

namespace app {

/// A whole SVG document; one that says why if there is nothing to draw.
std::string space_time_svg(const SpaceTimeVm& vm);

}  // namespace app
