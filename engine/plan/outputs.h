// The columns a logical plan gives, as attributes.
#pragma once

#include "engine/sql/tree.h"

namespace engine::spark {

Exprs output_of(const Plan& plan);
/// The columns of its input that a generate passes on.
Exprs required_of(const Plan& generate);
/// The attribute a select item becomes above its node.
ExprRef to_attribute(const ExprRef& e);
Exprs to_attributes(const Exprs& exprs);
DataType schema_of(const Plan& plan);
ExprRef with_nullable(const ExprRef& attribute, bool nullable);
/// Ids of the attributes an expression reads (outer references not counted).
std::vector<u64> references(const ExprRef& e);
/// The same plan with new numbers for all its columns: for the second side of a self-join.
PlanRef renewed(const PlanRef& plan, Ids& ids);
bool contains_id(const Exprs& attributes, u64 id);

/// Of an anti join whose condition is `a = b OR isnull(a = b)`, as NOT IN makes it: that equality; else null.
ExprRef null_aware_equality(const Plan& join);
/// grouping() or grouping_id(), which only grouping sets give a meaning.
bool is_grouping(const Expr& e);

}  // namespace engine::spark
