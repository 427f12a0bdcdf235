// Parts of expressions as plans print them: arguments that nobody wrote, fields of a struct and keys of grouping sets before
// anything is known. Private to print.cc.
#pragma once

#include <string>

#include "engine/sql/tree.h"

namespace engine::spark {

/// `n, 'n, col2, (1 + 'm)`: fields that are columns have their names, others are numbered.
std::string named_fields(const ExprRef& e);
/// `rollup(Vector(0), Vector(1), 'a, 'b)`: the places of each set's keys, then all keys once.
std::string grouping_tree(const ExprRef& e);
/// What Spark's nodes hold besides the arguments that are written, as plans print it; nullptr if nothing.
const char* hidden_arguments(const ExprRef& e);

}  // namespace engine::spark
