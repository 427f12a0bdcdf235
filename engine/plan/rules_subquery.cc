// Subqueries as joins. What a subquery says about the query around it is pulled up to its top
// (PullupCorrelatedPredicates), the rest is optimised by itself (OptimizeSubqueries). A correlated scalar subquery and
// a lateral one become joins before the operators are moved (RewriteCorrelatedScalarSubquery, RewriteLateralSubquery),
// IN and EXISTS after that (RewritePredicateSubquery). What cannot be pulled up stays and is run for each row.
//
//   pulling up      pulled, prepared
//   scalar          zero_tuples, with_scalar_joins
//   lateral         lateral_as_join
//   IN and EXISTS   predicates_as_joins
#include <algorithm>

#include "engine/plan/coerce.h"
#include "engine/plan/eval.h"
#include "engine/plan/optimise.h"
#include "engine/plan/outputs.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

constexpr const char* kPulledUp = "pulled up";  ///< name of the filter at the top of a subquery that was decorrelated

bool is_outer(const Expr& e) { return e.kind == ExprKind::outer; }

bool correlated(const PlanRef& p);

bool reaches_out(const ExprRef& e) {
    MR_ASSERT(e != nullptr);
    return any_of(e, [](const Expr& x) { return is_outer(x) || (x.plan && correlated(x.plan)); });
}

bool reaches_out_here(const Plan& p) {
    bool found = false;
    visit_exprs(p, [&](const ExprRef& e) { found = found || reaches_out(e); });
    return found;
}

bool correlated(const PlanRef& p) {
    MR_ASSERT(p != nullptr);
    return reaches_out_here(*p) || std::ranges::any_of(p->children, correlated);
}

ExprRef without_outer(const ExprRef& e) {
    MR_ASSERT(e != nullptr);
    return rewrite_up(e, [](const ExprRef& x) { return is_outer(*x) ? x->args[0] : x; });
}

PlanRef join_of(const PlanRef& left, const PlanRef& right, JoinType type, const Exprs& conditions) {
    Plan p;
    p.kind = PlanKind::join;
    p.children = {left, right};
    p.join = type;
    if (!conditions.empty()) p.condition = conjunction(conditions);
    return make_resolved(std::move(p));
}

/// Columns of `child` that the conditions read and `own` lacks.
Exprs lacking(const Exprs& conditions, const PlanRef& child, const Exprs& own) {
    MR_ASSERT(child != nullptr);
    Exprs out;
    const Exprs columns = output_of(*child);
    for (const ExprRef& c : conditions)
        for (const u64 id : references(c))
            for (const ExprRef& column : columns)
                if (column->id == id && !contains_id(own, id) && !contains_id(out, id)) out.push_back(column);
    return out;
}

/// `inner = outer`: the only kind of condition that may pass a grouping.
bool splits_groups(const ExprRef& c) {
    if (!is_call(c, "=") && !is_call(c, "<=>")) return false;
    MR_ASSERT(c->args.size() == 2);
    const bool left = any_of(c->args[0], is_outer), right = any_of(c->args[1], is_outer);
    const ExprRef& inner = left ? c->args[1] : c->args[0];
    const ExprRef& far = left ? c->args[0] : c->args[1];
    return left != right && inner->kind == ExprKind::attribute && references(far).empty();
}

PlanRef pulled(const PlanRef& p, Exprs& conditions);

PlanRef pulled_filter(const PlanRef& p, Exprs& conditions) {
    MR_ASSERT(p->kind == PlanKind::filter);
    const PlanRef child = pulled(p->children[0], conditions);
    MR_ASSERT(p->condition != nullptr && p->children.size() == 1);
    if (!child) return nullptr;
    Exprs parts, stay;
    conjuncts_of(p->condition, parts);
    for (const ExprRef& c : parts) {
        if (reaches_out(c) && has_subquery(c)) return nullptr;
        (reaches_out(c) ? conditions : stay).push_back(c);
    }
    return filter_over(child, stay);
}

