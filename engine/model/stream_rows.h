// What streaming queries tell the observer: batches, tasks, rows that reached a sink, state that came to an end. A row
// that goes on (a batch, a task) is told again when it has changed; the newest of its name counts.
#pragma once

#include <string>
#include <vector>

#include "engine/model/ids.h"

namespace engine {

/// What a batch took, in milliseconds of its driver.
struct BatchTimes {
    i64 latest_offset = -1, get_batch = -1, query_planning = -1, wal_commit = -1, add_batch = -1, commit_offsets = -1;
};

/// -1: not known yet.
struct BatchRow {
    u64 event_index = 0;
    std::string query;
    std::string run_id;
    i64 batch_id = 0;
    bool data = false;
    bool committed = false;
    i64 attempts = 1;
    i64 trigger_at = 0, ended_at = -1, batch_timestamp = 0;
    i64 late_ms = 0, evict_ms = 0, next_ms = -1;
    i64 input_rows = -1, output_rows = -1;
    i64 state_total = -1, state_updated = -1, state_removed = -1, dropped = -1;
    std::vector<i64> given;  ///< rows that each node of its plan passed on, children before parents; -1 unknown
    BatchTimes times;
};

enum class TaskState : u8 { running, finished, failed };

struct TaskRow {
    u64 event_index = 0;
    std::string query;
    i64 batch_id = 0;
    i32 stage = 0;
    i32 task = 0;
    i32 attempt = 0;
    i32 stage_attempt = 0;
    NodeId executor = sim::kNoNode;
    TaskState state = TaskState::running;
    i32 partition = -1;  ///< of the shuffle
    i64 rows = -1;
    i64 added_at = 0, ended_at = -1;
    TopicPartition source;  ///< of a task that reads a topic, with its offsets
    i64 from = -1, until = -1;
    i64 read_records = -1, read_bytes = -1, remote_bytes = -1, fetch_wait_ms = -1;  ///< of blocks of the shuffle
    i64 written_records = -1, written_bytes = -1;
};

/// Whether two rows tell of the same attempt of the same task.
inline bool is_same_task(const TaskRow& a, const TaskRow& b) {
    return a.query == b.query && a.batch_id == b.batch_id && a.stage == b.stage && a.task == b.task &&
           a.attempt == b.attempt && a.stage_attempt == b.stage_attempt;
}

/// A batch that was planned: from it its plans can be worked out again.
struct PlanRow {
    u64 event_index = 0;
    std::string query;
    i64 batch_id = 0;
    i64 timestamp_ms = 0;
    i64 late_ms = 0, evict_ms = 0;
    std::vector<std::string> from, until;  ///< by source, in the order of the plan
};

/// What of a sink's rows stays to be seen when later ones come.
enum class SinkKeeps : u8 { all, newest_of_key, last_batch };

struct SinkRow {
    u64 event_index = 0;
    std::string query;
    std::string sink;
    i64 batch_id = 0;
    i64 attempt = 1;
    std::string row;  ///< JSON
    SinkKeeps keeps = SinkKeeps::all;
    std::string key;  ///< where only the newest row of a key stays
};

/// A group that was dropped because it came too late, or state that was let go because it was finished.
struct StateEndRow {
    u64 event_index = 0;
    std::string query;
    i64 batch_id = 0;
    bool late = false;
    std::string key, value;
    std::string window_start, window_end;  ///< "" = not of a window
    std::string event_time;                ///< of the row that was late, as far as one row alone can be it
    i64 offset = -1;
    std::string watermark;  ///< that it was held against
};

}  // namespace engine
