// What the driver's files share. Private to them.
#pragma once

#include "engine/model/stream_facts.h"
#include "engine/stream/driver_node.h"
#include "engine/stream/spark_costs.h"

namespace engine::spark {

enum DriverTimer : u16 { kDfsTimer = 1, kAdminTimer, kClusterTimer, kQueryTimer };

/// One query within one call.
struct At {
    Driver& driver;
    sim::Env& env;
    u32 query;

    [[nodiscard]] QueryRun& run() const { return driver.memory.queries[query]; }
    [[nodiscard]] const QuerySpec& spec() const { return driver.settings.spec.queries[query]; }
    [[nodiscard]] const CompiledQuery& compiled() const { return *run().compiled.query; }
    [[nodiscard]] QueryCursor& cursor() const { return run().cursor; }
    [[nodiscard]] BatchWork& work() const { return run().work; }
    [[nodiscard]] std::string path(std::string_view below) const;
};

// driver_node.cc
void enter(const At& at, QueryPhase phase);
/// Dies if a verb said so. True if the process is ending.
bool crashes(const At& at, std::string_view phase, bool after);
void fail(const At& at, const QueryError& error);
/// The query's timer goes off after `delay`; a moment that is past is now.
void arm_query(const At& at, Nanos delay);
void plan_next_trigger(const At& at);

// driver_offsets.cc
void ask_offsets(const At& at);
void on_admin_result(const At& at, const client::AdminResult& result);
/// Rows of a source that needs no task, between two offsets.
std::vector<Batch> local_rows(const At& at, u32 source, const std::string& from, const std::string& to);
bool is_kafka(const SourceSpec& source);
std::string option(const NamedTexts& options, std::string_view key);

// driver_batch.cc
void begin_trigger(const At& at);
void on_offsets_known(const At& at, const std::vector<std::string>& ends);
void on_dfs_answer(const At& at, const dfs::DfsAnswer& answer);
void on_stage_done(const At& at);
void on_query_timer(const At& at);

// driver_tasks.cc
/// Begins the stage that `work().stage` names.
void launch(const At& at, std::vector<TaskOrder> orders);
void fail_task(const At& at, DriverTask& task, const std::string& why);
void give_out_tasks(Driver& driver, sim::Env& env);
void on_status(Driver& driver, sim::Env& env, NodeId executor, const TaskStatus& status);
void on_executor_lost(Driver& driver, sim::Env& env, sim::ConnectionId connection);

// driver_shuffle.cc
/// Makes an order what its task needs when it is sent: the places of the blocks it is to fetch.
void add_blocks(const At& at, TaskOrder& order);
/// A setting of the query that is a number.
i64 number_setting(const At& at, const std::string& key, i64 missing);
/// Sends the executor the query's program unless it has it.
void send_program(const At& at, ExecutorLink& executor);
/// The blocks that lay on an executor are gone. Where their tasks' stage still runs they run again at once.
void lose_blocks(const At& at, NodeId executor);
void on_fetch_failed(const At& at, DriverTask& task, const TaskStatus& status);
/// Runs the stages that a failed fetch stopped.
void resubmit(const At& at);
/// The stage behind the exchange again, where its tasks are not done.
void relaunch_reduces(const At& at);
/// The batch is over: its blocks are of no more use.
void forget_blocks(const At& at);

// driver_recovery.cc
void begin_recovery(const At& at);
void on_recovery_answer(const At& at, const dfs::DfsAnswer& answer);

// driver_sink.cc
bool writes_in_tasks(const QuerySpec& spec);
/// Where a file sink names its files; "" for other sinks.
std::string manifest_folder(const QuerySpec& spec);
/// What the tasks of the last stage write besides state. False if the rows cannot be written: the query has failed.
bool add_sink_orders(const At& at, std::vector<TaskOrder>& orders);
/// Names the files of the batch in the manifest; false if the sink has none.
bool commit_sink(const At& at);
/// Whether a part of the batch's rows was taken, not skipped.
bool reached_sink(const At& at, std::size_t rows_batch);
SinkKeeps keeps_of(const QuerySpec& spec);
std::string sink_key(const At& at, const Rows& rows, const Values& row);

// driver_plans.cc
void tell_plan(const At& at);

// driver_tell.cc
void tell_batch(const At& at);
void tell_task(const At& at, const DriverTask& task);
void tell_results(const At& at, const BatchOutput& out);
void tell(const At& at, StreamFact kind, std::array<i64, 4> numbers);

}  // namespace engine::spark