PlanRef pulled_list(const PlanRef& p, Exprs& conditions) {
    MR_ASSERT(p->kind == PlanKind::project || p->kind == PlanKind::aggregate);
    const bool groups = p->kind == PlanKind::aggregate;
    MR_ASSERT(p->children.size() == 1);
    if (reaches_out_here(*p) || p->name == "session") return nullptr;
    const PlanRef child = pulled(p->children[0], conditions);
    if (!child || (groups && !std::ranges::all_of(conditions, splits_groups))) return nullptr;
    const Exprs more = lacking(conditions, child, to_attributes(p->exprs));
    return edit(with_children(p, {child}), [&](Plan& x) {
        x.exprs.insert(x.exprs.end(), more.begin(), more.end());
        for (const ExprRef& c : more)
            if (groups && !contains_id(x.groups, c->id)) x.groups.push_back(c);
    });
}

/// The plan without its conditions on the query around it, and with the columns that they read; null if it cannot be
/// had.
PlanRef pulled(const PlanRef& p, Exprs& conditions) {
    MR_ASSERT(p != nullptr);
    if (!correlated(p)) return p;
    switch (p->kind) {
        case PlanKind::filter: return pulled_filter(p, conditions);
        case PlanKind::project: case PlanKind::aggregate: return pulled_list(p, conditions);
        case PlanKind::sort: {
            const PlanRef child = reaches_out_here(*p) ? nullptr : pulled(p->children[0], conditions);
            return child ? with_children(p, {child}) : nullptr;
        }
        case PlanKind::join: {
            if (p->join != JoinType::inner && p->join != JoinType::cross) return nullptr;
            const PlanRef left = pulled(p->children[0], conditions),
                          right = left ? pulled(p->children[1], conditions) : nullptr;
            if (!right) return nullptr;
            Exprs parts, stay;
            if (p->condition) conjuncts_of(p->condition, parts);
            for (const ExprRef& c : parts) {
                if (reaches_out(c) && has_subquery(c)) return nullptr;
                (reaches_out(c) ? conditions : stay).push_back(c);
            }
            return edit(with_children(p, {left, right}),
                        [&](Plan& x) { x.condition = stay.empty() ? nullptr : conjunction(stay); });
        }
        default: return nullptr;
    }
}

/// The columns that a rewritten plan gives in place of those it gave.
Exprs renamed(const Exprs& conditions, const Exprs& before, const Exprs& after) {
    MR_ASSERT(before.size() == after.size());
    Exprs out;
    for (const ExprRef& c : conditions)
        out.push_back(rewrite_up(c, [&](const ExprRef& x) -> ExprRef {
            for (std::size_t i = 0; i < before.size() && x->kind == ExprKind::attribute; ++i)
                if (before[i]->id == x->id) return after[i];
            return x;
        }));
    return out;
}

/// EXISTS that hangs on nothing: whether one row is there (RewriteNonCorrelatedExists).
ExprRef any_row(Optimiser& o, const ExprRef& e) {
    MR_ASSERT(e->kind == ExprKind::exists);
    const PlanRef ones = project_over(e->plan, {alias_of(int_literal(1), "col", o.session.ids.take())});
    PlanRef limit = ones;
    for (const PlanKind kind : {PlanKind::local_limit, PlanKind::global_limit})
        limit = edit(plan_of(kind, {limit}), [](Plan& x) {
            x.condition = int_literal(1);
            x.resolved = true;
        });
    const ExprRef scalar = edit(e, [&](Expr& x) {
        x.kind = ExprKind::scalar_subquery;
        x.args.clear();
        x.type = type_of(TypeId::integer);
        x.nullable = true;
        x.plan = optimised_part(o, limit);
    });
    return call_of("isnotnull", {scalar});
}

/// `joins`: what is scalar and correlated may become a join.
ExprRef prepared_subquery(Optimiser& o, const ExprRef& given, bool joins) {
    MR_ASSERT(given->plan != nullptr);
    const ExprRef e = edit(given, [&](Expr& x) { x.plan = prepare_subqueries(o, finish_analysis(o, x.plan)); });
    if (!correlated(e->plan)) {
        if (e->kind == ExprKind::exists) return any_row(o, e);
        return edit(e, [&](Expr& x) { x.plan = optimised_part(o, x.plan); });
    }
    Exprs conditions;
    PlanRef plan = joins || e->kind != ExprKind::scalar_subquery ? pulled(e->plan, conditions) : nullptr;
    if (!plan) return e;
    if (e->kind != ExprKind::scalar_subquery) {
        const Exprs before = output_of(*plan);
        plan = optimised_part(o, plan);
        conditions = renamed(conditions, before, output_of(*plan));
    }
    if (conditions.empty()) return e;
    return edit(e, [&](Expr& x) { x.plan = edit(filter_over(plan, conditions), [](Plan& f) { f.name = kPulledUp; }); });
}

