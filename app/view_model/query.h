// The Query view: one micro-batch from offset ranges through the plan to state and sink; the batches with Spark's own
// durations; the tasks of the last batch on their cores.
#pragma once

#include <array>

#include "app/view_model/query_data.h"

namespace app {

struct QueryRangeVm {
    std::string partition;  // "words-0"
    i64 from = 0, until = 0;
    i64 rows = 0;
    std::string object;
};

struct QueryOperatorVm {
    std::string name;    // "StateStoreSave"
    std::string detail;  // what it works on, without the numbers by which Spark tells columns apart
    i32 stage = 0;       // operators between two exchanges
    i64 rows = -1;       // that it passed on in this batch; -1 nothing counts them
    i64 late = 0;        // that it dropped as late
    bool exchange = false;
    bool stateful = false;
};

/// The parts of a batch in Spark's words, in order.
enum class BatchPhaseVm : u8 { latest_offset, wal_commit, get_batch, query_planning, add_batch, commit_offsets };
constexpr u8 kBatchPhases = 6;
std::string_view name_of(BatchPhaseVm phase);

struct QueryBatchVm {
    std::string id, rows, watermark, state, late, out;
    std::string arriving, worked_off;  // rows a second, as Spark's progress says them; "" unknown
    std::array<i64, kBatchPhases> ms{};
    i64 total_ms = 0;
    bool no_data = false, committed = false;
    bool lit = false;
    std::string object;
    bool selected = false;
};

/// A part of the batch on the driver's lane.
struct QueryDriverVm {
    BatchPhaseVm phase = BatchPhaseVm::latest_offset;
    i64 from_ms = 0, to_ms = 0;  // since the trigger fired
};

struct QueryTaskVm {
    std::string lane;            // "executor 1"
    std::string label;           // "14.0"
    i64 from_ms = 0, to_ms = 0;  // since the trigger fired
    i32 stage = 0;
    bool failed = false, running = false;
    std::string object;
    bool selected = false;
};

struct QueryVm {
    PageHeadVm head;
    std::string source;  // "kafka: words"
    std::vector<QueryRangeVm> ranges;
    std::string range_note;                  // "from what is logged to the latest offset"
    std::vector<QueryOperatorVm> operators;  // from the source on
    std::vector<i64> stage_tasks;            // by stage: how many tasks it was given
    std::string state_versions;              // "version 7 to 8"
    std::string state_sum;                   // "14 + 5 - 6 = 13 keys"
    i64 added = 0, updated = 0, evicted = 0, dropped = 0;
    std::string evict_rule, late_rule;  // "window end ≤ 12:11"
    std::vector<std::string> sink_columns;
    std::vector<std::vector<std::string>> sink_rows;
    std::string sink;                   // "console"
    std::vector<QueryBatchVm> batches;  // latest first
    std::vector<QueryDriverVm> driver;
    std::vector<QueryTaskVm> tasks;
    std::vector<std::string> task_lanes;
    std::string shuffle_note;  // what the tasks moved between executors; "" = nothing
    i64 task_span_ms = 1;
    std::string pace;      // whether the query keeps up; "" = that cannot be said
    i32 reached = -1;      // index of the phase that the last batch has reached
    std::string sentence;  // "Batch 5 is committed: its offsets and its end are on disk."
};

QueryVm make_query(const QueryData& data);

}  // namespace app
