// Grouping in steps: keys to group numbers, rows into accumulators, accumulators to rows. Batch queries run the steps
// one after the other; streaming queries put their state between them.
#pragma once

#include <functional>

#include "engine/operators/accumulator.h"
#include "engine/operators/run.h"

namespace engine::spark {

/// The distinct aggregate calls of a list, and the list with a column in place of each.
struct AggregateSplit {
    Exprs calls;
    Exprs columns;
    Exprs items;
};

/// One aggregation under way: what was seen of the input so far, group by group.
struct Aggregation {
    Runner& runner;
    const Plan& plan;
    Exprs key_columns;  ///< what the keys are called inside
    Exprs bound_keys;
    AggregateSplit parts;
    std::vector<Accumulator> accumulators;
    std::vector<Exprs> arguments;
    std::vector<ExprRef> filters;
    KeyTable table;
    std::vector<std::vector<Column>> keys;  ///< of each key column: the values of new groups, batch by batch
    std::vector<u32> groups;                ///< of the batch at hand

    [[nodiscard]] bool global() const { return plan.groups.empty(); }
    [[nodiscard]] u32 size() const { return global() ? 1 : table.size(); }
};

/// Binds keys, arguments and the list to the columns of the input.
void prepare(Aggregation& a, Rows& in);
/// Numbers the groups of a batch and keeps the keys of the new ones.
void number_groups(Aggregation& a, std::span<const Column> key_columns, i64 rows);
/// Makes n groups whose keys are known.
void set_groups(Aggregation& a, u32 n, const std::function<const Values&(u32)>& key_of);
/// The keys of all groups as columns.
std::vector<Column> group_keys(const Aggregation& a);
/// Folds one function's arguments of a batch in, by the group numbers at hand.
void fold(Aggregation& a, std::size_t at, const Batch& batch);
/// Keys and results as one batch, then the list over it.
Rows finish(Aggregation& a);

/// State of one group as the values Spark keeps for it, in the order of its buffer columns.
Values buffer_of(const Accumulator& a, u32 group);
/// Merges a kept state into a group.
void merge_buffer(Accumulator& a, u32 group, std::span<const Value> buffer);
/// Types of the buffer columns.
std::vector<DataType> buffer_types(const ExprRef& call);

}  // namespace engine::spark
