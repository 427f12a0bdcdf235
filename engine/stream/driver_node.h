// Spark's driver as a node of the world: it runs the micro-batches of its queries. It asks Kafka where its topics end,
// writes what must outlive it to the file system's node, gives tasks to the executors that registered with it, and lets
// the sink have what came out. Every wait is a phase of a query that can be seen; every hop is bytes on a connection.
//
//   driver_node.cc     life, connections, triggers, where notices go
//   driver_offsets.cc  where sources end
//   driver_batch.cc    the phases of a batch, in Spark's order (spec: one trigger)
//   driver_tasks.cc    stages and tasks; lost executors
//   driver_shuffle.cc  where blocks of the shuffle lie; fetches that failed, stages that run again
//   driver_sink.cc     what reaches sinks that outlive the driver
//   driver_plans.cc    the plans of a batch, for people who look
//   driver_recovery.cc what a new life reads from the checkpoint
//   driver_tell.cc     rows of the history, facts
//
// The rows of a batch are computed at the moment at which its first stage is done, from the bytes that the executors
// read, and published when the tasks of the second stage have written their state; what dies in between is computed
// again.
#pragma once

#include <array>

#include "engine/client/admin.h"
#include "engine/dfs/dfs_client.h"
#include "engine/dfs/file_store.h"
#include "engine/model/node.h"
#include "engine/model/stream_rows.h"
#include "engine/stream/checkpoint_log.h"
#include "engine/stream/compiled_query.h"
#include "sim/base/persistent_vec.h"

