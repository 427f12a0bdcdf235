// Predicates, limits and projections move down.
#include <algorithm>

#include "engine/plan/eval.h"
#include "engine/plan/optimise.h"
#include "engine/plan/outputs.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

bool reads_only(const ExprRef& e, const Exprs& columns) {
    MR_ASSERT(e != nullptr);
    for (const u64 id : all_references(e))
        if (!contains_id(columns, id)) return false;
    return true;
}

bool plain(const Exprs& items) {
    return std::all_of(items.begin(), items.end(),
                       [](const ExprRef& e) { return deterministic(e) && !has_subquery(e); });
}

/// Sorts conjuncts into those that may pass a node and those that may not.
struct Split {
    Exprs pass, stay;
};

template <class May>
Split split(const Exprs& parts, May may) {
    Split s;
    for (const ExprRef& c : parts) (deterministic(c) && !has_subquery(c) && may(c) ? s.pass : s.stay).push_back(c);
    return s;
}

PlanRef below_unary(const PlanRef& child, const Split& s) {
    MR_ASSERT(child->children.size() == 1);
    if (s.pass.empty()) return nullptr;
    return filter_over(with_children(child, {filter_over(child->children[0], s.pass)}), s.stay);
}

PlanRef below_project(const PlanRef& child, const Exprs& parts) {
    MR_ASSERT(child != nullptr);
    if (!plain(child->exprs)) return nullptr;
    Exprs moved, stay;
    for (const ExprRef& c : parts) (has_subquery(c) ? stay : moved).push_back(c);
    if (moved.empty()) return nullptr;
    for (ExprRef& c : moved) c = substituted(c, child->exprs);
    return filter_over(with_children(child, {filter_over(child->children[0], moved)}), stay);
}

PlanRef below_aggregate(const PlanRef& child, const Exprs& parts) {
    MR_ASSERT(child != nullptr);
    if (child->groups.empty() || child->name == "session") return nullptr;
    Split s = split(parts, [&](const ExprRef& c) {
        const ExprRef inner = substituted(c, child->exprs);
        return !any_of(inner, [](const Expr& e) { return e.kind == ExprKind::aggregate; }) &&
               reads_only(inner, output_of(*child->children[0])) &&
               std::all_of(child->groups.begin(), child->groups.end(),
                           [](const ExprRef& g) { return g->kind == ExprKind::attribute; }) &&
               reads_only(inner, child->groups);
    });
    if (s.pass.empty()) return nullptr;
    for (ExprRef& c : s.pass) c = substituted(c, child->exprs);
    return filter_over(with_children(child, {filter_over(child->children[0], s.pass)}), s.stay);
}

PlanRef below_union(const PlanRef& child, const Exprs& parts) {
    MR_ASSERT(child != nullptr);
    const Exprs columns = output_of(*child);
    for (const ExprRef& c : parts)
        if (!deterministic(c) || has_subquery(c)) return nullptr;
    std::vector<PlanRef> children;
    for (const PlanRef& side : child->children) {
        const Exprs own = output_of(*side);
        Exprs moved;
        for (const ExprRef& c : parts)
            moved.push_back(rewrite_up(c, [&](const ExprRef& x) -> ExprRef {
                for (std::size_t i = 0; i < columns.size() && x->kind == ExprKind::attribute; ++i)
                    if (columns[i]->id == x->id) return own[i];
                return x;
            }));
        children.push_back(filter_over(side, moved));
    }
    return with_children(child, std::move(children));
}

/// A predicate above an outer join that is never true on nulls makes the join inner on that side.
JoinType tightened(const PlanRef& join, const Exprs& parts) {
    MR_ASSERT(join != nullptr);
    const auto rejects = [&](const Exprs& side) {
        return std::any_of(parts.begin(), parts.end(), [&](const ExprRef& c) {
            const bool strict = is_call(c, "isnotnull") || is_call(c, "=") || is_call(c, "<") || is_call(c, ">") ||
                                is_call(c, "<=") || is_call(c, ">=");
            if (!strict || !deterministic(c)) return false;
            for (const ExprRef& arg : c->args)
                if (arg->kind == ExprKind::attribute && contains_id(side, arg->id)) return true;
            return false;
        });
    };
    const bool left = rejects(output_of(*join->children[0])), right = rejects(output_of(*join->children[1]));
    switch (join->join) {
        case JoinType::left_outer: return right ? JoinType::inner : join->join;
        case JoinType::right_outer: return left ? JoinType::inner : join->join;
        case JoinType::full_outer:
            return left && right ? JoinType::inner
                   : left        ? JoinType::left_outer
                   : right       ? JoinType::right_outer
                                 : join->join;
        default: return join->join;
    }
}

