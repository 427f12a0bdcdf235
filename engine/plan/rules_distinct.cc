// Aggregates over distinct values: DISTINCT goes where it changes nothing (Spark's EliminateDistinct), and several of
// them in one become two aggregates over rows written once for each (Spark's RewriteDistinctAggregates).
#include <algorithm>
#include <fmt/format.h>

#include "engine/plan/analyser.h"
#include "engine/plan/coerce.h"
#include "engine/plan/eval.h"
#include "engine/plan/optimise.h"
#include "engine/plan/outputs.h"
#include "engine/plan/print.h"
#include "engine/sql/parser.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

/// Functions to which a value that comes again says nothing new.
ExprRef without_idle_distinct(const ExprRef& e) {
    static constexpr std::string_view kAgnostic[] = {"max",   "min",  "bit_and",  "bit_or", "collect_set",
                                                     "first", "last", "bool_and", "bool_or"};
    if (e->kind != ExprKind::aggregate || !e->distinct || e->args[0]->fn == nullptr) return e;
    const std::string_view name = e->args[0]->fn->name;
    if (std::ranges::find(kAgnostic, name) == std::end(kAgnostic)) return e;
    return edit(e, [](Expr& x) { x.distinct = false; });
}

/// A literal as SQL writes it, its type with it.
std::string typed_literal(const Expr& e) {
    MR_ASSERT(e.kind == ExprKind::literal);
    const std::string text = literal_sql(e.value, e.type);
    if (e.value.null) return text;
    switch (e.type.id) {
        case TypeId::tinyint: return text + "Y";
        case TypeId::smallint: return text + "S";
        case TypeId::bigint: return text + "L";
        case TypeId::double_: return text + "D";
        case TypeId::decimal: return text + "BD";
        case TypeId::float_: return fmt::format("CAST({} AS FLOAT)", text);
        case TypeId::string: return fmt::format("'{}'", text);
        default: return text;
    }
}

/// An expression as SQL would write it: columns with the relations that they come from, every cast.
std::string as_sql(const ExprRef& e) {
    MR_ASSERT(e != nullptr);
    const auto named = [](const ExprRef& x, std::string text) {
        return attribute(std::move(text), x->type, x->nullable, 1);
    };
    return pretty(rewrite_up(e, [&](const ExprRef& x) -> ExprRef {
        if (x->kind == ExprKind::literal) return named(x, typed_literal(*x));
        if (x->kind == ExprKind::cast) return edit(x, [](Expr& c) { c.implicit = false; });
        if (x->kind != ExprKind::attribute) return x;
        std::string text;
        for (const std::string& part : x->parts) text += quoted_if_needed(part) + ".";
        return named(x, text + quoted_if_needed(x->name));
    }));
}

/// An expression below and the column above that holds it.
struct Carried {
    ExprRef from, column;
};

ExprRef column_of(const std::vector<Carried>& carried, const ExprRef& e) {
    for (const Carried& c : carried)
        if (same_expr(c.from, e)) return c.column;
    return nullptr;
}

/// Aggregates over the same values, in whatever order they name them.
struct DistinctGroup {
    Exprs values;
    Exprs calls;
};

struct DistinctRewrite {
    Ids& ids;
    const PlanRef& plan;
    ExprRef gid;
    Exprs calls;  ///< of the whole list, as they stand in it
    std::vector<DistinctGroup> groups;
    std::vector<Carried> keys, values, filters, inputs;
    Exprs largest;                                     ///< of each filter, whether it let any row pass
    std::vector<std::pair<ExprRef, ExprRef>> answers;  ///< an aggregate of the list and what stands for it
};

ExprRef null_of(const ExprRef& e) { return null_literal(e->type); }

Exprs varying(const Exprs& args) {
    Exprs out;
    for (const ExprRef& a : args)
        if (!foldable(a)) out.push_back(a);
    return out;
}

bool contains_expr(const Exprs& list, const ExprRef& e) {
    return std::ranges::any_of(list, [&](const ExprRef& x) { return same_expr(x, e); });
}

bool same_values(const Exprs& a, const Exprs& b) {
    const auto within = [](const Exprs& x, const Exprs& y) {
        return std::ranges::all_of(x, [&](const ExprRef& e) { return contains_expr(y, e); });
    };
    return within(a, b) && within(b, a);
}

void add_to_group(DistinctRewrite& r, const ExprRef& call) {
    MR_ASSERT(call->distinct);
    Exprs values = varying(call->args[0]->args);
    if (values.empty() && !call->args[0]->args.empty()) values = {call->args[0]->args[0]};
    for (DistinctGroup& g : r.groups)
        if (same_values(g.values, values)) return g.calls.push_back(call);
    r.groups.push_back({values, {call}});
}

