// All tables of the view, as course section 0 of the design names them: one list, one file a topic.
#pragma once

#include <span>

#include "app/lab/sql/rows.h"

namespace app::lab {

/// Every table there is, those whose system is not built yet included: they are empty.
std::span<const TableSpec> all_tables();
/// The table of a name, or nullptr.
const TableSpec* find_table(std::string_view name);

// Used by all_tables: the tables of one topic each.
std::vector<TableSpec> node_tables();        // nodes, configs, commands, timers, links
std::vector<TableSpec> partition_tables();   // partitions, replicas, leader_epochs, segments
std::vector<TableSpec> record_tables();      // records
std::vector<TableSpec> ledger_tables();      // ledger, deliveries
std::vector<TableSpec> history_tables();     // messages, facts, events, inputs, answers
std::vector<TableSpec> zookeeper_tables();   // znodes, sessions, watches
std::vector<TableSpec> group_tables();       // groups, members, assignments, offsets
std::vector<TableSpec> client_tables();      // producers
std::vector<TableSpec> stream_tables();      // queries, batches, tasks, state, sink rows
std::vector<TableSpec> empty_tables();       // of streams, transactions and what runs on them

}  // namespace app::lab
