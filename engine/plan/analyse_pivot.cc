// PIVOT: values of one column become columns. Two aggregates, one by group and value and one that puts the results into
// an array, or, where results do not fit such an array, one aggregate with a condition around every argument (Spark's
// ResolvePivot).
#include <fmt/format.h>

#include <algorithm>

#include "engine/plan/analyser.h"
#include "engine/plan/eval.h"
#include "engine/plan/outputs.h"
#include "engine/plan/print.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

struct Pivot {
    Analyser& a;
    ExprRef column;
    Exprs groups;
    Exprs aggregates;
    Exprs values;                     ///< as literals of the column's type
    std::vector<std::string> labels;  ///< one a value

    ExprRef call(const char* name, Exprs args) const {
        return a.typed(bound_call(name, std::move(args)));
    }
    [[nodiscard]] std::string column_name(std::size_t value, const ExprRef& aggregate) const {
        if (aggregates.size() == 1) return labels[value];
        return labels[value] + "_" + (aggregate->kind == ExprKind::alias ? aggregate->name : pretty(aggregate));
    }
};

PlanRef aggregate_over(const PlanRef& child, Exprs groups, Exprs items) {
    MR_ASSERT(child->resolved && !items.empty());
    Plan p;
    p.kind = PlanKind::aggregate;
    p.children = {child};
    p.groups = std::move(groups);
    p.exprs = std::move(items);
    return make_resolved(std::move(p));
}

/// An expression as the text of a statement: columns with the names of their tables, casts written out.
std::string sql_text(const ExprRef& e) {
    MR_ASSERT(e != nullptr);
    const ExprRef plain = rewrite_up(e, [](const ExprRef& x) -> ExprRef {
        if (x->kind == ExprKind::cast && x->implicit) return edit(x, [](Expr& c) { c.implicit = false; });
        if (x->kind != ExprKind::attribute) return x;
        std::string name;
        for (const std::string& part : x->parts) name += quoted_if_needed(part) + ".";
        return edit(x, [&](Expr& c) { c.name = name + quoted_if_needed(x->name); });
    });
    return e->kind == ExprKind::alias ? pretty(plain->args[0]) + " AS " + quoted_if_needed(e->name) : pretty(plain);
}

/// Types whose values PivotFirst can hold.
bool fits_array(const ExprRef& e) { return is_numeric(e->type) || e->type.id == TypeId::boolean; }

ExprRef first_of(const Pivot& p, const ExprRef& column, const ExprRef& result) {
    Exprs args = {column, result};
    args.insert(args.end(), p.values.begin(), p.values.end());
    Expr aggregate;
    aggregate.kind = ExprKind::aggregate;
    aggregate.args = {p.call("pivotfirst", std::move(args))};
    return p.a.typed(make(std::move(aggregate)));
}

PlanRef in_two_steps(const Pivot& p, const PlanRef& child) {
    MR_ASSERT(!p.values.empty());
    Ids& ids = p.a.session.ids;
    const ExprRef column = p.column->kind == ExprKind::attribute || p.column->kind == ExprKind::alias
                               ? p.column
                               : alias_of(p.column, "__pivot_col", ids.take());
    Exprs keys = p.groups, named, firsts, outputs = to_attributes(p.groups);
    keys.push_back(column);
    for (const ExprRef& e : p.aggregates)
        named.push_back(alias_of(e->kind == ExprKind::alias ? e->args[0] : e, sql_text(e), ids.take()));
    Exprs items = keys, grouped;
    items.insert(items.end(), named.begin(), named.end());
    for (const ExprRef& k : keys) grouped.push_back(k->kind == ExprKind::alias ? k->args[0] : k);
    const PlanRef by_value = aggregate_over(child, grouped, items);
    for (std::size_t i = 0; i < named.size(); ++i) {
        // The inner name is the aggregate's text, the outer one that text with its name.
        const std::string name = fmt::format("__pivot_{} AS {}", named[i]->name, quoted_if_needed(named[i]->name));
        firsts.push_back(alias_of(first_of(p, to_attribute(column), to_attribute(named[i])), name, ids.take()));
    }
    Exprs wide = outputs;
    wide.insert(wide.end(), firsts.begin(), firsts.end());
    const PlanRef by_group = aggregate_over(by_value, outputs, wide);
    for (std::size_t v = 0; v < p.values.size(); ++v)
        for (std::size_t i = 0; i < firsts.size(); ++i) {
            const ExprRef item = p.call("item", {to_attribute(firsts[i]), int_literal(static_cast<i64>(v))});
            outputs.push_back(alias_of(item, p.column_name(v, p.aggregates[i]), ids.take()));
        }
    return project_over(by_group, outputs);
}

