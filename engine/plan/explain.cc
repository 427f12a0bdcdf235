// EXPLAIN: logical and physical plans as text.
#include <fmt/format.h>

#include <algorithm>

#include "engine/plan/optimise.h"
#include "engine/plan/outputs.h"
#include "engine/plan/physical.h"
#include "engine/plan/plan_text.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

void tree_lines(std::string& out, const PhysicalRef& p, const std::string& first, const std::string& rest,
                bool extended) {
    MR_ASSERT(p != nullptr);
    out += first + (p->stage > 0 ? fmt::format("*({}) ", p->stage) : "") + (extended ? p->long_text : p->text) + "\n";
    const std::string bar = p->children.empty() ? "   " : ":  ";
    for (std::size_t i = 0; i < p->subqueries.size(); ++i) {
        const bool last = i + 1 == p->subqueries.size();
        const std::string inner = rest + bar + (last ? "   " : ":  ");
        out += rest + bar + (last ? "+- " : ":- ") + p->subqueries[i].name + "\n";
        tree_lines(out, p->subqueries[i].plan, inner + "+- ", inner + "   ", extended);
    }
    for (std::size_t i = 0; i < p->children.size(); ++i) {
        const bool last = i + 1 == p->children.size();
        tree_lines(out, p->children[i], rest + (last ? "+- " : ":- "), rest + (last ? "   " : ":  "), extended);
    }
}

/// Numbers nodes from the leaves up.
PhysicalRef numbered(const PhysicalRef& p, int& next) {
    PhysicalNode copy = *p;
    for (PhysicalRef& c : copy.children) c = numbered(c, next);
    copy.id = ++next;
    return std::make_shared<const PhysicalNode>(std::move(copy));
}

/// `Scan csv ` keeps its blank in front of the number.
void short_lines(std::string& out, const PhysicalRef& p, const std::string& first, const std::string& rest) {
    out += fmt::format("{}{}{} ({})\n", first, p->stage > 0 ? "* " : "", p->name, p->id);
    for (std::size_t i = 0; i < p->children.size(); ++i) {
        const bool last = i + 1 == p->children.size();
        short_lines(out, p->children[i], rest + (last ? "+- " : ":- "), rest + (last ? "   " : ":  "));
    }
}

void detail_blocks(std::string& out, const PhysicalRef& p) {
    for (const PhysicalRef& c : p->children) detail_blocks(out, c);
    // The join's type stands in the tree, not in the heading.
    std::string name = p->name;
    for (const char* join : {"BroadcastHashJoin ", "SortMergeJoin ", "ShuffledHashJoin ", "BroadcastNestedLoopJoin "})
        if (name.starts_with(join)) name = std::string(join).substr(0, std::string_view(join).size() - 1);
    out += fmt::format("({}) {}{}\n", p->id, name, p->stage > 0 ? fmt::format(" [codegen id : {}]", p->stage) : "");
    for (const std::string& line : p->details) out += line + "\n";
    out += "\n";
}

std::string schema_line(const Plan& plan) {
    std::string out;
    for (const ExprRef& a : output_of(plan)) out += (out.empty() ? "" : ", ") + a->name + ": " + catalog_name(a->type);
    return out;
}

}  // namespace

std::string physical_tree(const PhysicalRef& plan, bool extended, const std::string& indent) {
    std::string out;
    tree_lines(out, plan, indent, indent, extended);
    return out;
}

namespace {

/// A subquery and the number of the node that asks it.
struct Hosted {
    int host = 0;
    PhysicalSubquery subquery;
};

void hosted_by(const PhysicalRef& p, std::vector<Hosted>& out) {
    MR_ASSERT(p != nullptr);
    for (const PhysicalSubquery& s : p->subqueries) out.push_back({p->id, s});
    for (const PhysicalRef& c : p->children) hosted_by(c, out);
}

void formatted_part(std::string& out, const PhysicalRef& plan, int& next, std::vector<Hosted>& subqueries) {
    const PhysicalRef p = numbered(plan, next);
    short_lines(out, p, "", "");
    out += "\n\n";
    detail_blocks(out, p);
    hosted_by(p, subqueries);
}

}  // namespace

std::string formatted_plan(const PhysicalRef& plan, bool) {
    int next = 0;
    std::vector<Hosted> subqueries;
    std::string out = "== Physical Plan ==\n";
    formatted_part(out, plan, next, subqueries);
    if (!subqueries.empty()) out += "===== Subqueries =====\n\n";
    for (std::size_t i = 0; i < subqueries.size(); ++i) {
        const Hosted h = subqueries[i];
        out += fmt::format("Subquery:{} Hosting operator id = {} Hosting Expression = {}\n", i + 1, h.host,
                           h.subquery.name);
        formatted_part(out, h.subquery.plan, next, subqueries);
        out += "\n";
    }
    return out;
}

std::string explain_text(Session& session, const PlanRef& parsed, const PlanRef& analysed, const std::string& mode,
                         const StreamHooks& stream) {
    MR_ASSERT(!mode.empty());
    MR_ASSERT(parsed != nullptr && analysed != nullptr);
    const auto optimised = optimise(session, analysed);
    const PlanRef plan = optimised ? *optimised : analysed;
    // Streams are not planned anew while they run.
    const PhysicalRef physical = stream ? with_reused_exchanges(with_stages(physical_plan(session, plan, stream(plan))))
                                        : as_it_runs(session, physical_plan(session, plan));
    const bool adaptive = physical->name == "AdaptiveSparkPlan";
    if (mode == "formatted") return formatted_plan(physical, adaptive);
    if (mode == "simple") return "== Physical Plan ==\n" + physical_tree(physical, false) + "\n";
    std::string out = "== Parsed Logical Plan ==\n" + plan_tree(parsed) + "\n== Analyzed Logical Plan ==\n" +
                      schema_line(*analysed) + "\n" + plan_tree(analysed);
    out += "\n== Optimized Logical Plan ==\n" + (optimised ? plan_tree(plan) : optimised.error().message + "\n");
    return out + "\n== Physical Plan ==\n" + physical_tree(physical, adaptive || stream);
}

}  // namespace engine::spark
