#include "app/lab/sql/streams.h"

#include <algorithm>

#include "engine/world_spark.h"

namespace app::lab {

namespace spark = engine::spark;

const spark::Driver* driver_of(const Reader& reader) {
    const sim::NodeId node = reader.world().find_node("driver");
    const bool there = node != sim::kNoNode && engine::spark_role(reader.world(), node) == "driver";
    return there ? &reader.world().nodes[node.value].as<spark::DriverNode>().state : nullptr;
}

std::vector<KnownQuery> queries_of(const Reader& reader) {
    std::vector<KnownQuery> list;
    const spark::Driver* driver = driver_of(reader);
    for (sim::u32 q = 0; driver != nullptr && q < driver->settings.spec.queries.size(); ++q)
        list.push_back({&driver->settings.spec.queries[q],
                        q < driver->memory.queries.size() ? &driver->memory.queries[q] : nullptr,
                        checkpoint_folder(*driver, q)});
    return list;
}

const engine::BatchRow* newest_committed(const spark::Driver* driver, std::string_view query) {
    if (driver == nullptr) return nullptr;
    const auto& rows = driver->progress.ledger.batches;
    for (sim::u64 i = rows.size(); i > 0; --i)
        if (rows[i - 1].committed && rows[i - 1].query == query) return &rows[i - 1];
    return nullptr;
}

KnownQuery find_query(const Reader& reader, std::string_view name) {
    const auto list = queries_of(reader);
    const auto found = std::ranges::find_if(list, [&](const KnownQuery& query) { return query.spec->name == name; });
    return found == list.end() ? KnownQuery{} : *found;
}

}  // namespace app::lab
