// Subqueries inside expressions. One that reads nothing of the query around is run once; a correlated one is
// run for each row with the row's values in place of its outer columns.
#include <algorithm>

#include "engine/operators/key_table.h"
#include "engine/operators/run.h"
#include "engine/plan/outputs.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

bool is_subquery(const Expr& e) {
    return e.kind == ExprKind::scalar_subquery || e.kind == ExprKind::exists || e.kind == ExprKind::in_subquery;
}

/// Ids of the columns around that a plan reads.
void outer_ids(const PlanRef& p, std::vector<u64>& out) {
    MR_ASSERT(p != nullptr);
    visit_exprs(*p, [&](const ExprRef& root) {
        visit(root, [&](const ExprRef& e) {
            if (e->kind == ExprKind::outer) out.push_back(e->args[0]->id);
            if (e->plan) outer_ids(e->plan, out);
        });
    });
    for (const PlanRef& c : p->children) outer_ids(c, out);
}

PlanRef with_values(const PlanRef& p, const Exprs& columns, const std::vector<Value>& values) {
    MR_ASSERT(p != nullptr);
    const Rewrite fill = [&](const ExprRef& e) -> ExprRef {
        if (e->plan) return edit(e, [&](Expr& x) { x.plan = with_values(x.plan, columns, values); });
        if (e->kind != ExprKind::outer) return e;
        for (std::size_t i = 0; i < columns.size(); ++i)
            if (columns[i]->id == e->args[0]->id) return literal(values[i], columns[i]->type);
        return e;
    };
    return rewrite_plan_up(
        p, [&](const PlanRef& node) { return map_exprs(node, [&](const ExprRef& e) { return rewrite_up(e, fill); }); });
}

Value scalar_of(Runner& r, const Rows& rows, const Origin& at) {
    if (rows.count() > 1) {
        QueryError e = run_error("SparkException", "SCALAR_SUBQUERY_TOO_MANY_ROWS",
                                 "More than one row returned by a subquery used as an expression.", at);
        e.exception = "Py4JJavaError";
        e.on_driver = true;
        r.cx.failure.set(std::move(e));
        return null_value();
    }
    for (const Batch& b : rows.batches)
        if (b.rows > 0) return get(b.columns[0], 0);
    return null_value();
}

/// The values of an IN list, hashed; `null` if one has a null.
struct Members {
    KeyTable keys;
    bool null = false;
    bool empty = true;
};

void load(Members& m, std::span<const Column> columns, i64 rows) {
    MR_ASSERT(rows >= 0);
    std::string key;
    for (i64 i = 0; i < rows; ++i) {
        m.empty = false;
        if (key_has_null(columns, i)) {
            m.null = true;
            continue;
        }
        encode_key(columns, i, key);
        m.keys.put(key);
    }
}

Members members_of(const Rows& rows) {
    Members m;
    for (const Batch& b : rows.batches) load(m, b.columns, b.rows);
    return m;
}

Value member(const Members& m, std::span<const Column> left, i64 row) {
    MR_ASSERT(row >= 0);
    if (m.empty) return bool_value(false);
    if (key_has_null(left, row)) return null_value();
    std::string key;
    encode_key(left, row, key);
    if (m.keys.find(key) >= 0) return bool_value(true);
    return m.null ? null_value() : bool_value(false);
}

Value answer(Runner& r, const Expr& e, const Rows& rows, std::span<const Column> left, i64 row) {
    MR_ASSERT(row >= 0);
    if (e.kind == ExprKind::exists) return bool_value(rows.count() > 0);
    if (e.kind == ExprKind::scalar_subquery) return scalar_of(r, rows, e.at);
    return member(members_of(rows), left, row);
}

}  // namespace

