// How many rows each operator of a batch passed on: counted at the nodes of the plan that ran, told beside the lines of
// the physical plan that people read.
#pragma once

#include <vector>

#include "engine/sql/tree.h"
#include "engine/stream/driver_node.h"

namespace engine::spark {

/// A plan's nodes, children before parents, left before right.
std::vector<const Plan*> nodes_upward(const PlanRef& plan);

/// Says of physical lines how many rows they passed on. `given`: of the plan that ran, in the order of nodes_upward(),
/// -1 unknown; none: nothing is told. A line stands for the node in the same place among its kind, and a kind of which
/// the two plans have different numbers is left out.
void tell_given(std::vector<PlanLine>& lines, const PlanRef& plan, const std::vector<i64>& given);

}  // namespace engine::spark
