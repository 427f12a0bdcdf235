// Runs typed expressions over batches: a kernel a node, a column at a time.
#pragma once

#include "engine/plan/functions.h"

namespace engine::spark {

/// Replaces attributes by their place in `input`, so that evaluation needs no search. Asserts that all are found.
ExprRef bound_to(const ExprRef& e, const Exprs& input);

/// Requires a bound, resolved expression. On failure `cx` says why and the column has no meaning.
Column eval(const ExprRef& e, const Batch& in, EvalContext& cx);
/// Several over the same rows. On failure `cx` says what the first row that fails says, as Spark goes row by row.
std::vector<Column> eval_all(const Exprs& bound, const Batch& in, EvalContext& cx);
/// The value of an expression without columns.
Value eval_constant(const ExprRef& e, EvalContext& cx);
/// No columns, subqueries, aggregates or random parts inside.
bool foldable(const ExprRef& e);
bool deterministic(const ExprRef& e);

/// Calls of functions that take lambdas.
Column eval_higher_order(const Expr& e, const Batch& in, EvalContext& cx);
/// The batch with the rows repeated as `rows` says, only for columns that `body` reads; lambda variables too.
Batch repeat_for(const ExprRef& body, const Batch& in, std::span<const i32> rows, EvalContext& cx);

}  // namespace engine::spark
