// Rules that run first: what only names things goes; operators that others can express are replaced.
#include <algorithm>

#include "engine/plan/analyser.h"
#include "engine/plan/coerce.h"
#include "engine/plan/eval.h"
#include "engine/plan/optimise.h"
#include "engine/plan/outputs.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

/// A side of a join under a hint: the side without it, and the hint's name.
PlanRef unhinted(const PlanRef& side, std::string& strategy) {
    MR_ASSERT(side != nullptr);
    if (side->kind == PlanKind::resolved_hint) {
        strategy = side->name;
        return unhinted(side->children[0], strategy);
    }
    const bool passes = side->kind == PlanKind::subquery_alias || side->kind == PlanKind::view ||
                        side->kind == PlanKind::project || side->kind == PlanKind::filter;
    if (!passes || side->children.empty()) return side;
    const PlanRef inner = unhinted(side->children[0], strategy);
    return inner == side->children[0] ? side : with_children(side, {inner});
}

PlanRef hints_noted(const PlanRef& p) {
    MR_ASSERT(p != nullptr);
    std::string strategies[2];
    std::vector<PlanRef> sides;
    for (std::size_t i = 0; i < 2; ++i) sides.push_back(unhinted(p->children[i], strategies[i]));
    if (strategies[0].empty() && strategies[1].empty()) return p;
    return edit(p, [&](Plan& x) {
        x.children = sides;
        if (!strategies[0].empty()) x.options.emplace_back("leftHint", strategies[0]);
        if (!strategies[1].empty()) x.options.emplace_back("rightHint", strategies[1]);
    });
}

/// Columns that got new numbers, for what stands above.
using Renumbered = std::vector<std::pair<u64, u64>>;

PlanRef renumbered_tree(const PlanRef& p, const Renumbered& map);

/// Subqueries name columns of what is around them.
ExprRef renumbered_in(const ExprRef& e, const Renumbered& map) {
    MR_ASSERT(e != nullptr);
    if (map.empty()) return e;
    return rewrite_up(e, [&](const ExprRef& x) -> ExprRef {
        if (x->plan) return edit(x, [&](Expr& c) { c.plan = renumbered_tree(x->plan, map); });
        if (x->kind != ExprKind::attribute) return x;
        for (const auto& [from, to] : map)
            if (x->id == from) return edit(x, [id = to](Expr& c) { c.id = id; });
        return x;
    });
}

/// The node with columns under their new numbers; an expand names the columns that it passes on once more.
PlanRef renumbered(const PlanRef& p, const Renumbered& map) {
    MR_ASSERT(p != nullptr && !map.empty());
    const auto change = [&](const ExprRef& e) { return renumbered_in(e, map); };
    const PlanRef out = map_exprs(p, change);
    if (p->kind != PlanKind::expand) return out;
    return edit(out, [&](Plan& x) {
        for (ExprRef& c : x.output) c = change(c);
    });
}

PlanRef renumbered_tree(const PlanRef& p, const Renumbered& map) {
    return rewrite_plan_up(p, [&](const PlanRef& node) { return renumbered(node, map); });
}

/// dropDuplicates of a batch: an aggregate on the keys that keeps the first of everything else.
PlanRef deduplicated(Optimiser& o, const PlanRef& p, Renumbered& renumbered) {
    MR_ASSERT(p->children.size() == 1);
    const Exprs columns = output_of(*p->children[0]);
    const Exprs keys = p->kind == PlanKind::distinct || p->groups.empty() ? columns : p->groups;
    Plan a;
    a.kind = PlanKind::aggregate;
    a.children = p->children;
    a.groups = keys;
    a.resolved = true;
    for (const ExprRef& c : columns) {
        if (contains_id(keys, c->id)) a.exprs.push_back(c);
        else {
            a.exprs.push_back(alias_of(aggregate_of(call_of("first", {c})), c->name, o.session.ids.take()));
            renumbered.emplace_back(c->id, a.exprs.back()->id);
        }
    }
    return make(std::move(a));
}

/// INTERSECT and EXCEPT of distinct rows as joins on all columns.
PlanRef as_join(Optimiser& o, const PlanRef& p, Renumbered& renumbered) {
    MR_ASSERT(p->children.size() == 2);
    const Exprs left = output_of(*p->children[0]), right = output_of(*p->children[1]);
    Exprs parts;
    for (std::size_t i = 0; i < left.size(); ++i) parts.push_back(call_of("<=>", {left[i], right[i]}));
    Plan j;
    j.kind = PlanKind::join;
    j.children = p->children;
    j.join = p->kind == PlanKind::intersect ? JoinType::left_semi : JoinType::left_anti;
    if (!parts.empty()) j.condition = conjunction(parts);
    j.resolved = true;
    Plan d;
    d.kind = PlanKind::distinct;
    d.children = {make(std::move(j))};
    d.resolved = true;
    return deduplicated(o, make(std::move(d)), renumbered);
}

