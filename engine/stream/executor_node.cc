#include "engine/stream/executor_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/model/node_of.h"
#include "engine/model/touch.h"

namespace engine::spark {
namespace {

using sim::Env;

enum ExecutorTimer : u16 { kDfsTimer = 1, kDriverTimer, kTaskTimer, kFetchTimer, kFirstClientTimer };
constexpr std::array<std::string_view, 5> kExecutorTimers = {"none", "file system retry", "looks for the driver",
                                                         "a task begins its work", "timeout or retry of a fetch"};
static_assert(kExecutorTimers.size() == kFirstClientTimer);
constexpr Nanos kDriverRetry = sim::millis(500);

void connect_to_driver(Executor& executor, Env& env) {
    executor.memory.registered = false;
    executor.memory.driver = env.connect(executor.settings.driver, kDriverPort);
}

void begin(Executor& executor, Env& env) {
    MR_ASSERT(executor.settings.cores > 0 && executor.settings.driver != sim::kNoNode);
    executor.memory = {};
    executor.memory.life = env.incarnation();
    executor.memory.next_timer = kFirstClientTimer;
    executor.memory.dfs.server = executor.settings.dfs;
    executor.memory.dfs.timer_kind = kDfsTimer;
    executor.memory.blocks.fetch_timer = kFetchTimer;
    start(executor.memory.dfs, env);
    env.listen(kBlockPort);
    connect_to_driver(executor, env);
    env.touch(touch::kNodes | touch::kStreams);
}

}  // namespace

RunningTask* find_task(Executor& executor, u64 number) {
    auto& tasks = executor.memory.tasks;
    const auto found = std::ranges::find(tasks, number, &RunningTask::number);
    return found == tasks.end() ? nullptr : &*found;
}

void report(Executor& executor, Env& env, RunningTask& task, TaskStatus status) {
    MR_ASSERT(task.writes.empty() || !status.error.empty());
    status.query = task.order.query;
    status.batch = task.order.batch;
    status.stage = task.order.stage;
    status.task = task.order.task;
    status.attempt = task.order.attempt;
    status.stage_attempt = task.order.stage_attempt;
    status.refused = task.refused;
    status.rows = std::move(task.rows);
    status.written = std::move(task.written);
    status.shuffle = task.shuffle;
    const u64 number = task.number;
    std::erase_if(executor.memory.tasks, [&](const RunningTask& t) { return t.number == number; });
    if (executor.memory.registered)
        env.send(executor.memory.driver, to_frame(status), static_cast<u16>(label_of(SparkCall::status_update)));
}

void begin_work(RunningTask& task, Env& env) {
    MR_ASSERT(task.step != TaskStep::working && task.number > 0);
    task.step = TaskStep::working;
    const auto lane = static_cast<sim::u8>(1 + task.number % (sim::kLanes - 1));
    env.timer(Nanos{}, kTaskTimer, task.number, lane);
}

namespace {

void fail(Executor& executor, Env& env, RunningTask& task, std::string error) {
    MR_ASSERT(!error.empty());
    TaskStatus status;
    status.error = std::move(error);
    report(executor, env, task, std::move(status));
}

// ---- writing ------------------------------------------------------------------------------------

TopicWriter& writer_of(Executor& executor, Env& env, u32 query) {
    for (TopicWriter& w : executor.memory.writers)
        if (w.query == query && w.task == 0) return w;
    TopicWriter& fresh = executor.memory.writers.emplace_back();
    fresh.query = query;
    auto config =
        client::make_producer_config({}, fmt::format("spark-executor-writer-{}", executor.memory.writers.size()));
    MR_ASSERT(config.has_value());
    fresh.producer.config = std::move(*config);
    fresh.producer.cluster.bootstrap = executor.settings.bootstrap;
    fresh.producer.cluster.timer_kind = executor.memory.next_timer++;
    fresh.producer.timer_kind = executor.memory.next_timer++;
    start(fresh.producer, env);
    return fresh;
}

void send_records(Executor& executor, Env& env, RunningTask& task) {
    MR_ASSERT(task.step == TaskStep::writing && !task.order.records.empty());
    TopicWriter& writer = writer_of(executor, env, task.order.query);
    writer.task = task.number;
    writer.failed = writer.producer.failed;
    for (TopicRow& row : task.order.records) {
        client::OutgoingRecord record;
        MR_ASSERT(!row.topic.empty());
        record.target = {env.intern(row.topic), row.partition};
        record.headers = std::move(row.headers);
        record.key = std::move(row.key);
        record.value = std::move(row.value);
        record.timestamp_ms = row.timestamp_ms;
        record.ordinal = executor.next_ordinal++;
        send(writer.producer, env, std::move(record));
    }
    flush(writer.producer, env);
}

/// The task is done when all its files are written and every send had its outcome.
void end_if_written(Executor& executor, Env& env, RunningTask& task) {
    MR_ASSERT(task.step == TaskStep::writing);
    if (!task.writes.empty()) return;
    std::string error;
    for (TopicWriter& w : executor.memory.writers) {
        if (w.task != task.number) continue;
        if (!drained(w.producer)) return;
        w.task = 0;
        if (w.producer.failed > w.failed) error = std::string(name_of(w.producer.last_error));
    }
    TaskStatus status;
    status.error = std::move(error);
    report(executor, env, task, std::move(status));
}

/// What the work of a task takes: its own, its rows, its blocks.
Nanos cost_of(const RunningTask& task, i64 rows) {
    const TaskOrder& order = task.order;
    const auto blocks = static_cast<i64>(task.written.size() + order.blocks.size());
    MR_ASSERT(order.work.count >= 0 && rows >= 0);
    return order.work + order.work_per_row * rows + order.work_per_block * blocks;
}

void do_work(Executor& executor, Env& env, u64 number) {
    MR_ASSERT(number > 0 && number < executor.memory.next_task);
    RunningTask* task = find_task(executor, number);
    if (task == nullptr) return;  // the driver has gone meanwhile
    const i64 local = write_blocks(executor, *task);
    env.charge(cost_of(*task, static_cast<i64>(task->rows.size()) + local + task->shuffle.records));
    task->step = TaskStep::writing;
    for (FileOrder& file : task->order.files)
        task->writes.push_back(dfs::ask(executor.memory.dfs, env, file.once ? dfs::DfsOp::create : dfs::DfsOp::write,
                                        file.path, std::move(file.bytes)));
    if (!task->order.records.empty()) send_records(executor, env, *task);
    end_if_written(executor, env, *task);
}

void on_written(Executor& executor, Env& env, const dfs::DfsAnswer& answer) {
    MR_ASSERT(answer.op == dfs::DfsOp::write || answer.op == dfs::DfsOp::create);
    for (RunningTask& task : executor.memory.tasks) {
        if (std::erase(task.writes, answer.tag) == 0) continue;
        const bool full = answer.status == dfs::DfsStatus::full;
        if (full) return fail(executor, env, task, "java.io.IOException: No space left on device");
        task.refused = task.refused || answer.status == dfs::DfsStatus::exists;
        return end_if_written(executor, env, task);
    }
}

// ---- reading ------------------------------------------------------------------------------------

PartitionReader& reader_of(Executor& executor, Env& env, const TaskOrder& order) {
    auto& readers = executor.memory.readers;
    const TopicPartition source{env.intern(order.topic), order.partition};
    for (PartitionReader& r : readers)
        if (r.query == order.query && r.source == source && r.task == 0) return r;
    PartitionReader& fresh = readers.emplace_back();
    fresh.query = order.query;
    fresh.source = source;
    ConfigMap settings;
    settings["group.id"] = fmt::format("spark-kafka-source-{}-executor", order.query);
    settings["enable.auto.commit"] = "false";
    settings["auto.offset.reset"] = "none";
    auto config = client::make_consumer_config(settings, fmt::format("spark-executor-{}", readers.size()));
    MR_ASSERT(config.has_value());
    fresh.consumer.config = std::move(*config);
    fresh.consumer.cluster.bootstrap = executor.settings.bootstrap;
    fresh.consumer.cluster.timer_kind = executor.memory.next_timer++;
    fresh.consumer.timer_kind = executor.memory.next_timer++;
    client::assign(fresh.consumer, env, {source});
    return fresh;
}

/// Takes what has come. The task goes on when the range is read.
void go_on_reading(Executor& executor, Env& env, PartitionReader& reader) {
    MR_ASSERT(reader.source.partition >= 0);
    RunningTask* task = find_task(executor, reader.task);
    if (reader.task == 0 || task == nullptr) return;
    while (reader.consumer.in_poll) {
        std::vector<client::PolledDetail> records;
        client::take_records(reader.consumer, env, &records);
        if (!reader.consumer.failure.empty()) {
            const std::string why = std::exchange(reader.consumer.failure, "");
            client::leave_poll(reader.consumer, env);
            reader.task = 0;
            return fail(executor, env, *task, why);
        }
        for (const client::PolledDetail& r : records)
            if (r.offset.value < task->order.until)
                task->rows.push_back({r.offset.value, r.timestamp_ms, r.key, r.value, r.headers, -1, ""});
        const auto* position = reader.consumer.assignment.find(reader.source);
        const bool done = position != nullptr && position->state == client::PositionState::fetching &&
                          position->position.value >= task->order.until;
        if (done) break;
        if (reader.consumer.in_poll) return;
        client::enter_poll(reader.consumer, env);
    }
    if (reader.consumer.in_poll) client::leave_poll(reader.consumer, env);
    reader.task = 0;
    begin_work(*task, env);
}

void begin_reading(Executor& executor, Env& env, RunningTask& task) {
    PartitionReader& reader = reader_of(executor, env, task.order);
    reader.task = task.number;
    const bool sought = client::seek(reader.consumer, env, reader.source, Offset{task.order.from});
    MR_ASSERT(sought);
    if (!reader.consumer.in_poll) client::enter_poll(reader.consumer, env);
    go_on_reading(executor, env, reader);
}

// ---- the driver ---------------------------------------------------------------------------------

void take_order(Executor& executor, Env& env, const sim::Frame& frame) {
    auto order = read_order(frame);
    MR_ASSERT(order.has_value());
    RunningTask& task = executor.memory.tasks.emplace_back();
    task.number = executor.memory.next_task++;
    task.order = std::move(*order);
    if (!task.order.blocks.empty()) return begin_fetching(executor, env, task);
    if (task.order.topic.empty()) return begin_work(task, env);
    begin_reading(executor, env, task);
}

void take_frame(Executor& executor, Env& env, const sim::Frame& frame) {
    const auto call = call_of(frame);
    MR_ASSERT(call.has_value());
    if (*call == SparkCall::send_program) return take_program(executor, frame);
    if (*call == SparkCall::launch_task) return take_order(executor, env, frame);
    const auto removed = read_removal(frame);
    MR_ASSERT(removed.has_value());  // the driver says nothing else
    forget(executor.memory.blocks, *removed);
}

/// An application ends with its driver: so do its tasks, programs and blocks.
void on_driver_gone(Executor& executor, Env& env) {
    ExecutorMemory& memory = executor.memory;
    memory.registered = false;
    memory.driver = {};
    memory.tasks.clear();
    memory.programs.clear();
    drop_fetches(memory.blocks, env, 0);
    memory.blocks.outputs = {};
    for (PartitionReader& r : memory.readers) r.task = 0;
    for (TopicWriter& w : memory.writers) w.task = 0;
    env.timer(kDriverRetry, kDriverTimer, 0);
}

void on_driver(Executor& executor, Env& env, const sim::Notice& notice) {
    ExecutorMemory& memory = executor.memory;
    if (notice.kind == sim::NoticeKind::connected) {
        memory.registered = true;
        env.send(memory.driver, registration_frame(executor.settings.cores), label_of(SparkCall::register_executor));
    }
    if (notice.kind == sim::NoticeKind::closed) on_driver_gone(executor, env);
    if (notice.kind == sim::NoticeKind::frame) take_frame(executor, env, *notice.frame);
}

}  // namespace

std::string_view ExecutorNode::timer_name(u16 timer_kind) const {
    if (timer_kind >= kFirstClientTimer) return "a Kafka client's";
    return kExecutorTimers[timer_kind];
}

void ExecutorNode::on_notice(Env& env, sim::Notice& notice) {
    MR_ASSERT(notice.kind != sim::NoticeKind::none);
    if (notice.kind == sim::NoticeKind::boot) return begin(state, env);
    ExecutorMemory& memory = state.memory;
    if (concerns(memory.dfs, notice)) {
        if (const auto answer = dfs::on_notice(memory.dfs, env, notice)) on_written(state, env, *answer);
        return;
    }
    if (memory.driver && notice.connection == memory.driver && notice.kind != sim::NoticeKind::timer)
        return on_driver(state, env, notice);
    if (notice.kind == sim::NoticeKind::timer && notice.timer_kind == kDriverTimer)
        return connect_to_driver(state, env);
    if (notice.kind == sim::NoticeKind::timer && notice.timer_kind == kTaskTimer)
        return do_work(state, env, notice.tag);
    for (std::size_t i = 0; i < memory.readers.size(); ++i) {
        if (!concerns(memory.readers[i].consumer, notice)) continue;
        client::on_notice(memory.readers[i].consumer, env, notice);
        return go_on_reading(state, env, memory.readers[i]);
    }
    for (std::size_t i = 0; i < memory.writers.size(); ++i) {
        TopicWriter& writer = memory.writers[i];
        if (!concerns(writer.producer, notice)) continue;
        client::on_notice(writer.producer, env, notice);
        RunningTask* task = writer.task == 0 ? nullptr : find_task(state, writer.task);
        if (task != nullptr) end_if_written(state, env, *task);
        return;
    }
    if (!concerns(memory.blocks, notice)) return;
    for (const FetchEnd& end : spark::on_notice(memory.blocks, env, notice)) on_fetch_end(state, env, end);
}

}  // namespace engine::spark

template class engine::NodeOf<engine::spark::ExecutorNode>;
