// A query of a lesson made ready for its runs: its session and its plan, which no run changes, and its state between
// batches, which is replaced as a whole. Both are shared by all copies of a world.
#pragma once

#include "engine/stream/batch_run.h"
#include "engine/stream/query_spec.h"
#include "engine/stream/spark_wire.h"
#include "sim/base/digest.h"

namespace engine::spark {

struct CompiledQuery {
    Session session;
    StreamPlan plan;
    bool no_data_batches = true;
    bool allow_multiple = true;
    std::string policy = "min";
    std::vector<u8> with_headers;  ///< by source: whether its rows have headers
    std::optional<QueryError> pending;  ///< what the sink refuses once the query runs
};

/// Shares a compiled query; two of the same spec are the same.
struct CompiledRef {
    std::shared_ptr<const CompiledQuery> query;
    u64 spec_hash = 0;
    void digest(sim::Hasher& hasher) const { hasher.add(spec_hash); }
};

/// Shares a state of all operators.
struct StateRef {
    std::shared_ptr<const StreamState> state = std::make_shared<const StreamState>();
    void digest(sim::Hasher& hasher) const;
};

/// What a batch computed and has not yet been published.
struct OutputRef {
    std::shared_ptr<const BatchOutput> output;
    void digest(sim::Hasher& hasher) const { hasher.add(output != nullptr); }
};

/// The columns of a source.
DataType source_schema(const SourceSpec& source);
/// A session with the cluster's and the query's settings and static tables.
std::expected<Session, QueryError> session_of(const SparkSpec& cluster, const QuerySpec& spec);
/// Parses, analyses and checks the query; Spark's refusal if it has one.
std::expected<CompiledRef, QueryError> compile_query(const SparkSpec& cluster, const QuerySpec& spec);

/// The plan of a batch's moment: with its time as a constant if the query asks for the time. Sets the session's clock
/// for it.
std::expected<StreamPlan, QueryError> plan_at(const CompiledQuery& query, Session& session, i64 timestamp_ms);

/// Records of one partition as rows of the Kafka source.
Batch topic_batch(const std::string& topic, i32 partition, const std::vector<TopicRow>& rows, bool headers);
/// A row of a result as JSON; times as they print.
std::string row_json(const Exprs& columns, const Values& row, const std::string& zone);
/// `2026-01-05 12:00:00`
std::string moment_text(i64 ms);

}  // namespace engine::spark
