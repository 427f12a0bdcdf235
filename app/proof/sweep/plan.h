// What a seed means: a cluster, a workload, and what is done to them. Data, so that it can be printed, cut down
// and played again.
//
// A plan has two phases. In the first, deeds happen at their moments; what a deed begins (a kill, a partition, a
// slow disk), a later deed usually ends. Then everything is healed, producers go on for a while and are closed,
// and the world has to come to rest.
#pragma once

#include <string>
#include <vector>

#include "engine/world_spec.h"

namespace app::proof {

using sim::i64;
using sim::Nanos;
using sim::u32;
using sim::u64;

/// One intervention. A message has no name before it is sent: `line` then names only what is to be done ("drop",
/// "hold", "delay 300ms"), and `draw` chooses among the messages that are on their way at the moment.
struct Deed {
    Nanos at;               // after the origin
    std::string line;
    bool on_message = false;
    u64 draw = 0;
};

struct Plan {
    u64 seed = 0;
    engine::WorldSpec spec;
    Nanos safety;           // length of the first phase
    std::vector<Deed> deeds;  // in order of time
};

constexpr Nanos kHealedTraffic = sim::seconds(5);     // producers go on after healing
constexpr Nanos kMostTimeToRest =
    sim::seconds(330);  // without progress after that: a JoinGroup is given up after 305 s
constexpr Nanos kMostTimeOfAll = sim::seconds(3600);  // with progress

/// The plan of a seed. Equal on every machine.
Plan draw_plan(u64 seed);

// Its parts; each draws from streams of its own.
engine::WorldSpec draw_cluster(u64 seed);
void draw_workload(u64 seed, Nanos safety, engine::WorldSpec& spec);
std::vector<Deed> draw_deeds(u64 seed, Nanos safety, const engine::WorldSpec& spec);
/// What some seeds have besides: logs that lose records by rule, topics that come and go and grow, crowded groups.
void draw_extras(Plan& plan);

}  // namespace app::proof
