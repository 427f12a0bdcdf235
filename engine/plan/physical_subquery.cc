// Scalar subqueries of a physical plan. The expression that asks names the subquery, the node that holds the expression
// has its plan; adaptive plans name it otherwise than plain ones.
#include <fmt/format.h>

#include <algorithm>

#include "engine/plan/optimise.h"
#include "engine/plan/physical.h"
#include "sim/base/assert.h"

namespace engine::spark {

PlanRef with_named_subqueries(const Planner& planner, const PlanRef& p, std::vector<PhysicalSubquery>& found) {
    MR_ASSERT(p != nullptr);
    const auto named = [&](const ExprRef& e) -> ExprRef {
        if (e->kind != ExprKind::scalar_subquery || !e->plan) return e;
        Session& session = planner.session;
        const PhysicalRef plan = as_it_runs(session, physical_plan(session, e->plan, {}, false), true);
        PhysicalSubquery sub{fmt::format("Subquery {}subquery#{}, [id=#{}]", session.adaptive ? "" : "scalar-", e->id,
                                         session.ids.take()),
                             plan};
        found.push_back(sub);
        Expr name;
        name.kind = ExprKind::window_reference;
        name.name = sub.name;
        name.type = e->type;
        name.resolved = true;
        return make(std::move(name));
    };
    return map_exprs(p, [&](const ExprRef& e) { return has_subquery(e) ? rewrite_up(e, named) : e; });
}

PhysicalRef with_subqueries(const PhysicalRef& plan, const std::vector<PhysicalSubquery>& found) {
    MR_ASSERT(plan != nullptr);
    PhysicalNode copy = *plan;
    for (const PhysicalSubquery& sub : found) {
        const bool known =
            std::ranges::any_of(copy.subqueries, [&](const PhysicalSubquery& s) { return s.name == sub.name; });
        if (!known && copy.text.find(sub.name) != std::string::npos) copy.subqueries.push_back(sub);
    }
    for (PhysicalRef& c : copy.children) c = with_subqueries(c, found);
    return std::make_shared<const PhysicalNode>(std::move(copy));
}

bool has_subqueries(const PhysicalRef& plan) {
    MR_ASSERT(plan != nullptr);
    return !plan->subqueries.empty() || std::ranges::any_of(plan->children, has_subqueries);
}

PhysicalRef as_it_runs(Session& session, const PhysicalRef& plan, bool subquery) {
    MR_ASSERT(plan != nullptr);
    if (!session.adaptive || (!subquery && !has_exchange(plan) && !has_subqueries(plan)))
        return with_reused_exchanges(with_stages(plan));
    PhysicalNode root;
    root.name = "AdaptiveSparkPlan";
    root.text = "AdaptiveSparkPlan isFinalPlan=false";
    root.details = {fmt::format("Output [{}]: {}", plan->output.size(), attributes_text(plan->output)),
                    "Arguments: isFinalPlan=false"};
    root.output = plan->output;
    root.children = {plan};
    return physical_node(std::move(root));
}

}  // namespace engine::spark