bool is_pulled_up(const ExprRef& e) {
    return e->plan && e->plan->kind == PlanKind::filter && e->plan->name == kPulledUp;
}

/// What a subquery with a global aggregate gives for no rows: count() is 0 there, nothing else is anything. Null =
/// nothing.
Value zero_tuples(Optimiser& o, PlanRef p, ExprRef item) {
    MR_ASSERT(p != nullptr && item != nullptr);
    while (p->kind == PlanKind::project) {
        item = substituted(item, p->exprs);
        p = p->children[0];
    }
    if (p->kind != PlanKind::aggregate) return null_value();
    item = substituted(item, p->exprs);
    const ExprRef empty = rewrite_up(item, [](const ExprRef& x) -> ExprRef {
        if (x->kind != ExprKind::aggregate) return x;
        const std::string& name = x->args[0]->name;
        const bool counts =
            name == "count" || name == "count_if" || name == "regr_count" || name == "approx_count_distinct";
        return literal(counts ? int_value(0) : null_value(), x->type);
    });
    if (!foldable(empty)) return null_value();
    return eval_constant(empty, o.cx);
}

bool has_global_aggregate(const PlanRef& p) {
    MR_ASSERT(p != nullptr);
    if (p->kind == PlanKind::aggregate && p->groups.empty()) return true;
    return std::ranges::any_of(p->children, has_global_aggregate);
}

/// Each correlated scalar subquery as a column of an outer join below the node.
ExprRef scalar_as_column(Optimiser& o, const ExprRef& e, bool global, PlanRef& input) {
    MR_ASSERT(is_pulled_up(e));
    const PlanRef sub = e->plan->children[0];
    MR_ASSERT(input != nullptr && sub != nullptr);
    Exprs conditions;
    conjuncts_of(without_outer(e->plan->condition), conditions);
    const ExprRef result = output_of(*sub)[0];
    MR_ASSERT(result != nullptr);
    const Value zero = global ? zero_tuples(o, sub, result) : null_value();
    if (zero.null) {
        input = join_of(input, sub, JoinType::left_outer, conditions);
        return with_nullable(result, true);
    }
    const ExprRef there = alias_of(bool_literal(true), "alwaysTrue", o.session.ids.take());
    Exprs items = output_of(*sub);
    items.push_back(there);
    input = join_of(input, project_over(sub, items), JoinType::left_outer, conditions);
    const ExprRef missing = call_of("isnull", {with_nullable(to_attribute(there), true)});
    return call_of("if", {missing, literal(zero, result->type), with_nullable(result, true)});
}

/// Nodes below which a join may give what their subqueries ask.
bool takes_joins(const Optimiser& o, const Plan& p) {
    return !o.streaming && (p.kind == PlanKind::project || p.kind == PlanKind::filter);
}

PlanRef with_scalar_joins(Optimiser& o, const PlanRef& p) {
    MR_ASSERT(p != nullptr);
    if (!takes_joins(o, *p)) return p;
    MR_ASSERT(p->children.size() == 1);
    PlanRef input = p->children[0];
    const PlanRef out = map_exprs(p, [&](const ExprRef& root) {
        return rewrite_up(root, [&](const ExprRef& e) {
            if (e->kind != ExprKind::scalar_subquery || !is_pulled_up(e)) return e;
            return scalar_as_column(o, e, e->m == 1, input);
        });
    });
    if (input == p->children[0]) return p;
    const PlanRef over = with_children(out, {input});
    return p->kind == PlanKind::filter ? project_over(over, output_of(*p)) : over;
}

/// The lists over a single row or over a generator of it.
struct OneRow {
    std::vector<Exprs> lists;  ///< from the top
    PlanRef generate;
    bool found = false;
};