PlanRef with_conditions(const Pivot& p, const PlanRef& child, const Exprs& given) {
    MR_ASSERT(given.size() == p.values.size());
    Exprs items = p.groups, grouped;
    for (const ExprRef& k : p.groups) grouped.push_back(k->kind == ExprKind::alias ? k->args[0] : k);
    for (std::size_t v = 0; v < given.size(); ++v)
        for (const ExprRef& aggregate : p.aggregates) {
            const ExprRef value = edit(cast_to(given[v], p.column->type, p.a.session.ansi), [&](Expr& x) {
                x.resolved = true;
                x.nullable = given[v]->nullable;
            });
            const auto when = [&](const ExprRef& e) {
                return p.call("if", {p.call("<=>", {p.column, value}), e, null_literal()});
            };
            const ExprRef inner = aggregate->kind == ExprKind::alias ? aggregate->args[0] : aggregate;
            const ExprRef filtered = rewrite_up(inner, [&](const ExprRef& e) -> ExprRef {
                if (e->kind != ExprKind::aggregate) return e;
                const ExprRef call = edit(e->args[0], [&](Expr& x) {
                    const bool one = x.name == "first" || x.name == "last" || x.name == "any_value";
                    if (one) x.args.resize(1);
                    x.ignore_nulls = x.ignore_nulls || one;
                    for (ExprRef& a : x.args)
                        a = is_literal(a) && x.args.size() > 1 && &a != x.args.data() ? a : when(a);
                });
                return edit(e, [&](Expr& x) { x.args[0] = call; });
            });
            items.push_back(alias_of(filtered, p.column_name(v, aggregate), p.a.session.ids.take()));
        }
    return aggregate_over(child, grouped, items);
}

}  // namespace

PlanRef Analyser::pivot(const PlanRef& p) {
    MR_ASSERT(!p->children.empty() && !p->groups.empty());
    const Exprs columns = output_of(*p->children[0]);
    const Scope scope{columns, {}, false};
    Pivot pivot{
        .a = *this, .column = resolve(p->groups[0], scope), .groups = {}, .aggregates = {}, .values = {}, .labels = {}};
    for (const ExprRef& e : p->exprs) {
        const ExprRef bare = e->kind == ExprKind::unresolved_alias ? e->args[0] : e;
        pivot.aggregates.push_back(resolve(bare, scope));
    }
    Exprs given;
    for (std::size_t i = 1; i < p->groups.size(); ++i) pivot.groups.push_back(resolve(p->groups[i], scope));
    for (const Exprs& row : p->rows) {
        const ExprRef& raw = row[0];
        const ExprRef bare =
            raw->kind == ExprKind::unresolved_alias || raw->kind == ExprKind::alias ? raw->args[0] : raw;
        given.push_back(resolve(bare, {}));
        pivot.labels.push_back(raw->kind == ExprKind::alias ? raw->name : "");
    }
    if (!ok()) return p;
    if (!pivot.column->resolved || !resolved_all(pivot.aggregates) || !resolved_all(pivot.groups) ||
        !resolved_all(given))
        return edit(p, [&](Plan& x) {
            x.exprs = pivot.aggregates;
            x.groups = pivot.groups;
            x.groups.insert(x.groups.begin(), pivot.column);
            for (std::size_t i = 0; i < given.size(); ++i) x.rows[i][0] = given[i];
        });
    for (const ExprRef& e : pivot.aggregates)
        if (!has_aggregate(e)) {
            fail("_LEGACY_ERROR_TEMP_1006",
                 fmt::format("Aggregate expression required for pivot, but '{}' did not appear in any aggregate "
                             "function.",
                             sql_text(e)),
                 {});
            return p;
        }
    // The groups of a statement follow from what it does not name.
    std::vector<u64> used = references(pivot.column);
    for (const ExprRef& e : pivot.aggregates)
        for (const u64 id : references(e)) used.push_back(id);
    if (!p->all)
        for (const ExprRef& c : columns)
            if (std::ranges::find(used, c->id) == used.end()) pivot.groups.push_back(c);
    for (ExprRef& k : pivot.groups)
        if (k->kind != ExprKind::attribute && k->kind != ExprKind::alias)
            k = alias_of(k, pretty(k), session.ids.take());
    EvalContext cx;
    cx.ansi = session.ansi;
    cx.bug = session.bug;
    cx.clock = session.clock;
    for (std::size_t i = 0; i < given.size(); ++i) {
        const DataType type = pivot.column->type;
        pivot.values.push_back(literal(eval_constant(implicit(given[i], type, session.ansi), cx), type));
        const Value text = eval_constant(implicit(given[i], type_of(TypeId::string), session.ansi), cx);
        if (pivot.labels[i].empty()) pivot.labels[i] = text.null ? "null" : text.s;
    }
    if (!cx.ok()) {
        failure = cx.failure;
        return p;
    }
    const bool array = std::ranges::all_of(pivot.aggregates, fits_array);
    return array ? in_two_steps(pivot, p->children[0]) : with_conditions(pivot, p->children[0], given);
}

}  // namespace engine::spark