/// Functions that stand for others: a median is the percentile in the middle, what a condition is true for is counted
/// by making everything else null.
ExprRef stood_for(const ExprRef& e) {
    if (is_call(e, "count_if") && e->resolved) {
        const ExprRef none = literal(null_value(), type_of(TypeId::boolean));
        return edit(e, [&](Expr& x) {
            x.name = "count";
            x.fn = find_function(x.name);
            x.args[0] = call_of("if", {call_of("not", {e->args[0]}), none, e->args[0]});
        });
    }
    // What is true of all is the least truth value, what is true of any the greatest.
    if ((is_call(e, "bool_and") || is_call(e, "bool_or")) && e->resolved)
        return edit(e, [&](Expr& x) {
            x.name = is_call(e, "bool_and") ? "min" : "max";
            x.fn = find_function(x.name);
        });
    if (!is_call(e, "median") || !e->resolved) return e;
    return edit(e, [](Expr& x) {
        x.name = "percentile";
        x.fn = find_function(x.name);
        x.args.push_back(literal(real_value(0.5), type_of(TypeId::double_)));
    });
}

/// The same of functions of a row, where the types are those already.
ExprRef replaced_call(const ExprRef& e, bool ansi) {
    if (e->kind != ExprKind::call || !e->resolved || e->args.empty()) return e;
    const std::string_view name = e->name;
    const auto of = [&](const char* function, Exprs args) {
        const ExprRef out = call_of(function, std::move(args));
        MR_ASSERT(out != nullptr);
        return same_type(out->type, e->type) ? out : e;
    };
    if ((name == "nvl" || name == "ifnull") && e->args.size() == 2) return of("coalesce", e->args);
    if (name == "nvl2" && e->args.size() == 3)
        return of("if", {call_of("isnotnull", {e->args[0]}), e->args[1], e->args[2]});
    if (name != "to_date" || e->args.size() != 1 || ansi) return e;
    if (e->args[0]->type.id == TypeId::date) return e->args[0];
    return edit(e, [](Expr& x) {
        x.kind = ExprKind::cast;
        x.name.clear();
        x.fn = nullptr;
    });
}

}  // namespace

PlanRef finish_analysis(Optimiser& o, const PlanRef& plan) {
    MR_ASSERT(plan != nullptr);
    const auto one = [&](const ExprRef& e) { return replaced_call(e, o.session.ansi); };
    const auto whole = [&](const ExprRef& e) {
        if (e->args.empty() || o.without_stand_ins.contains(e)) return e;
        const ExprRef out = rewrite_up(e, one);
        o.without_stand_ins.insert(out);
        return out;
    };
    return rewrite_plan_up(plan, [&](const PlanRef& given) -> PlanRef {
        const PlanRef p = map_exprs(given, whole);
        switch (p->kind) {
            case PlanKind::subquery_alias: case PlanKind::view: return p->children[0];
            case PlanKind::join: return hints_noted(p);
            case PlanKind::watermark: return o.streaming ? p : p->children[0];
            case PlanKind::aggregate: case PlanKind::window:
                return map_exprs(p, [](const ExprRef& e) { return rewrite_up(e, stood_for); });
            default: return p;
        }
    });
}

/// Keys that are computed become columns of a projection below (Spark's PullOutGroupingExpressions).
PlanRef pull_out_groups(Optimiser& o, const PlanRef& plan) {
    MR_ASSERT(plan != nullptr);
    return rewrite_plan_up(plan, [&](const PlanRef& p) -> PlanRef {
        if (p->kind != PlanKind::aggregate || p->name == "session") return p;
        Exprs made;
        for (const ExprRef& g : p->groups) {
            const bool computed = g->kind != ExprKind::attribute && g->kind != ExprKind::alias && !g->args.empty() &&
                                  !foldable(g) && deterministic(g) &&
                                  !any_of(g, [](const Expr& e) { return e.plan != nullptr; });
            const bool known = std::ranges::any_of(made, [&](const ExprRef& m) { return same_expr(m->args[0], g); });
            if (computed && !known) made.push_back(alias_of(g, "_groupingexpression", o.session.ids.take()));
        }
        if (made.empty()) return p;
        const std::function<ExprRef(const ExprRef&)> replaced = [&](const ExprRef& e) -> ExprRef {
            for (const ExprRef& m : made)
                if (same_expr(m->args[0], e)) return to_attribute(m);
            Exprs args;
            bool changed = false;
            for (const ExprRef& a : e->args) {
                args.push_back(replaced(a));
                changed = changed || args.back() != a;
            }
            return changed ? edit(e, [&](Expr& x) { x.args = std::move(args); }) : e;
        };
        Exprs below = output_of(*p->children[0]);
        below.insert(below.end(), made.begin(), made.end());
        return with_children(map_exprs(p, replaced), {project_over(p->children[0], std::move(below))});
    });
}

