#include "app/lab/look_back.h"

#include <algorithm>

namespace app::lab {
namespace {

using sim::u32;
using sim::u64;

/// The best copy to start from: of the branch or of those it comes from.
const engine::World& best_copy(const Timeline& timeline, u32 id, u64 index) {
    for (;;) {
        if (const auto* frame = timeline.keyframes().best(id, index)) return frame->world;
        const Timeline::Branch& branch = timeline.branches()[id];
        MR_ASSERT(branch.id != 0);   // the first branch has a copy at its beginning
        index = std::min(index, branch.fork);
        id = branch.parent;
    }
}

}  // namespace

std::unique_ptr<engine::World> world_of(const Timeline& timeline, u32 branch, u64 index) {
    MR_ASSERT(branch < timeline.branches().size());
    MR_ASSERT(timeline.first() <= index && index <= timeline.branches()[branch].head);
    auto world = std::make_unique<engine::World>(best_copy(timeline, branch, index));
    const auto& inputs = timeline.branches()[branch].inputs;
    while (WorldTraits::index(*world) < index) {
        const auto input = std::ranges::lower_bound(inputs, WorldTraits::index(*world), {}, &sim::Input::at_index);
        const bool due = input != inputs.end() && input->at_index == WorldTraits::index(*world);
        if (due) WorldTraits::apply(*world, *input, nullptr);
        else if (!WorldTraits::step(*world, nullptr)) break;
    }
    MR_ASSERT(WorldTraits::index(*world) == index);
    return world;
}

std::unique_ptr<engine::World> world_at(const Timeline& timeline, u64 index) {
    return world_of(timeline, timeline.branch().id, index);
}

}  // namespace app::lab