void collect_calls(DistinctRewrite& r) {
    for (const ExprRef& item : r.plan->exprs)
        visit(item, [&](const ExprRef& e) {
            if (e->kind != ExprKind::aggregate) return;
            r.calls.push_back(e);
            if (e->distinct) add_to_group(r, e);
        });
}

bool needs_rewrite(const DistinctRewrite& r) {
    return r.groups.size() > 1 ||
           std::ranges::any_of(r.calls, [](const ExprRef& c) { return c->distinct && c->filtered; });
}

/// A column for what is computed below, under its text; the old one where there is one.
ExprRef carry(DistinctRewrite& r, std::vector<Carried>& into, const ExprRef& e) {
    if (const ExprRef known = column_of(into, e)) return known;
    into.push_back({e, attribute(as_sql(e), e->type, true, r.ids.take())});
    return into.back().column;
}

void carry_distinct(DistinctRewrite& r) {
    for (const ExprRef& g : r.plan->groups) {
        const bool column = g->kind == ExprKind::attribute || g->kind == ExprKind::alias;
        r.keys.push_back({g, column ? to_attribute(g) : attribute(as_sql(g), g->type, g->nullable, r.ids.take())});
    }
    for (const DistinctGroup& g : r.groups)
        for (const ExprRef& v : g.values) carry(r, r.values, v);
    for (const ExprRef& c : r.calls) {
        if (!c->distinct || !c->filtered) continue;
        const ExprRef column = attribute(as_sql(c->args[1]), c->args[1]->type, true, r.ids.take());
        r.filters.push_back({c->args[1], column});
        r.largest.push_back(alias_of(aggregate_of(call_of("max", {column})), column->name, r.ids.take()));
    }
}

ExprRef of_group(const DistinctRewrite& r, i64 id) { return call_of("=", {r.gid, int_literal(id)}); }

/// The call over the columns that carry its arguments.
ExprRef moved_call(const ExprRef& call, const std::vector<Carried>& carried) {
    return edit(call, [&](Expr& x) {
        for (ExprRef& a : x.args)
            if (const ExprRef column = foldable(a) ? nullptr : column_of(carried, a)) a = column;
    });
}

void answer_distinct(DistinctRewrite& r) {
    MR_ASSERT(!r.groups.empty());
    for (std::size_t g = 0; g < r.groups.size(); ++g)
        for (const ExprRef& c : r.groups[g].calls) {
            ExprRef condition = of_group(r, static_cast<i64>(g) + 1);
            for (std::size_t f = 0; c->filtered && f < r.filters.size(); ++f)
                if (same_expr(r.filters[f].from, c->args[1])) {
                    condition = call_of("and", {condition, to_attribute(r.largest[f])});
                    break;
                }
            r.answers.emplace_back(c, aggregate_of(moved_call(c->args[0], r.values), condition));
        }
}

/// What a function gives when no row came, if that is not null.
ExprRef default_result(const ExprRef& call) {
    const std::string_view name = call->fn->name;
    if (name == "count" || name == "count_if" || name == "regr_count" || name == "approx_count_distinct")
        return int_literal(0, TypeId::bigint);
    if (name == "collect_list" || name == "collect_set") return literal(list_value({}), call->type);
    return nullptr;
}

/// The other aggregates are worked out in the first step; the second takes the one answer of each.
Exprs answer_others(DistinctRewrite& r) {
    Exprs out;
    for (const ExprRef& c : r.calls) {
        if (c->distinct) continue;
        for (const ExprRef& a : varying(c->args[0]->args)) carry(r, r.inputs, a);
    }
    for (const ExprRef& c : r.calls)
        if (!c->distinct && c->filtered)
            visit(c->args[1], [&](const ExprRef& e) {
                if (e->kind == ExprKind::attribute) carry(r, r.inputs, e);
            });
    for (const ExprRef& c : r.calls) {
        if (c->distinct) continue;
        const ExprRef filter = c->filtered ? rewrite_up(c->args[1],
                                                        [&](const ExprRef& e) -> ExprRef {
                                                            const ExprRef column = e->kind == ExprKind::attribute
                                                                                       ? column_of(r.inputs, e)
                                                                                       : nullptr;
                                                            return column ? column : e;
                                                        })
                                           : nullptr;
        const ExprRef call = moved_call(c->args[0], r.inputs);
        out.push_back(alias_of(aggregate_of(call, filter), as_sql(c), r.ids.take()));
        const ExprRef first =
            edit(call_of("first", {to_attribute(out.back())}), [](Expr& x) { x.ignore_nulls = true; });
        const ExprRef taken = aggregate_of(first, of_group(r, 0)), none = default_result(c->args[0]);
        r.answers.emplace_back(c, none ? call_of("coalesce", {taken, none}) : taken);
    }
    return out;
}

