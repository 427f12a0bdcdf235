// A running query's plan for one batch: every stream is what it gave to that batch, or an empty table if it gave
// nothing; and the texts of such plans, which explain prints and refusals of the planner quote.
#pragma once

#include "engine/plan/physical.h"
#include "engine/stream/driver.h"

namespace engine::spark {

/// What the nodes that write a batch and keep state say of their query.
struct QueryTexts {
    std::string id, run_id;
    std::string table;    ///< the sink as it describes itself
    std::string writer;   ///< of one batch; empty = the sink takes the rows of the plan itself
    std::string options;  ///< `[truncate=false, ..]`; empty = none
};

/// The analysed plan of a batch that ran or is about to run.
PlanRef plan_of_batch(Session& session, const StreamDriver& driver, const BatchRecord& batch);
/// Simple or extended, as StreamingQuery.explain prints it.
std::string explain_batch(const StreamDriver& driver, const BatchRecord& batch, const QueryTexts& texts, bool extended);

/// The same of a query whose plan was refused.
std::string unplanned_text(const QueryError& refusal);

/// How the stateful operators of a batch name their stores and watermarks.
struct StoreNames {
    std::string folder;  ///< `file:/../state`, or `<unknown>`
    std::string run_id;
    i64 version = 0;
    i64 partitions = 0;
    std::vector<std::pair<i64, i64>> watermarks;  ///< late, evict, by operator; those that are missing are `unset`
    i64 unset = 0;
    i64 batch_ms = 0;    ///< the batch's moment
};
StoreNames store_names(const StreamDriver& driver, const BatchRecord& batch, const std::string& run_id);

/// The stateful operators of a batch as physical nodes; `plan` owns the nodes that are asked for.
PlanHook stream_nodes(const StreamPlan& plan, StoreNames names);
/// The same of a frame that no query runs: its sources stand for themselves.
StreamHooks frame_nodes(const Session& session);

}  // namespace engine::spark
