// State of one aggregate function over many groups, kept as columns of numbers: copyable, mergeable batch by batch.
#pragma once

#include "engine/operators/key_table.h"
#include "engine/plan/functions.h"

namespace engine::spark {

struct Accumulator {
    ExprRef call;              ///< the function with its arguments
    bool distinct = false;
    std::vector<i64> counts;   ///< rows that counted
    std::vector<i64> ints;
    std::vector<double> reals; ///< sums, means
    std::vector<double> m2, m3, m4, mean_y, m2_y, cross;
    std::vector<i128> decimals;
    std::vector<Value> values;
    std::vector<Value> others;
    std::vector<Values> lists;
    std::vector<i64> sketches; ///< of approx_count_distinct, one behind the other
    int sketch_bits = 0;
    std::vector<u8> set;
    KeyTable seen;             ///< (group, value) of DISTINCT

    std::string_view name() const { return call->fn->name; }
};

/// Bits of a sketch's registers (distinct_sketch.h), as the error that a call of approx_count_distinct names asks for.
int sketch_bits_of(const ExprRef& call);
Accumulator make_accumulator(const ExprRef& aggregate);
void grow(Accumulator& a, u32 groups);
/// Folds rows in: row i belongs to groups[i]. `args` are the evaluated arguments.
void accumulate(Accumulator& a, std::span<const Column> args, std::span<const u32> groups, EvalContext& cx);
/// The results, one a group.
Column results(Accumulator& a, u32 groups, EvalContext& cx);

}  // namespace engine::spark
