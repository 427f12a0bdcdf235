// What a node may read: columns that its inputs have; and what observe() may measure.
#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "engine/plan/analyser.h"
#include "engine/plan/eval.h"
#include "engine/plan/outputs.h"
#include "engine/plan/plan_text.h"
#include "engine/plan/print.h"
#include "engine/sql/parser.h"
#include "sim/base/assert.h"
#include "sim/base/edit_distance.h"

namespace engine::spark {

std::string suggestions(const std::vector<std::string>& wanted, const Exprs& columns) {
    std::vector<std::string> qualifiers;
    for (const ExprRef& c : columns) {
        std::string q;
        for (const std::string& part : c->parts) q += quoted(part) + ".";
        if (std::find(qualifiers.begin(), qualifiers.end(), q) == qualifiers.end()) qualifiers.push_back(q);
    }
    const bool bare = wanted.size() == 1 && qualifiers.size() <= 1;
    std::string base;
    for (const std::string& part : wanted) base += (base.empty() ? "" : ".") + part;
    std::vector<std::pair<i64, std::string>> ranked;
    for (const ExprRef& c : columns) {
        std::string shown;
        if (!bare)
            for (const std::string& part : c->parts)
                if (part != kUnnamedSubquery) shown += quoted(part) + ".";
        shown += quoted(c->name);
        ranked.emplace_back(sim::edit_distance(base, shown), shown);
    }
    std::stable_sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    std::string out;
    for (std::size_t i = 0; i < ranked.size() && i < 5; ++i) out += (i ? ", " : "") + ranked[i].second;
    return out;
}

namespace {

/// Nodes that read columns of their inputs and nothing else.
bool reads_inputs(const Plan& p) {
    switch (p.kind) {
        case PlanKind::project:
        case PlanKind::filter:
        case PlanKind::aggregate:
        case PlanKind::sort: return true;
        case PlanKind::join: return p.names.empty();
        default: return false;
    }
}

std::string names_of(const Exprs& columns) {
    std::string out;
    for (const ExprRef& c : columns) out += fmt::format("{}\"{}\"", out.empty() ? "" : ", ", c->name);
    return out;
}

}  // namespace

/// A column of another frame is found by its number, and the inputs of the node have it not.
void Analyser::check_inputs(const PlanRef& root, const PlanRef& p) {
    MR_ASSERT(p->resolved);
    if (!reads_inputs(*p) || p->children.empty()) return;
    Exprs inputs, missing, alike;
    for (const PlanRef& c : p->children)
        for (const ExprRef& o : output_of(*c)) inputs.push_back(o);
    const std::function<void(const ExprRef&)> read = [&](const ExprRef& x) {
        if (x->kind == ExprKind::outer) return;
        const bool strange = x->kind == ExprKind::attribute && !contains_id(inputs, x->id);
        if (strange && x->name != "spark_grouping_id" && !contains_id(missing, x->id)) missing.push_back(x);
        std::ranges::for_each(x->args, read);
    };
    visit_exprs(*p, read);
    if (missing.empty()) return;
    for (const ExprRef& m : missing)
        if (std::ranges::any_of(inputs, [&](const ExprRef& i) { return same_name(i->name, m->name); }))
            alike.push_back(m);
    const std::string node = "!" + node_text(p);
    const std::string text = fmt::format("Resolved attribute(s) {} missing from {} in operator {}. ", names_of(missing),
                                         names_of(inputs), node);
    if (alike.empty()) fail("MISSING_ATTRIBUTES.RESOLVED_ATTRIBUTE_MISSING_FROM_INPUT", text, p->at, root);
    else
        fail("MISSING_ATTRIBUTES.RESOLVED_ATTRIBUTE_APPEAR_IN_OPERATION",
             text +
                 fmt::format("Attribute(s) with the same name appear in the operation: {}.\nPlease check if the right "
                             "attribute(s) are used.",
                             names_of(alike)),
             p->at, root);
    // The tree marks the node that lacks its inputs.
    std::string& message = failure.error.message;
    const std::size_t tree = message.rfind(";\n");
    const std::size_t at = tree == std::string::npos ? tree : message.find(node_text(p), tree);
    if (at != std::string::npos) message.insert(at, "!");
}

/// What observe() may not measure: CollectMetrics in Spark's CheckAnalysis.
void Analyser::check_metrics(const PlanRef& p) {
    MR_ASSERT(p->kind == PlanKind::collect_metrics);
    const PlanRef unnamed = p->name.empty() ? edit(p, [](Plan& x) { x.resolved = false; }) : p;
    const auto refuse = [&](const char* sub, const std::string& text) {
        fail(std::string("INVALID_OBSERVED_METRICS.") + sub, "Invalid observed metrics. " + text, {}, unnamed);
    };
    if (p->name.empty())
        return refuse("MISSING_NAME", "The observed metrics should be named: " + plan_tree(unnamed) + ".");
    const std::function<void(const ExprRef&, const ExprRef&, bool)> check = [&](const ExprRef& metric, const ExprRef& e,
                                                                                bool inside) {
        if (!ok()) return;
        const bool named = metric->kind == ExprKind::alias;
        const std::string shown =
            named ? fmt::format("\"{} AS {}\"", pretty(metric->args[0]), quoted_if_needed(metric->name))
                  : "\"" + pretty(metric) + "\"";
        if (e->kind == ExprKind::window)
            return refuse("WINDOW_EXPRESSIONS_UNSUPPORTED",
                          "Window expressions are not allowed in observed metrics, but found: " + shown + ".");
        if (!inside && !deterministic(e))
            return refuse(
                "NON_AGGREGATE_FUNC_ARG_IS_NON_DETERMINISTIC",
                "Non-deterministic expression " + shown + " can only be used as an argument to an aggregate function.");
        if (e->kind == ExprKind::attribute && !inside)
            return refuse("NON_AGGREGATE_FUNC_ARG_IS_ATTRIBUTE",
                          "Attribute " + shown + " can only be used as an argument to an aggregate function.");
        if (e->kind != ExprKind::aggregate) {
            for (const ExprRef& a : e->args) check(metric, a, inside);
            return;
        }
        if (inside)
            return refuse("NESTED_AGGREGATES_UNSUPPORTED",
                          "Nested aggregates are not allowed in observed metrics, but found: " + shown + ".");
        if (e->distinct)
            return refuse(
                "AGGREGATE_EXPRESSION_WITH_DISTINCT_UNSUPPORTED",
                "Aggregate expression with distinct are not allowed in observed metrics, but found: " + shown + ".");
        if (e->filtered)
            return refuse(
                "AGGREGATE_EXPRESSION_WITH_FILTER_UNSUPPORTED",
                "Aggregate expression with filter predicate are not allowed in observed metrics, but found: " + shown +
                    ".");
        for (const ExprRef& a : e->args[0]->args) check(metric, a, true);
    };
    for (const ExprRef& m : p->exprs) check(m, m, false);
}

}  // namespace engine::spark
