// `sweep`: plays seeds, one after the other or several at once, and tells which broke a promise.
//
// Every seed is played in a child process, so that one that crashes is a finding and not the end of the sweep. One
// in twenty is played twice, and both have to come out the same. What is printed of a seed depends on it alone.
#pragma once

#include <functional>
#include <string>

#include "app/proof/sweep/play.h"
#include "app/proof/sweep/workers.h"

namespace app::proof {

/// Plays something else of a seed.
using SeedPlayer = std::function<SeedReport(engine::PlantedBug bug, u64 seed)>;

struct SweepOptions {
    u64 first = 1;
    u64 last = 100;            // included
    u32 jobs = 1;              // child processes at a time
    u32 shard = 1;             // this is part `shard` of `shards`: every shards-th seed
    u32 shards = 1;
    SeedPlayer other;          // what is played of a seed instead of a cluster; empty = clusters
    std::string bug;           // a planted bug, by its name; "" = none
    std::string folder;        // where sessions of failing seeds are saved; "" = nowhere
    bool traces = false;       // one line a seed: its trace and number of events
    bool until_found = false;  // stop at the first seed that fails
};

/// 1..300, for people. False if it is none.
bool parse_seed_range(const std::string& text, SweepOptions& options);
/// 2/8.
bool parse_shard(const std::string& text, SweepOptions& options);
/// The planted bug of a name; nothing if there is none.
bool find_bug(const std::string& name, engine::PlantedBug& bug);

constexpr u64 kPlayedTwice = 20;  // one seed in so many

/// Plays one seed as the sweep does: with the second run where one is due.
Played play_seed(u64 seed, engine::PlantedBug bug);

/// Last line: `N passed, N failed`. 0 if none failed.
int run_sweep(const SweepOptions& options);

}  // namespace app::proof
