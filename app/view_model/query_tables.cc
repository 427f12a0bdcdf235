// Sections: State · Unbounded table · Checkpoint · Code.
#include "app/view_model/query_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "app/view_model/query_parts.h"
#include "app/view_model/words.h"
#include "sim/base/ascii.h"
#include "sim/base/lines.h"

namespace app {

// ---- State ------------------------------------------------------------------------------------------

namespace {

std::string window_of(const StateInfo& row) {
    return row.window_end < 0 ? "" : window_text(row.window_start, row.window_end);
}

const StateInfo* same_key(const std::vector<const StateInfo*>& rows, const StateInfo& wanted) {
    const auto found = std::ranges::find_if(rows, [&](const StateInfo* row) {
        return row->op == wanted.op && row->key == wanted.key && row->window_start == wanted.window_start &&
               row->partition == wanted.partition;
    });
    return found == rows.end() ? nullptr : *found;
}

StateKeyVm key_vm(const QueryData& data, const StateInfo& row, StateChange change, const StateInfo* before) {
    return {row.key,
            window_of(row),
            row.value,
            change == StateChange::updated && before != nullptr ? before->value : "",
            fmt::format("{}", row.partition),
            change,
            object_of(data, row),
            object_of(data, row) == data.selected};
}

void add_keys(const QueryData& data, StateVm& vm) {
    constexpr std::size_t kMostKeys = 40;
    i64 latest = -1, previous = -1;
    for (const StateInfo& row : data.state) latest = std::max(latest, row.version);
    for (const StateInfo& row : data.state)
        if (row.version < latest) previous = std::max(previous, row.version);
    std::vector<const StateInfo*> now, before;
    for (const StateInfo& row : data.state) {
        if (row.version == latest) now.push_back(&row);
        if (row.version == previous) before.push_back(&row);
    }
    for (const StateInfo* row : now) {
        const StateInfo* was = same_key(before, *row);
        const StateChange change = previous < 0               ? StateChange::kept
                                   : was == nullptr           ? StateChange::added
                                   : was->value != row->value ? StateChange::updated
                                                              : StateChange::kept;
        if (vm.keys.size() < kMostKeys) vm.keys.push_back(key_vm(data, *row, change, was));
    }
    for (const StateInfo* row : before)
        if (same_key(now, *row) == nullptr && vm.keys.size() < kMostKeys)
            vm.keys.push_back(key_vm(data, *row, StateChange::evicted, nullptr));
    vm.keys_title = latest < 0 ? "Keys" : fmt::format("Keys of version {}", latest);
}

}  // namespace

StateVm make_state(const QueryData& data) {
    constexpr std::size_t kMostVersions = 12;
    StateVm vm;
    vm.head = query_head(
        data, "State",
        "What the query remembers between batches: one version a batch, and what each added, updated and evicted.");
    if (!vm.head.empty_title.empty()) return vm;
    i64 before = 0;
    for (const BatchInfo& batch : data.batches) {
        StateVersionVm version;
        version.batch = fmt::format("batch {}", batch.id);
        version.total = batch.state_total;
        version.evicted = batch.state_removed;
        version.added = std::max<i64>(0, batch.state_total - before + batch.state_removed);
        version.updated = batch.state_updated;
        if (batch.evict > 0) version.predicate = "window end \u2264 " + event_clock(batch.evict);
        version.lit = &batch == data.last();
        before = batch.state_total;
        vm.versions.push_back(std::move(version));
    }
    if (vm.versions.size() > kMostVersions)
        vm.versions.erase(vm.versions.begin(), vm.versions.end() - static_cast<std::ptrdiff_t>(kMostVersions));
    add_keys(data, vm);
    const bool stateless = vm.keys.empty() && std::ranges::all_of(data.batches, [](const BatchInfo& batch) {
                               return batch.state_total == 0;
                           });
    if (stateless) {
        vm.head.empty_title = "This query keeps no state";
        vm.head.empty_text =
            data.batches.empty()
                ? "No batch has run yet."
                : "It treats each row by itself. A count, a join or dropDuplicates would have to remember.";
    }
    vm.rule = data.delay.empty() ? "Without a watermark nothing is ever evicted: each new key stays for good."
                                 : "Evicted is a group whose window's end the watermark has reached: it is finished, "
                                   "and in Append it was just emitted. **Dropped as late** is a row.";
    return vm;
}

// ---- Unbounded table --------------------------------------------------------------------------------

namespace {

constexpr std::size_t kMostTableColumns = 3, kMostLines = 8;

struct Result {
    std::string key, value;
};

/// All columns but the last are the key.
Result result_of(const SinkInfo& row) {
    Result result;
    for (std::size_t i = 0; i < row.row.size(); ++i) {
        if (i + 1 == row.row.size()) result.value = row.row[i].second;
        else result.key += (result.key.empty() ? "" : " ") + row.row[i].second;
    }
    return result;
}

/// The result table after a batch, from what was put out up to it: Complete tells all of it, the others its changes.
std::vector<Result> result_after(const QueryData& data, i64 batch) {
    std::vector<Result> results;
    i64 from = 0;
    if (data.query.output_mode == "complete" || data.query.output_mode == "Complete")
        for (const SinkInfo& row : data.sink_rows)
            if (row.batch <= batch) from = std::max(from, row.batch);
    for (const SinkInfo& row : data.sink_rows) {
        if (row.batch < from || row.batch > batch || !row.visible) continue;
        Result result = result_of(row);
        const auto same = std::ranges::find(results, result.key, &Result::key);
        if (same != results.end()) same->value = result.value;
        else results.push_back(std::move(result));
    }
    std::ranges::sort(results, {}, &Result::key);
    return results;
}

void add_input(const QueryData& data, i64 batch, UnboundedColumnVm& column) {
    std::vector<const InputInfo*> rows;
    for (const InputInfo& row : data.input)
        if (row.batch <= batch) rows.push_back(&row);
    const std::size_t first = rows.size() - std::min(rows.size(), kMostLines);
    if (first > 0) column.more_input = fmt::format("{} earlier {}", first, first == 1 ? "row" : "rows");
    for (std::size_t i = first; i < rows.size(); ++i)
        column.input.push_back({shortened(rows[i]->value.empty() ? rows[i]->key : rows[i]->value, 20),
                                rows[i]->topic.empty()
                                    ? fmt::format("line {}", rows[i]->offset + 1)
                                    : fmt::format("{}-{}  {}", rows[i]->topic, rows[i]->partition, rows[i]->offset),
                                rows[i]->batch == batch});
}

/// Whether a batch has brought its rows to the sink.
bool has_emitted(const QueryData& data, const BatchInfo& batch) {
    return batch.committed ||
           std::ranges::any_of(data.sink_rows, [&](const SinkInfo& row) { return row.batch == batch.id; });
}

void add_result(const std::vector<Result>& now, const std::vector<Result>& before, UnboundedColumnVm& column) {
    for (const Result& result : now) {
        const auto was = std::ranges::find(before, result.key, &Result::key);
        ResultLineVm line{shortened(result.key, 26), result.value, "", false};
        if (was == before.end()) line.note = "new";
        else if (was->value != result.value) line.note = "was " + was->value;
        line.changed = !line.note.empty();
        column.result.push_back(std::move(line));
    }
    if (column.result.size() <= kMostLines) return;
    std::ranges::stable_partition(column.result, [](const ResultLineVm& line) { return line.changed; });
    column.more_result = fmt::format("{} more rows", column.result.size() - kMostLines);
    column.result.resize(kMostLines);
}

/// "GROUP BY word" of the query's text; "" if it has none.
std::string grouping_of(const std::string& text) {
    const std::string small = sim::lower_ascii(text);
    auto at = small.rfind("group by");
    if (at == std::string::npos) at = small.find("groupby(");
    if (at == std::string::npos) return "";
    std::string words = text.substr(at, text.find('\n', at) - at);
    return shortened(words, 40);
}

void add_modes(const QueryData& data, const std::vector<Result>& now, const std::vector<Result>& before,
               UnboundedVm& vm) {
    const bool groups = !grouping_of(data.text).empty();
    std::vector<std::string> columns{"key", "value"};
    OutputModeVm update{"Update", "", columns, {}, "", sim::lower_ascii(data.query.output_mode) == "update"};
    OutputModeVm complete{"Complete", "", columns, {}, "", sim::lower_ascii(data.query.output_mode) == "complete"};
    OutputModeVm append{"Append", "", columns, {}, "", sim::lower_ascii(data.query.output_mode) == "append"};
    for (const Result& result : now) {
        const auto was = std::ranges::find(before, result.key, &Result::key);
        const bool fresh = was == before.end(), changed = fresh || was->value != result.value;
        if (changed) update.rows.push_back({result.key, result.value});
        complete.rows.push_back({result.key, result.value});
        if (fresh && sim::lower_ascii(data.query.output_mode) == "append")
            append.rows.push_back({result.key, result.value});
    }
    update.sentence = fmt::format("the rows that changed: {}", update.rows.size());
    complete.sentence =
        fmt::format("the whole result: {} {}", complete.rows.size(), complete.rows.size() == 1 ? "row" : "rows");
    append.sentence = fmt::format("rows that are final: {}", append.rows.size());
    // Append puts out what is final: what the other modes would have told of open groups is not in this run.
    if (groups && append.chosen)
        for (OutputModeVm* mode : {&update, &complete}) {
            mode->rows.clear();
            mode->sentence = "Not told by this run: the query is in Append.";
        }
    if (!groups) complete.refused = "Complete needs an aggregation: without one the result is the whole input.";
    if (groups && data.delay.empty())
        append.refused =
            "Append emits a row once and never again. Without a watermark a count may always change, so no row is ever "
            "final.";
    for (OutputModeVm* mode : {&update, &complete, &append}) {
        if (mode->rows.size() > kMostLines) mode->rows.resize(kMostLines);
        vm.modes.push_back(std::move(*mode));
    }
}

}  // namespace

UnboundedVm make_unbounded(const QueryData& data) {
    UnboundedVm vm;
    vm.head = query_head(
        data, "Unbounded table",
        "The stream is a table that only grows. Each batch computes the result as if it had read it whole.");
    if (!vm.head.empty_title.empty()) return vm;
    if (data.batches.empty()) {
        vm.head.empty_title = "No batch has run yet";
        vm.head.empty_text = "Each batch adds a column: the input so far, and the result after it.";
        return vm;
    }
    vm.query = grouping_of(data.text);
    if (vm.query.empty()) vm.query = "the query";
    const std::size_t first = data.batches.size() - std::min(data.batches.size(), kMostTableColumns);
    for (std::size_t i = first; i < data.batches.size(); ++i) {
        const BatchInfo& batch = data.batches[i];
        UnboundedColumnVm column{fmt::format("batch {}", batch.id), event_clock(batch.trigger_at), {}, "", {}, "",
                                 i + 1 == data.batches.size()};
        add_input(data, batch.id, column);
        const std::vector<Result> before = i == 0 ? std::vector<Result>{} : result_after(data, data.batches[i - 1].id);
        if (has_emitted(data, batch)) add_result(result_after(data, batch.id), before, column);
        else column.more_result = "not yet: the batch is running";
        vm.columns.push_back(std::move(column));
    }
    std::size_t last = data.batches.size() - 1;
    if (last > 0 && !has_emitted(data, data.batches[last])) --last;  // what came out last stays to be seen
    add_modes(data, result_after(data, data.batches[last].id),
              last == 0 ? std::vector<Result>{} : result_after(data, data.batches[last - 1].id), vm);
    vm.modes_title = fmt::format("What batch {} {}", data.batches[last].id,
                                 last + 1 == data.batches.size() ? "emits" : "emitted");
    return vm;
}

// ---- Checkpoint -------------------------------------------------------------------------------------

namespace {

bool has_file(const QueryData& data, std::string_view kind, i64 batch) {
    return std::ranges::any_of(
        data.files, [&](const CheckpointInfo& file) { return file.kind.starts_with(kind) && file.batch == batch; });
}

std::vector<std::string> first_lines_of(const std::string& text, std::size_t most) {
    const std::vector<std::string_view> lines = sim::lines_of(text);
    return {lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(std::min(most, lines.size()))};
}

}  // namespace

CheckpointVm make_checkpoint(const QueryData& data, std::string_view selected) {
    constexpr std::size_t kMostFiles = 14, kMostRows = 8, kMostBody = 16;
    CheckpointVm vm;
    vm.head = query_head(
        data, "Checkpoint",
        "What would survive the driver: which batches are planned, which are done, and the state between them.");
    if (!vm.head.empty_title.empty()) return vm;
    if (data.files.empty() && data.batches.empty()) {
        vm.head.empty_title = "The checkpoint is empty";
        vm.head.empty_text = "The first batch writes offsets/0 before it runs, and commits/0 after.";
        return vm;
    }
    for (auto batch = data.batches.rbegin(); batch != data.batches.rend() && vm.rows.size() < kMostRows; ++batch) {
        CheckpointRowVm row;
        row.batch = fmt::format("{}", batch->id);
        const auto leg = [&](bool there) { return there ? LegState::written : LegState::missing; };
        const bool planned = has_file(data, "offset", batch->id) || batch->committed,
                   done = has_file(data, "commit", batch->id) || batch->committed;
        const bool put_out =
            std::ranges::any_of(data.sink_rows, [&](const SinkInfo& sink) { return sink.batch == batch->id; });
        row.legs = {
            leg(planned),
            leg(has_file(data, "state", batch->id + 1) || has_file(data, "state", batch->id) || batch->committed),
            leg(put_out || batch->committed), leg(done)};
        row.open = planned && !done;
        row.verdict = done      ? batch->attempts > 1 ? fmt::format("done, in {} attempts", batch->attempts) : "done"
                      : planned ? "runs again after a crash: same offsets"
                                : "nothing written: after a crash it is planned anew";
        vm.rows.push_back(std::move(row));
    }
    const CheckpointInfo* shown = nullptr;
    for (const CheckpointInfo& file : data.files)
        if (selected == "file " + file.path) shown = &file;
    if (shown == nullptr)
        for (const CheckpointInfo& file : data.files)
            if (file.kind.starts_with("offset") && (shown == nullptr || file.batch >= shown->batch)) shown = &file;
    const std::size_t first = data.files.size() - std::min(data.files.size(), kMostFiles);
    if (first > 0) vm.more_files = fmt::format("{} more files", first);
    for (std::size_t i = first; i < data.files.size(); ++i)
        vm.files.push_back(
            {data.files[i].path, data.files[i].kind, &data.files[i] == shown, "file " + data.files[i].path});
    if (shown != nullptr) {
        vm.body_title = shown->path;
        vm.body = first_lines_of(shown->body, kMostBody);
        if (vm.body.empty()) vm.body.push_back("(its content is not text)");
    }
    vm.rule =
        "`offsets/N` is written before batch N runs, `commits/N` after. A batch that is planned and not committed runs "
        "again with the same offsets: with a sink that recognises N that is exactly once.";
    return vm;
}

// ---- Code -------------------------------------------------------------------------------------------

namespace {

/// Without what all lines but the first begin with: a text of a lesson's file is indented as the file is.
void take_indent(std::vector<std::string>& lines) {
    std::size_t common = std::string::npos;
    for (std::size_t i = 1; i < lines.size(); ++i)
        if (const std::size_t at = lines[i].find_first_not_of(' '); at != std::string::npos)
            common = std::min(common, at);
    if (common == std::string::npos || (!lines.empty() && lines.front().starts_with(' '))) return;
    for (std::size_t i = 1; i < lines.size(); ++i) lines[i].erase(0, std::min(common, lines[i].size()));
}

/// The line that an error of Spark's names: `..; line 2 pos 7`. 0 if it names none.
std::size_t line_of_error(const std::string& message) {
    constexpr std::string_view kLine = "; line ";
    const std::size_t at = message.find(kLine);
    return at == std::string::npos ? 0 : std::strtoul(message.c_str() + at + kLine.size(), nullptr, 10);
}

/// Words by which a line of the text shows that it does a part of the work.
std::vector<std::string> marks_of(const QueryData& data, std::string& doing) {
    const BatchInfo* last = data.last();
    if (last == nullptr)
        return doing = "The query is started and waits for its trigger.",
               std::vector<std::string>{"start(", "toTable("};
    if (!last->committed && last->add_batch == 0)
        return doing = fmt::format("Batch {}: offsets are read and logged.", last->id),
               std::vector<std::string>{"readStream", "from source", "source", "load("};
    if (!last->committed)
        return doing = fmt::format("Batch {}: addBatch, the operators run on its rows.", last->id),
               std::vector<std::string>{"group by", "groupby", "count(", "agg(", "where ", "filter("};
    return doing = fmt::format("Batch {} is done: its rows are in the sink.", last->id),
           std::vector<std::string>{"writestream", "outputmode", "select"};
}

}  // namespace

CodeVm make_code(const QueryData& data) {
    CodeVm vm;
    vm.head = query_head(data, "Code",
                         "The text of the running query. The lit lines are those that the last step carried out.");
    if (!vm.head.empty_title.empty() && !(data.query.state == "refused" || data.query.state == "failed")) return vm;
    vm.head.empty_title.clear();
    if (data.text.empty()) {
        vm.head.empty_title = "The text of this query is not known";
        vm.head.empty_text = "It was started from the console.";
        return vm;
    }
    vm.query = data.query.name;
    const std::vector<std::string> marks = marks_of(data, vm.doing);
    const bool failed = data.query.state == "refused" || data.query.state == "failed";
    if (failed) vm.doing = shortened(data.query.message.substr(0, data.query.message.find('\n')), 160);
    const std::size_t wrong = failed ? line_of_error(data.query.message) : 0;
    std::vector<std::string> lines = first_lines_of(data.text, 200);
    take_indent(lines);
    for (std::string& text : lines) {
        const std::string small = sim::lower_ascii(text);
        const bool lit = !failed && std::ranges::any_of(marks, [&](const std::string& mark) {
                             return small.find(mark) != std::string::npos;
                         });
        vm.lines.push_back({std::move(text), lit, vm.lines.size() + 1 == wrong});
    }
    vm.language =
        sim::lower_ascii(data.text).find("select") == std::string::npos || data.text.find("spark.") != std::string::npos
            ? "PySpark"
            : "SQL";
    const auto setting = [&](std::string name, const std::string& value) {
        if (!value.empty()) vm.settings.emplace_back(std::move(name), value);
    };
    setting("output mode", data.query.output_mode);
    setting("trigger", data.query.trigger);
    setting("sink", data.query.sink);
    setting("watermark delay", data.delay);
    setting("state", data.query.state);
    return vm;
}

}  // namespace app
