// One statement from text to rows, and rows as the table that show() prints.
#pragma once

#include <expected>

#include "engine/operators/run.h"

namespace engine::spark {

struct Result {
    bool command = false;  ///< nothing to show
    PlanRef plan;          ///< analysed
    DataType schema;
    Rows rows;
};

/// What the driver says of a task that failed; our own bounds speak for themselves.
QueryError job_aborted(const QueryError& cause);
/// Optimises and runs an analysed plan; what fails while rows are computed is told as a job that was aborted.
std::expected<Rows, QueryError> run_query(Session& session, const PlanRef& analysed);
std::expected<Result, QueryError> execute(Session& session, const std::string& sql);
/// Parse and analyse only.
std::expected<PlanRef, QueryError> plan_of_text(Session& session, const std::string& sql);

struct ShowOptions {
    i64 rows = 20;
    i64 truncate = 20;  ///< characters a cell may have; 0 = all
};

std::string show(const Session& session, const Result& result, ShowOptions options = {});
/// One cell as show() prints it, uncut.
std::string cell_text(const Value& value, const DataType& type, const std::string& zone);

}  // namespace engine::spark
