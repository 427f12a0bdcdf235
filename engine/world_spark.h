// Which nodes of a world belong to Spark.
#pragma once

#include <string_view>

#include "engine/world.h"

namespace engine {

/// "driver", "executor" or "dfs"; "" for any other node.
std::string_view spark_role(const World& world, NodeId node);

}  // namespace engine
