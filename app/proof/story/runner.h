// Runs recorded stories against our cluster: each step's operations, then its observations compared with what
// the real system showed.
#pragma once

#include <string>
#include <vector>

#include "sim/base/types.h"

namespace app::proof {

struct StoryResult {
    std::string name;
    bool passed = false;
    std::vector<std::string> complaints;   // of the best attempt
    sim::u64 seed = 0;                     // of the schedule that replays it, or of the best attempt
    std::string left_out = {};             // why it is not judged; "" if it is
};

/// Runs one story file. Real runs differ by chance where threads race; a story is replayed if one of a few
/// schedules leads to the recorded states, and the result says which.
StoryResult run_story(const std::string& path);

}  // namespace app::proof