OneRow one_row_of(PlanRef p) {
    MR_ASSERT(p != nullptr);
    OneRow out;
    while (p->kind == PlanKind::project) {
        out.lists.push_back(p->exprs);
        p = p->children[0];
    }
    if (p->kind == PlanKind::generate) {
        out.generate = p;
        p = p->children[0];
    }
    out.found = p->kind == PlanKind::one_row;
    return out;
}

/// A lateral query of one row is a list over the left side (OptimizeOneRowRelationSubquery).
PlanRef lateral_list(const PlanRef& p) {
    MR_ASSERT(p->kind == PlanKind::lateral_join);
    const OneRow row = one_row_of(p->children[1]);
    MR_ASSERT(p->children.size() == 2);
    if (!row.found || p->condition) return nullptr;
    for (const Exprs& list : row.lists)
        if (std::ranges::any_of(list, has_subquery)) return nullptr;
    PlanRef out = p->children[0];
    const Exprs left = output_of(*out);
    if (row.generate)
        out = edit(with_children(row.generate, {out}), [](Plan& x) { x.exprs = {without_outer(x.exprs[0])}; });
    for (auto list = row.lists.rbegin(); list != row.lists.rend(); ++list) {
        Exprs items = left;
        for (const ExprRef& e : *list) items.push_back(without_outer(e));
        out = project_over(out, items);
    }
    return out;
}

PlanRef lateral_as_join(Optimiser& o, const PlanRef& p) {
    MR_ASSERT(p->kind == PlanKind::lateral_join && p->children.size() == 2);
    if (o.streaming) return p;
    Exprs conditions;
    if (p->condition) conjuncts_of(p->condition, conditions);
    if (!correlated(p->children[1])) return join_of(p->children[0], p->children[1], p->join, conditions);
    if (PlanRef list = lateral_list(p)) return list;
    if (has_global_aggregate(p->children[1])) return p;
    Exprs outer;
    const PlanRef right = pulled(p->children[1], outer);
    if (!right) return p;
    for (const ExprRef& c : outer) conditions.push_back(without_outer(c));
    return project_over(join_of(p->children[0], right, p->join, conditions), output_of(*p));
}

}  // namespace

PlanRef prepare_subqueries(Optimiser& o, const PlanRef& plan) {
    MR_ASSERT(plan != nullptr);
    return rewrite_plan_up(plan, [&](const PlanRef& p) -> PlanRef {
        if (!o.ok()) return p;
        if (p->kind == PlanKind::lateral_join) return lateral_as_join(o, p);
        const PlanRef out = map_exprs(p, [&](const ExprRef& root) {
            if (!has_subquery(root)) return root;
            return rewrite_up(root, [&](const ExprRef& e) {
                if (!e->plan) return e;
                const bool global = has_global_aggregate(e->plan);
                const ExprRef ready = prepared_subquery(o, e, takes_joins(o, *p));
                return ready->kind == ExprKind::scalar_subquery ? edit(ready, [&](Expr& x) { x.m = global ? 1 : 0; })
                                                                : ready;
            });
        });
        return with_scalar_joins(o, out);
    });
}

