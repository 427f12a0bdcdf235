// WITH: each definition is analysed once, in order; a name stands for it with columns of its own where both sides of a
// join name it. The analysed plan keeps definitions beside the query (Spark's CTESubstitution); the optimiser puts them
// in place (InlineCTE).
#include <algorithm>
#include <utility>

#include "engine/plan/analyser.h"
#include "engine/plan/outputs.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

constexpr i64 kMaxExpansions = 10'000;
static_assert(kMaxExpansions > 0);

PlanRef under_alias(const std::string& name, const PlanRef& child) {
    MR_ASSERT(child != nullptr);
    Plan p;
    p.kind = PlanKind::subquery_alias;
    p.name = name;
    p.children = {child};
    p.resolved = child->resolved;
    return make(std::move(p));
}

}  // namespace

PlanRef Analyser::with(const PlanRef& p) {
    MR_ASSERT(p->kind == PlanKind::with && p->children.size() == p->parts.size() + 1);
    const bool outermost = ctes.empty() && definitions.empty();
    const std::size_t before = ctes.size();
    for (std::size_t i = 0; i < p->parts.size() && ok(); ++i) {
        const i64 names = std::exchange(expansions, 0);
        const auto around = std::exchange(outer, {});
        PlanRef inner = under_alias(p->parts[i], plan(p->children[i + 1]));
        outer = around;
        if (!p->names[i].empty()) inner = edit(inner, [&](Plan& x) { x.names = {p->names[i]}; });
        if (ok() && !p->names[i].empty() && inner->children[0]->resolved) inner = alias(inner);
        const i64 weight = 1 + std::exchange(expansions, names);
        Plan definition;
        definition.kind = PlanKind::cte_reference;
        definition.name = "definition";
        definition.n = session.definitions++;
        definition.children = {inner};
        definition.resolved = inner->resolved;
        ctes.push_back({p->parts[i], p->children[i + 1], p->names[i], inner, definition.n, weight});
        definitions.push_back(make(std::move(definition)));
    }
    PlanRef out = ok() ? plan(p->children[0]) : p->children[0];
    // What nobody reads must be right too.
    for (std::size_t i = ctes.size(); ok() && out->resolved && i-- > before;)
        if (!ctes[i].used) check(ctes[i].analysed->children[0], ctes[i].analysed->children[0]);
    ctes.resize(before);
    if (!outermost || !ok()) return out;
    Plan all;
    all.kind = PlanKind::with;
    all.name = "definitions";
    all.children = std::exchange(definitions, {});
    all.children.insert(all.children.begin(), out);
    all.at = out->at;
    all.resolved = out->resolved;
    return make(std::move(all));
}

/// What a name means if it is that of a CTE; null if it is none.
PlanRef Analyser::common_table(const PlanRef& name) {
    MR_ASSERT(name->kind == PlanKind::relation_name);
    for (std::size_t i = ctes.size(); i-- > 0 && name->parts.size() == 1;) {
        Cte& cte = ctes[i];
        if (!same_name(cte.name, name->parts[0])) continue;
        cte.used = true;
        expansions += cte.weight;
        if (expansions > kMaxExpansions) {
            QueryError stopped =
                run_error("SparkRuntimeException", "",
                          "The statement was stopped: it takes more steps than a statement may use.", {});
            stopped.bound = true;
            failure.set(std::move(stopped));
            return name;
        }
        Plan reference;
        reference.kind = PlanKind::cte_reference;
        reference.n = cte.number;
        reference.children = {cte.analysed};
        reference.resolved = cte.analysed->resolved;
        if (reference.resolved)
            for (const ExprRef& c : output_of(*cte.analysed))
                reference.output.push_back(edit(c, [](Expr& x) { x.parts.clear(); }));
        return under_alias(cte.name, make(std::move(reference)));
    }
    return nullptr;
}

PlanRef with_tables_inlined(const PlanRef& plan) {
    MR_ASSERT(plan != nullptr);
    const auto inlined = [](const ExprRef& root) {
        if (!any_of(root, [](const Expr& e) { return e.plan != nullptr; })) return root;
        return rewrite_up(root, [](const ExprRef& e) {
            const PlanRef part = e->plan ? with_tables_inlined(e->plan) : nullptr;
            return part == e->plan ? e : edit(e, [&](Expr& x) { x.plan = part; });
        });
    };
    return rewrite_plan_up(plan, [&](const PlanRef& given) -> PlanRef {
        const PlanRef p = map_exprs(given, inlined);
        if (p->kind == PlanKind::with && p->name == "definitions") return p->children[0];
        if (p->kind != PlanKind::cte_reference || p->name == "definition") return p;
        const Exprs own = output_of(*p->children[0]);
        MR_ASSERT(own.size() == p->output.size());
        Exprs items;
        bool same = true;
        for (std::size_t i = 0; i < own.size(); ++i) {
            same = same && own[i]->id == p->output[i]->id;
            items.push_back(own[i]->id == p->output[i]->id ? own[i]
                                                           : alias_of(own[i], p->output[i]->name, p->output[i]->id));
        }
        if (same) return p->children[0];
        return project_over(p->children[0], std::move(items));
    });
}

}  // namespace engine::spark
