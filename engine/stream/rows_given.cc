#include "engine/stream/rows_given.h"

#include <algorithm>
#include <map>
#include <optional>

#include "sim/base/assert.h"

namespace engine::spark {
namespace {

void add_upward(const PlanRef& p, std::vector<const Plan*>& out) {
    MR_ASSERT(p != nullptr);
    for (const PlanRef& c : p->children) add_upward(c, out);
    out.push_back(p.get());
}

struct Stands {
    std::string_view op;
    PlanKind kind;
};

constexpr Stands kStands[] = {
    {"MicroBatchScan", PlanKind::stream_relation},
    {"LocalTableScan", PlanKind::local_relation},
    {"Project", PlanKind::project},
    {"Filter", PlanKind::filter},
    {"Generate", PlanKind::generate},
    {"Expand", PlanKind::expand},
    {"Union", PlanKind::union_},
    {"EventTimeWatermark", PlanKind::watermark},
    {"CollectMetrics", PlanKind::collect_metrics},
    {"StreamingDeduplicate", PlanKind::deduplicate},
    {"StreamingDeduplicateWithinWatermark", PlanKind::deduplicate},
    {"StreamingSymmetricHashJoin", PlanKind::join},
    {"BroadcastHashJoin", PlanKind::join},
    {"SortMergeJoin", PlanKind::join},
    {"StreamingGlobalLimit", PlanKind::global_limit},
};

/// The node that a line carries out. Of the steps of an aggregate it is the one that gives the results.
std::optional<PlanKind> kind_of(const PlanLine& line, const PlanLine* below) {
    if (line.op.ends_with("Aggregate") && below != nullptr && below->op.ends_with("StateStoreSave"))
        return PlanKind::aggregate;
    const auto at = std::ranges::find(kStands, line.op, &Stands::op);
    return at == std::end(kStands) ? std::nullopt : std::optional(at->kind);
}

/// Places of the physical lines, children before parents: the text has parents first, each deeper than its own.
std::vector<std::size_t> lines_upward(const std::vector<PlanLine>& lines) {
    std::vector<std::size_t> out, open;
    const auto close_to = [&](i64 depth) {
        for (; !open.empty() && lines[open.back()].depth >= depth; open.pop_back()) out.push_back(open.back());
    };
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (lines[i].phase != "physical") continue;
        close_to(lines[i].depth);
        open.push_back(i);
    }
    close_to(0);
    MR_ASSERT(open.empty() && out.size() <= lines.size());
    return out;
}

}  // namespace

std::vector<const Plan*> nodes_upward(const PlanRef& plan) {
    std::vector<const Plan*> out;
    add_upward(plan, out);
    MR_ASSERT(out.back() == plan.get());
    return out;
}

void tell_given(std::vector<PlanLine>& lines, const PlanRef& plan, const std::vector<i64>& given) {
    const std::vector<const Plan*> nodes = nodes_upward(plan);
    if (given.size() != nodes.size()) return;
    std::map<PlanKind, std::vector<std::size_t>> by_node, by_line;
    for (std::size_t i = 0; i < nodes.size(); ++i) by_node[nodes[i]->kind].push_back(i);
    const PlanLine* below = nullptr;
    for (const std::size_t i : lines_upward(lines)) {
        if (const auto kind = kind_of(lines[i], below)) by_line[*kind].push_back(i);
        below = &lines[i];
    }
    for (const auto& [kind, places] : by_line) {
        const std::vector<std::size_t>& same = by_node[kind];
        if (same.size() != places.size()) continue;
        for (std::size_t i = 0; i < places.size(); ++i) {
            MR_ASSERT(lines[places[i]].rows < 0);
            lines[places[i]].rows = given[same[i]];
        }
    }
}

}  // namespace engine::spark
