// The branches of a run as lines with stations: its interventions and its stops.
#pragma once

#include <memory>

#include "app/lab/run/run.h"
#include "app/view_model/snapshot.h"

namespace app {

std::vector<BranchPlace> branches_of(const lab::Run& run, const lab::Following& following);
/// The world one event before the cursor: run again from a copy. nullptr at the beginning.
std::unique_ptr<engine::World> world_before(const lab::Run& run);
/// The world at the beginning of the first branch.
const engine::World& origin_of(const lab::Run& run);

}  // namespace app
