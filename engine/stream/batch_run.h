// One micro-batch as a function: plan, state, rows of the sources, watermarks and the batch's moment in; rows out,
// state changed. The same input gives the same output, so that a batch that was cut off can be run again.
#pragma once

#include <functional>

#include "engine/operators/run.h"
#include "engine/stream/event_time.h"
#include "engine/stream/stream_plan.h"
#include "engine/stream/stream_state.h"

namespace engine::spark {

struct BatchInput {
    std::vector<std::vector<Batch>> rows;  ///< by source, in the order of StreamPlan::relations
    i64 late_ms = 0;                       ///< the query's watermark of the batch before
    i64 evict_ms = 0;                      ///< that of this batch
    i64 timestamp_ms = 0;                  ///< current_timestamp() of the batch
    bool first = false;                    ///< batch 0
};

struct BatchOutput {
    Rows rows;
    std::vector<OperatorMetrics> operators;
    std::vector<EventTimeStats> event_time;  ///< one a watermark node
    std::vector<i64> scanned;  ///< one a source: rows that its reader gave, where it left some out; else -1
    std::vector<i64> given;    ///< rows that each node passed on, in the order of nodes_upward(); -1: not by itself
    StateDeltas deltas;
    std::vector<Judgement> judgements;
    std::vector<EvictedRows> evicted;  ///< what joins judged besides
    std::vector<std::pair<std::string, std::pair<DataType, Values>>> observed;
    std::shared_ptr<const StreamState> state;  ///< after the batch, for whoever publishes it later
};

std::expected<BatchOutput, QueryError> run_batch(Session& session, const StreamPlan& plan, StreamState& state,
                                                 const BatchInput& input);

/// What a batch judged, in order, told one by one.
void for_each_judgement(const BatchOutput& out, const std::function<void(const Judgement&)>& visit);

/// Notes a change for its store's delta file.
void add_delta(BatchOutput& out, const StateDelta& delta);

/// The query's watermark once a batch is folded in.
i64 watermark_after(WatermarkTracker tracker, const StreamPlan& plan, const BatchOutput& out);

/// Whether a batch without data has something to do, now that the watermark is `next_ms`. `evicted_ms`: what each
/// operator evicted with last.
bool wants_no_data_batch(const StreamPlan& plan, const std::vector<i64>& evicted_ms, i64 next_ms);

/// What one side of a join of two streams is found by.
Exprs join_keys(const Plan& join, bool left);
/// Whether a watermark can ever let rows of a join go: by a key, or by a range of times.
bool join_forgets(const Plan& join);

/// What stateful operators share while a batch runs.
struct StreamRunner {
    Session& session;
    const StreamPlan& plan;
    StreamState& state;
    const BatchInput& input;
    BatchOutput out;
    std::vector<i64> late, evict;  ///< by operator
    Failure failure;

    std::vector<const Plan*> nodes{};  ///< upward: what `out.given` counts

    [[nodiscard]] bool ok() const { return !failure.failed; }
    [[nodiscard]] i64 partitions(bool keyed) const { return keyed ? session.shuffle_partitions : 1; }

    /// A node over what its children give; what it gives is counted.
    Rows run(const PlanRef& p);
    Rows run_node(const PlanRef& p);
    /// A stateless node over rows that are there.
    Rows stateless(const PlanRef& p, std::vector<Rows> children);
    Rows source(const PlanRef& p);
    /// Counts what a reader of files passes on that is told of a filter above it.
    void count_scanned(const PlanRef& filter);
    Rows watermark(const PlanRef& p);
    Rows observe(const PlanRef& p);
    Rows aggregate(const PlanRef& p);       // stateful_aggregate.cc
    Rows session_window(const PlanRef& p);  // stateful_session.cc
    Rows deduplicate(const PlanRef& p);     // stateful_dedup.cc
    Rows limit(const PlanRef& p);           // stateful_dedup.cc
    Rows join(const PlanRef& p);            // stateful_join.cc
    Rows groups(const PlanRef& p);          // stateful_groups.cc
    Rows typed_groups(const PlanRef& p);    // stateful_typed.cc
};

/// The instant a watermark is compared with, in microseconds: the end of a window, or the time itself. Null counts as
/// 0.
i64 event_micros(const Value& v, const DataType& type);
/// Whether the watermark has reached an event time. It never reaches a null: such a row is not late, and its state
/// stays (spec: a comparison with null is not true).
bool passed(const StreamPlan& plan, const Value& v, const DataType& type, i64 watermark_ms);
bool passed(const StreamPlan& plan, i64 micros, i64 watermark_ms);
/// The last instant that a watermark has reached, in microseconds.
i64 last_passed(const StreamPlan& plan, i64 watermark_ms);
/// Partition of a key, as Spark's shuffle chooses it.
i64 partition_of(const Values& key, const std::vector<DataType>& types, i64 partitions);
/// Partition and key bytes, as StateRows orders them.
std::string state_key(i64 partition, const Values& key, const std::vector<DataType>& types);
/// The partition in such bytes.
i64 partition_in(std::string_view state_key);
std::vector<DataType> types_of(const Exprs& columns);
/// Buckets of the java.util.concurrent.ConcurrentHashMap that is a store's version: `before` rows were copied into it,
/// then it grew to `size`. Its rows come out bucket by bucket.
u64 store_buckets(u64 before, u64 size);
u64 bucket_in_store(std::string_view key, u64 buckets);
/// The places of rows in the order in which Spark's map of a store gives them. `keys`: the rows' keys as they lie in
/// the store, in the order in which they came. `before`: how many of them the version had that the batch began with.
std::vector<std::size_t> store_order(const std::vector<std::string>& keys, std::size_t before);
/// Where a session stands among its operator's rows: its key's bytes, then its start.
std::string session_place(const std::string& key, i64 start);
/// How many rows each partition has.
std::vector<std::size_t> partition_sizes(const StateRows& rows, i64 partitions);
/// The rows that `wanted` names, by partition, each in its store's order: bucket by bucket, in a bucket as they came.
/// `before`: partition sizes when the batch began.
std::vector<StateRows::Item> in_store_order(const StateRows& rows, const std::vector<std::size_t>& before,
                                            const std::vector<DataType>& key_types,
                                            const std::function<bool(const StateRow&)>& wanted);
/// Rows of values as batches.
Rows rows_of(const Exprs& columns, const std::vector<Values>& rows);
std::vector<Values> values_of(const Rows& rows);

}  // namespace engine::spark
