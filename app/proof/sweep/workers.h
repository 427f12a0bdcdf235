// Child processes that each play some seeds and write down a line for each. The children share nothing with the
// parent but a pipe.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "sim/base/types.h"

namespace app::proof {

/// What came of one seed. `text` has no line breaks but those between its lines.
struct SeedReport {
    sim::u64 seed = 0;
    bool failed = false;
    std::string text;
};

/// Runs `work` for every seed, in `jobs` processes, and hands each report to `take` as it comes; the order among
/// seeds depends on the machine. A child that dies is a failed report of the seed that it was at. `take` returns
/// false to end early.
void run_in_children(const std::vector<sim::u64>& seeds, sim::u32 jobs, const std::function<SeedReport(sim::u64)>& work,
                     const std::function<bool(const SeedReport&)>& take);

}  // namespace app::proof
