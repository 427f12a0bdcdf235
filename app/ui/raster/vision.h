// How a picture looks to people who lack one kind of cone: to see whether every state can still be told from the
// others.
#pragma once

#include <optional>
#include <string_view>

#include "app/ui/raster/image.h"

namespace app::ui {

/// Without the cones for long, for middle and for short waves.
enum class Vision : u8 { full, protan, deutan, tritan };
constexpr Vision kVisions[] = {Vision::full, Vision::protan, Vision::deutan, Vision::tritan};
std::string_view to_string(Vision vision);
/// Nothing if there is no kind of this name.
std::optional<Vision> vision_named(std::string_view name);

/// A colour as it is seen; 0xAABBGGRR.
u32 seen_as(u32 colour, Vision vision);
/// The picture, pixel by pixel.
Image seen_as(Image image, Vision vision);
/// How far two opaque colours are apart to that eye: distance in CIELAB, of which one is just noticed side by side.
double distance(u32 a, u32 b, Vision vision);

}  // namespace app::ui
