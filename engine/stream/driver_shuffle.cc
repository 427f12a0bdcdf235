// The shuffle as the driver knows it: which map task left blocks of what size on which executor. A reduce task is told
// where its blocks lie when it begins. If one cannot be had, all blocks of that executor count as lost: their map tasks
// run again, then the reduce tasks that are not done (spec: DAGScheduler). A stage whose fetches failed in four
// attempts one after the other ends the query.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "engine/model/stream_facts.h"
#include "engine/stream/driver_parts.h"

namespace engine::spark {
namespace {

constexpr Nanos kResubmitDelay = sim::millis(200);  // DAGScheduler.RESUBMIT_TIMEOUT
constexpr i64 kMostStageAttempts = 4;               // spark.stage.maxConsecutiveAttempts
constexpr i64 kFetchRetries = 3;                    // spark.shuffle.io.maxRetries
constexpr Nanos kFetchPause = sim::seconds(5);      // spark.shuffle.io.retryWait
constexpr Nanos kFetchWait = sim::seconds(120);     // spark.network.timeout
constexpr i64 kMostNumber = 1'000'000'000;

const std::string* setting(const At& at, const std::string& key) {
    const auto& settings = at.compiled().session.settings;
    const auto found = settings.find(key);
    return found == settings.end() ? nullptr : &found->second;
}

/// `120s`, `500ms`, `2min`; seconds where no unit is said.
Nanos time_setting(const At& at, const std::string& key, Nanos missing) {
    const std::string* text = setting(at, key);
    if (text == nullptr) return missing;
    i64 n = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), n);
    if (error != std::errc{} || n <= 0 || n > kMostNumber) return missing;
    const std::string_view unit(end, static_cast<std::size_t>(text->data() + text->size() - end));
    if (unit == "ms") return sim::millis(n);
    if (unit == "m" || unit == "min") return sim::seconds(n * 60);
    return unit == "h" ? sim::seconds(n * 3600) : sim::seconds(n);
}

StageRun& maps(const At& at) { return at.work().stages[0]; }
StageRun& reduces(const At& at) { return at.work().stages[1]; }

bool shuffles(const At& at) {
    return std::ranges::any_of(maps(at).tasks, [](const DriverTask& t) { return t.order.shuffles; });
}

/// A task begins anew, as one of the newest attempt of its stage.
void begin_again(DriverTask& task, const StageRun& stage) {
    MR_ASSERT(stage.attempt > 0);
    task.state = TaskState::running;
    task.executor = sim::kNoNode;
    task.lost = false;
    task.order.attempt = 0;
    task.order.stage_attempt = stage.attempt;
}

}  // namespace

i64 number_setting(const At& at, const std::string& key, i64 missing) {
    const std::string* text = setting(at, key);
    i64 n = missing;
    if (text != nullptr) std::from_chars(text->data(), text->data() + text->size(), n);
    return std::clamp<i64>(n, 1, kMostNumber);
}

void add_blocks(const At& at, TaskOrder& order) {
    if (order.stage == 0 || order.partition < 0) return;
    MR_ASSERT(order.stage == 1);
    order.blocks.clear();
    for (const DriverTask& map : maps(at).tasks) {
        MR_ASSERT(map.order.shuffles || map.written.empty());
        const auto size = std::ranges::lower_bound(map.written, order.partition, {}, &BlockSize::partition);
        if (size == map.written.end() || size->partition != order.partition) continue;
        order.blocks.push_back({map.order.task, map.lost ? sim::kNoNode : map.executor, size->records, size->bytes});
    }
    order.fetch_wait = time_setting(at, "spark.network.timeout", kFetchWait);
    order.fetch_pause = time_setting(at, "spark.shuffle.io.retryWait", kFetchPause);
    order.fetch_retries = static_cast<i32>(number_setting(at, "spark.shuffle.io.maxRetries", kFetchRetries));
}

