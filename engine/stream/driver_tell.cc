// What the driver tells the observer: batches and tasks as they change, rows of the sink, what was dropped as late,
// what left the state.
#include <algorithm>

#include "engine/model/stream_facts.h"
#include "engine/model/touch.h"
#include "engine/plan/outputs.h"
#include "engine/stream/driver_parts.h"
#include "engine/stream/state_text.h"

namespace engine::spark {
namespace {

constexpr const char* kTellZone = "UTC";

/// The one record of the batch that lies in a window, if it is one alone.
const TopicRow* only_row_in(const BatchWork& work, i64 start_us, i64 end_us) {
    MR_ASSERT(start_us <= end_us);
    const TopicRow* found = nullptr;
    for (const TopicRow& row : work.read) {
        if (row.timestamp_ms * 1000 < start_us || row.timestamp_ms * 1000 >= end_us) continue;
        if (found != nullptr) return nullptr;
        found = &row;
    }
    return found;
}

void tell_judgement(const At& at, const Judgement& j) {
    MR_ASSERT(j.op < at.compiled().plan.operators.size());
    const std::vector<DataType> types = key_types_of(at.compiled().plan, j.op);
    const Values& key = j.key;
    const bool whole = types.size() == key.size();
    const KeyText text = whole ? key_text(key, types, kTellZone) : KeyText{};
    StateEndRow row;
    row.event_index = at.env.event_index();
    row.query = at.spec().name;
    row.batch_id = at.cursor().next_batch;
    row.late = j.late;
    row.key = text.key;
    row.window_start = text.window_start;
    row.window_end = text.window_end;
    row.watermark = moment_text(j.watermark_ms);
    if (!j.late && whole) row.value = value_text(j.value);
    if (text.window_end.empty()) row.event_time = moment_text(j.event_ms);
    for (std::size_t i = 0; whole && i < types.size(); ++i) {
        if (types[i].id != TypeId::structure || key[i].null) continue;
        const TopicRow* only =
            j.late ? only_row_in(at.work(), items_of(key[i])[0].i, items_of(key[i])[1].i) : nullptr;
        if (only != nullptr) row.event_time = moment_text(only->timestamp_ms), row.offset = only->offset;
    }
    at.driver.progress.ledger.state_ends.push_back(row);
    const std::string what =
        text.window_start.empty() ? text.key : text.key + " in " + text.window_start + " - " + text.window_end;
    const std::string compared = moment_text(j.event_ms) + " <= " + row.watermark;
    tell(at, j.late ? StreamFact::late_dropped : StreamFact::state_evicted,
         {row.batch_id, at.env.intern(what).value, at.env.intern(compared).value});
}

}  // namespace

void tell(const At& at, StreamFact kind, std::array<i64, 4> numbers) {
    at.env.fact(named_fact(kind_of(kind), at.env.intern(at.spec().name), numbers));
    at.env.touch(touch::kFacts | touch::kStreams);
}

void tell_batch(const At& at) {
    MR_ASSERT(at.work().row.batch_id >= 0 && at.work().row.attempts > 0);
    BatchRow row = at.work().row;
    row.event_index = at.env.event_index();
    at.driver.progress.ledger.batches.push_back(row);
    at.env.touch(touch::kStreams);
}

namespace {

/// What the task has moved through the shuffle, once it is known.
void add_shuffle(TaskRow& row, const DriverTask& task) {
    if (task.state == TaskState::running) return;
    MR_ASSERT(task.shuffle.remote_bytes <= task.shuffle.bytes);
    if (!task.order.blocks.empty()) {
        row.read_records = task.shuffle.records;
        row.read_bytes = task.shuffle.bytes;
        row.remote_bytes = task.shuffle.remote_bytes;
        row.fetch_wait_ms = task.shuffle.wait_ms;
    }
    if (!task.order.shuffles) return;
    row.written_records = row.written_bytes = 0;
    for (const BlockSize& size : task.written) row.written_records += size.records, row.written_bytes += size.bytes;
}

}  // namespace

void tell_task(const At& at, const DriverTask& task) {
    MR_ASSERT(task.order.query == at.query);
    TaskRow row;
    row.event_index = at.env.event_index();
    row.query = at.spec().name;
    row.batch_id = task.order.batch;
    row.stage = task.order.stage;
    row.task = task.order.task;
    row.attempt = task.order.attempt;
    row.stage_attempt = task.order.stage_attempt;
    row.executor = task.executor;
    row.state = task.state;
    row.rows = task.rows;
    row.added_at = task.added_at;
    if (task.state != TaskState::running) row.ended_at = at.env.wall_ms();
    if (task.order.topic.empty()) row.partition = task.order.partition;
    else row.source = {at.env.intern(task.order.topic), task.order.partition};
    row.from = task.order.from;
    row.until = task.order.until;
    add_shuffle(row, task);
    at.driver.progress.ledger.tasks.push_back(row);
    at.env.touch(touch::kStreams);
}

namespace {

/// Whether an earlier attempt told of rows of the batch.
bool rows_told(const At& at) {
    MR_ASSERT(at.cursor().next_batch >= 0);
    const auto& rows = at.driver.progress.ledger.sink_rows;
    for (u64 i = rows.size(); i > 0; --i)
        if (rows[i - 1].query == at.spec().name && rows[i - 1].batch_id == at.cursor().next_batch) return true;
    return false;
}

/// Whether the sink has refused a part of the batch because it was there.
bool refused_part(const At& at, const BatchOutput& out) {
    for (std::size_t b = 0; b < out.rows.batches.size(); ++b)
        if (!reached_sink(at, b)) return true;
    return false;
}

}  // namespace

void tell_results(const At& at, const BatchOutput& out) {
    MR_ASSERT(at.run().phase == QueryPhase::sink_commit);
    for_each_judgement(out, [&](const Judgement& j) { tell_judgement(at, j); });
    SinkRow row;
    row.event_index = at.env.event_index();
    row.query = at.spec().name;
    row.sink = at.spec().sink;
    row.batch_id = at.cursor().next_batch;
    row.attempt = at.run().attempts;
    row.keeps = keeps_of(at.spec());
    // What an attempt brought to the sink that died before it could tell is told now.
    const bool told = refused_part(at, out) && rows_told(at);
    for (std::size_t b = 0; b < out.rows.batches.size(); ++b) {
        if (told && !reached_sink(at, b)) continue;
        for (const Values& values : values_of({out.rows.columns, {out.rows.batches[b]}})) {
            row.row = row_json(out.rows.columns, values, kTellZone);
            row.key = sink_key(at, out.rows, values);
            at.driver.progress.ledger.sink_rows.push_back(row);
        }
    }
    at.env.touch(touch::kStreams);
}

}  // namespace engine::spark