/// One row of the expand: keys, the values of one group, its number, its filters, and the inputs of the others if it
/// is theirs.
Exprs expanded_row(const DistinctRewrite& r, const DistinctGroup* group, i64 id) {
    Exprs row;
    for (const Carried& k : r.keys) row.push_back(k.from);
    for (const Carried& v : r.values)
        row.push_back(group && contains_expr(group->values, v.from) ? v.from : null_of(v.from));
    row.push_back(int_literal(id));
    for (const Carried& f : r.filters) {
        const bool own = group && std::ranges::any_of(group->calls, [&](const ExprRef& c) {
                             return c->filtered && same_expr(c->args[1], f.from);
                         });
        row.push_back(own ? f.from : null_of(f.from));
    }
    for (const Carried& i : r.inputs) row.push_back(group ? null_of(i.from) : i.from);
    return row;
}

void append_columns(Exprs& out, const std::vector<Carried>& carried) {
    for (const Carried& c : carried) out.push_back(c.column);
}

PlanRef expanded(const DistinctRewrite& r, bool others) {
    Plan p;
    p.kind = PlanKind::expand;
    p.children = r.plan->children;
    if (others) p.rows.push_back(expanded_row(r, nullptr, 0));
    for (std::size_t g = 0; g < r.groups.size(); ++g)
        p.rows.push_back(expanded_row(r, &r.groups[g], static_cast<i64>(g) + 1));
    append_columns(p.output, r.keys);
    append_columns(p.output, r.values);
    p.output.push_back(r.gid);
    append_columns(p.output, r.filters);
    append_columns(p.output, r.inputs);
    for (const Exprs& row : p.rows) MR_ASSERT(row.size() == p.output.size());
    return make_resolved(std::move(p));
}

ExprRef answered_item(const DistinctRewrite& r, const ExprRef& e) {
    for (const Carried& k : r.keys)
        if (same_expr(k.from, e)) return k.column;
    for (const auto& [call, answer] : r.answers)
        if (call == e) return answer;
    Exprs args;
    for (const ExprRef& a : e->args) args.push_back(answered_item(r, a));
    return args == e->args ? e : edit(e, [&](Expr& x) { x.args = std::move(args); });
}

PlanRef rewritten(Optimiser& o, const PlanRef& p) {
    MR_ASSERT(p->kind == PlanKind::aggregate);
    DistinctRewrite r{o.session.ids, p, nullptr, {}, {}, {}, {}, {}, {}, {}, {}};
    collect_calls(r);
    if (!needs_rewrite(r)) return p;
    r.gid = attribute("gid", type_of(TypeId::integer), false, r.ids.take());
    carry_distinct(r);
    answer_distinct(r);
    const Exprs others = answer_others(r);
    Plan first;
    first.kind = PlanKind::aggregate;
    append_columns(first.groups, r.keys);
    append_columns(first.groups, r.values);
    first.groups.push_back(r.gid);
    first.exprs = first.groups;
    first.exprs.insert(first.exprs.end(), r.largest.begin(), r.largest.end());
    first.exprs.insert(first.exprs.end(), others.begin(), others.end());
    first.children = {expanded(r, !others.empty())};
    const PlanRef below = make_resolved(std::move(first));
    return edit(p, [&](Plan& x) {
        x.children = {below};
        x.groups.clear();
        append_columns(x.groups, r.keys);
        for (ExprRef& e : x.exprs) e = answered_item(r, e);
    });
}

}  // namespace

PlanRef eliminate_distinct(Optimiser&, const PlanRef& plan) {
    MR_ASSERT(plan != nullptr);
    return rewrite_plan_up(plan, [](const PlanRef& p) -> PlanRef {
        if (p->kind != PlanKind::aggregate) return p;
        return map_exprs(p, [](const ExprRef& e) { return rewrite_up(e, without_idle_distinct); });
    });
}

PlanRef rewrite_distinct_aggregates(Optimiser& o, const PlanRef& plan) {
    MR_ASSERT(plan != nullptr);
    return rewrite_plan_up(plan, [&](const PlanRef& p) {
        return p->kind == PlanKind::aggregate && p->name != "session" ? rewritten(o, p) : p;
    });
}

}  // namespace engine::spark
