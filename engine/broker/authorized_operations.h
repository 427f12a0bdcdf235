// What everybody may do where nobody is kept out: bits by the numbers of AclOperation.
#pragma once

#include "engine/model/ids.h"

namespace engine::broker {

/// Read, write, create, delete, alter, describe, describe configs, alter configs.
constexpr i32 kTopicOperations = 0x0df8;
/// Create, alter, describe, cluster action, describe configs, alter configs, idempotent write.
constexpr i32 kClusterOperations = 0x1fa0;
static_assert((kTopicOperations & kClusterOperations) == 0x0da0);

}  // namespace engine::broker