void send_program(const At& at, ExecutorLink& executor) {
    std::pair<u32, std::string> name{at.query, at.run().run_id};
    if (std::ranges::find(executor.programs, name) != executor.programs.end()) return;
    std::erase_if(executor.programs, [&](const auto& each) { return each.first == at.query; });
    executor.programs.push_back(std::move(name));
    const SparkSpec& cluster = at.driver.settings.spec;
    const QueryProgram program{at.query, cluster.conf, cluster.tables, at.spec()};
    at.env.send(executor.connection, to_frame(program), label_of(SparkCall::send_program));
}

void lose_blocks(const At& at, NodeId executor) {
    MR_ASSERT(executor != sim::kNoNode && at.run().phase == QueryPhase::add_batch);
    i64 lost = 0;
    for (DriverTask& task : maps(at).tasks) {
        const bool held = task.order.shuffles && task.state == TaskState::finished && task.executor == executor;
        if (!held || task.lost) continue;
        ++lost;
        if (at.work().stage == 0) task.state = TaskState::running, task.executor = sim::kNoNode, ++task.order.attempt;
        else task.lost = true;
    }
    if (lost > 0) tell(at, StreamFact::blocks_lost, {at.cursor().next_batch, lost, executor.value});
}

void on_fetch_failed(const At& at, DriverTask& task, const TaskStatus& status) {
    MR_ASSERT(status.fetch_failed && status.stage == 1 && task.state == TaskState::running);
    task.state = TaskState::failed;
    tell_task(at, task);
    task.state = TaskState::running;
    task.executor = sim::kNoNode;
    StageRun& stage = reduces(at);
    const bool again = at.work().stage != 1 || stage.failed;
    tell(at, StreamFact::fetch_failed, {status.task, status.lost_map, at.cursor().next_batch, status.lost_at.value});
    for (DriverTask& map : maps(at).tasks)
        if (map.order.task == status.lost_map && status.lost_at == sim::kNoNode) map.lost = true;
    if (again) return;
    if (status.lost_at != sim::kNoNode) lose_blocks(at, status.lost_at);
    const i64 most = number_setting(at, "spark.stage.maxConsecutiveAttempts", kMostStageAttempts);
    if (++stage.failed_attempts >= most)
        return fail(at,
                    {"SparkException", "org.apache.spark.SparkException", "", "",
                     fmt::format("Job aborted due to stage failure: ResultStage 1 (start at "
                                 "NativeMethodAccessorImpl.java:0) has failed the maximum allowable number of times: "
                                 "{}. Most recent failure reason:\n{}",
                                 most, status.error)});
    stage.failed = true;
    at.env.cancel(at.run().timer);
    at.run().timer = at.env.timer(kResubmitDelay, kQueryTimer, at.query);
}

void relaunch_reduces(const At& at) {
    StageRun& stage = reduces(at);
    MR_ASSERT(stage.failed && at.work().output.output != nullptr);
    at.work().stage = 1;
    stage.failed = false;
    ++stage.attempt;
    for (DriverTask& task : stage.tasks)
        if (task.state != TaskState::finished) begin_again(task, stage);
    tell(at, StreamFact::stage_retried, {1, stage.attempt, at.cursor().next_batch});
    give_out_tasks(at.driver, at.env);
}

void resubmit(const At& at) {
    MR_ASSERT(at.run().phase == QueryPhase::add_batch && at.work().stage == 1);
    if (!reduces(at).failed) return;
    StageRun& stage = maps(at);
    const bool lost = std::ranges::any_of(stage.tasks, [](const DriverTask& t) { return t.lost; });
    if (!lost) return relaunch_reduces(at);
    at.work().stage = 0;
    ++stage.attempt;
    for (DriverTask& task : stage.tasks)
        if (task.lost) begin_again(task, stage);
    tell(at, StreamFact::stage_retried, {0, stage.attempt, at.cursor().next_batch});
    give_out_tasks(at.driver, at.env);
}

void forget_blocks(const At& at) {
    if (!shuffles(at)) return;
    MR_ASSERT(at.cursor().next_batch >= 0);
    const ShuffleId shuffle{at.query, at.cursor().next_batch};
    for (const ExecutorLink& e : at.driver.memory.executors)
        at.env.send(e.connection, to_frame(shuffle), label_of(SparkCall::remove_shuffle));
}

}  // namespace engine::spark
