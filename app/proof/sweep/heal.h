// What ends all trouble of a world: the lines that a person would type, from what is broken now.
#pragma once

#include <string>
#include <vector>

#include "engine/world.h"

namespace app::proof {

/// Lines after which every link is open and as it was built, every disk well, and every process runs that is not
/// a client which ended by itself. In an order in which they can be applied.
std::vector<std::string> healing_lines(const engine::World& world);

/// Lines that start consumers again which ended because they were asked to: closing may take longer than healing.
std::vector<std::string> restarting_lines(const engine::World& world);

}  // namespace app::proof
