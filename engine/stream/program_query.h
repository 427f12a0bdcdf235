// A query that a lesson gives as a PySpark program: the program runs, as far as its start(), in a session without a
// cluster; what it read and what it told writeStream is the query. The cluster then runs the plan as it runs a query of
// SQL. Functions of the program have no place there: a query that calls one is refused.
#pragma once

#include "engine/plan/session.h"
#include "engine/pyspark/interpreter.h"
#include "engine/stream/query_spec.h"

namespace engine::spark {

struct ProgramQuery {
    std::vector<SourceSpec> sources;  ///< by the numbers of their relations
    py::StreamRequest request;
    std::shared_ptr<py::Scopes> scopes = nullptr;  ///< of the functions that the request names
};

/// What a program starts. Its exception, or that it starts no query or more than one.
std::expected<ProgramQuery, QueryError> program_query(Session& session, const std::string& program);
/// Fills in a query's sources, sink, mode, trigger and checkpoint from its program. A program that fails leaves them:
/// the query is refused with its words when it starts.
void take_program_words(const SparkSpec& cluster, QuerySpec& spec);

}  // namespace engine::spark
