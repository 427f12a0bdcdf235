// Recorded restarts: a query that is changed and started again on its checkpoint, and one whose driver dies within a
// batch.
#pragma once

#include <string>

#include "app/proof/spark/program_run.h"
#include "app/proof/spark/sql_oracle.h"

namespace app::proof {

/// `restart_changes.json`: each change counts.
OracleCount check_restart_changes(const OrderedJson& recorded);
/// `crash_agg.json`: each life counts.
OracleCount check_crash(const OrderedJson& recorded);

/// What a folder has that it should not have, and the other way round.
std::string folder_differs(const OrderedJson& wanted, const engine::dfs::MemoryStore& store, const std::string& root);
/// What differs between entries of progress.
std::string entries_differ(const OrderedJson& wanted, const OrderedJson& got);

}  // namespace app::proof
