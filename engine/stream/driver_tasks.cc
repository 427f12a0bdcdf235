// Stages and their tasks: each goes to an executor with a free core, a partition always to the same one while it lives;
// what an executor takes with it when it dies is given to another.
#include <fmt/format.h>

#include <algorithm>

#include "engine/model/stream_facts.h"
#include "engine/model/touch.h"
#include "engine/stream/driver_parts.h"

namespace engine::spark {
namespace {

constexpr i64 kMostAttempts = 4;  // spark.task.maxFailures
static_assert(kMostAttempts > 1);

/// The executor that a task should run on: by its partition, so that state and fetched records stay where they are.
ExecutorLink* place_of(Driver& driver, const TaskOrder& order) {
    MR_VALIDATE(std::ranges::is_sorted(driver.memory.executors, {}, &ExecutorLink::node));
    auto& executors = driver.memory.executors;
    if (executors.empty()) return nullptr;
    const std::size_t first = static_cast<std::size_t>(std::max(order.partition, 0)) % executors.size();
    for (std::size_t i = 0; i < executors.size(); ++i) {
        ExecutorLink& e = executors[(first + i) % executors.size()];
        if (e.busy < e.cores) return &e;
    }
    return nullptr;
}

void send(const At& at, DriverTask& task, ExecutorLink& executor) {
    MR_ASSERT(task.executor == sim::kNoNode && executor.busy < executor.cores);
    ++executor.busy;
    task.executor = executor.node;
    task.added_at = at.env.wall_ms();
    if (task.order.shuffles) send_program(at, executor);
    add_blocks(at, task.order);
    at.env.send(executor.connection, to_frame(task.order), label_of(SparkCall::launch_task));
    tell_task(at, task);
}

bool all_done(const BatchWork& work) {
    const StageRun& stage = work.stages[static_cast<std::size_t>(work.stage)];
    return std::ranges::all_of(stage.tasks, [](const DriverTask& t) { return t.state == TaskState::finished; });
}

void give_back(Driver& driver, NodeId node) {
    for (ExecutorLink& e : driver.memory.executors)
        if (e.node == node && e.busy > 0) --e.busy;
}

/// The retry writes its part files under a second name, and both count.
void write_beside(const At& at, TaskOrder& order) {
    MR_ASSERT(order.attempt > 0);
    const std::vector<dfs::FileInfo> parts = at.work().sink_files;
    for (const FileOrder& file : std::vector<FileOrder>(order.files))
        for (const dfs::FileInfo& part : parts) {
            if (part.path != file.path) continue;
            order.files.push_back({file.path + ".retry", file.bytes});
            at.work().sink_files.push_back({file.path + ".retry", part.size, part.modified_ms});
        }
}

}  // namespace

void fail_task(const At& at, DriverTask& task, const std::string& why) {
    MR_ASSERT(task.state == TaskState::running);
    task.state = TaskState::failed;
    tell_task(at, task);
    const i64 most = number_setting(at, "spark.task.maxFailures", kMostAttempts);
    if (task.order.attempt + 1 >= most)
        return fail(at, {"SparkException", "org.apache.spark.SparkException", "", "",
                         fmt::format("Job aborted due to stage failure: Task failed {} times, most recent failure: {}",
                                     most, why)});
    task.state = TaskState::running;
    task.executor = sim::kNoNode;
    ++task.order.attempt;
    if (at.compiled().plan.has_bug(PlantedBug::retry_writes_twice)) write_beside(at, task.order);
    tell(at, StreamFact::task_retried, {task.order.task, task.order.stage, task.order.attempt});
}

void launch(const At& at, std::vector<TaskOrder> orders) {
    MR_ASSERT(at.run().phase == QueryPhase::add_batch);
    StageRun& stage = at.work().stages[static_cast<std::size_t>(at.work().stage)];
    stage = {};
    for (TaskOrder& order : orders) stage.tasks.emplace_back().order = std::move(order);
    if (stage.tasks.empty()) return on_stage_done(at);
    give_out_tasks(at.driver, at.env);
}

void give_out_tasks(Driver& driver, sim::Env& env) {
    for (u32 q = 0; q < driver.memory.queries.size(); ++q) {
        const At at{driver, env, q};
        if (at.run().phase != QueryPhase::add_batch) continue;
        StageRun& stage = at.work().stages[static_cast<std::size_t>(at.work().stage)];
        if (stage.failed) continue;
        for (DriverTask& task : stage.tasks)
            if (task.state == TaskState::running && task.executor == sim::kNoNode)
                if (ExecutorLink* executor = place_of(driver, task.order)) send(at, task, *executor);
    }
}

namespace {

/// The task that a status speaks of, if it still has to end.
DriverTask* task_of(const At& at, const TaskStatus& status) {
    if (at.run().phase != QueryPhase::add_batch || status.batch != at.cursor().next_batch) return nullptr;
    MR_ASSERT(status.stage == 0 || status.stage == 1);
    auto& tasks = at.work().stages[static_cast<std::size_t>(status.stage)].tasks;
    if (static_cast<std::size_t>(status.task) >= tasks.size()) return nullptr;
    DriverTask& task = tasks[static_cast<std::size_t>(status.task)];
    const bool newest = task.order.attempt == status.attempt && task.order.stage_attempt == status.stage_attempt;
    // What a task of an earlier attempt of its stage has done is done.
    const bool early = status.error.empty() && status.stage_attempt < task.order.stage_attempt;
    return task.state == TaskState::running && (newest || early) ? &task : nullptr;
}

void finish_task(const At& at, DriverTask& task, NodeId executor, const TaskStatus& status) {
    MR_ASSERT(status.error.empty());
    task.state = TaskState::finished;
    task.executor = executor;
    task.order.attempt = status.attempt;
    task.order.stage_attempt = status.stage_attempt;
    task.read = status.rows;
    task.rows = static_cast<i64>(status.rows.size());
    task.refused = status.refused;
    task.written = status.written;
    task.shuffle = status.shuffle;
    tell_task(at, task);
}

}  // namespace

void on_status(Driver& driver, sim::Env& env, NodeId executor, const TaskStatus& status) {
    MR_ASSERT(status.query < driver.memory.queries.size());
    give_back(driver, executor);
    const At at{driver, env, status.query};
    env.touch(touch::kStreams);
    if (DriverTask* task = task_of(at, status)) {
        if (status.error.empty()) finish_task(at, *task, executor, status);
        else if (status.fetch_failed) on_fetch_failed(at, *task, status);
        else if (status.stage == at.work().stage) fail_task(at, *task, status.error);
        const bool runs = at.run().phase == QueryPhase::add_batch && status.stage == at.work().stage;
        if (runs && all_done(at.work())) on_stage_done(at);
    }
    give_out_tasks(driver, env);
}

void on_executor_lost(Driver& driver, sim::Env& env, sim::ConnectionId connection) {
    auto& executors = driver.memory.executors;
    const auto lost = std::ranges::find(executors, connection, &ExecutorLink::connection);
    if (lost == executors.end()) return;
    const NodeId node = lost->node;
    executors.erase(lost);
    env.fact(node_fact(kind_of(StreamFact::executor_lost), {node.value}));
    for (u32 q = 0; q < driver.memory.queries.size(); ++q) {
        const At at{driver, env, q};
        if (at.run().phase != QueryPhase::add_batch) continue;
        lose_blocks(at, node);
        for (DriverTask& task : at.work().stages[static_cast<std::size_t>(at.work().stage)].tasks)
            if (task.state == TaskState::running && task.executor == node && at.run().phase == QueryPhase::add_batch)
                fail_task(at, task, "ExecutorLostFailure");
    }
    give_out_tasks(driver, env);
}

}  // namespace engine::spark
