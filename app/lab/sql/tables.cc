#include "app/lab/sql/tables.h"

#include <algorithm>

namespace app::lab {
namespace {

std::vector<TableSpec> collect() {
    std::vector<TableSpec> all;
    for (const auto& tables : {node_tables(), partition_tables(), record_tables(), ledger_tables(), history_tables(),
                               zookeeper_tables(), group_tables(), client_tables(), stream_tables(), empty_tables()})
        all.insert(all.end(), tables.begin(), tables.end());
    return all;
}

}  // namespace

std::span<const TableSpec> all_tables() {
    static const std::vector<TableSpec> kTables = collect();
    return kTables;
}

const TableSpec* find_table(std::string_view name) {
    const auto found = std::ranges::find(all_tables(), name, &TableSpec::name);
    return found == all_tables().end() ? nullptr : &*found;
}

}  // namespace app::lab
