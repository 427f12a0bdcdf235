// `shrink`: the fewest deeds, clients and records with which a failing session still breaks the same promise.
#pragma once

#include <optional>

#include "app/proof/sweep/play.h"

namespace app::proof {

struct Shrunk {
    Plan plan;
    Played played;
    u64 tries = 0;   // plans that were played
};

/// Delta debugging (Zeller and Hildebrandt 2002): halves of the deeds, then smaller parts, are left out as long as
/// the same oracle still speaks; then the same with clients, and with how long it goes on and how much is sent.
/// The plan must fail.
Shrunk shrink_plan(const Plan& plan, const Played& played);
/// The same of a plan whose records are listed one by one, played by `player`: deeds and records are left out. `stays`:
/// a record that the plan cannot do without.
Shrunk shrink_records(const Plan& plan, const Played& played, const PlanPlayer& player,
                      const std::function<bool(const engine::RecordSpec&)>& stays);

struct ShrinkOptions {
    std::string session;
    std::function<std::optional<Shrunk>(const Plan&)> streams;  // makes plans with queries small
    std::string bug;      // planted, as when the session was found
    std::string output;   // "" = beside the session, with `-small` in its name
};
int run_shrink(const ShrinkOptions& options);

}  // namespace app::proof
