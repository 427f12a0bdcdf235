// What a query is asked about: a world, what happened in it, and how much of that has happened yet.
#pragma once

#include "engine/history.h"
#include "engine/world.h"

namespace app::lab {

/// The world stands before event `cursor`; the history may know more and is read up to there. Both must outlive
/// every query that is asked about them.
struct Moment {
    const engine::World* world = nullptr;
    const engine::History* history = nullptr;
    sim::u64 cursor = 0;
    sim::u32 branch = 0;
    /// The words of the history's end, for whoever reads beyond the cursor; nullptr: those of the world.
    const sim::NameTable* names = nullptr;
};

}  // namespace app::lab
