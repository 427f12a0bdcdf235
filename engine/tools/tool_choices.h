// What command-line tools leave to chance, and recordings fix.
#pragma once

#include <string>
#include <vector>

#include "sim/base/flat_map.h"
#include "sim/kernel/env.h"

namespace engine::tools {

using sim::i32;
using sim::u32;

/// What tools choose at random; recordings fix it.
struct ToolChoices {
    sim::FlatMap<std::string, std::vector<i32>>
        partitions;  // by topic: where unkeyed records of a console producer go, run by run
    sim::FlatMap<std::string, std::vector<std::vector<i32>>>
        placements;                                           // by topic: replicas that a tool places itself
    std::vector<std::string> groups;                          // of console consumers without --group, in turn
    u32 next_group_index = 0;

    /// The partition of the next console producer's unkeyed records; -1: the producer chooses.
    i32 next_partition(const std::string& topic);
    /// The group of the next console consumer that joins one.
    std::string next_group(sim::Env& env);
};

/// The name of a group that nobody gave one.
std::string any_group(sim::Env& env);

}  // namespace engine::tools
