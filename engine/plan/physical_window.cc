// Windows, and what leaves out rows before them.
#include <fmt/format.h>

#include "engine/plan/outputs.h"
#include "engine/plan/physical.h"
#include "engine/plan/plan_text.h"
#include "engine/plan/print.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

std::string input_of(const PhysicalRef& child) {
    if (child->output.empty()) return "Input: []";
    return fmt::format("Input [{}]: {}", child->output.size(), attributes_text(child->output));
}

/// The child in the order of a window's keys and of what it is ordered by; the child itself if it is so.
PhysicalRef in_window_order(const PlanRef& p, const PhysicalRef& child) {
    MR_ASSERT(p != nullptr);
    std::string orders, tight;
    for (const ExprRef& g : p->groups) orders += (orders.empty() ? "" : ", ") + tree_form(g) + " ASC NULLS FIRST";
    if (!p->rows.empty())
        for (const ExprRef& o : p->rows[0]) orders += (orders.empty() ? "" : ", ") + tree_form(o);
    if (!p->rows.empty())
        for (const ExprRef& o : p->rows[0]) tight += (tight.empty() ? "" : ",") + tree_form(o);
    const bool first_rows = child->name == "TakeOrderedAndProject" && p->groups.empty() &&
                            child->text.find("orderBy=[" + tight + "]") != std::string::npos;
    if (orders.empty() || first_rows || child->name == "WindowGroupLimit") return child;
    PhysicalNode s = node_over(child, "Sort");
    s.text = fmt::format("Sort [{}], false, 0", orders);
    s.details = {input_of(child), fmt::format("Arguments: [{}], false, 0", orders)};
    s.codegen = true;
    return physical_node(std::move(s));
}

}  // namespace

/// Each partition leaves out what it can, then what is left of each group does.
PhysicalRef physical_window_limit(Session& session, const PlanRef& p, const PhysicalRef& given) {
    MR_ASSERT(p->kind == PlanKind::window_group_limit);
    const auto step = [&](const PhysicalRef& child, const char* mode) {
        PhysicalNode n = node_over(child, "WindowGroupLimit");
        const std::string body = window_limit_arguments(*p) + ", " + mode;
        n.text = "WindowGroupLimit " + body;
        n.details = {input_of(child), "Arguments: " + body};
        return physical_node(std::move(n));
    };
    const PhysicalRef partial = step(in_window_order(p, given), "Partial");
    const PhysicalRef met = met_by(session, partial, p->groups);
    return step(met == partial ? met : in_window_order(p, met), "Final");
}

PhysicalRef physical_window(Session& session, const PlanRef& p, const PhysicalRef& given) {
    MR_ASSERT(p != nullptr);
    const PhysicalRef child = in_window_order(p, met_by(session, given, p->groups));
    PhysicalNode n = node_over(child, "Window");
    std::string body = tree_forms(p->exprs) + (p->groups.empty() ? "" : ", " + tree_forms(p->groups));
    if (!p->rows.empty() && !p->rows[0].empty()) body += ", " + tree_forms(p->rows[0]);
    n.text = "Window " + body;
    n.details = {input_of(child), "Arguments: " + body};
    n.output = output_of(*p);
    return physical_node(std::move(n));
}

}  // namespace engine::spark
