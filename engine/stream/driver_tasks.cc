// Stages and their tasks: each goes to an executor with a free core, a partition always to the same one while it lives;
// what an executor takes with it when it dies is given to another.
#include <algorithm>

#include "engine/model/stream_facts.h"
#include "engine/model/touch.h"
#include "engine/stream/driver_parts.h"

namespace engine::spark {
namespace {

constexpr i32 kMostAttempts = 4;  // spark.task.maxFailures
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
    at.env.send(executor.connection, to_frame(task.order), label_of(SparkCall::launch_task));
    tell_task(at, task);
}

bool all_done(const BatchWork& work) {
    return std::ranges::all_of(work.tasks, [](const DriverTask& t) { return t.state == TaskState::finished; });
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

void fail_task(const At& at, DriverTask& task, const std::string& why) {
    MR_ASSERT(task.state == TaskState::running && task.order.attempt < kMostAttempts);
    task.state = TaskState::failed;
    tell_task(at, task);
    if (task.order.attempt + 1 >= kMostAttempts)
        return fail(at, {"SparkException", "org.apache.spark.SparkException", "", "",
                         "Job aborted due to stage failure: Task failed 4 times, most recent failure: " + why});
    task.state = TaskState::running;
    task.executor = sim::kNoNode;
    ++task.order.attempt;
    if (at.compiled().plan.has_bug(PlantedBug::retry_writes_twice)) write_beside(at, task.order);
    tell(at, StreamFact::task_retried, {task.order.task, task.order.stage, task.order.attempt});
}

}  // namespace

void launch(const At& at, std::vector<TaskOrder> orders) {
    MR_ASSERT(at.run().phase == QueryPhase::add_batch);
    at.work().tasks.clear();
    for (TaskOrder& order : orders) at.work().tasks.emplace_back().order = std::move(order);
    if (at.work().tasks.empty()) return on_stage_done(at);
    give_out_tasks(at.driver, at.env);
}

void give_out_tasks(Driver& driver, sim::Env& env) {
    for (u32 q = 0; q < driver.memory.queries.size(); ++q) {
        const At at{driver, env, q};
        if (at.run().phase != QueryPhase::add_batch) continue;
        for (DriverTask& task : at.work().tasks)
            if (task.state == TaskState::running && task.executor == sim::kNoNode)
                if (ExecutorLink* executor = place_of(driver, task.order)) send(at, task, *executor);
    }
}

void on_status(Driver& driver, sim::Env& env, NodeId executor, const TaskStatus& status) {
    MR_ASSERT(status.query < driver.memory.queries.size());
    give_back(driver, executor);
    const At at{driver, env, status.query};
    auto& tasks = at.work().tasks;
    const bool current = at.run().phase == QueryPhase::add_batch && status.batch == at.cursor().next_batch &&
                         status.stage == at.work().stage && static_cast<std::size_t>(status.task) < tasks.size();
    if (current) {
        DriverTask& task = tasks[static_cast<std::size_t>(status.task)];
        if (task.order.attempt == status.attempt && task.state == TaskState::running) {
            if (!status.error.empty()) fail_task(at, task, status.error);
            else {
                task.state = TaskState::finished;
                task.read = status.rows;
                task.rows = static_cast<i64>(status.rows.size());
                task.refused = status.refused;
                tell_task(at, task);
            }
        }
    }
    env.touch(touch::kStreams);
    if (current && at.run().phase == QueryPhase::add_batch && all_done(at.work())) on_stage_done(at);
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
        for (DriverTask& task : at.work().tasks)
            if (task.state == TaskState::running && task.executor == node) fail_task(at, task, "ExecutorLostFailure");
    }
    give_out_tasks(driver, env);
}

}  // namespace engine::spark