ExprRef Runner::answered(const ExprRef& e, Rows& input) {
    MR_ASSERT(e != nullptr);
    if (!any_of(e, is_subquery)) return e;
    return rewrite_up(e, [&](const ExprRef& x) -> ExprRef {
        if (!is_subquery(*x) || !ok()) return x;
        std::vector<u64> used;
        outer_ids(x->plan, used);
        std::erase_if(used, [&](u64 id) { return !contains_id(input.columns, id); });
        Exprs left;
        for (i64 i = 0; i < (x->kind == ExprKind::in_subquery ? x->k : 0); ++i)
            left.push_back(bound_to(x->args[static_cast<std::size_t>(i)], input.columns));
        if (used.empty()) {
            const Rows rows = run(x->plan);
            if (!ok()) return x;
            if (x->kind != ExprKind::in_subquery) return literal(answer(*this, *x, rows, {}, 0), x->type);
            const Members m = members_of(rows);
            const ExprRef column = attribute("in", type_of(TypeId::boolean), true, session.ids.take());
            for (Batch& batch : input.batches) {
                const std::vector<Column> values = evaluate(left, batch);
                Builder out(column->type, batch.rows);
                for (i64 i = 0; i < batch.rows; ++i) out.add(member(m, values, i));
                batch.columns.push_back(out.finish());
            }
            input.columns.push_back(column);
            return column;
        }
        const ExprRef column = attribute("subquery", x->type, true, session.ids.take());
        const Exprs columns = input.columns;
        for (Batch& batch : input.batches) {
            const std::vector<Column> values = evaluate(left, batch);
            Builder out(column->type, batch.rows);
            for (i64 i = 0; i < batch.rows && ok(); ++i) {
                std::vector<Value> row;
                for (std::size_t c = 0; c < columns.size(); ++c)
                    row.push_back(std::find(used.begin(), used.end(), columns[c]->id) != used.end()
                                      ? get(batch.columns[c], i)
                                      : null_value());
                const Rows rows = run(with_values(x->plan, columns, row));
                out.add(ok() ? answer(*this, *x, rows, values, i) : null_value());
            }
            while (out.column.size < batch.rows) out.add_null();
            batch.columns.push_back(out.finish());
        }
        input.columns.push_back(column);
        return column;
    });
}

void Runner::not_in(const PlanRef& p, const ExprRef& equality, const Sink& sink) {
    MR_ASSERT(is_call(equality, "="));
    const Exprs left = output_of(*p->children[0]), right = output_of(*p->children[1]);
    const bool straight =
        !references(equality->args[0]).empty() && contains_id(left, references(equality->args[0])[0]);
    const Exprs keys = {bound_to(equality->args[straight ? 0 : 1], left)};
    const Exprs values = {bound_to(equality->args[straight ? 1 : 0], right)};
    Members members;
    for (const Batch& batch : run(p->children[1]).batches)
        if (ok()) load(members, evaluate(values, batch), batch.rows);
    each(p->children[0], [&](const Batch& batch) {
        const std::vector<Column> asked = evaluate(keys, batch);
        std::vector<i32> rows;
        for (i64 i = 0; i < batch.rows && ok(); ++i) {
            const Value found = member(members, asked, i);
            if (!found.null && found.i == 0) rows.push_back(static_cast<i32>(i));
        }
        return ok() && (rows.empty() || sink(gather(batch, rows)));
    });
}

namespace {

/// Rows of a lateral query for one row of the left side, side by side with it; those that the condition lets pass.
/// False: no more are wanted.
bool lateral_rows(Runner& r, const Plan& p, const Batch& row, const Rows& found, const ExprRef& condition,
                  const Sink& sink) {
    MR_ASSERT(row.rows == 1);
    i64 matched = 0;
    for (const Batch& batch : found.batches) {
        if (batch.rows == 0) continue;
        Batch both{.rows = batch.rows, .columns = {}};
        const std::vector<i32> again(static_cast<std::size_t>(batch.rows), 0);
        for (const Column& c : row.columns) both.columns.push_back(gather(c, again));
        both.columns.insert(both.columns.end(), batch.columns.begin(), batch.columns.end());
        if (condition) both = gather(both, true_rows(eval(condition, both, r.cx)));
        matched += both.rows;
        if (both.rows > 0 && !sink(std::move(both))) return false;
    }
    if (matched > 0 || p.join != JoinType::left_outer) return true;
    Batch alone = row;
    for (const ExprRef& c : found.columns) {
        Builder nothing(c->type, 1);
        nothing.add_null();
        alone.columns.push_back(nothing.finish());
    }
    return sink(std::move(alone));
}

}  // namespace

void Runner::lateral(const PlanRef& p, const Sink& sink) {
    MR_ASSERT(p->kind == PlanKind::lateral_join && p->children.size() == 2);
    const Exprs left = output_of(*p->children[0]), right = output_of(*p->children[1]);
    const ExprRef condition = p->condition ? bound_to(p->condition, output_of(*p)) : nullptr;
    each(p->children[0], [&](const Batch& batch) {
        for (i64 i = 0; i < batch.rows; ++i) {
            std::vector<Value> row;
            for (const Column& c : batch.columns) row.push_back(get(c, i));
            const Rows found{right, run(with_values(p->children[1], left, row)).batches};
            if (!ok() || !lateral_rows(*this, *p, slice(batch, i, 1), found, condition, sink)) return false;
        }
        return true;
    });
}

Exprs Runner::answered(const Exprs& exprs, Rows& input) {
    Exprs out;
    for (const ExprRef& e : exprs) out.push_back(ok() ? answered(e, input) : e);
    return out;
}

}  // namespace engine::spark
