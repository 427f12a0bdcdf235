// Streaming programs in one process whose driver dies at a phase of a batch, again and again, while files go on to
// come: what a sink that can tell a batch from its repetition holds is what a batch query gives over all rows; what
// others hold more are the batches that their sink had taken when the driver died, and no others. Without a checkpoint
// every life begins from the beginning.
#pragma once

#include "app/proof/streams/stream_case.h"

namespace app::proof {

struct ProgramCrashes {
    std::string shape;
    std::string wrong;  ///< "" = the sink holds what it promises
    i64 deaths = 0;
    i64 rows = 0;
    i64 again = 0;  ///< batches that the sink took more than once
};

u32 program_shapes();
/// Seeds go through the shapes in turn.
ProgramCrashes play_program_crashes(u64 seed, engine::PlantedBug bug);

}  // namespace app::proof
