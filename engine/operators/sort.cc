// Sorting: all rows as one batch, the keys evaluated once, a stable order of row numbers.
#include <algorithm>

#include "engine/operators/run.h"
#include "sim/base/assert.h"

namespace engine::spark {

std::vector<i32> sorted_rows(const Exprs& orders, std::span<const Column> keys, i64 rows) {
    MR_ASSERT(orders.size() == keys.size());
    std::vector<i32> order(static_cast<std::size_t>(rows));
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<i32>(i);
    std::stable_sort(order.begin(), order.end(), [&](i32 a, i32 b) {
        for (std::size_t k = 0; k < keys.size(); ++k) {
            const bool an = keys[k].null(a), bn = keys[k].null(b);
            if (an || bn) {
                if (an == bn) continue;
                return an == orders[k]->nulls_first;
            }
            const int c = compare_rows(keys[k], a, keys[k], b);
            if (c != 0) return orders[k]->ascending ? c < 0 : c > 0;
        }
        return false;
    });
    return order;
}

Rows Runner::sort(const PlanRef& p) {
    MR_ASSERT(p->children.size() > 0);
    Rows in = run(p->children[0]);
    const Exprs columns = in.columns;
    Exprs orders = answered(p->exprs, in);
    if (session.bug == SqlBug::nulls_last)
        for (ExprRef& o : orders) o = edit(o, [](Expr& x) { x.nulls_first = !x.ascending; });
    Rows out{columns, {}};
    if (!ok() || in.batches.empty()) return out;
    const Batch all = concat(in.batches);
    Exprs bound;
    for (const ExprRef& o : orders) bound.push_back(bound_to(o->args[0], in.columns));
    const std::vector<Column> keys = evaluate(bound, all);
    if (!ok() || !cx.spend(all.rows * 24)) return out;
    const std::vector<i32> order = sorted_rows(orders, keys, all.rows);
    for (i64 at = 0; at < all.rows; at += kBatchRows) {
        const std::size_t n = static_cast<std::size_t>(std::min<i64>(kBatchRows, all.rows - at));
        Batch part = gather(all, std::span(order).subspan(static_cast<std::size_t>(at), n));
        part.columns.resize(columns.size());
        out.batches.push_back(std::move(part));
    }
    return out;
}

}  // namespace engine::spark
