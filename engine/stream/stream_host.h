// The world around a streaming program: its sources and sinks, the queries it started, and a clock that only this host
// moves. Queries run when the host is told to; between two such moments nothing happens.
#pragma once

#include "engine/stream/batch_host.h"
#include "engine/stream/progress.h"
#include "engine/stream/query_listeners.h"
#include "engine/stream/sinks.h"
#include "engine/stream/stream_sources.h"

namespace engine::spark {

/// A stream that a plan reads: what its relation's number leads to.
struct StreamRelation {
    std::string format;
    Options options;
    DataType schema;
    std::shared_ptr<StreamSource> shared;  ///< memory streams: one source for all queries
    i64 partitions = 2;
};

struct RunningQuery {
    std::unique_ptr<Session> session;
    std::unique_ptr<StreamDriver> driver;
    QueryIdentity who;
    py::StreamRequest request;
    std::string trigger;
    i64 interval_ms = 0;  ///< of a processingTime trigger
    i64 due_ms = 0;       ///< its next start
    bool active = true;
    bool first = true;
    bool ended = false;  ///< its trigger asks for no more
    std::optional<QueryError> failed;  ///< as StreamingQueryException words it
    std::optional<QueryError> cause;
    std::optional<QueryError> pending;  ///< what options refuse once the query runs
    std::size_t told = 0;               ///< entries of its history that listeners know
    std::optional<BatchRecord> planned;   ///< the newest batch, with the watermarks of its operators
    std::optional<QueryError> unplanned;  ///< what the planner refuses once there is a batch
};

struct StreamHost : BatchHost {
    std::vector<StreamRelation> relations;
    std::vector<std::unique_ptr<RunningQuery>> started;
    Topics topics;
    TopicStarts topic_starts;
    std::map<std::string, std::shared_ptr<std::vector<std::string>>> sockets;  ///< by port
    QueryListeners listeners;
    py::Interpreter* program = nullptr;                                        ///< for functions that sinks call
    i64 now_ms = 0;
    std::string checkpoint;         ///< of queries that name none
    std::string default_trigger;    ///< of queries that name none
    /// While a program sleeps for so many milliseconds. False = nobody cares for the queries meanwhile.
    std::function<bool(i64 ms)> waiting;

    using BatchHost::BatchHost;

    /// A stream of rows that somebody adds, as a frame of the program.
    PlanRef memory_stream(const std::string& name, const DataType& schema);
    std::shared_ptr<MemorySource> memory_source(i64 relation);
    py::Answer<PlanRef> make_memory(const DataType& schema) override { return memory_stream("memory", schema); }
    py::Answer<bool> add_memory(i64 stream, Batch rows) override;
    /// Runs all active queries until nothing is left to do.
    void run_queries();
    /// At most one batch of each.
    void trigger_queries();
    /// One batch of each query whose trigger's time has come; of those without an interval, all there is to do.
    void trigger_due();

    py::Answer<PlanRef> read(const py::ReadRequest& request) override;
    py::Answer<i64> start(const py::StreamRequest& request) override;
    py::Answer<py::PyValue> query(i64 handle, const std::string& member, const std::vector<py::PyValue>& args) override;
    std::vector<i64> queries() override;
    py::Answer<bool> sleep(double seconds) override;
    py::Answer<bool> write(const PlanRef& plan, const std::string& format, const std::string& mode,
                           const Options& options) override;

    std::shared_ptr<StreamSource> source_of(const StreamRelation& relation, Session& s, RunningQuery& q);
    py::Answer<std::shared_ptr<StreamSink>> sink_of(const py::StreamRequest& request, RunningQuery& q);
    void step(RunningQuery& q, bool all);
    void run_triggers(RunningQuery& q, bool all);
    void end(RunningQuery& q);
    void listen(const py::PyValue& listener, bool on) override;
    py::Answer<std::string> explain(const PlanRef& parsed, const PlanRef& plan, const std::string& mode) override;
    /// The plan of the newest batch.
    [[nodiscard]] std::string explained(const RunningQuery& q, bool extended) const;
};

/// `[STREAM_FAILED] Query [id = ..] terminated with exception: ...`
QueryError stream_failed(const QueryError& cause);
/// Refusals of readStream.load() and of writeStream.start() that need no plan.
std::optional<QueryError> load_refusal(const py::ReadRequest& request, bool exists);  ///< exists: the path does
std::optional<QueryError> folder_source_refusal(const Options& options);  ///< once the query runs
std::optional<QueryError> start_refusal(const py::StreamRequest& request);
/// What the Kafka sink refuses of columns and options, when the query runs.
std::optional<QueryError> topic_refusal(const py::StreamRequest& request);
std::optional<QueryError> trigger_refusal(const py::StreamRequest& request);

}  // namespace engine::spark
