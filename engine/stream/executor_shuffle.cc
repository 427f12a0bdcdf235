#include <fmt/format.h>

#include <algorithm>

#include "engine/stream/executor_parts.h"

namespace engine::spark {
namespace {

using sim::Env;

ShuffleId shuffle_of(const TaskOrder& order) { return {order.query, order.batch}; }

const CompiledQuery* program_of(const Executor& executor, u32 query) {
    const auto found = std::ranges::find(executor.memory.programs, query, &HeldProgram::query);
    return found == executor.memory.programs.end() ? nullptr : found->compiled.query.get();
}

/// The rows that a map task has, as its source gives them.
std::vector<Batch> rows_of_task(const CompiledQuery& program, const RunningTask& task) {
    const TaskOrder& order = task.order;
    if (order.topic.empty()) return unpacked_rows(program.plan, order.source, order.input);
    if (task.rows.empty()) return {};
    return {topic_batch(order.topic, order.partition, task.rows, program.with_headers[order.source] != 0)};
}

/// The words of Spark's FetchFailedException, by what was wrong.
std::string failure_text(const RunningTask& task, i32 map, NodeId from, bool unreachable) {
    const i32 partition = task.order.partition;
    if (from == sim::kNoNode)
        return fmt::format(
            "org.apache.spark.shuffle.MetadataFetchFailedException: Missing an output location for shuffle "
            "{} partition {}",
            task.order.batch, partition);
    if (unreachable)
        return fmt::format("org.apache.spark.shuffle.FetchFailedException: Failed to connect to executor {}:{}",
                           from.value, kBlockPort);
    return fmt::format("org.apache.spark.shuffle.FetchFailedException: Failure while fetching StreamChunkId: block "
                       "shuffle_{}_{}_{} is not there",
                       task.order.batch, map, partition);
}

void fetch_failed(Executor& executor, Env& env, RunningTask& task, i32 map, NodeId from, bool unreachable) {
    MR_ASSERT(task.step == TaskStep::fetching);
    drop_fetches(executor.memory.blocks, env, task.number);
    TaskStatus status;
    status.error = failure_text(task, map, from, unreachable);
    status.fetch_failed = true;
    status.lost_map = map;
    status.lost_at = from;
    report(executor, env, task, std::move(status));
}

void take_bytes(RunningTask& task, const sim::Slices& slices, bool remote) {
    for (const sim::Slice& slice : slices) {
        const i64 rows = rows_in_block(slice.bytes());
        MR_ASSERT(rows > 0);  // what is sent arrives whole
        task.shuffle.records += rows;
        task.shuffle.bytes += slice.length;
        if (remote) task.shuffle.remote_bytes += slice.length;
    }
}

void work_if_fetched(RunningTask& task, Env& env) {
    if (!task.fetches.empty()) return;
    task.shuffle.wait_ms = (env.now() - task.fetch_began).to_millis();
    begin_work(task, env);
}

}  // namespace

void take_program(Executor& executor, const sim::Frame& frame) {
    auto program = read_program(frame);
    MR_ASSERT(program.has_value());
    SparkSpec cluster;
    cluster.conf = std::move(program->conf);
    cluster.tables = std::move(program->tables);
    auto compiled = compile_query(cluster, program->spec);
    MR_ASSERT(compiled.has_value());  // the driver has compiled the same text
    auto& programs = executor.memory.programs;
    std::erase_if(programs, [&](const HeldProgram& held) { return held.query == program->query; });
    programs.push_back({program->query, std::move(*compiled)});
}

i64 write_blocks(Executor& executor, RunningTask& task) {
    MR_ASSERT(task.written.empty());
    if (!task.order.shuffles) return 0;
    const CompiledQuery* program = program_of(executor, task.order.query);
    MR_ASSERT(program != nullptr);  // it is sent before the first task
    std::vector<Batch> rows = rows_of_task(*program, task);
    i64 local = 0;
    for (const Batch& b : rows) local += task.order.topic.empty() ? b.rows : 0;
    const auto blocks = shuffle_blocks(*program, task.order.source, task.order.timestamp_ms, std::move(rows));
    for (const ShuffleBlock& b : blocks)
        task.written.push_back({b.partition, b.records, static_cast<i64>(b.bytes.size())});
    keep(executor.memory.blocks, shuffle_of(task.order), task.order.task, blocks);
    return local;
}

void begin_fetching(Executor& executor, Env& env, RunningTask& task) {
    MR_ASSERT(task.step == TaskStep::reading && !task.order.blocks.empty());
    task.step = TaskStep::fetching;
    task.fetch_began = env.now();
    std::vector<BlockFetch> wanted;
    for (const BlockPlace& place : task.order.blocks) {
        if (place.executor == sim::kNoNode) return fetch_failed(executor, env, task, place.map, place.executor, false);
        if (place.executor == env.node()) {
            const KeptBlock* block =
                find_block(executor.memory.blocks, shuffle_of(task.order), place.map, task.order.partition);
            if (block == nullptr) return fetch_failed(executor, env, task, place.map, place.executor, false);
            sim::Slices own;
            own.push_back(block->bytes);
            take_bytes(task, own, false);
            continue;
        }
        const auto known = std::ranges::find(wanted, place.executor, &BlockFetch::from);
        BlockFetch& f = known == wanted.end() ? wanted.emplace_back() : *known;
        f.task = task.number;
        f.from = place.executor;
        f.request.shuffle = shuffle_of(task.order);
        f.request.partition = task.order.partition;
        f.request.maps.push_back(place.map);
        f.wait = task.order.fetch_wait;
        f.pause = task.order.fetch_pause;
        f.retries_left = task.order.fetch_retries;
    }
    for (BlockFetch& f : wanted) task.fetches.push_back(fetch(executor.memory.blocks, env, std::move(f)));
    work_if_fetched(task, env);
}

void on_fetch_end(Executor& executor, Env& env, const FetchEnd& end) {
    MR_ASSERT(end.fetch != 0 && end.task != 0);
    RunningTask* task = find_task(executor, end.task);
    if (task == nullptr) return;
    std::erase(task->fetches, end.fetch);
    if (end.lost_map >= 0) return fetch_failed(executor, env, *task, end.lost_map, end.from, end.unreachable);
    take_bytes(*task, end.bytes, true);
    work_if_fetched(*task, env);
}

}  // namespace engine::spark