PlanRef below_join(const Optimiser& o, const PlanRef& join, const Exprs& parts) {
    MR_ASSERT(join->children.size() == 2);
    const Exprs left = output_of(*join->children[0]), right = output_of(*join->children[1]);
    const bool bug = o.session.bug == SqlBug::outer_filter_pushed;
    const JoinType type = bug ? join->join : tightened(join, parts);
    const bool to_left = type == JoinType::inner || type == JoinType::cross || type == JoinType::left_outer ||
                         type == JoinType::left_semi || type == JoinType::left_anti;
    const bool to_right = type == JoinType::inner || type == JoinType::cross || type == JoinType::right_outer ||
                          (bug && type == JoinType::left_outer);
    Exprs go_left, go_right, into, stay;
    for (const ExprRef& c : parts) {
        const bool movable = deterministic(c) && !has_subquery(c);
        if (movable && to_left && reads_only(c, left)) go_left.push_back(c);
        else if (movable && to_right && reads_only(c, right)) go_right.push_back(c);
        else if (movable && (type == JoinType::inner || type == JoinType::cross)) into.push_back(c);
        else stay.push_back(c);
    }
    if (go_left.empty() && go_right.empty() && into.empty() && type == join->join) return nullptr;
    const PlanRef out = edit(join, [&](Plan& x) {
        x.join = into.empty() ? type : JoinType::inner;
        x.children = {filter_over(join->children[0], go_left), filter_over(join->children[1], go_right)};
        if (!into.empty()) {
            Exprs all = into;
            if (x.condition) conjuncts_of(x.condition, all);
            x.condition = conjunction(all);
        }
    });
    return filter_over(out, stay);
}

/// One-sided parts of ON sink into the side that may lose rows.
PlanRef condition_sunk(const PlanRef& p) {
    MR_ASSERT(p != nullptr);
    if (!p->condition) return p;
    const Exprs left = output_of(*p->children[0]), right = output_of(*p->children[1]);
    const bool to_left = p->join == JoinType::inner || p->join == JoinType::right_outer ||
                         p->join == JoinType::left_semi || p->join == JoinType::cross;
    const bool to_right = p->join == JoinType::inner || p->join == JoinType::left_outer ||
                          p->join == JoinType::left_semi || p->join == JoinType::left_anti ||
                          p->join == JoinType::cross;
    Exprs parts, go_left, go_right, stay;
    conjuncts_of(p->condition, parts);
    for (const ExprRef& c : parts) {
        const bool movable = deterministic(c) && !has_subquery(c) && !all_references(c).empty();
        if (movable && to_left && reads_only(c, left)) go_left.push_back(c);
        else if (movable && to_right && reads_only(c, right)) go_right.push_back(c);
        else stay.push_back(c);
    }
    if (go_left.empty() && go_right.empty()) return p;
    return edit(p, [&](Plan& x) {
        x.children = {filter_over(p->children[0], go_left), filter_over(p->children[1], go_right)};
        x.condition = stay.empty() ? nullptr : conjunction(stay);
    });
}

