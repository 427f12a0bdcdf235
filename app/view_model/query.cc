// Sections: the source · the plan · state and sink · batches · tasks.
#include "app/view_model/query.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/view_model/query_parts.h"
#include "app/view_model/words.h"

namespace app {
namespace {

constexpr std::size_t kMostBatches = 6, kMostSinkRows = 7, kMostRanges = 4, kMostLanes = 6;

// ---- the source -------------------------------------------------------------------------------------

void add_ranges(const QueryData& data, i64 batch, QueryVm& vm) {
    std::vector<std::string> topics;
    for (const RangeInfo& range : data.ranges) {
        if (range.batch != batch) continue;
        const std::string partition = fmt::format("{}-{}", range.topic, range.partition);
        if (std::ranges::find(topics, range.topic) == topics.end()) topics.push_back(range.topic);
        const auto again = [&](const QueryRangeVm& r) { return r.partition == partition && r.from == range.from; };
        if (std::ranges::any_of(vm.ranges, again)) continue;  // another attempt at the same
        if (vm.ranges.size() < kMostRanges)
            vm.ranges.push_back({partition, range.from, range.until, range.until - range.from, partition});
    }
    vm.source = topics.empty() ? "" : "kafka: " + listed(topics);
    vm.range_note = topics.empty() ? "No partitions: lines that somebody types, one offset a line."
                                   : "from what the last batch logged to the latest offset";
}

// ---- the plan ---------------------------------------------------------------------------------------

bool is_exchange(const std::string& op) { return op.find("Exchange") != std::string::npos; }
bool keeps_state(const std::string& op) {
    return op.starts_with("StateStore") || op.find("Deduplicate") != std::string::npos ||
           op.find("SymmetricHashJoin") != std::string::npos || op.starts_with("Session");
}

/// `window#18-T600000ms` is window: the numbers of expressions and the delay are for Spark's own book-keeping.
std::string without_ids(std::string_view text) {
    std::string out;
    const auto digits_from = [&](std::size_t at) {
        while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
        return at;
    };
    for (std::size_t i = 0; i < text.size();) {
        const std::size_t number = text[i] == '#' ? i + 1 : text.substr(i).starts_with("-T") ? i + 2 : 0;
        std::size_t end = number == 0 ? i : digits_from(number);
        if (number == 0 || end == number) {
            out += text[i++];
            continue;
        }
        if (text[i] == '#' && end < text.size() && text[end] == 'L') ++end;
        if (text[i] == '-' && text.substr(end).starts_with("ms")) end += 2;
        i = end;
    }
    return out;
}

/// What stands between `open` and the bracket that closes it; "" if `open` is not there.
std::string_view within(std::string_view text, std::string_view open) {
    const std::size_t at = text.find(open);
    if (at == text.npos) return "";
    const std::size_t from = at + open.size();
    i32 depth = 1;
    for (std::size_t i = from; i < text.size(); ++i) {
        depth += text[i] == '[' ? 1 : text[i] == ']' ? -1 : 0;
        if (depth == 0) return text.substr(from, i - from);
    }
    return text.substr(from);
}

/// Of an aggregate its functions, of an Expand its columns, of a state store its key; of others all.
std::string plain_detail(const std::string& op, const std::string& detail) {
    const std::string plain = without_ids(detail);
    const std::string_view text = plain;
    std::string_view words;
    if (op.ends_with("Aggregate")) words = within(text, "functions=[");
    if (op.ends_with("Aggregate") && words.empty()) words = within(text, "keys=[");
    if (op == "Expand" && text.rfind('[') != text.npos) words = within(text.substr(text.rfind('[')), "[");
    if (op.starts_with("StateStore")) words = within(text, "[");
    return shortened(std::string(words.empty() ? text : words), 40);
}

i64 rows_shuffled(const QueryData& data, i64 batch) {
    i64 rows = 0;
    bool any = false;
    for (const TaskInfo& task : data.tasks) {
        if (task.batch != batch || task.state != "finished" || task.written_rows < 0) continue;
        rows += task.written_rows;
        any = true;
    }
    return any ? rows : -1;
}

/// Groups of an aggregate on their way: those of this batch are met by what the store has of them, and what is late
/// goes no further than the store.
void count_groups(const BatchInfo& batch, QueryVm& vm) {
    auto& operators = vm.operators;
    const auto is_store = [](const char* name) { return [=](const QueryOperatorVm& op) { return op.name == name; }; };
    const auto restore = std::ranges::find_if(operators, is_store("StateStoreRestore"));
    const auto save = std::ranges::find_if(operators, is_store("StateStoreSave"));
    if (!batch.committed || restore == operators.end() || save == operators.end()) return;
    if (std::ranges::count_if(operators, is_store("StateStoreSave")) != 1) return;
    const i64 groups = batch.state_updated + batch.dropped;
    const auto merges = [](const QueryOperatorVm& op) { return !op.exchange && op.name.ends_with("Aggregate"); };
    for (auto op = restore; op != operators.begin() && merges(*(op - 1)); --op)
        (op - 1)->rows = groups;
    restore->rows = groups + batch.state_updated - vm.added;
    for (auto op = restore + 1; op < save; ++op) op->rows = groups;
    if (save + 1 != operators.end() && (save + 1)->name.ends_with("Aggregate")) save->rows = (save + 1)->rows;
}

/// What the driver's plan does not know: rows read by a batch under way, rows between tasks, groups on their way.
void count_rows(const QueryData& data, const BatchInfo& batch, QueryVm& vm) {
    auto& operators = vm.operators;
    count_groups(batch, vm);
    const auto scans = std::ranges::count_if(operators, [](const auto& op) { return op.name == "MicroBatchScan"; });
    const auto shuffles = std::ranges::count_if(operators, &QueryOperatorVm::exchange);
    for (std::size_t i = 0; i < operators.size(); ++i) {
        QueryOperatorVm& op = operators[i];
        const bool ends_stage = i + 1 < operators.size() && operators[i + 1].exchange;
        if (op.name == "MicroBatchScan" && scans == 1) op.rows = batch.input;
        if (ends_stage && shuffles == 1 && scans == 1) op.rows = rows_shuffled(data, batch.id);
        if (op.name == "StateStoreSave") op.late = batch.dropped;
        if (i + 1 < operators.size() && operators[i + 1].name.starts_with("Write") && batch.committed)
            op.rows = batch.output;
    }
}

/// The physical plan, its leaf first: that is the way rows take.
void add_plan(const QueryData& data, const BatchInfo& last, QueryVm& vm) {
    const i64 batch = last.id;
    std::vector<const PlanInfo*> lines;
    for (const PlanInfo& plan : data.plans)
        if (plan.batch == batch && plan.phase == "physical") lines.push_back(&plan);
    if (lines.empty())
        for (const PlanInfo& plan : data.plans)
            if (plan.phase == "physical" && (lines.empty() || lines.front()->batch == plan.batch))
                lines.push_back(&plan);
    std::ranges::stable_sort(lines, [](const PlanInfo* a, const PlanInfo* b) {
        return a->depth != b->depth ? a->depth > b->depth : a->line < b->line;
    });
    i32 stage = 0;
    for (const PlanInfo* line : lines) {
        QueryOperatorVm op;
        op.name = line->op;
        op.detail = plain_detail(line->op, line->detail);
        op.stage = stage;
        op.exchange = is_exchange(line->op);
        op.rows = line->batch == batch ? line->rows : -1;
        op.stateful = keeps_state(line->op);
        if (op.exchange) ++stage;
        vm.operators.push_back(std::move(op));
    }
    count_rows(data, last, vm);
}

// ---- state and sink ---------------------------------------------------------------------------------

void add_state(const QueryData& data, const BatchInfo& batch, QueryVm& vm) {
    i64 before = 0;
    for (const BatchInfo& other : data.batches)
        if (other.id < batch.id) before = other.state_total;
    vm.evicted = batch.state_removed;
    vm.added = std::max<i64>(0, batch.state_total - before + batch.state_removed);
    vm.updated = batch.state_updated;
    vm.dropped = batch.dropped;
    vm.state_versions = fmt::format("version {} to {}", batch.id, batch.id + 1);
    vm.state_sum = fmt::format("{} + {} \u2212 {} = {} keys", before, vm.added, vm.evicted, batch.state_total);
    if (batch.evict > 0) vm.evict_rule = "window end \u2264 " + event_clock(batch.evict);
    if (batch.late > 0) vm.late_rule = "window end \u2264 " + event_clock(batch.late);
}

void add_sink(const QueryData& data, i64 batch, QueryVm& vm) {
    vm.sink = data.query.sink;
    for (const SinkInfo& row : data.sink_rows) {
        if (row.batch != batch || !row.visible) continue;
        if (vm.sink_columns.empty())
            for (const auto& [name, value] : row.row) vm.sink_columns.push_back(name);
        if (vm.sink_rows.size() == kMostSinkRows) break;
        std::vector<std::string> cells;
        for (const auto& [name, value] : row.row) cells.push_back(value);
        vm.sink_rows.push_back(std::move(cells));
    }
}

// ---- batches ----------------------------------------------------------------------------------------

/// "0.007", "0.4", "1 204": as many digits as say something.
std::string rate_text(double rows) {
    constexpr double kWhole = 100, kTenth = 0.1;
    if (rows >= kWhole) return grouped(static_cast<i64>(rows));
    return rows >= kTenth ? fmt::format("{:.1f}", rows) : fmt::format("{:.1g}", rows);
}

/// Rows a second, as Spark's progress has them: those that came since the trigger before, and those of the batch over
/// the time that it took.
void add_pace(const BatchInfo& batch, const BatchInfo* before, QueryBatchVm& row, QueryVm& vm) {
    constexpr double kMillis = 1000;
    if (!batch.committed || batch.no_data || batch.input == 0 || before == nullptr || row.total_ms <= 0) return;
    const i64 since = batch.trigger_at - before->trigger_at;
    if (since <= 0) return;
    const double arriving = kMillis * static_cast<double>(batch.input) / static_cast<double>(since);
    const double worked_off = kMillis * static_cast<double>(batch.input) / static_cast<double>(row.total_ms);
    row.arriving = rate_text(arriving);
    row.worked_off = rate_text(worked_off);
    if (!vm.pace.empty()) return;
    vm.pace = fmt::format("Batch {}: {} rows a second came in, {} a second were worked off: the query {}.", batch.id,
                          row.arriving, row.worked_off, worked_off >= arriving ? "keeps up" : "falls behind");
}

void add_batches(const QueryData& data, QueryVm& vm) {
    for (auto batch = data.batches.rbegin(); batch != data.batches.rend() && vm.batches.size() < kMostBatches;
         ++batch) {
        QueryBatchVm row;
        row.id = fmt::format("{}", batch->id);
        row.rows = batch->no_data ? "no data" : grouped(batch->input);
        row.watermark = batch->evict <= 0 ? "none" : event_clock(batch->evict);
        row.state = grouped(batch->state_total);
        row.late = grouped(batch->dropped);
        row.out = grouped(batch->output);
        row.ms = {batch->latest_offset, batch->wal, batch->get_batch, batch->planning, batch->add_batch, batch->commit};
        for (const i64 ms : row.ms) row.total_ms += ms;
        row.no_data = batch->no_data;
        row.committed = batch->committed;
        add_pace(*batch, batch + 1 == data.batches.rend() ? nullptr : &*(batch + 1), row, vm);
        row.lit = batch == data.batches.rbegin();
        row.object = object_of(data, *batch);
        row.selected = row.object == data.selected;
        vm.batches.push_back(std::move(row));
    }
}

/// How far the last batch has come, by which durations are known.
void set_reached(const BatchInfo& batch, QueryVm& vm) {
    const i64 spans[] = {batch.latest_offset, batch.wal,       batch.get_batch,
                         batch.planning,      batch.add_batch, batch.commit};
    for (i32 i = 0; i < static_cast<i32>(std::size(spans)); ++i)
        if (spans[static_cast<std::size_t>(i)] > 0) vm.reached = i;
    if (batch.committed) vm.reached = kBatchPhases - 1;
    vm.sentence =
        batch.committed
            ? fmt::format("Batch {} is committed. Rows in: {}, rows out: {}.", batch.id, batch.input, batch.output)
            : fmt::format("Batch {} is under way. If the driver dies now, it runs again with the same offsets.",
                          batch.id);
}

// ---- tasks ------------------------------------------------------------------------------------------

/// The lane of a core that is free when a task begins: "executor 1", then "executor 1, core 2".
std::string free_core(const QueryVm& vm, const std::string& executor, i64 from) {
    for (i64 core = 1;; ++core) {
        const std::string lane = core == 1 ? executor : fmt::format("{}, core {}", executor, core);
        const bool busy = std::ranges::any_of(vm.tasks, [&](const QueryTaskVm& task) {
            return task.lane == lane && (task.running || task.to_ms > from);
        });
        if (!busy) return lane;
    }
}

/// Stage and task, and what it took from the shuffle.
std::string task_label(const TaskInfo& task) {
    const std::string name = fmt::format("{}.{}{}", task.stage, task.task, task.stage_attempt > 0 ? " again" : "");
    return task.read_rows > 0 ? fmt::format("{}  {} B", name, task.read_bytes) : name;
}

/// What crossed the exchange, and which task got most of it: a key that is too frequent is seen here.
std::string shuffle_note(const QueryData& data, const BatchInfo& batch) {
    i64 written = 0, bytes = 0, remote = 0;
    const TaskInfo* most = nullptr;
    for (const TaskInfo& task : data.tasks) {
        if (task.batch != batch.id || task.state != "finished") continue;
        written += std::max<i64>(0, task.written_rows);
        bytes += std::max<i64>(0, task.written_bytes);
        remote += std::max<i64>(0, task.remote_bytes);
        if (task.read_rows > 0 && (most == nullptr || task.read_rows > most->read_rows)) most = &task;
    }
    if (written == 0) return "";
    std::string note =
        fmt::format("Shuffle: {} row{}, {} B, {} B remote", written, written == 1 ? "" : "s", bytes, remote);
    if (most != nullptr) note += fmt::format("; {} to {}.{}", most->read_rows, most->stage, most->task);
    return note;
}

/// Spark's durations follow one another from the trigger on, as the driver does one thing after the other.
void add_driver(const BatchInfo& batch, QueryVm& vm) {
    const std::array<i64, kBatchPhases> spans = {batch.latest_offset, batch.wal,       batch.get_batch,
                                                 batch.planning,      batch.add_batch, batch.commit};
    i64 at = 0;
    for (u8 i = 0; i < kBatchPhases; ++i) {
        if (spans[i] <= 0) continue;
        vm.driver.push_back({static_cast<BatchPhaseVm>(i), at, at + spans[i]});
        at += spans[i];
    }
    vm.task_span_ms = std::max(vm.task_span_ms, at);
}

void add_tasks(const QueryData& data, const BatchInfo& batch, QueryVm& vm) {
    add_driver(batch, vm);
    for (const TaskInfo& task : data.tasks) {
        if (task.batch != batch.id) continue;
        const i64 from = std::max<i64>(0, task.added_at - batch.trigger_at);
        const i64 to = task.ended_at < 0 ? from + 1 : task.ended_at - batch.trigger_at;
        const std::string lane = free_core(vm, task.executor, from);
        if (std::ranges::find(vm.task_lanes, lane) == vm.task_lanes.end() && vm.task_lanes.size() < kMostLanes)
            vm.task_lanes.push_back(lane);
        vm.tasks.push_back({lane, task_label(task), from, std::max<i64>(1, to),
                            static_cast<i32>(task.stage), task.state == "failed" || task.state == "lost",
                            task.ended_at < 0, object_of(data, task), object_of(data, task) == data.selected});
        vm.task_span_ms = std::max(vm.task_span_ms, to);
    }
    std::ranges::sort(vm.task_lanes);
    for (const TaskInfo& task : data.tasks) {
        if (task.batch != batch.id || task.stage < 0 || task.attempt > 0 || task.stage_attempt > 0) continue;
        vm.stage_tasks.resize(std::max(vm.stage_tasks.size(), static_cast<std::size_t>(task.stage) + 1));
        ++vm.stage_tasks[static_cast<std::size_t>(task.stage)];
    }
    vm.shuffle_note = shuffle_note(data, batch);
}

}  // namespace

std::string_view name_of(BatchPhaseVm phase) {
    switch (phase) {
        case BatchPhaseVm::latest_offset: return "latestOffset";
        case BatchPhaseVm::wal_commit: return "walCommit";
        case BatchPhaseVm::get_batch: return "getBatch";
        case BatchPhaseVm::query_planning: return "queryPlanning";
        case BatchPhaseVm::add_batch: return "addBatch";
        case BatchPhaseVm::commit_offsets: return "commitOffsets";
    }
    return "";
}

QueryVm make_query(const QueryData& data) {
    QueryVm vm;
    vm.head = query_head(data, "Query", "One micro-batch: offsets, plan, state, sink; then the batches before it.");
    if (!vm.head.empty_title.empty()) return vm;
    const BatchInfo* batch = data.last();
    if (batch == nullptr) {
        vm.head.empty_title = "No batch has run yet";
        vm.head.empty_text = "The query is started. Its first trigger fills this view.";
        return vm;
    }
    add_ranges(data, batch->id, vm);
    add_state(data, *batch, vm);
    add_plan(data, *batch, vm);
    add_sink(data, batch->id, vm);
    add_batches(data, vm);
    set_reached(*batch, vm);
    add_tasks(data, *batch, vm);
    return vm;
}

}  // namespace app
