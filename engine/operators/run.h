// Runs an analysed plan: each operator takes the batches of its children and gives its own. Bounds stand in
// for spilling: a statement that would hold too much is refused.
#pragma once

#include <expected>

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

struct Runner {
    Session& session;
    EvalContext cx;

    bool ok() const { return cx.ok(); }
    Rows run(const PlanRef& p);

    Rows project(const PlanRef& p);
    Rows filter(const PlanRef& p);
    Rows limit(const PlanRef& p);
    Rows range(const PlanRef& p);
    Rows union_all(const PlanRef& p);
    Rows expand(const PlanRef& p);
    Rows distinct(const PlanRef& p);
    Rows except_intersect(const PlanRef& p);
    Rows aggregate(const PlanRef& p);
    Rows sort(const PlanRef& p);
    Rows join(const PlanRef& p);
    /// NOT IN: an anti join that lets nothing pass once a null is among the values.
    Rows not_in(const PlanRef& p, const ExprRef& equality);
    Rows lateral(const PlanRef& p);
    Rows generate(const PlanRef& p);
    Rows window(const PlanRef& p);
    Rows typed(const PlanRef& p);

    /// Expressions with their subqueries answered: constants, or columns added to the batches.
    Exprs answered(const Exprs& exprs, Rows& input);
    ExprRef answered(const ExprRef& e, Rows& input);
    /// Evaluates bound expressions over one batch; keeps the place of the batch for random numbers.
    std::vector<Column> evaluate(const Exprs& bound, const Batch& batch);
};

/// The whole result, or the refusal.
std::expected<Rows, QueryError> run_plan(Session& session, const PlanRef& plan);

/// Row numbers of a batch in the order of sort keys.
std::vector<i32> sorted_rows(const Exprs& orders, std::span<const Column> keys, i64 rows);
/// Merges the session windows of rows that share the other keys; `key` is the place of the session column.
void merge_sessions(Batch& batch, std::vector<Column>& keys, std::size_t key);

}  // namespace engine::spark
