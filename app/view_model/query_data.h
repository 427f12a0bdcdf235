// A streaming query as the tables tell it at a moment (the columns of the SQL view): what the views Query, Event time,
// State, Unbounded table, Checkpoint and Code are made of. Times are epoch milliseconds; -1 is none.
#pragma once

#include "app/view_model/base.h"
#include "app/view_model/page.h"

namespace app {

namespace lab {
class SqlView;
struct Moment;
}  // namespace lab
class Scene;

struct QueryInfo {
    std::string name;
    std::string state;  // active, stopped, failed, refused
    std::string error_class, message;
    std::string output_mode;  // append, update, complete
    std::string trigger, sink;
    i64 batch_id = -1;
};

struct BatchInfo {
    i64 id = 0;
    bool no_data = false;
    i64 trigger_at = -1, ended_at = -1;
    i64 late = -1, evict = -1, next = -1;  // watermarks
    i64 input = 0, output = 0;
    i64 state_total = 0, state_updated = 0, state_removed = 0, dropped = 0;
    i64 attempts = 1;
    bool committed = false;
    i64 latest_offset = 0, get_batch = 0, planning = 0, wal = 0, add_batch = 0, commit = 0;  // ms
};

struct RangeInfo {
    i64 batch = 0;
    std::string topic;
    i64 partition = 0, from = 0, until = 0, task = -1;
    std::string executor;
};

struct PlanInfo {
    i64 batch = 0;
    std::string phase;
    i64 line = 0, depth = 0;
    std::string op, detail;
    i64 rows = -1;  // that it passed on; -1 unknown
};

struct TaskInfo {
    i64 batch = 0, stage = 0, task = 0, attempt = 0;
    std::string executor, state;
    i64 rows = 0, added_at = -1, ended_at = -1;
    i64 stage_attempt = 0;
    i64 written_rows = -1, written_bytes = -1, read_rows = -1, read_bytes = -1, remote_bytes = -1;  // of the shuffle
};

struct StateInfo {
    std::string op;
    i64 partition = 0, version = 0;
    std::string key, value;
    i64 window_start = -1, window_end = -1;
};

struct WindowInfo {
    i64 start = -1, end = -1;
    std::string key, value;
    std::string phase;  // open, closed, emitted
};

struct LateInfo {
    i64 batch = 0, offset = -1;
    i64 event_time = -1;
    std::string key;
    i64 window_start = -1, window_end = -1, late = -1;
};

struct SinkInfo {
    i64 batch = 0, attempt = 0;
    std::vector<std::pair<std::string, std::string>> row;  // column, value
    bool visible = true;
};

struct CheckpointInfo {
    std::string path, kind, body;
    i64 batch = -1;
};

/// A record that a batch read.
struct InputInfo {
    i64 batch = 0;
    std::string topic;
    i64 partition = 0, offset = 0;
    std::string key, value;
    i64 event_time = -1;
    std::string record{};  // how a line names it in a producer's list: "cat@12:09"; "" it is in none, or was not asked
};

struct QueryData {
    std::vector<std::string> names;  // of all queries
    QueryInfo query;                 // the one that is looked at; name "" none
    std::vector<BatchInfo> batches;  // ascending
    std::vector<RangeInfo> ranges;
    std::vector<PlanInfo> plans;
    std::vector<TaskInfo> tasks;
    std::vector<StateInfo> state;
    std::vector<WindowInfo> windows;
    std::vector<LateInfo> late_rows;
    std::vector<SinkInfo> sink_rows;
    std::vector<CheckpointInfo> files;
    std::vector<InputInfo> input;
    // Of the lesson.
    std::string text;   // SQL or program
    std::string delay;  // of the watermark: "10 minutes"; "" none
    bool lesson_has_query = false;
    i64 origin = 0;  // epoch ms at which the lesson's clock began
    std::string selected;  // what the person looks at

    [[nodiscard]] const BatchInfo* last() const { return batches.empty() ? nullptr : &batches.back(); }
};

QueryData read_query(const Scene& scene);
/// The name of the query that these views are about: the one that is selected, or that the step points to, else the
/// first that is active, else the first; "" there is none.
std::string query_looked_at(const Scene& scene);
/// The tables at a moment. They are declared once for all frames of a thread, which costs more than most questions.
/// Whoever asks next may look at another moment: ask at once, and keep no reference.
lab::SqlView& sql_view_at(const lab::Moment& moment);
/// Looks the rows up in producers' lists: for the view in which they are dragged.
void name_records(const Scene& scene, QueryData& data);
/// "2026-01-05 12:05:00[.250]" as epoch milliseconds; -1 if it is no such time.
i64 event_time_ms(std::string_view text);
/// "12:05" or "12:05:07" or "12:05:07.250": as short as it can be told.
std::string event_clock(i64 ms);
/// "4 min", otherwise as spans are told.
std::string event_span(i64 ms);
/// "2026-01-05 12:11:00" is 12:11.
inline std::string event_clock(const std::string& moment) { return event_clock(event_time_ms(moment)); }
/// A moment as a line of a verb gives it: "12:29:30", or since the origin "3300ms"; "" if no line can.
std::string moment_word(i64 ms, i64 origin);
/// How a line names a record of a producer's list, by its words and its event time: "cat@12:09"; "" it is in none.
std::string listed_name(const Scene& scene, const std::string& topic, const std::string& text, i64 event_time);
/// "[12:00, 12:10)"; within one minute "[12:00:04, :09)".
std::string window_text(i64 start, i64 end);
/// `{"word":"cat","window":{"start":..,"end":..}}` as columns; nested objects as "start..end" or their text.
std::vector<std::pair<std::string, std::string>> columns_of_json(std::string_view text);
/// Title, one sentence, and why the view is empty if it is.
PageHeadVm query_head(const QueryData& data, std::string title, std::string sentence);

}  // namespace app
