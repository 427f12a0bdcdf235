// That a stream gives what a batch would: a generated query runs over generated streams in batches of any size, with
// restarts and deaths of its driver between and within them. Complete mode then holds what the batch query gives over
// the same rows; the newest row of each key of update mode, and all rows of append mode once everything is closed, are
// those of the batch query over the rows that were not too late. Watermarks must be those of `WatermarkModel`, and a
// batch that runs again must give the same rows.
#pragma once

#include "app/proof/streams/stream_case.h"

namespace app::proof {

struct Increments {
    std::string shape;
    std::string sql;
    i64 batches = 0, rows = 0, late_batches = 0;
    std::string wrong;  ///< "" = all agreed
};

Increments play_case(const StreamCase& c, engine::PlantedBug bug);
Increments play_increments(u64 seed, engine::PlantedBug bug);

}  // namespace app::proof
