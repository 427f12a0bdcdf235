// Queries drawn at random for the reference, over two small tables with nulls and repeated keys.
#pragma once

#include "sim/base/prng.h"
#include "tests/engine/operators/reference.h"

namespace reference {

std::vector<Table> small_tables(sim::Prng& rng);
Query any_query(sim::Prng& rng, const std::vector<Table>& tables);
/// A number or, if `truth`, a condition over columns.
Expr any_expression(sim::Prng& rng, const std::vector<bool>& texts, bool truth, int depth);

}  // namespace reference
