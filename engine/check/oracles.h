// All oracles of a run. They stand beside a world and its history, are shown every event, and change neither.
//
// Use: `watch` once where observation begins, `observe` after every event and intervention, `sample` now and then
// (it looks at all logs), `check_rest` to ask whether a healed world has come to rest, `conclude` once it has.
#pragma once

#include "engine/check/acknowledged.h"
#include "engine/check/agreement.h"
#include "engine/check/commits.h"
#include "engine/check/compaction.h"
#include "engine/check/convergence.h"
#include "engine/check/elections.h"
#include "engine/check/groups.h"
#include "engine/check/high_watermark.h"
#include "engine/check/leaders.h"
#include "engine/check/reads.h"
#include "engine/check/replica_cuts.h"
#include "engine/check/retention.h"

namespace engine::check {

struct Oracles {
    Findings findings;
    Promises promises;
    ZkView zk;
    Committed committed;

    Leaders leaders;
    Elections elections;
    HighWatermarks watermarks;
    ReplicaCuts cuts;
    Acknowledged acknowledged;
    Agreement agreement;
    Commits commits;
    Reads reads;
    Compaction compaction;
    Retention retention;
    GroupWatch groups;
    Rest rest;

    // Rows of the history that were looked at.
    u64 facts_seen = 0;
    u64 outcomes_seen = 0;
    u64 deliveries_seen = 0;
};

Oracles watch(const WorldSpec& spec, const World& world, const History& history);
void observe(Oracles& oracles, const World& world, const History& history);
void sample(Oracles& oracles, const World& world, const History& history);
/// What has not yet come to rest; "" if all has.
std::string check_rest(Oracles& oracles, const World& world, const History& history);
void conclude(Oracles& oracles, const World& world, const History& history);

}  // namespace engine::check