PlanRef pushed(const Optimiser& o, const PlanRef& p) {
    MR_ASSERT(p->kind == PlanKind::filter);
    const PlanRef& child = p->children[0];
    Exprs parts;
    conjuncts_of(p->condition, parts);
    PlanRef out;
    switch (child->kind) {
        case PlanKind::filter: {
            Exprs all;
            conjuncts_of(child->condition, all);
            if (!deterministic(p->condition) || !deterministic(child->condition)) return p;
            return edit(child, [&](Plan& x) { x.condition = call_of("and", {child->condition, p->condition}); });
        }
        case PlanKind::project: out = below_project(child, parts); break;
        case PlanKind::aggregate: out = below_aggregate(child, parts); break;
        case PlanKind::union_: out = below_union(child, parts); break;
        case PlanKind::join: out = below_join(o, child, parts); break;
        case PlanKind::sort: case PlanKind::repartition: case PlanKind::distinct:
            out = below_unary(child, split(parts, [](const ExprRef&) { return true; })); break;
        case PlanKind::watermark: out = below_unary(child, split(parts, [&](const ExprRef& c) {
                const auto ids = all_references(c);
                return std::find(ids.begin(), ids.end(), child->exprs[0]->id) == ids.end();
            })); break;
        case PlanKind::expand:
            out = below_unary(
                child, split(parts, [&](const ExprRef& c) { return reads_only(c, output_of(*child->children[0])); }));
            break;
        case PlanKind::generate:
            out = below_unary(child, split(parts, [&](const ExprRef& c) {
                                  return reads_only(c, output_of(*child->children[0])) && !all_references(c).empty();
                              }));
            break;
        case PlanKind::window:
            out = below_unary(child, split(parts, [&](const ExprRef& c) {
                                  return !all_references(c).empty() && reads_only(c, child->groups);
                              }));
            break;
        default: return p;
    }
    return out ? out : p;
}

}  // namespace

PlanRef push_predicates(Optimiser& o, const PlanRef& plan) {
    MR_ASSERT(plan != nullptr);
    return rewrite_plan_down(plan, [&](const PlanRef& p) -> PlanRef {
        if (p->kind == PlanKind::filter) return pushed(o, p);
        if (p->kind == PlanKind::join) return condition_sunk(p);
        return p;
    });
}

namespace {

bool same_columns(const Exprs& items, const Exprs& columns) {
    if (items.size() != columns.size()) return false;
    for (std::size_t i = 0; i < items.size(); ++i)
        if (items[i]->kind != ExprKind::attribute || items[i]->id != columns[i]->id ||
            items[i]->name != columns[i]->name || items[i]->watermark_ms != columns[i]->watermark_ms)
            return false;
    return true;
}

/// Whether inlining would compute something costly more than once.
bool cheap_to_inline(const Exprs& upper, const Exprs& lower) {
    for (const ExprRef& item : lower) {
        if (item->kind != ExprKind::alias) continue;
        const ExprRef& e = item->args[0];
        if (!deterministic(e)) return false;
        if (e->kind == ExprKind::attribute || is_literal(e) || e->kind == ExprKind::field) continue;
        int uses = 0;
        for (const ExprRef& u : upper)
            visit(u, [&](const ExprRef& x) { uses += x->kind == ExprKind::attribute && x->id == item->id ? 1 : 0; });
        // A struct made only to take fields from costs nothing.
        if (uses > 1 && !is_call(e, "named_struct")) return false;
    }
    return true;
}

PlanRef collapsed(const PlanRef& p) {
    MR_ASSERT(p->kind == PlanKind::project);
    const PlanRef& child = p->children[0];
    if (same_columns(p->exprs, output_of(*child))) return child;
    const bool over_project = child->kind == PlanKind::project;
    const bool over_aggregate = child->kind == PlanKind::aggregate;
    if (!over_project && !over_aggregate) return p;
    for (const ExprRef& e : p->exprs)
        if (has_subquery(e)) return p;
    if (!cheap_to_inline(p->exprs, child->exprs)) return p;
    Exprs items;
    for (const ExprRef& e : p->exprs) {
        if (e->kind == ExprKind::attribute) {
            const auto it = std::find_if(child->exprs.begin(), child->exprs.end(),
                                         [&](const ExprRef& x) { return x->id == e->id; });
            MR_ASSERT(it != child->exprs.end());
            items.push_back(*it);
        } else {
            items.push_back(edit(e, [&](Expr& x) { x.args[0] = substituted(e->args[0], child->exprs); }));
        }
    }
    return edit(child, [&](Plan& x) { x.exprs = items; });
}

}  // namespace

