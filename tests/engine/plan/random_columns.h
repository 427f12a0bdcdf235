// Types and columns drawn at random, for tests that hold a kernel against the plain rule.
#pragma once

#include "engine/plan/column.h"
#include "sim/base/prng.h"

namespace tests {

/// A type that state and keys may have; `depth` nestings at most.
engine::spark::DataType any_type(sim::Prng& rng, int depth);
/// A value of a type; null now and then. Few different ones, so that they repeat.
engine::spark::Value any_value(sim::Prng& rng, const engine::spark::DataType& type);
/// A column of values; constant now and then.
engine::spark::Column any_column(sim::Prng& rng, const engine::spark::DataType& type, sim::i64 rows);

}  // namespace tests
