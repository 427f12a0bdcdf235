// Aliases that stand to the left in the same list (Spark's ResolveLateralColumnAliasReference). A list that names them
// lies over a projection that makes them.
#include <fmt/format.h>

#include <algorithm>

#include "engine/plan/analyser.h"
#include "engine/plan/outputs.h"
#include "engine/plan/print.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

bool is_lateral(const Expr& e) { return e.kind == ExprKind::alias && e.metadata; }

bool names_lateral(const ExprRef& e) { return any_of(e, is_lateral); }

/// Aliases that the list names and that name none themselves, each once.
Exprs named_first(const Exprs& items) {
    Exprs out;
    for (const ExprRef& item : items)
        visit(item, [&](const ExprRef& e) {
            if (is_lateral(*e) && !names_lateral(e->args[0]) && !contains_id(out, e->id))
                out.push_back(edit(e, [](Expr& x) { x.metadata = false; }));
        });
    return out;
}

/// What the projection below makes, by name.
ExprRef by_name(const ExprRef& e, const Exprs& made) {
    return rewrite_up(e, [&](const ExprRef& x) -> ExprRef {
        if (x->kind != ExprKind::alias) return x;
        for (const ExprRef& m : made)
            if (m->id == x->id) return to_attribute(m);
        return x;
    });
}

/// Such lists are computed where they stand: functions over rows see the rows that were there before.
bool computes_in_place(const ExprRef& e) {
    return has_aggregate(e) || has_window(e) || has_generator(e) ||
           any_of(e, [](const Expr& x) { return x.plan != nullptr; });
}

}  // namespace

ExprRef lateral_reference(const ExprRef& alias) {
    MR_ASSERT(alias->kind == ExprKind::alias && alias->resolved);
    return edit(alias, [](Expr& x) { x.metadata = true; });
}

Exprs without_lateral(const Exprs& items) {
    Exprs out;
    for (const ExprRef& item : items)
        out.push_back(rewrite_up(item, [](const ExprRef& e) { return is_lateral(*e) ? e->args[0] : e; }));
    MR_ASSERT(std::ranges::none_of(out, names_lateral));
    return out;
}

namespace {

/// A window as it is written: a frame that nobody gave has no bounds yet.
std::string written_window(const ExprRef& e) {
    MR_ASSERT(e->kind == ExprKind::window && e->args.size() == 2);
    const ExprRef &function = e->args[0], &spec = e->args[1];
    const bool ranks = function->kind == ExprKind::call && function->args.empty();
    const Frame& f = spec->frame;
    const bool given = f.lower != BoundKind::unbounded_preceding || f.upper == BoundKind::unbounded_preceding;
    const ExprRef shown = given ? spec : edit(spec, [](Expr& x) { x.frame.kind = FrameKind::unspecified; });
    std::string text = pretty(shown);
    if (!given) text.insert(text.size() - 1, " unspecifiedframe$()");
    return (ranks ? function->name + "()" : pretty(function)) + " OVER " + text;
}

}  // namespace

void Analyser::check_lateral(const Exprs& items) {
    for (const ExprRef& item : items)
        visit(item, [&](const ExprRef& e) {
            const bool aggregate = e->kind == ExprKind::aggregate;
            if (!aggregate && e->kind != ExprKind::window) return;
            ExprRef named;
            visit(aggregate ? e : e->args[1], [&](const ExprRef& x) { named = !named && is_lateral(*x) ? x : named; });
            if (!named || !ok()) return;
            fail(aggregate ? "UNSUPPORTED_FEATURE.LATERAL_COLUMN_ALIAS_IN_AGGREGATE_FUNC"
                           : "UNSUPPORTED_FEATURE.LATERAL_COLUMN_ALIAS_IN_WINDOW",
                 fmt::format("The feature is not supported: Referencing a lateral column alias {} in {} \"{}\".",
                             quoted(named->name), aggregate ? "the aggregate function" : "window expression",
                             aggregate ? pretty(e) : written_window(e)),
                 {});
        });
}

PlanRef with_lateral_below(const PlanRef& list) {
    MR_ASSERT(list->kind == PlanKind::project);
    if (std::ranges::none_of(list->exprs, names_lateral)) return list;
    const bool in_place = !resolved_all(list->exprs) || std::ranges::any_of(list->exprs, computes_in_place);
    if (in_place) return edit(list, [](Plan& x) { x.exprs = without_lateral(x.exprs); });
    PlanRef child = list->children[0];
    Exprs items = list->exprs;
    for (Exprs made = named_first(items); !made.empty(); made = named_first(items)) {
        Exprs below = output_of(*child);
        below.insert(below.end(), made.begin(), made.end());
        child = project_over(child, std::move(below));
        for (ExprRef& e : items) e = by_name(e, made);
    }
    return edit(list, [&](Plan& x) {
        x.exprs = std::move(items);
        x.children = {child};
    });
}

}  // namespace engine::spark
