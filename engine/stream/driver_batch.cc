// The phases of one batch, in Spark's order: where the sources end, the offset log, planning, tasks and their state
// files, the sink, the commit log. The watermark moves when the commit is logged and works from the next batch on.
#include <fmt/format.h>

#include <algorithm>

#include "engine/model/stream_facts.h"
#include "engine/model/touch.h"
#include "engine/stream/driver_parts.h"
#include "engine/stream/pacing.h"
#include "engine/stream/shuffle_write.h"
#include "engine/stream/sinks.h"
#include "engine/stream/state_checkpoint.h"
#include "engine/stream/stream_sources.h"

namespace engine::spark {
namespace {

i64 spent_ms(const At& at) { return (at.env.now() - at.work().phase_began).to_millis(); }

bool has_bug(const At& at, PlantedBug bug) { return at.compiled().plan.has_bug(bug); }

Nanos share(const At& at, i64 hundredths, Nanos otherwise) {
    const Nanos cost = at.driver.settings.spec.batch_cost;
    return cost.count > 0 ? cost * hundredths / 100 : otherwise;
}

/// The moment's plan: with the batch's time as a constant if the query asks for the time.
std::expected<StreamPlan, QueryError> plan_now(const At& at, Session& session) {
    MR_ASSERT(at.cursor().planned);
    return plan_at(at.compiled(), session, at.cursor().entry.timestamp_ms);
}

void begin_planning(const At& at) {
    MR_ASSERT(at.cursor().planned && at.work().stages[0].tasks.empty());
    if (crashes(at, "getBatch", false) || crashes(at, "queryPlanning", false)) return;
    at.work().row.times.get_batch = 0;
    enter(at, QueryPhase::query_planning);
    arm_query(at, share(at, kPlanShare, kPlanCost));
}

// ---- stages -------------------------------------------------------------------------------------

const std::string& read_from(const At& at, u32 source) {
    const QueryCursor& cursor = at.cursor();
    return cursor.committed[source].empty() ? cursor.initial[source] : cursor.committed[source];
}

/// The entry of the batch as the log has it.
std::string logged_text(const At& at) {
    OffsetLogEntry entry = at.cursor().entry;
    entry.offsets = by_leaf(at.compiled().plan, entry.offsets);
    return offset_log_text(entry);
}

bool fresh(const At& at, u32 source) {
    const QueryCursor& cursor = at.cursor();
    return !cursor.entry.offsets[source].empty() && cursor.entry.offsets[source] != cursor.committed[source];
}

void add_ranges(const At& at, u32 source, std::vector<TaskOrder>& orders) {
    MR_ASSERT(is_kafka(at.spec().sources[source]) && !read_from(at, source).empty());
    auto from = parse_kafka_offsets(read_from(at, source));
    std::vector<OffsetRange> ranges;
    for (const auto& [topic, partitions] : parse_kafka_offsets(at.cursor().entry.offsets[source]))
        for (const auto& [partition, until] : partitions) {
            const i64 begin = from[topic][partition];
            const bool again = has_bug(at, PlantedBug::range_end_inclusive) && at.cursor().next_batch > 0 && begin > 0;
            if (until > begin) ranges.push_back({topic, partition, begin - (again ? 1 : 0), until});
        }
    const NamedTexts& options = at.spec().sources[source].options;
    for (OffsetRange& range : split_ranges(ranges, std::atoll(option(options, "minPartitions").c_str()),
                                           std::atoll(option(options, "maxRecordsPerPartition").c_str()))) {
        TaskOrder& order = orders.emplace_back();
        order.source = source;
        order.topic = std::move(range.topic);
        order.partition = static_cast<i32>(range.partition);
        order.from = range.from;
        order.until = range.until;
    }
}

/// How long each task of a stage takes by itself: the stage's share of the lesson's cost, in as many waves as cores ask
/// for.
void set_costs(const At& at, std::vector<TaskOrder>& orders) {
    i64 cores = 0;
    for (const ExecutorLink& e : at.driver.memory.executors) cores += e.cores;
    const i64 waves = cores == 0 ? 1 : (static_cast<i64>(orders.size()) + cores - 1) / cores;
    const bool scaled = at.driver.settings.spec.batch_cost.count > 0;
    for (TaskOrder& order : orders) {
        const auto files = static_cast<i64>(order.files.size());
        order.work =
            share(at, kStageShare, kTaskCost + kStateFileCost * files) / (scaled ? std::max<i64>(1, waves) : 1);
        order.work_per_row = scaled ? Nanos{} : kRowCost;
        order.work_per_block = scaled ? Nanos{} : kBlockCost;
    }
}

void number(const At& at, i32 stage, std::vector<TaskOrder>& orders) {
    MR_ASSERT(stage == 0 || stage == 1);
    for (std::size_t i = 0; i < orders.size(); ++i) {
        orders[i].query = at.query;
        orders[i].batch = at.cursor().next_batch;
        orders[i].stage = stage;
        orders[i].task = static_cast<i32>(i);
        orders[i].timestamp_ms = at.cursor().entry.timestamp_ms;
    }
    set_costs(at, orders);
}

void begin_sink(const At& at) {
    enter(at, QueryPhase::sink_commit);
    arm_query(at, share(at, kSinkShare, kSinkCost));
}

/// The manifest names the batch already and no state depends on its rows: nothing is read (spec: FileStreamSink).
void skip_batch(const At& at) {
    MR_ASSERT(at.work().sink_has_it && at.work().stages[0].tasks.empty());
    auto output = std::make_shared<BatchOutput>();
    output->state = at.cursor().state.state;
    output->event_time.resize(at.compiled().plan.watermarks.size());
    at.work().output.output = std::move(output);
    at.work().row.input_rows = 0;
    begin_sink(at);
}

std::vector<Batch> rows_of_source(const At& at, u32 source) {
    MR_ASSERT(source < at.spec().sources.size());
    if (!fresh(at, source)) return {};
    const SourceSpec& spec = at.spec().sources[source];
    if (!is_kafka(spec))
        return local_rows(at, source, at.cursor().committed[source], at.cursor().entry.offsets[source]);
    std::vector<Batch> out;
    const bool headers = option(spec.options, "includeHeaders") == "true";
    for (const DriverTask& task : at.work().stages[0].tasks)
        if (task.order.source == source && !task.read.empty())
            out.push_back(topic_batch(task.order.topic, task.order.partition, task.read, headers));
    return out;
}

void begin_reading(const At& at) {
    MR_ASSERT(at.run().phase == QueryPhase::query_planning && at.cursor().planned);
    if (crashes(at, "addBatch", false)) return;
    at.work().row.times.query_planning = spent_ms(at);
    tell_plan(at);
    enter(at, QueryPhase::add_batch);
    at.work().add_began = at.env.now();
    at.work().sink_has_it = at.cursor().next_batch <= at.cursor().manifest;
    if (at.work().sink_has_it && at.compiled().plan.operators.empty()) return skip_batch(at);
    std::vector<TaskOrder> orders;
    for (u32 s = 0; s < at.spec().sources.size(); ++s) {
        if (!fresh(at, s)) continue;
        const std::size_t first = orders.size();
        if (is_kafka(at.spec().sources[s])) add_ranges(at, s, orders);
        else orders.emplace_back().source = s;
        const bool shuffles = crosses_exchange(at.compiled().plan, s);
        for (std::size_t i = first; i < orders.size(); ++i) orders[i].shuffles = shuffles;
        if (shuffles && !is_kafka(at.spec().sources[s]))
            orders[first].input = packed_rows(at.compiled().plan, s, rows_of_source(at, s));
    }
    at.work().stage = 0;
    number(at, 0, orders);
    launch(at, std::move(orders));
}

BatchInput input_of(const At& at) {
    MR_ASSERT(at.cursor().late_ms <= at.cursor().entry.watermark_ms);
    const QueryCursor& cursor = at.cursor();
    BatchInput input;
    input.late_ms = at.compiled().allow_multiple ? cursor.late_ms : cursor.entry.watermark_ms;
    input.evict_ms = cursor.entry.watermark_ms;
    input.timestamp_ms = cursor.entry.timestamp_ms;
    input.first = cursor.next_batch == 0;
    for (const Plan* relation : at.compiled().plan.relations) {
        input.rows.push_back(rows_of_source(at, static_cast<u32>(relation->n)));
        for (const Batch& b : input.rows.back()) at.work().row.input_rows += b.rows;
    }
    return input;
}

void begin_writing(const At& at) {
    MR_ASSERT(at.run().phase == QueryPhase::add_batch && at.work().output.output != nullptr);
    const BatchOutput& out = *at.work().output.output;
    std::vector<TaskOrder> orders;
    Session session = at.compiled().session;
    for (StateFile& file : state_files(session, at.compiled().plan, at.cursor().next_batch, out)) {
        const auto place = std::ranges::find(orders, static_cast<i32>(file.partition), &TaskOrder::partition);
        TaskOrder& order = place == orders.end() ? orders.emplace_back() : *place;
        order.partition = static_cast<i32>(file.partition);
        order.files.push_back({at.path(file.path), std::move(file.bytes)});
    }
    if (!add_sink_orders(at, orders)) return;
    if (has_bug(at, PlantedBug::commit_before_sink))
        dfs::ask(at.driver.memory.dfs, at.env, dfs::DfsOp::write,
                 at.path(fmt::format("commits/{}", at.cursor().next_batch)),
                 commit_log_text(watermark_after(at.cursor().tracker, at.compiled().plan, out)));
    at.work().stage = 1;
    number(at, 1, orders);
    launch(at, std::move(orders));
}

/// Everything is read: what the batch gives, and the state after it.
void compute(const At& at) {
    MR_ASSERT(at.run().phase == QueryPhase::add_batch && at.work().stage == 0);
    at.work().row.input_rows = 0;
    const BatchInput input = input_of(at);
    for (const DriverTask& task : at.work().stages[0].tasks)
        at.work().read.insert(at.work().read.end(), task.read.begin(), task.read.end());
    Session session = at.compiled().session;
    const auto plan = plan_now(at, session);
    if (!plan) return fail(at, plan.error());
    auto state = std::make_shared<StreamState>(*at.cursor().state.state);
    auto out = run_batch(session, *plan, *state, input);
    if (!out) return fail(at, out.error());
    auto output = std::make_shared<BatchOutput>(std::move(*out));
    output->state = std::move(state);
    at.work().output.output = std::move(output);
    begin_writing(at);
}

void print_to_console(const At& at, const Rows& rows) {
    if (at.spec().sink != "console") return;
    Session session = at.compiled().session;
    std::string text;
    ConsoleSink sink(session, text);
    const std::string most = option(at.spec().sink_options, "numRows");
    if (!most.empty()) sink.rows_shown = std::max<i64>(0, std::atoll(most.c_str()));
    sink.truncate = option(at.spec().sink_options, "truncate") != "false";
    static_cast<void>(sink.add(at.cursor().next_batch, rows));
    at.run().console = std::move(text);
}

void begin_commit(const At& at) {
    MR_ASSERT(at.run().phase == QueryPhase::sink_commit && at.work().output.output != nullptr);
    const BatchOutput& out = *at.work().output.output;
    print_to_console(at, out.rows);
    tell_results(at, out);
    if (crashes(at, "addBatch", true) || crashes(at, "commitOffsets", false)) return;
    QueryCursor& cursor = at.cursor();
    cursor.tracker.advance(out.event_time, delays_of(at.compiled().plan));
    if (has_bug(at, PlantedBug::offsets_logged_last))
        dfs::ask(at.driver.memory.dfs, at.env, dfs::DfsOp::write, at.path(fmt::format("offsets/{}", cursor.next_batch)),
                 logged_text(at));
    at.work().row.times.add_batch = (at.env.now() - at.work().add_began).to_millis();
    enter(at, QueryPhase::commit_offsets);
    at.work().ticket =
        dfs::ask(at.driver.memory.dfs, at.env,
                 has_bug(at, PlantedBug::commit_before_sink) ? dfs::DfsOp::write : dfs::DfsOp::create,
                 at.path(fmt::format("commits/{}", cursor.next_batch)), commit_log_text(cursor.tracker.global_ms));
}

void take_metrics(BatchRow& row, const BatchOutput& out) {
    MR_ASSERT(row.state_total < 0);
    row.state_total = row.state_updated = row.state_removed = row.dropped = 0;
    for (const OperatorMetrics& m : out.operators) {
        row.state_total += m.total;
        row.state_updated += m.updated;
        row.state_removed += m.removed;
        row.dropped += m.dropped;
    }
}

void finish_batch(const At& at) {
    MR_ASSERT(at.run().phase == QueryPhase::commit_offsets && at.work().output.output->state != nullptr);
    QueryCursor& cursor = at.cursor();
    const BatchOutput& out = *at.work().output.output;
    BatchRow& row = at.work().row;
    row.committed = true;
    row.times.commit_offsets = spent_ms(at);
    row.ended_at = at.env.wall_ms();
    row.next_ms = cursor.tracker.global_ms;
    row.output_rows = out.rows.count();
    row.given = out.given;
    take_metrics(row, out);
    tell_batch(at);
    tell(at, StreamFact::batch_committed, {row.batch_id, row.input_rows, row.output_rows});
    if (row.next_ms > row.evict_ms)
        tell(at, StreamFact::watermark_moved, {row.batch_id, at.env.intern(moment_text(row.next_ms)).value});
    cursor.state.state = out.state;
    cursor.evicted_ms = propagated(at.compiled().plan, cursor.entry.watermark_ms);
    cursor.late_ms = cursor.entry.watermark_ms;
    cursor.committed = cursor.entry.offsets;
    forget_blocks(at);
    ++cursor.next_batch;
    cursor.planned = false;
    cursor.ran = true;
    at.run().attempts = 0;
    at.work().output = {};
    at.work().stages = {};
    at.work().read.clear();
    if (crashes(at, "commitOffsets", true)) return;
    plan_next_trigger(at);
}

}  // namespace

void begin_trigger(const At& at) {
    MR_ASSERT(at.run().compiled.query != nullptr);
    QueryRun& run = at.run();
    if (run.triggers > 0) --run.triggers;
    run.work = {};
    BatchRow& row = run.work.row;
    row.query = at.spec().name;
    row.run_id = run.run_id;
    row.batch_id = at.cursor().next_batch;
    row.trigger_at = at.env.wall_ms();
    row.attempts = ++run.attempts;
    run.last_trigger = at.env.now();
    enter(at, QueryPhase::latest_offset);
    if (at.cursor().planned) {
        row.late_ms = at.cursor().late_ms;
        row.evict_ms = at.cursor().entry.watermark_ms;
        row.batch_timestamp = at.cursor().entry.timestamp_ms;
        row.data = true;
        tell_batch(at);
        return begin_planning(at);
    }
    if (!crashes(at, "latestOffset", false)) ask_offsets(at);
}

namespace {

/// What a source must know after a restart of where it began: Kafka its offsets, the rate its moment.
std::string beginning(const At& at, u32 source) {
    MR_ASSERT(source < at.spec().sources.size());
    const SourceSpec& spec = at.spec().sources[source];
    if (is_kafka(spec)) return std::string(1, '\0') + "v1\n" + at.cursor().initial[source];
    return spec.format == "rate" ? fmt::format("v1\n{}", at.run().began_ms) : "";
}

/// The batch exists from now on, whatever happens.
void on_offsets_logged(const At& at) {
    MR_ASSERT(at.run().phase == QueryPhase::wal_commit && !at.cursor().planned);
    at.work().row.times.wal_commit = spent_ms(at);
    at.cursor().planned = true;
    tell_batch(at);
    tell(at, StreamFact::batch_began, {at.cursor().next_batch});
    if (!crashes(at, "walCommit", true)) begin_planning(at);
}

}  // namespace

void on_offsets_known(const At& at, const std::vector<std::string>& ends) {
    QueryCursor& cursor = at.cursor();
    MR_ASSERT(ends.size() == cursor.committed.size());
    BatchRow& row = at.work().row;
    row.times.latest_offset = spent_ms(at);
    for (u32 s = 0; s < ends.size(); ++s) row.data = row.data || (!ends[s].empty() && ends[s] != cursor.committed[s]);
    const CompiledQuery& q = at.compiled();
    const bool moved = q.no_data_batches && at.spec().trigger != "once" && cursor.ran &&
                       wants_no_data_batch(q.plan, cursor.evicted_ms, cursor.tracker.global_ms);
    if (!row.data && !moved) return --at.run().attempts, plan_next_trigger(at);
    if (crashes(at, "latestOffset", true) || crashes(at, "walCommit", false)) return;
    std::vector<std::string> offsets = ends;
    for (u32 s = 0; s < ends.size(); ++s)
        if (offsets[s].empty()) offsets[s] = cursor.committed[s];
    cursor.entry = {cursor.tracker.global_ms, at.env.wall_ms(), pinned_settings(q.session.shuffle_partitions, q.policy),
                    offsets};
    row.late_ms = q.allow_multiple ? cursor.late_ms : cursor.entry.watermark_ms;
    row.evict_ms = cursor.entry.watermark_ms;
    row.batch_timestamp = cursor.entry.timestamp_ms;
    dfs::DfsClient& dfs = at.driver.memory.dfs;
    for (u32 s = 0; s < ends.size() && cursor.next_batch == 0; ++s)
        if (std::string text = beginning(at, s); !text.empty())
            dfs::ask(dfs, at.env, dfs::DfsOp::write, at.path(fmt::format("sources/{}/0", s)), std::move(text));
    enter(at, QueryPhase::wal_commit);
    if (has_bug(at, PlantedBug::offsets_logged_last)) return on_offsets_logged(at);
    at.work().ticket = dfs::ask(dfs, at.env, dfs::DfsOp::create, at.path(fmt::format("offsets/{}", cursor.next_batch)),
                                logged_text(at));
}

void on_dfs_answer(const At& at, const dfs::DfsAnswer& answer) {
    at.work().ticket = 0;
    if (answer.status == dfs::DfsStatus::full)
        return fail(at, {"IOException", "java.io.IOException", "", "", "No space left on device"});
    if (answer.status == dfs::DfsStatus::exists) {
        const std::string id = fmt::format("{}", at.cursor().next_batch);
        return fail(
            at,
            {"SparkException", "org.apache.spark.SparkException", "CONCURRENT_STREAM_LOG_UPDATE", "40000",
             "[CONCURRENT_STREAM_LOG_UPDATE] Concurrent update to the log. Multiple streaming jobs detected for " + id +
                 ".\nPlease make sure only one streaming job runs on a specific checkpoint location at a time."});
    }
    if (at.run().phase == QueryPhase::sink_commit) return begin_commit(at);
    if (at.run().phase == QueryPhase::commit_offsets) return finish_batch(at);
    if (at.run().phase == QueryPhase::wal_commit) on_offsets_logged(at);
}

void on_stage_done(const At& at) {
    MR_ASSERT(at.run().phase == QueryPhase::add_batch);
    if (at.work().stages[1].failed) return relaunch_reduces(at);
    if (at.work().stage == 0) {
        if (!crashes(at, "during", true)) compute(at);
        return;
    }
    begin_sink(at);
}

void on_query_timer(const At& at) {
    at.run().timer = {};
    switch (at.run().phase) {
        case QueryPhase::waiting: return begin_trigger(at);
        case QueryPhase::query_planning:
            if (!crashes(at, "queryPlanning", true)) begin_reading(at);
            return;
        case QueryPhase::add_batch: return resubmit(at);
        case QueryPhase::sink_commit:
            if (!commit_sink(at)) begin_commit(at);
            return;
        default: return;
    }
}

}  // namespace engine::spark