namespace {

/// The list over one side of a union, in the columns of that side; its computed columns are new ones.
PlanRef list_over(Optimiser& o, const PlanRef& list, const Exprs& columns, const PlanRef& side) {
    MR_ASSERT(list->kind == PlanKind::project);
    const Exprs own = output_of(*side);
    Exprs items;
    for (const ExprRef& e : list->exprs) {
        const ExprRef moved = rewrite_up(e, [&](const ExprRef& x) -> ExprRef {
            if (x->kind != ExprKind::attribute) return x;
            for (std::size_t i = 0; i < columns.size() && i < own.size(); ++i)
                if (columns[i]->id == x->id) return own[i];
            return x;
        });
        items.push_back(moved->kind == ExprKind::alias ? edit(moved, [&](Expr& x) {
            x.id = o.session.ids.take();
            x.watermark_ms = -1;
        }) : moved);
    }
    return edit(with_children(list, {side}), [&](Plan& x) { x.exprs = items; });
}

}  // namespace

PlanRef push_lists(Optimiser& o, const PlanRef& plan) {
    MR_ASSERT(plan != nullptr);
    return rewrite_plan_down(plan, [&](const PlanRef& p) -> PlanRef {
        if (p->kind != PlanKind::project || p->children[0]->kind != PlanKind::union_ || !plain(p->exprs)) return p;
        const PlanRef& all = p->children[0];
        const Exprs columns = output_of(*all);
        std::vector<PlanRef> sides = {with_children(p, {all->children[0]})};
        for (std::size_t i = 1; i < all->children.size(); ++i)
            sides.push_back(list_over(o, p, columns, all->children[i]));
        return with_children(all, std::move(sides));
    });
}

PlanRef collapse_projects(Optimiser&, const PlanRef& plan) {
    return rewrite_plan_up(
        plan, [&](const PlanRef& p) -> PlanRef { return p->kind == PlanKind::project ? collapsed(p) : p; });
}

PlanRef push_lists_below_limits(Optimiser&, const PlanRef& plan) {
    MR_ASSERT(plan != nullptr);
    return rewrite_plan_down(plan, [&](const PlanRef& p) -> PlanRef {
        if (p->kind != PlanKind::project || !std::ranges::all_of(p->exprs, deterministic)) return p;
        const PlanRef& limit = p->children[0];
        if (limit->kind == PlanKind::local_limit) return with_children(limit, {with_children(p, limit->children)});
        if (limit->kind != PlanKind::global_limit || limit->children[0]->kind != PlanKind::local_limit) return p;
        const PlanRef& local = limit->children[0];
        return with_children(limit, {with_children(local, {with_children(p, local->children)})});
    });
}

i64 most_rows(const PlanRef& p) {
    MR_ASSERT(p != nullptr);
    if (p->kind == PlanKind::project || p->kind == PlanKind::filter || p->kind == PlanKind::sort)
        return most_rows(p->children[0]);
    if (p->kind != PlanKind::local_relation || !p->name.empty()) return INT64_MAX;
    if (!p->table) return 0;
    i64 rows = 0;
    for (const Batch& b : p->table->batches) rows += b.rows;
    return rows;
}

PlanRef push_limits(Optimiser& o, const PlanRef& plan) {
    MR_ASSERT(plan != nullptr);
    if (o.streaming) return plan;
    return rewrite_plan_up(plan, [&](const PlanRef& p) -> PlanRef {
        if (p->kind != PlanKind::local_limit || !is_literal(p->condition)) return p;
        const PlanRef& child = p->children[0];
        if (o.session.bug == SqlBug::limit_before_sort && child->kind == PlanKind::sort)
            return with_children(
                child, {edit(p, [&](Plan& x) { x.kind = PlanKind::global_limit, x.children = child->children; })});
        if (child->kind == PlanKind::local_limit && is_literal(child->condition))
            return edit(child, [&](Plan& x) {
                x.condition = p->condition->value.i < child->condition->value.i ? p->condition : child->condition;
            });
        if (child->kind == PlanKind::offset && is_literal(child->condition)) {
            const ExprRef both = int_literal(p->condition->value.i + child->condition->value.i);
            return with_children(child,
                                 {edit(with_children(p, child->children), [&](Plan& x) { x.condition = both; })});
        }
        if (child->kind != PlanKind::union_) return p;
        std::vector<PlanRef> children;
        bool changed = false;
        for (const PlanRef& side : child->children) {
            const bool limited = side->kind == PlanKind::local_limit || most_rows(side) <= p->condition->value.i;
            changed = changed || !limited;
            children.push_back(limited ? side : with_children(p, {side}));
        }
        return changed ? with_children(p, {with_children(child, std::move(children))}) : p;
    });
}

}  // namespace engine::spark
