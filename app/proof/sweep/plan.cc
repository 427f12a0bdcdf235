#include "app/proof/sweep/plan.h"

namespace app::proof {

Plan draw_plan(u64 seed) {
    Plan plan;
    plan.seed = seed;
    sim::Prng prng = sim::Prng::forked(seed, "sweep-length");
    plan.safety = sim::seconds(prng.between(25, 50));
    plan.spec = draw_cluster(seed);
    draw_workload(seed, plan.safety, plan.spec);
    plan.deeds = draw_deeds(seed, plan.safety, plan.spec);
    draw_extras(plan);
    return plan;
}

}  // namespace app::proof
