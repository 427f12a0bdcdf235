// What the executor's files share. Private to them.
#pragma once

#include "engine/stream/executor_node.h"

namespace engine::spark {

// executor_node.cc
RunningTask* find_task(Executor& executor, u64 number);
/// Tells the driver how a task went, and forgets it.
void report(Executor& executor, sim::Env& env, RunningTask& task, TaskStatus status);
/// Work is done on a lane of the task's own, so that tasks do not wait for each other.
void begin_work(RunningTask& task, sim::Env& env);

// executor_shuffle.cc
void take_program(Executor& executor, const sim::Frame& frame);
/// Leaves what a map task read as blocks; how many rows it had of a source that the driver reads itself.
i64 write_blocks(Executor& executor, RunningTask& task);
/// Asks for the blocks of a reduce task; it goes on when all are there.
void begin_fetching(Executor& executor, sim::Env& env, RunningTask& task);
void on_fetch_end(Executor& executor, sim::Env& env, const FetchEnd& end);

}  // namespace engine::spark