namespace engine::spark {

/// Where a query is. Its names are Spark's.
enum class QueryPhase : u8 {
    idle,        // not started
    recovering,  // reads its checkpoint
    waiting,     // for its next trigger
    latest_offset,
    wal_commit,
    query_planning,
    add_batch,  // tasks run
    sink_commit,
    commit_offsets,
    stopped,
    failed,
};
std::string_view name_of(QueryPhase phase);

struct DriverTask {
    TaskOrder order;
    TaskState state = TaskState::running;
    NodeId executor = sim::kNoNode;  // none: waits for one
    i64 added_at = 0;
    i64 rows = -1;
    std::vector<TopicRow> read;
    bool refused = false;  // what it was to write once was there
    std::vector<BlockSize> written;
    bool lost = false;  // it is done, but its blocks are gone
    ShuffleRead shuffle;
};

/// One of the two stages of a batch: the one that reads and the one behind the exchange.
struct StageRun {
    i32 attempt = 0;
    i32 failed_attempts = 0;  // one after the other, by fetches that failed
    bool failed = false;      // it waits to be submitted again; no task of it begins
    std::vector<DriverTask> tasks;
};

/// A partition of a Kafka source, as far as the driver knows its ends.
struct PartitionEnds {
    u32 source = 0;
    std::string topic;
    i32 partition = 0;
    BrokerId leader = kNoBroker;
    i64 earliest = -1;
    i64 latest = -1;
};

/// What a query has read and where its watermark is: all that a checkpoint gives back, and what this run adds.
struct QueryCursor {
    i64 next_batch = 0;
    i64 late_ms = 0;       // watermark of the batch before
    bool planned = false;  // `next_batch` is logged and not committed
    bool ran = false;      // a batch was run in this life
    WatermarkTracker tracker;
    std::vector<i64> evicted_ms;         // by operator
    std::vector<std::string> initial;    // by source: where it began; "" = not known yet
    std::vector<std::string> committed;  // by source; "" = none
    OffsetLogEntry entry;                // of the planned batch
    i64 manifest = -1;                   // newest batch that the file sink's manifest names
    StateRef state;
};

/// The batch that is under way.
struct BatchWork {
    std::vector<PartitionEnds> partitions;
    std::vector<std::string> newest;  // by source
    i32 stage = 0;                   // that runs
    std::array<StageRun, 2> stages;  // a stage goes back to the first one when blocks are lost
    std::vector<TopicRow> read;      // by the first stage
    OutputRef output;
    std::vector<i32> sink_task;             // by part of the output: the task that writes it; -1 = none
    std::vector<dfs::FileInfo> sink_files;  // for the manifest
    bool sink_has_it = false;               // the manifest names this batch: nothing is written again
    BatchRow row;
    Nanos phase_began;
    Nanos add_began;    // when addBatch did
    u32 questions = 0;  // to Kafka, not yet answered
    u64 ticket = 0;     // of the file system's request that is waited for
};

/// What a recovery has asked for and got.
struct Recovery {
    std::vector<std::pair<u64, std::string>> asked;
    std::vector<FileOrder> files;
    std::vector<std::string> manifest;  // paths
    bool listed = false;
};

struct QueryRun {
    QueryPhase phase = QueryPhase::idle;
    CompiledRef compiled;
    std::string run_id;
    QueryCursor cursor;
    BatchWork work;
    Recovery recovery;
    i64 began_ms = 0;  // of the rate source
    Nanos last_trigger;
    u32 triggers = 0;  // asked for by verb, not yet run
    i64 attempts = 0;  // of the batch under way, over the runs of this life
    std::string error_class;
    std::string message;
    std::string console;  // what the console sink printed last
    sim::TimerId timer;
};

struct ExecutorLink {
    NodeId node = sim::kNoNode;
    sim::ConnectionId connection;
    i32 cores = 0;
    i32 busy = 0;
    std::vector<std::pair<u32, std::string>> programs;  // that it has: query, run
};

struct DriverSettings {
    SparkSpec spec;
    std::vector<client::Address> bootstrap;
    NodeId dfs = sim::kNoNode;
};

/// What somebody typed or injected for sources that Kafka does not hold; it outlives the driver, as a socket's other
/// end does.
struct TypedLines {
    u32 query = 0;
    u32 source = 0;
    std::vector<std::string> lines;
};

/// Where the driver is to die, once.
struct CrashPoint {
    std::string phase;  // "" = nowhere
    bool after = false;
};

/// What the driver has told, in order: a batch or a task that went on is there again. It grows, and copies share it.
struct StreamLedger {
    sim::PersistentVec<BatchRow> batches;
    sim::PersistentVec<TaskRow> tasks;
    sim::PersistentVec<PlanRow> plans;
    sim::PersistentVec<SinkRow> sink_rows;
    sim::PersistentVec<StateEndRow> state_ends;
};

struct DriverProgress {
    StreamLedger ledger;
    u32 runs = 0;  // of queries, over all lives: names run ids
    std::vector<TypedLines> typed;
    CrashPoint crash;
    std::vector<u8> wanted;  // by query: started, and not stopped by hand
    bool began = false;
};

struct DriverMemory {
    u32 life = 0;
    std::vector<QueryRun> queries;
    std::vector<ExecutorLink> executors;
    dfs::DfsClient dfs;
    client::AdminClient admin;
    sim::FlatMap<u64, u32> admin_calls;  // call -> query
};

struct Driver {
    DriverSettings settings;
    DriverProgress progress;
    DriverMemory memory;
};

// Acts from outside, within an input; false if they do not apply.
bool start_query(Driver& driver, sim::Env& env, u32 query);
bool stop_query(Driver& driver, sim::Env& env, u32 query);
/// The next batch at once, whatever the trigger says.
bool trigger_query(Driver& driver, sim::Env& env, u32 query);
/// A query that the lesson did not have, started at once. False if its name is taken.
bool submit_query(Driver& driver, sim::Env& env, QuerySpec spec);
/// Adds a line to a source that a person types into.
bool type_line(Driver& driver, sim::Env& env, u32 query, u32 source, std::string line);
[[nodiscard]] const QuerySpec& spec_of(const Driver& driver, u32 query);
/// One line of a plan as EXPLAIN prints it: its node, how deep it stands, what it says.
struct PlanLine {
    std::string phase;  ///< parsed, analyzed, optimized, physical
    i64 line = 0, depth = 0;
    std::string op, detail;
    i64 rows = -1;  ///< that a physical operator passed on in its batch; -1: nothing counts them, or not yet
};
/// The plans of a batch that was told; none if its query cannot be looked at any more.
std::vector<PlanLine> plan_lines(const Driver& driver, u32 query, const PlanRow& row);
/// The folder of a file sink; "" for other sinks.
std::string sink_folder(const QuerySpec& spec);
/// The folder of a query's checkpoint.
std::string checkpoint_folder(const Driver& driver, u32 query);

class DriverNode final : public NodeOf<DriverNode> {
public:
    explicit DriverNode(DriverSettings settings) { state.settings = std::move(settings); }
    void on_notice(sim::Env& env, sim::Notice& notice) override;
    [[nodiscard]] NodeKind kind() const override { return NodeKind::console; }
    [[nodiscard]] std::string_view timer_name(u16 timer_kind) const override;

    Driver state;
};

}  // namespace engine::spark
