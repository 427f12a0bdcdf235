// Vectors that tell a story of a whole cluster: played in a world.
#pragma once

#include "app/proof/vectors/values.h"

namespace app::proof::vectors {

/// One partition on two brokers: what both remember of leader epochs after each step.
Json leader_epoch_propagation(const Json& input, const Json& expected);

}  // namespace app::proof::vectors
