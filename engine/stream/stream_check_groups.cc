#include "engine/stream/stream_check_groups.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/plan/outputs.h"
#include "engine/stream/stream_check.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

using Refusal = std::optional<QueryError>;

bool groups(const Plan& p) { return p.kind == PlanKind::command && p.name == "groups with state"; }

/// What a node was declared to give: map, append, update; empty if nothing was said.
std::string declared(const Plan& p) {
    MR_ASSERT(groups(p));
    return p.parts.size() > 2 ? p.parts[2] : "";
}

void collect(const PlanRef& p, std::vector<PlanRef>& nodes, bool& aggregates) {
    if (groups(*p) && is_streaming(p)) nodes.push_back(p);
    aggregates = aggregates || (p->kind == PlanKind::aggregate && is_streaming(p));
    for (const PlanRef& c : p->children) collect(c, nodes, aggregates);
}

Refusal mode_of_groups(const PlanRef& p, OutputMode mode, bool aggregates) {
    const std::string kind = declared(*p);
    const auto with = [&](const char* what, const std::string& with_what) {
        return refusal_with_plan(
            fmt::format("{} is not supported with {} on a streaming DataFrame/Dataset", what, with_what), p);
    };
    const std::string query = std::string(mode_name(mode)) + " output mode";
    if (kind == "map") {
        if (aggregates) return with("mapGroupsWithState", "aggregation");
        return mode == OutputMode::update ? Refusal() : with("mapGroupsWithState", query);
    }
    if (kind == "update") {
        if (aggregates) return with("flatMapGroupsWithState in update mode", "aggregation");
        return mode == OutputMode::update ? Refusal() : with("flatMapGroupsWithState in update mode", query);
    }
    return kind != "append" || aggregates || mode == OutputMode::append
               ? Refusal()
               : with("flatMapGroupsWithState in append mode", query);
}

}  // namespace

Refusal several_groups_refusal(const PlanRef& plan, OutputMode mode) {
    std::vector<PlanRef> nodes;
    bool aggregates = false;
    collect(plan, nodes, aggregates);
    if (nodes.size() < 2) return std::nullopt;
    const auto maps = std::ranges::count_if(nodes, [](const PlanRef& p) { return declared(*p) == "map"; });
    if (maps == static_cast<std::ptrdiff_t>(nodes.size()))
        return refusal_with_plan("Multiple mapGroupsWithStates are not supported on a streaming DataFrames/Datasets",
                                 plan);
    if (maps > 0)
        return refusal_with_plan(
            "Mixing mapGroupsWithStates and flatMapGroupsWithStates are not supported on a streaming "
            "DataFrames/Datasets",
            plan);
    const bool all_append = std::ranges::all_of(nodes, [](const PlanRef& p) { return declared(*p) != "update"; });
    if (all_append && mode == OutputMode::append) return std::nullopt;
    return refusal_with_plan(
        "Multiple flatMapGroupsWithStates are not supported when they are not all in append mode or the output mode is "
        "not append on a streaming DataFrames/Datasets",
        plan);
}

Refusal command_refusal(const PlanRef& p, OutputMode mode, const PlanRef& root) {
    MR_ASSERT(p->kind == PlanKind::command);
    if (p->name == "cogroup")
        return refusal_with_plan("CoGrouping with a streaming DataFrame/Dataset is not supported", p);
    // Rows that pass through a function of the program.
    if (!p->parts.empty() && p->parts[0] == "function") return std::nullopt;
    if (!groups(*p))
        return refusal_with_plan(
            "Commands like CreateTable*, AlterTable*, Show* are not supported with streaming DataFrames/Datasets", p);
    std::vector<PlanRef> nodes;
    bool aggregates = false;
    collect(root, nodes, aggregates);
    if (Refusal r = mode_of_groups(p, mode, aggregates)) return r;
    const bool by_event = p->parts.size() > 1 && p->parts[1] == "event";
    if (by_event && event_time_place(output_of(*p->children[0])) < 0)
        return refusal_with_plan(
            "Watermark must be specified in the query using '[Dataset/DataFrame].withWatermark()' for using event-time "
            "timeout in a [map|flatMap]GroupsWithState. Event-time timeout not supported without watermark.",
            root);
    return std::nullopt;
}

}  // namespace engine::spark