PlanRef replace_operators(Optimiser& o, const PlanRef& plan) {
    MR_ASSERT(plan != nullptr);
    Renumbered map;
    return rewrite_plan_up(plan, [&](const PlanRef& given) -> PlanRef {
        const PlanRef p = map.empty() ? given : renumbered(given, map);
        switch (p->kind) {
            case PlanKind::resolved_hint: return p->children[0];
            case PlanKind::distinct: return deduplicated(o, p, map);
            case PlanKind::deduplicate: return o.streaming ? p : deduplicated(o, p, map);
            case PlanKind::intersect:
                if (o.streaming) return p;
                return p->all ? intersect_all_counted(o, p) : as_join(o, p, map);
            case PlanKind::except:
                if (o.streaming) return p;
                return p->all ? except_all_counted(o, p) : as_join(o, p, map);
            default: return p;
        }
    });
}

namespace {

/// `a#1 AS a#2` -> a#1, with the number noted for what stands above.
Exprs without_aliases(const Exprs& items, Renumbered& map) {
    Exprs out;
    for (const ExprRef& e : items) {
        const bool same = e->kind == ExprKind::alias && e->args[0]->kind == ExprKind::attribute &&
                          e->args[0]->name == e->name && e->args[0]->watermark_ms == e->watermark_ms;
        const bool twice =
            same && std::any_of(items.begin(), items.end(), [&](const ExprRef& x) {
                return &x != &e && (x->id == e->args[0]->id ||
                                    (x->kind == ExprKind::alias && x->args[0]->kind == ExprKind::attribute &&
                                     x->args[0]->id == e->args[0]->id && x->id != e->id));
            });
        out.push_back(same && !twice ? e->args[0] : e);
        if (same && !twice) map.emplace_back(e->id, e->args[0]->id);
    }
    return out;
}

bool sides_apart(const PlanRef& p) {
    MR_ASSERT(p->children.size() == 2);
    const Exprs left = output_of(*p->children[0]);
    for (const ExprRef& a : output_of(*p->children[1]))
        if (contains_id(left, a->id)) return false;
    return true;
}

struct Dropped {
    PlanRef plan;
    Renumbered map;
};

Dropped dropped(const PlanRef& p) {
    MR_ASSERT(p != nullptr);
    std::vector<PlanRef> children;
    Renumbered map;
    for (const PlanRef& c : p->children) {
        Dropped d = dropped(c);
        children.push_back(d.plan);
        map.insert(map.end(), d.map.begin(), d.map.end());
    }
    PlanRef out = with_children(p, children);
    if (p->kind == PlanKind::union_ || (p->kind == PlanKind::join && !sides_apart(out))) return {p, {}};
    // Later numbers may stand for earlier ones; the right side of a lateral join names columns of the left one.
    if (!map.empty()) out = renumbered(out, map);
    if (!map.empty() && p->kind == PlanKind::lateral_join)
        out = with_children(out, {out->children[0], renumbered_tree(out->children[1], map)});
    if (p->kind != PlanKind::project && p->kind != PlanKind::aggregate) return {out, map};
    const Exprs items = without_aliases(out->exprs, map);
    if (items == out->exprs) return {out, map};
    return {edit(out, [&](Plan& x) { x.exprs = items; }), map};
}

}  // namespace

PlanRef drop_aliases(Optimiser&, const PlanRef& plan) { return dropped(plan).plan; }

PlanRef drop_late_aliases(Optimiser& o, const PlanRef& plan) {
    MR_ASSERT(plan != nullptr);
    if (o.streaming) return drop_aliases(o, plan);
    return rewrite_plan_up(plan, [](const PlanRef& p) -> PlanRef {
        if (p->kind != PlanKind::expand || p->children[0]->kind != PlanKind::project) return p;
        const PlanRef& list = p->children[0];
        Renumbered map;
        const Exprs items = without_aliases(list->exprs, map);
        if (map.empty()) return p;
        return with_children(renumbered(p, map), {edit(list, [&](Plan& x) { x.exprs = items; })});
    });
}

}  // namespace engine::spark
