// Calls that the API of Python or Scala makes as Spark's own expressions: unlike those of SQL they know their function,
// and what nobody wrote, before their columns are found. Calls of SQL whose function can be looked up without columns.
#pragma once

#include "engine/sql/tree.h"

namespace engine::spark {

/// Whether the call is such an expression. Some functions of the API are looked up by name, as in SQL.
bool made_by_api(const Expr& e);
/// A call of a known function that looks at no column, as it is once its function is looked up, which happens before
/// the plan below is known; null if it has to wait.
ExprRef as_known_call(const ExprRef& e);
/// The call as plans print it: with arguments that the API fills in, under the function's own name.
ExprRef as_api_makes_it(const ExprRef& e);
/// What such a call holds besides its arguments, where it is not what the resolved call holds; nullptr if it is.
const char* held_by_api_call(const ExprRef& e);
/// Whether one of the items is, outside of windows, an aggregate of the API that waits for its columns.
bool has_api_aggregate(const Exprs& items);

}  // namespace engine::spark
