// The views State, Unbounded table, Checkpoint and Code: what a streaming query keeps, what it puts out, what would
// survive the driver, and its text.
#pragma once

#include <array>

#include "app/view_model/query_data.h"

namespace app {

// ---- State ------------------------------------------------------------------------------------------

enum class StateChange : u8 { kept, added, updated, evicted };

struct StateKeyVm {
    std::string key, window, value, was;  // was: of the version before; "" none
    std::string partition;
    StateChange change = StateChange::kept;
    std::string object;
    bool selected = false;
};

struct StateVersionVm {
    std::string batch;  // "batch 3"
    i64 total = 0, added = 0, updated = 0, evicted = 0;
    std::string predicate;  // "window end ≤ 12:11"; "" nothing is evicted by it
    bool lit = false;
};

struct StateVm {
    PageHeadVm head;
    std::vector<StateVersionVm> versions;  // oldest first
    std::vector<StateKeyVm> keys;          // of the latest version, and what it evicted
    std::string keys_title;
    std::string rule;
};
StateVm make_state(const QueryData& data);

// ---- Unbounded table --------------------------------------------------------------------------------

struct InputLineVm {
    std::string text, where;  // "dog", "words-0 3"
    bool fresh = false;       // read by this batch
};
struct ResultLineVm {
    std::string key, value, note;  // note: "new", "was 1"
    bool changed = false;
};
struct UnboundedColumnVm {
    std::string title;  // "batch 2"
    std::string at;     // clock of its trigger
    std::vector<InputLineVm> input;
    std::string more_input;  // "6 earlier rows"
    std::vector<ResultLineVm> result;
    std::string more_result;
    bool latest = false;
};
struct OutputModeVm {
    std::string name;      // "Update"
    std::string sentence;  // "the rows that changed: 2"
    std::vector<std::string> columns;
    std::vector<std::vector<std::string>> rows;
    std::string refused;  // why the mode is not allowed; "" it is
    bool chosen = false;  // the query runs in it
};
struct UnboundedVm {
    PageHeadVm head;
    std::string query;  // "GROUP BY word"
    std::vector<UnboundedColumnVm> columns;
    std::vector<OutputModeVm> modes;
    std::string modes_title;  // "What batch 2 emits"
};
UnboundedVm make_unbounded(const QueryData& data);

// ---- Checkpoint -------------------------------------------------------------------------------------

enum class LegState : u8 { missing, written };
struct CheckpointRowVm {
    std::string batch;
    std::array<LegState, 4> legs{};  // offsets, state, sink, commits
    std::string verdict;             // "done", "would run again with the same offsets"
    bool open = false;               // planned and not committed
};
struct CheckpointFileVm {
    std::string path, kind;
    bool lit = false;
    std::string object;  // "file offsets/2"
};
struct CheckpointVm {
    PageHeadVm head;
    std::vector<CheckpointRowVm> rows;  // latest first
    std::vector<CheckpointFileVm> files;
    std::string more_files;
    std::string body_title;
    std::vector<std::string> body;
    std::string rule;
};
/// `selected`: "file PATH" chooses whose body is shown; else the latest offsets file.
CheckpointVm make_checkpoint(const QueryData& data, std::string_view selected);

// ---- Code -------------------------------------------------------------------------------------------

struct CodeLineVm {
    std::string text;
    bool lit = false;     // is executing, or was last
    bool broken = false;  // the error is about this line
};
struct CodeVm {
    PageHeadVm head;
    std::vector<CodeLineVm> lines;
    std::string query;                                          // its name: a line can be changed, and run beside it
    std::string language;                                       // "SQL", "PySpark"
    std::string doing;                                          // "addBatch: the aggregation runs"
    std::vector<std::pair<std::string, std::string>> settings;  // "output mode", "append"
};
CodeVm make_code(const QueryData& data);

}  // namespace app
