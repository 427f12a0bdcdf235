// Bars of Spark's machines: what a driver and its executors were busy with.
#include <fmt/format.h>

#include <algorithm>

#include "app/lab/sql/streams.h"
#include "app/view_model/evidence.h"
#include "app/view_model/lanes.h"
#include "engine/model/stream_facts.h"
#include "engine/world_spark.h"

namespace app {
namespace {

using engine::FactRow;
using engine::StreamFact;
using engine::TaskRow;

bool ends_driver(const FactRow& row, NodeId driver) {
    const engine::FactKind kind = engine::kind_of(row.fact);
    const bool died = kind == engine::FactKind::node_killed || kind == engine::FactKind::node_halted ||
                      kind == engine::FactKind::power_cut;
    return (died && row.fact.node == driver) || kind == engine::kind_of(StreamFact::query_failed) ||
           kind == engine::kind_of(StreamFact::query_stopped);
}

/// From the log of its offsets to its commit, or to what ended it.
std::vector<BarVm> batch_bars(const Scene& scene, const Past& past, NodeId driver) {
    std::vector<BarVm> bars;
    const auto& facts = scene.history().facts;
    std::vector<std::pair<sim::NameId, std::size_t>> open;  // query, place in `bars`
    for (const u64 turn : past.rows.turns) {
        const FactRow& row = facts[turn];
        const i64 at = scene.event_time(row.index()).count;
        const auto mine = [&](const auto& each) { return each.first == row.fact.subject; };
        if (engine::kind_of(row.fact) == engine::kind_of(StreamFact::batch_began)) {
            std::erase_if(open, mine);
            open.emplace_back(row.fact.subject, bars.size());
            bars.push_back({at, past.newest.count, BarKind::running, fmt::format("batch {}", row.fact.n[0]),
                            std::string(kQueryWord) + scene.reader().text(row.fact.subject)});
        } else if (engine::kind_of(row.fact) == engine::kind_of(StreamFact::batch_committed)) {
            for (const auto& [query, place] : open)
                if (query == row.fact.subject) bars[place].to_ns = at;
            std::erase_if(open, mine);
        } else if (ends_driver(row, driver)) {
            for (const auto& [query, place] : open) bars[place].to_ns = at;
            open.clear();
        }
    }
    return bars;
}

std::vector<BarVm> task_bars(const Scene& scene, NodeId executor) {
    std::vector<BarVm> bars;
    const engine::spark::Driver* driver = lab::driver_of(scene.reader());
    if (driver == nullptr) return bars;
    const auto& rows = driver->progress.ledger.tasks;
    std::vector<std::pair<const TaskRow*, std::size_t>> open;
    for (u64 i = 0; i < rows.size(); ++i) {
        const TaskRow& row = rows[i];
        if (row.executor != executor) continue;
        const i64 at = scene.event_time(row.event_index).count;
        const auto known =
            std::ranges::find_if(open, [&](const auto& each) { return engine::is_same_task(*each.first, row); });
        if (known != open.end()) {
            bars[known->second].to_ns = at;
        } else {
            open.emplace_back(&row, bars.size());
            bars.push_back({at, scene.at().clock.count, BarKind::running, fmt::format("stage {}", row.stage),
                            scene.name(executor)});
        }
    }
    return bars;
}

}  // namespace

std::vector<BarVm> spark_bars(const Scene& scene, const Past& past, NodeId node) {
    const std::string_view role = engine::spark_role(scene.world(), node);
    if (role == "driver") return batch_bars(scene, past, node);
    return role == "executor" ? task_bars(scene, node) : std::vector<BarVm>{};
}

}  // namespace app
