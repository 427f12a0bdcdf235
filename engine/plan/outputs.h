// The columns a logical plan gives, as attributes.
#pragma once

#include "engine/sql/tree.h"

namespace engine::spark {

Exprs output_of(const Plan& plan);
/// The attribute a select item becomes above its node.
ExprRef to_attribute(const ExprRef& e);
Exprs to_attributes(const Exprs& exprs);
DataType schema_of(const Plan& plan);
ExprRef with_nullable(const ExprRef& attribute, bool nullable);
/// Ids of the attributes an expression reads (outer references not counted).
std::vector<u64> references(const ExprRef& e);
bool contains_id(const Exprs& attributes, u64 id);

}  // namespace engine::spark
