// Worlds of moments that a run has left behind: found again from the nearest copy that was kept.
#pragma once

#include <memory>

#include "app/lab/run/run.h"

namespace app::lab {

/// The world of the current branch before event `index`. Requires first <= index <= the branch's head.
std::unique_ptr<engine::World> world_at(const Timeline& timeline, sim::u64 index);
/// The same of another branch.
std::unique_ptr<engine::World> world_of(const Timeline& timeline, sim::u32 branch, sim::u64 index);

}  // namespace app::lab