namespace {

/// IN or EXISTS whose plan stands alone or under the conditions that were pulled up.
bool ready(const ExprRef& e) {
    if (e->kind != ExprKind::exists && e->kind != ExprKind::in_subquery) return false;
    return is_pulled_up(e) ? !correlated(e->plan->children[0])
                           : e->kind == ExprKind::in_subquery && !correlated(e->plan);
}

bool negates_in(const ExprRef& e) {
    return is_call(e, "not") && e->args[0]->kind == ExprKind::in_subquery && ready(e->args[0]);
}
bool negates_exists(const ExprRef& e) {
    return is_call(e, "not") && e->args[0]->kind == ExprKind::exists && ready(e->args[0]);
}

struct Asked {
    PlanRef plan;
    Exprs conditions;
};

/// The plan of a subquery and what joins it to the rows that ask. `null_aware`: an unknown equality counts as one.
Asked asked(Optimiser& o, const ExprRef& e, const PlanRef& input, bool null_aware) {
    MR_ASSERT(ready(e));
    Asked out{is_pulled_up(e) ? e->plan->children[0] : e->plan, {}};
    Exprs more;
    if (is_pulled_up(e)) conjuncts_of(e->plan->condition, more);
    const Exprs left = output_of(*input), before = output_of(*out.plan);
    if (std::ranges::any_of(before, [&](const ExprRef& c) { return contains_id(left, c->id); })) {
        out.plan = renewed(out.plan, o.session.ids);
        more = renamed(more, before, output_of(*out.plan));
    }
    if (e->kind == ExprKind::in_subquery) {
        Exprs right = output_of(*out.plan), items;
        const auto n = static_cast<std::size_t>(e->k);
        bool cast = false;
        for (std::size_t i = 0; i < right.size(); ++i) {
            const bool other = i < n && !same_type(right[i]->type, e->args[i]->type);
            cast = cast || other;
            items.push_back(other ? alias_of(implicit(right[i], e->args[i]->type, o.session.ansi), right[i]->name,
                                             o.session.ids.take())
                                  : right[i]);
        }
        if (cast) {
            out.plan = project_over(out.plan, items);
            right = output_of(*out.plan);
        }
        for (std::size_t i = 0; i < n; ++i) {
            const ExprRef equal = call_of("=", {e->args[i], right[i]});
            out.conditions.push_back(null_aware ? call_of("or", {equal, call_of("isnull", {equal})}) : equal);
        }
    }
    for (const ExprRef& c : more) out.conditions.push_back(without_outer(c));
    return out;
}

/// A predicate inside others: a join that marks the rows for which it holds.
ExprRef marked(Optimiser& o, const ExprRef& e, PlanRef& input) {
    const bool negated = negates_in(e);
    if (!negated && !ready(e)) {
        Exprs args;
        bool changed = false;
        for (const ExprRef& a : e->args) {
            args.push_back(e->plan ? a : marked(o, a, input));
            changed = changed || args.back() != a;
        }
        return changed ? edit(e, [&](Expr& x) { x.args = args; }) : e;
    }
    const Asked a = asked(o, negated ? e->args[0] : e, input, negated);
    const ExprRef mark = attribute("exists", type_of(TypeId::boolean), false, o.session.ids.take());
    input = edit(join_of(input, a.plan, JoinType::existence, a.conditions), [&](Plan& x) { x.output = {mark}; });
    return negated ? call_of("not", {mark}) : mark;
}

bool asks(const ExprRef& e) {
    return any_of(
        e, [](const Expr& x) { return (x.kind == ExprKind::exists || x.kind == ExprKind::in_subquery) && x.plan; });
}

PlanRef filter_as_joins(Optimiser& o, const PlanRef& p) {
    MR_ASSERT(p->kind == PlanKind::filter);
    Exprs parts, asking, plain;
    conjuncts_of(p->condition, parts);
    for (const ExprRef& c : parts) (asks(c) ? asking : plain).push_back(c);
    if (asking.empty()) return p;
    const Exprs columns = output_of(*p->children[0]);
    PlanRef out = filter_over(p->children[0], plain);
    for (const ExprRef& c : asking) {
        const bool anti = negates_in(c) || negates_exists(c);
        if (anti || ready(c)) {
            const Asked a = asked(o, anti ? c->args[0] : c, out, negates_in(c));
            out = join_of(out, a.plan, anti ? JoinType::left_anti : JoinType::left_semi, a.conditions);
            continue;
        }
        PlanRef input = out;
        const ExprRef condition = marked(o, c, input);
        out = filter_over(input, {condition});
        if (output_of(*out).size() != columns.size()) out = project_over(out, columns);
    }
    return out;
}

}  // namespace

PlanRef predicates_as_joins(Optimiser& o, const PlanRef& plan) {
    MR_ASSERT(plan != nullptr);
    return rewrite_plan_up(plan, [&](const PlanRef& p) -> PlanRef {
        if (p->kind == PlanKind::filter) return filter_as_joins(o, p);
        if (p->kind != PlanKind::project) return p;
        PlanRef input = p->children[0];
        const PlanRef out = map_exprs(p, [&](const ExprRef& e) { return asks(e) ? marked(o, e, input) : e; });
        return input == p->children[0] ? p : with_children(out, {input});
    });
}

}  // namespace engine::spark
