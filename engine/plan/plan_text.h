// Logical plans as trees of lines, as messages and EXPLAIN print them.
#pragma once

#include <string>

#include "engine/sql/tree.h"

namespace engine::spark {

/// The tree, one node a line, ending with a newline. A leading `'` marks what is unresolved.
std::string plan_tree(const PlanRef& plan);
/// One node without its children.
std::string node_text(const PlanRef& plan);
const char* join_name(JoinType type);

}  // namespace engine::spark
