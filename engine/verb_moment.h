// Moments in lines of verbs.
#pragma once

#include <string_view>

#include "engine/world.h"

namespace engine {

/// A moment of a line as time since the origin: `12:29:00` or `12:29` of the lesson's day, or a duration.
bool parse_moment(const World& world, std::string_view text, Nanos& since_origin);

}  // namespace engine
