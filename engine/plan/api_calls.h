// Calls that the API of Python or Scala makes as Spark's own expressions: unlike those of SQL they know their function,
// and what nobody wrote, before their columns are found.
#pragma once

#include "engine/sql/tree.h"

namespace engine::spark {

/// Whether the call is such an expression. Some functions of the API are looked up by name, as in SQL.
bool made_by_api(const Expr& e);
/// The call as plans print it: with arguments that the API fills in, under the function's own name.
ExprRef as_api_makes_it(const ExprRef& e);
/// What such a call holds besides its arguments, where it is not what the resolved call holds; nullptr if it is.
const char* held_by_api_call(const ExprRef& e);
/// Whether one of the items is, outside of windows, an aggregate of the API that waits for its columns.
bool has_api_aggregate(const Exprs& items);

}  // namespace engine::spark
