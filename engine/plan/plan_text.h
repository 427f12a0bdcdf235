// Logical plans as trees of lines, as messages and EXPLAIN print them.
#pragma once

#include <string>

#include "engine/sql/tree.h"

namespace engine::spark {

/// The tree, one node a line, ending with a newline. A leading `'` marks what is unresolved.
std::string plan_tree(const PlanRef& plan);
/// `explode(a#1)`: outer or not is said beside it.
std::string generator_text(const Plan& p);
/// One node without its children.
std::string node_text(const PlanRef& plan);
/// What a WindowGroupLimit says of itself: keys, order, rank, how many.
std::string window_limit_arguments(const Plan& p);
/// `session_window#1: struct<start: timestamp, end: timestamp>`
std::string typed_attribute(const ExprRef& e);
/// A stream's part in one batch: `parts` holds the format, the rest of the node's text, and how a scan of it is
/// described.
bool is_batch_of_stream(const Plan& plan);
const char* join_name(JoinType type);
/// The same with the column that marks rows: `ExistenceJoin(exists#1)`.
std::string join_type_text(const Plan& join);

}  // namespace engine::spark
