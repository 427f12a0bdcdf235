// Plays a plan and watches it with all oracles.
#pragma once

#include <functional>

#include "app/proof/sweep/plan.h"
#include "engine/check/finding.h"
#include "sim/record/input.h"

namespace app::proof {

struct Played {
    std::vector<engine::check::Finding> findings;
    std::vector<sim::Input> inputs;   // as they were applied, messages by their numbers
    u64 trace = 0;                    // of everything that happened
    u64 events = 0;
    Nanos ended;                      // on the learner's clock
    std::string waited_for;           // what never came to rest; "" if all did
    u64 sends = 0;                    // how much there was to look at
    u64 acknowledged = 0;
    u64 deliveries = 0;
    u64 elections = 0;

    [[nodiscard]] bool failed() const { return !findings.empty(); }
};

/// Stops at the first finding. A broken invariant of the engine is a finding as well (`invariant`), and so is a
/// cluster that does not come up (`startup`) or does not come to rest (`converged`).
Played play(const Plan& plan);

/// What plays plans of a kind.
using PlanPlayer = std::function<Played(const Plan&)>;

}  // namespace app::proof
