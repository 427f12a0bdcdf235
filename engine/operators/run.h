// Runs an analysed plan: each operator takes the batches of its children and gives its own. Operators that need no more
// than the batch at hand pass theirs on one by one, so that it is still in the cache when the next one reads it. Bounds
// stand in for spilling: a statement that would hold too much is refused.
#pragma once

#include <expected>
#include <functional>

#include "engine/plan/eval.h"
#include "engine/plan/session.h"
#include "engine/sql/tree.h"

namespace engine::spark {

struct Rows {
    Exprs columns;
    std::vector<Batch> batches;

    [[nodiscard]] i64 count() const {
        i64 n = 0;
        for (const Batch& b : batches) n += b.rows;
        return n;
    }
};

/// Takes the next batch of an operator. False: it wants no more.
using Sink = std::function<bool(Batch)>;

struct Runner {
    Session& session;
    EvalContext cx;
    i64 rows_at_once = kBatchRows;  ///< of what tables, ranges and operators over all rows pass on
    i64 wanted = INT64_MAX;         ///< rows that whoever asks takes at most
    bool ran_program = false;       ///< a program's own functions were called

    bool ok() const { return cx.ok(); }
    /// All that a plan gives; if it fails, the failure of the row that fails first, as Spark goes row by row. A limit
    /// that is reached before that row does not fail. A plan with functions of a program is not run again for that.
    Rows outcome(const PlanRef& p);
    /// All that a plan gives, or some failure.
    Rows run(const PlanRef& p);
    /// The same, a batch at a time.
    void each(const PlanRef& p, const Sink& sink);
    /// The same of the child of a node with expressions: `ready` sees the columns first, to bind the expressions to
    /// them. If one has a subquery, it also sees all the rows, to have the answers put beside them.
    void each(const PlanRef& p, const Exprs& exprs, const std::function<void(Rows&)>& ready, const Sink& sink);

    /// Hands batches on in parts of `rows_at_once`. False: no more are wanted.
    bool pass(Batch batch, const Sink& sink) const;
    void pass(Rows rows, const Sink& sink) const;

    void table(const PlanRef& p, const Sink& sink);
    void project(const PlanRef& p, const Sink& sink);
    void filter(const PlanRef& p, const Sink& sink);
    void limit(const PlanRef& p, const Sink& sink);
    void range(const PlanRef& p, const Sink& sink);
    void union_all(const PlanRef& p, const Sink& sink);
    void expand(const PlanRef& p, const Sink& sink);
    void generate(const PlanRef& p, const Sink& sink);
    void join(const PlanRef& p, const Sink& sink);
    /// NOT IN: an anti join that lets nothing pass once a null is among the values.
    void not_in(const PlanRef& p, const ExprRef& equality, const Sink& sink);
    void lateral(const PlanRef& p, const Sink& sink);

    Rows distinct(const PlanRef& p);
    Rows except_intersect(const PlanRef& p);
    Rows aggregate(const PlanRef& p);
    Rows sort(const PlanRef& p);
    Rows window(const PlanRef& p);
    Rows typed(const PlanRef& p);

    /// Expressions with their subqueries answered: constants, or columns added to the batches.
    Exprs answered(const Exprs& exprs, Rows& input);
    ExprRef answered(const ExprRef& e, Rows& input);
    /// Evaluates bound expressions over one batch.
    std::vector<Column> evaluate(const Exprs& bound, const Batch& batch);
    /// The same with `base` rows before it, for numbered rows and random numbers; counts the batch in.
    std::vector<Column> evaluate(const Exprs& bound, const Batch& batch, i64& base);
};

/// The whole result, or the refusal.
std::expected<Rows, QueryError> run_plan(Session& session, const PlanRef& plan);

/// Row numbers of a batch in the order of sort keys.
std::vector<i32> sorted_rows(const Exprs& orders, std::span<const Column> keys, i64 rows);
/// Merges the session windows of rows that share the other keys; `key` is the place of the session column.
void merge_sessions(const Batch& batch, std::vector<Column>& keys, std::size_t key);

}  // namespace engine::spark
