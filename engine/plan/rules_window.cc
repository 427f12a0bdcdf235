// Filters and limits over ranks. Rows that no rank up to the limit can have are left out before the window sees them
// (Spark's InferWindowGroupLimit); a limit over ranks of all rows becomes a limit of the sorted rows
// (LimitPushDownThroughWindow).
#include <algorithm>
#include <optional>

#include "engine/plan/optimise.h"
#include "engine/plan/outputs.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

constexpr i64 kGroupLimitThreshold = 1000;  ///< spark.sql.optimizer.windowGroupLimitThreshold

bool expands_by_rows(const ExprRef& item) {
    MR_ASSERT(item != nullptr);
    if (item->kind != ExprKind::alias || item->args[0]->kind != ExprKind::window) return false;
    const ExprRef& spec = item->args[0]->args[1];
    return spec->kind == ExprKind::window_spec && spec->frame.kind == FrameKind::rows &&
           spec->frame.lower == BoundKind::unbounded_preceding && spec->frame.upper == BoundKind::current_row;
}

bool ranks_rows(const ExprRef& item) {
    MR_ASSERT(item != nullptr);
    if (!expands_by_rows(item)) return false;
    const ExprRef& function = item->args[0]->args[0];
    return is_call(function, "rank") || is_call(function, "dense_rank") || is_call(function, "row_number");
}

bool is_whole_literal(const ExprRef& e) { return is_literal(e) && e->type.id == TypeId::integer && !e->value.null; }

/// What one conjunct lets the column be at most.
std::optional<i64> most_of(const ExprRef& c, const ExprRef& column) {
    const bool compares = is_call(c, "=") || is_call(c, "<") || is_call(c, "<=") || is_call(c, ">") || is_call(c, ">=");
    if (!compares) return std::nullopt;
    const auto is_column = [&](const ExprRef& e) { return e->kind == ExprKind::attribute && e->id == column->id; };
    const bool straight = is_column(c->args[0]) && is_whole_literal(c->args[1]);
    if (!straight && !(is_column(c->args[1]) && is_whole_literal(c->args[0]))) return std::nullopt;
    const i64 n = c->args[straight ? 1 : 0]->value.i;
    if (is_call(c, "=") || is_call(c, straight ? "<=" : ">=")) return n;
    if (is_call(c, straight ? "<" : ">")) return n - 1;
    return std::nullopt;
}

/// A rank over the window and how high it goes.
struct RankLimit {
    ExprRef item;
    i64 most = 0;

    bool numbers_rows() const { return is_call(item->args[0]->args[0], "row_number"); }
};

/// The one that costs least: row_number before the others, then the smallest.
std::optional<RankLimit> limit_of(const PlanRef& window, const ExprRef& condition) {
    MR_ASSERT(window->kind == PlanKind::window);
    Exprs parts;
    conjuncts_of(condition, parts);
    std::optional<RankLimit> best;
    for (const ExprRef& item : window->exprs) {
        if (!ranks_rows(item)) continue;
        for (const ExprRef& c : parts) {
            const auto most = most_of(c, item);
            if (!most) continue;
            const RankLimit found{item, *most};
            const bool better = !best || (found.numbers_rows() && !best->numbers_rows()) ||
                                (found.numbers_rows() == best->numbers_rows() && found.most < best->most);
            if (better) best = found;
        }
    }
    return best;
}

Exprs order_of(const Plan& window) { return window.rows.empty() ? Exprs{} : window.rows[0]; }

/// The first rows of all, in the window's order.
PlanRef first_rows(const PlanRef& child, const Exprs& order, const ExprRef& n) {
    MR_ASSERT(!order.empty());
    const auto over = [](PlanKind kind, const PlanRef& below) {
        Plan p;
        p.kind = kind;
        p.children = {below};
        return p;
    };
    Plan sort = over(PlanKind::sort, child);
    sort.exprs = order;
    sort.all = true;
    Plan local = over(PlanKind::local_limit, make_resolved(std::move(sort)));
    local.condition = n;
    Plan global = over(PlanKind::global_limit, make_resolved(std::move(local)));
    global.condition = n;
    return make_resolved(std::move(global));
}

PlanRef group_limit(const PlanRef& window, const RankLimit& limit) {
    MR_ASSERT(limit.most > 0);
    Plan p;
    p.kind = PlanKind::window_group_limit;
    p.children = window->children;
    p.groups = window->groups;
    p.rows = {order_of(*window)};
    p.n = limit.most;
    // Ranks compare what the window is ordered by.
    p.exprs = {edit(limit.item->args[0]->args[0], [&](Expr& x) {
        x.args.clear();
        if (!limit.numbers_rows())
            for (const ExprRef& o : p.rows[0]) x.args.push_back(o->args[0]);
    })};
    return make_resolved(std::move(p));
}

PlanRef nothing_of(const PlanRef& p) {
    Plan empty;
    empty.kind = PlanKind::local_relation;
    empty.output = output_of(*p);
    return make_resolved(std::move(empty));
}

PlanRef limited_below(const PlanRef& filter) {
    MR_ASSERT(filter->kind == PlanKind::filter);
    const PlanRef& window = filter->children[0];
    if (window->kind != PlanKind::window || order_of(*window).empty()) return filter;
    if (window->children[0]->kind == PlanKind::window_group_limit) return filter;
    if (!std::ranges::all_of(window->exprs, expands_by_rows)) return filter;
    const auto limit = limit_of(window, filter->condition);
    if (!limit || limit->most > kGroupLimitThreshold) return filter;
    if (limit->most <= 0) return nothing_of(filter);
    const PlanRef below = limit->numbers_rows() && window->groups.empty()
                              ? first_rows(window->children[0], order_of(*window), int_literal(limit->most))
                              : group_limit(window, *limit);
    return with_children(filter, {with_children(window, {below})});
}

}  // namespace

PlanRef infer_window_limits(Optimiser&, const PlanRef& plan) {
    MR_ASSERT(plan != nullptr);
    return rewrite_plan_up(
        plan, [](const PlanRef& p) -> PlanRef { return p->kind == PlanKind::filter ? limited_below(p) : p; });
}

PlanRef push_limits_through_windows(Optimiser&, const PlanRef& plan) {
    MR_ASSERT(plan != nullptr);
    return rewrite_plan_up(plan, [](const PlanRef& p) -> PlanRef {
        if (p->kind != PlanKind::global_limit || p->children[0]->kind != PlanKind::local_limit) return p;
        if (!is_whole_literal(p->condition)) return p;
        const PlanRef& list = p->children[0]->children[0];
        const PlanRef& window = list->kind == PlanKind::project ? list->children[0] : list;
        if (window->kind != PlanKind::window || !window->groups.empty() || order_of(*window).empty()) return p;
        if (!std::ranges::all_of(window->exprs, ranks_rows)) return p;
        if (most_rows(window->children[0]) <= p->condition->value.i) return p;
        // The window gives a row for a row: the limit above has nothing left to do.
        const PlanRef limited =
            with_children(window, {first_rows(window->children[0], order_of(*window), p->condition)});
        return list == window ? limited : with_children(list, {limited});
    });
}

}  // namespace engine::spark
