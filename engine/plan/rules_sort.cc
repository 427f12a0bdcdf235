// Sorts that nobody sees go: below another sort, below a join, below an aggregate that does not ask for an order
// (Spark's EliminateSorts), over one row (OptimizeOneRowPlan). And sums of decimals in whole numbers
// (DecimalAggregates).
#include <algorithm>

#include "engine/plan/eval.h"
#include "engine/plan/functions.h"
#include "engine/plan/optimise.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

/// Functions that give the same whatever order rows come in. Sums of floating-point numbers do not.
bool ignores_order(const Expr& call) {
    MR_ASSERT(call.fn != nullptr);
    static constexpr std::string_view kAlways[] = {"min",    "max",     "count",    "count_if", "bit_and",
                                                   "bit_or", "bit_xor", "bool_and", "bool_or"};
    static constexpr std::string_view kWhole[] = {"sum",        "try_sum", "avg",      "try_avg",  "stddev_samp",
                                                  "stddev_pop", "var_pop", "var_samp", "skewness", "kurtosis"};
    const std::string_view name = call.fn->name;
    if (std::ranges::find(kAlways, name) != std::end(kAlways)) return true;
    if (std::ranges::find(kWhole, name) == std::end(kWhole)) return false;
    const TypeId type = call.args[0]->type.id;
    return type != TypeId::float_ && type != TypeId::double_;
}

bool item_ignores_order(const ExprRef& e) {
    MR_ASSERT(e != nullptr);
    if (e->kind == ExprKind::aggregate) return ignores_order(*e->args[0]);
    return std::ranges::all_of(e->args, item_ignores_order);
}

/// The plan without the sorts that only its own rows' order comes from. `all`: sorts of all rows as well as those of
/// each partition.
PlanRef without_sorts(const PlanRef& p, bool all) {
    MR_ASSERT(p != nullptr);
    if (p->kind == PlanKind::sort && (all || !p->all)) return without_sorts(p->children[0], all);
    const bool list = p->kind == PlanKind::project && std::ranges::all_of(p->exprs, deterministic);
    const bool filter = p->kind == PlanKind::filter && deterministic(p->condition);
    const bool spread = p->kind == PlanKind::repartition && p->all && std::ranges::all_of(p->exprs, deterministic);
    if (!list && !filter && !spread) return p;
    const PlanRef child = without_sorts(p->children[0], all || spread);
    return child == p->children[0] ? p : with_children(p, {child});
}

PlanRef with_rest(const PlanRef& p, bool all) {
    MR_ASSERT(!p->children.empty());
    std::vector<PlanRef> children;
    for (const PlanRef& c : p->children) children.push_back(without_sorts(c, all));
    return children == p->children ? p : with_children(p, std::move(children));
}

/// Sums and means of decimals with few digits are worked out in whole numbers (Spark's DecimalAggregates).
ExprRef over_unscaled(const ExprRef& e) {
    MR_ASSERT(e != nullptr);
    constexpr int kDigitsMore = 10, kDigitsOfLong = 18, kDigitsOfMean = 4, kDigitsOfDouble = 15;
    if (e->kind != ExprKind::aggregate || e->args[0]->args.empty()) return e;
    const ExprRef& call = e->args[0];
    const ExprRef& arg = call->args[0];
    if (arg->type.id != TypeId::decimal || e->args[0]->is_try) return e;
    const int digits = arg->type.a, scale = arg->type.b;
    const bool sum = is_call(call, "sum") && digits + kDigitsMore <= kDigitsOfLong;
    const bool mean = is_call(call, "avg") && digits + kDigitsOfMean <= kDigitsOfDouble;
    if (!sum && !mean) return e;
    const ExprRef whole = call_of(sum ? "sum" : "avg", {call_of("unscaledvalue", {arg})});
    const ExprRef inner = edit(e, [&](Expr& x) {
        x.args[0] = whole;
        x.type = whole->type;
    });
    if (sum) return call_of("makedecimal", {inner, int_literal(digits + kDigitsMore), int_literal(scale)});
    double power = 1;
    for (int i = 0; i < scale; ++i) power *= 10;
    const ExprRef ratio = call_of("/", {inner, literal(real_value(power), type_of(TypeId::double_))});
    return edit(cast_to(ratio, e->type, false), [&](Expr& x) {
        x.resolved = true;
        x.nullable = true;
    });
}

/// One row is in order, and nothing in it comes twice.
PlanRef of_one_row(const PlanRef& p) {
    MR_ASSERT(p != nullptr);
    const bool sorts = p->kind == PlanKind::sort;
    if ((!sorts && p->kind != PlanKind::aggregate) || most_rows(p->children[0]) > 1) return p;
    if (sorts) return p->children[0];
    const auto counts = [](const Expr& e) { return e.kind == ExprKind::aggregate; };
    const bool groups_only =
        !p->groups.empty() && std::ranges::none_of(p->exprs, [&](const ExprRef& e) { return any_of(e, counts); });
    if (groups_only && p->name != "session") return project_over(p->children[0], p->exprs);
    return map_exprs(p, [&](const ExprRef& root) {
        return rewrite_up(root, [&](const ExprRef& e) {
            return counts(*e) && e->distinct ? edit(e, [](Expr& x) { x.distinct = false; }) : e;
        });
    });
}

}  // namespace

PlanRef aggregates_of_unscaled(Optimiser&, const PlanRef& plan) {
    MR_ASSERT(plan != nullptr);
    return rewrite_plan_up(plan, [](const PlanRef& p) -> PlanRef {
        if (p->kind != PlanKind::aggregate) return p;
        return map_exprs(p, [](const ExprRef& e) { return rewrite_up(e, over_unscaled); });
    });
}

PlanRef optimise_one_row(Optimiser&, const PlanRef& plan) {
    MR_ASSERT(plan != nullptr);
    return rewrite_plan_up(plan, of_one_row);
}

PlanRef eliminate_sorts(Optimiser&, const PlanRef& plan) {
    MR_ASSERT(plan != nullptr);
    return rewrite_plan_up(plan, [](const PlanRef& p) -> PlanRef {
        if (p->kind == PlanKind::sort) return with_rest(p, p->all);
        if (p->kind == PlanKind::join && (!p->condition || deterministic(p->condition))) return with_rest(p, true);
        const bool free = p->kind == PlanKind::aggregate && std::ranges::all_of(p->exprs, item_ignores_order);
        return free ? with_rest(p, true) : p;
    });
}

}  // namespace engine::spark
