// The branches of a run as lines with stations: its interventions and its stops.
#pragma once

#include <memory>

#include "app/lab/run/run.h"
#include "app/view_model/snapshot.h"

namespace app {

std::vector<BranchPlace> branches_of(const lab::Run& run, const lab::Following& following);
/// The world one event before the cursor: run again from a copy. nullptr at the beginning.
std::unique_ptr<engine::World> world_before(const lab::Run& run);
/// The branch to put beside the current one: the one it left, or the latest that left it. Requires two branches.
u32 twin_branch(const lab::Run& run);
/// Where a moment is on a branch.
struct TwinPlace {
    u32 branch = 0;
    u64 cursor = 0;
    std::shared_ptr<const engine::World> world;   // left to the caller
};
TwinPlace twin_place(const lab::Run& run, u32 branch, sim::Nanos moment);
/// The world at the beginning of the first branch.
const engine::World& origin_of(const lab::Run& run);

}  // namespace app
