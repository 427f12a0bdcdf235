// A plan's world as the text of a lesson, so that a session of a sweep opens in the lab like any other.
#pragma once

#include "app/proof/sweep/plan.h"

namespace app::proof {

/// A lesson of one step, `id` its name; what brokers, links, topics and clients are is exactly that of the spec.
/// Requires a spec that a lesson can say, as those of plans are.
std::string lesson_text(const Plan& plan, const std::string& id);

}  // namespace app::proof
