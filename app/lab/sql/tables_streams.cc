// Streaming queries: where each stands, its batches and tasks, offsets, state, what reached its sink, what came too
// late, and the files of its checkpoint. Watermarks, event times and windows are text as Spark prints them.
#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "app/lab/sql/streams.h"
#include "app/lab/sql/tables.h"
#include "engine/dfs/dfs_node.h"
#include "engine/model/touch.h"
#include "engine/stream/state_text.h"
#include "engine/world_spark.h"
#include "sim/base/ascii.h"

namespace app::lab {
namespace {

namespace spark = engine::spark;
namespace touch = engine::touch;
using sim::i64;
using sim::u64;
using enum ColumnKind;

const spark::StreamLedger& ledger_of(const Reader& reader) {
    static const spark::StreamLedger kNone;
    const spark::Driver* driver = driver_of(reader);
    return driver != nullptr ? driver->progress.ledger : kNone;
}

// ---- queries ------------------------------------------------------------------------------------

class Queries : public ListedRows<KnownQuery> {
public:
    Queries(const Reader& reader, const Keys&) { items = queries_of(reader); }
    [[nodiscard]] u64 id() const { return id_of(item().spec->name); }
    [[nodiscard]] std::string_view state() const {
        if (item().run == nullptr) return "stopped";
        switch (item().run->phase) {
            case spark::QueryPhase::idle:
            case spark::QueryPhase::stopped: return "stopped";
            case spark::QueryPhase::failed: return item().run->compiled.query ? "failed" : "refused";
            default: return "active";
        }
    }
};

constexpr Column<Queries> kQueries[] = {
    {{"name", text_key}, [](const Queries& row, Out out) { out.text(row.item().spec->name); }},
    {{"id", text}, [](const Queries& row, Out out) { out.text(row.item().id); }},
    {{"run_id", text},
     [](const Queries& row, Out out) {
         if (row.item().run != nullptr) out.text_if_any(row.item().run->run_id);
     }},
    {{"state", text}, [](const Queries& row, Out out) { out.text(row.state()); }},
    {{"error_class", text},
     [](const Queries& row, Out out) {
         if (row.item().run != nullptr) out.text_if_any(row.item().run->error_class);
     }},
    {{"message", text},
     [](const Queries& row, Out out) {
         if (row.item().run != nullptr) out.text_if_any(row.item().run->message);
     }},
    {{"output_mode", text}, [](const Queries& row, Out out) { out.text(row.item().spec->output_mode); }},
    {{"trigger", text}, [](const Queries& row, Out out) { out.text(row.item().spec->trigger); }},
    {{"sink", text}, [](const Queries& row, Out out) { out.text(row.item().spec->sink); }},
    {{"batch_id", integer},
     [](const Queries& row, Out out) {
         if (row.item().run != nullptr) out.integer(row.item().run->cursor.next_batch);
     }},
    {{"watermark", text},
     [](const Queries& row, Out out) {
         if (row.item().run != nullptr) out.text(spark::moment_text(row.item().run->cursor.tracker.global_ms));
     }},
};

// ---- batches ------------------------------------------------------------------------------------

/// The newest row of each batch.
class Batches : public ListedRows<const engine::BatchRow*> {
public:
    Batches(const Reader& reader, const Keys& keys) {
        const auto& rows = ledger_of(reader).batches;
        const auto wanted = keys.number("batch_id");
        for (u64 i = 0, n = rows.size(); i < n; ++i) {
            const engine::BatchRow& row = rows[i];
            if (wanted && row.batch_id != *wanted) continue;
            const auto same = [&](const engine::BatchRow* other) {
                return other->batch_id == row.batch_id && other->query == row.query;
            };
            const auto old = std::ranges::find_if(items, same);
            if (old == items.end()) items.push_back(&row);
            else *old = &row;
        }
    }
    [[nodiscard]] const engine::BatchRow& row() const { return *item(); }
    [[nodiscard]] u64 id() const { return id_of(row().query, row().batch_id); }
};

constexpr Column<Batches> kBatches[] = {
    {{"query", text}, [](const Batches& row, Out out) { out.text(row.row().query); }},
    {{"batch_id", integer_key}, [](const Batches& row, Out out) { out.integer(row.row().batch_id); }},
    {{"run_id", text}, [](const Batches& row, Out out) { out.text(row.row().run_id); }},
    {{"kind", text}, [](const Batches& row, Out out) { out.text(row.row().data ? "data" : "no-data"); }},
    {{"trigger_at", integer}, [](const Batches& row, Out out) { out.integer(row.row().trigger_at); }},
    {{"ended_at", integer}, [](const Batches& row, Out out) { out.natural(row.row().ended_at); }},
    {{"batch_timestamp", integer}, [](const Batches& row, Out out) { out.integer(row.row().batch_timestamp); }},
    {{"late_watermark", text}, [](const Batches& row, Out out) { out.text(spark::moment_text(row.row().late_ms)); }},
    {{"eviction_watermark", text},
     [](const Batches& row, Out out) { out.text(spark::moment_text(row.row().evict_ms)); }},
    {{"next_watermark", text},
     [](const Batches& row, Out out) {
         if (row.row().next_ms >= 0) out.text(spark::moment_text(row.row().next_ms));
     }},
    {{"num_input_rows", integer}, [](const Batches& row, Out out) { out.natural(row.row().input_rows); }},
    {{"num_output_rows", integer}, [](const Batches& row, Out out) { out.natural(row.row().output_rows); }},
    {{"state_rows_total", integer}, [](const Batches& row, Out out) { out.natural(row.row().state_total); }},
    {{"state_rows_updated", integer}, [](const Batches& row, Out out) { out.natural(row.row().state_updated); }},
    {{"state_rows_removed", integer}, [](const Batches& row, Out out) { out.natural(row.row().state_removed); }},
    {{"rows_dropped_by_watermark", integer}, [](const Batches& row, Out out) { out.natural(row.row().dropped); }},
    {{"attempts", integer}, [](const Batches& row, Out out) { out.integer(row.row().attempts); }},
    {{"committed", integer}, [](const Batches& row, Out out) { out.boolean(row.row().committed); }},
    {{"latest_offset_ms", integer}, [](const Batches& row, Out out) { out.natural(row.row().times.latest_offset); }},
    {{"get_batch_ms", integer}, [](const Batches& row, Out out) { out.natural(row.row().times.get_batch); }},
    {{"query_planning_ms", integer}, [](const Batches& row, Out out) { out.natural(row.row().times.query_planning); }},
    {{"wal_commit_ms", integer}, [](const Batches& row, Out out) { out.natural(row.row().times.wal_commit); }},
    {{"add_batch_ms", integer}, [](const Batches& row, Out out) { out.natural(row.row().times.add_batch); }},
    {{"commit_offsets_ms", integer}, [](const Batches& row, Out out) { out.natural(row.row().times.commit_offsets); }},
};

// ---- tasks and what they read ---------------------------------------------------------------------

class Tasks : public ListedRows<const engine::TaskRow*> {
public:
    Tasks(const Reader& reader, const Keys&) : Tasks(reader, false) {}
    [[nodiscard]] const engine::TaskRow& row() const { return *item(); }
    [[nodiscard]] u64 id() const {
        const engine::TaskRow& r = row();
        return id_of(r.query, r.batch_id, r.stage, r.task, r.attempt, r.stage_attempt);
    }
    [[nodiscard]] const Reader& reader() const { return reader_; }
    [[nodiscard]] std::string_view state() const {
        switch (row().state) {
            case engine::TaskState::running: return "running";
            case engine::TaskState::finished: return "finished";
            case engine::TaskState::failed: return "failed";
        }
        return "";
    }

protected:
    Tasks(const Reader& reader, bool reading) : reader_(reader) {
        const auto& rows = ledger_of(reader).tasks;
        for (u64 i = 0, n = rows.size(); i < n; ++i) {
            const engine::TaskRow& row = rows[i];
            if (reading && (row.from < 0 || row.partition >= 0 || row.source.partition < 0)) continue;
            const auto same = [&](const engine::TaskRow* o) { return engine::is_same_task(*o, row); };
            const auto old = std::ranges::find_if(items, same);
            if (old == items.end()) items.push_back(&row);
            else *old = &row;
        }
    }

private:
    const Reader& reader_;
};

constexpr Column<Tasks> kTasks[] = {
    {{"query", text}, [](const Tasks& row, Out out) { out.text(row.row().query); }},
    {{"batch_id", integer}, [](const Tasks& row, Out out) { out.integer(row.row().batch_id); }},
    {{"stage", integer}, [](const Tasks& row, Out out) { out.integer(row.row().stage); }},
    {{"task", integer}, [](const Tasks& row, Out out) { out.integer(row.row().task); }},
    {{"attempt", integer}, [](const Tasks& row, Out out) { out.integer(row.row().attempt); }},
    {{"executor", text},
     [](const Tasks& row, Out out) { out.text_if_any(row.reader().node_name(row.row().executor)); }},
    {{"state", text}, [](const Tasks& row, Out out) { out.text(row.state()); }},
    {{"partition", integer}, [](const Tasks& row, Out out) { out.natural(row.row().partition); }},
    {{"rows", integer}, [](const Tasks& row, Out out) { out.natural(row.row().rows); }},
    {{"added_at", integer}, [](const Tasks& row, Out out) { out.integer(row.row().added_at); }},
    {{"ended_at", integer}, [](const Tasks& row, Out out) { out.natural(row.row().ended_at); }},
    {{"stage_attempt", integer}, [](const Tasks& row, Out out) { out.integer(row.row().stage_attempt); }},
    {{"shuffle_read_records", integer}, [](const Tasks& row, Out out) { out.natural(row.row().read_records); }},
    {{"shuffle_read_bytes", integer}, [](const Tasks& row, Out out) { out.natural(row.row().read_bytes); }},
    {{"shuffle_remote_bytes", integer}, [](const Tasks& row, Out out) { out.natural(row.row().remote_bytes); }},
    {{"fetch_wait_ms", integer}, [](const Tasks& row, Out out) { out.natural(row.row().fetch_wait_ms); }},
    {{"shuffle_write_records", integer}, [](const Tasks& row, Out out) { out.natural(row.row().written_records); }},
    {{"shuffle_write_bytes", integer}, [](const Tasks& row, Out out) { out.natural(row.row().written_bytes); }},
};

class Ranges : public Tasks {
public:
    Ranges(const Reader& reader, const Keys&) : Tasks(reader, true) {}
};

constexpr Column<Ranges> kRanges[] = {
    {{"query", text}, [](const Ranges& row, Out out) { out.text(row.row().query); }},
    {{"batch_id", integer}, [](const Ranges& row, Out out) { out.integer(row.row().batch_id); }},
    {{"topic", text}, [](const Ranges& row, Out out) { out.text(row.reader().text(row.row().source.topic)); }},
    {{"partition", integer}, [](const Ranges& row, Out out) { out.integer(row.row().source.partition); }},
    {{"from_offset", integer}, [](const Ranges& row, Out out) { out.integer(row.row().from); }},
    {{"until_offset", integer}, [](const Ranges& row, Out out) { out.integer(row.row().until); }},
    {{"task", integer}, [](const Ranges& row, Out out) { out.integer(row.row().task); }},
    {{"executor", text},
     [](const Ranges& row, Out out) { out.text_if_any(row.reader().node_name(row.row().executor)); }},
};

// ---- plans --------------------------------------------------------------------------------------

struct KnownPlanLine {
    const engine::PlanRow* plan = nullptr;
    spark::PlanLine line;
};

/// Worked out anew for whoever asks: say which batch.
class Plans : public ListedRows<KnownPlanLine> {
public:
    Plans(const Reader& reader, const Keys& keys) {
        const spark::Driver* driver = driver_of(reader);
        const auto wanted = keys.number("batch_id");
        const auto& rows = ledger_of(reader).plans;
        for (u64 i = 0, n = rows.size(); i < n; ++i)
            for (sim::u32 q = 0; q < driver->memory.queries.size(); ++q)
                if (spec_of(*driver, q).name == rows[i].query && (!wanted || rows[i].batch_id == *wanted))
                    add(*driver, q, rows[i]);
    }
    [[nodiscard]] u64 id() const {
        return id_of(item().plan->query, item().plan->batch_id, item().line.phase, item().line.line);
    }

private:
    /// A batch that is planned again replaces what was known of it.
    void add(const spark::Driver& driver, sim::u32 query, const engine::PlanRow& row) {
        std::erase_if(items, [&](const KnownPlanLine& known) {
            return known.plan->query == row.query && known.plan->batch_id == row.batch_id;
        });
        for (spark::PlanLine& line : spark::plan_lines(driver, query, row)) items.push_back({&row, std::move(line)});
    }
};

constexpr Column<Plans> kPlans[] = {
    {{"query", text}, [](const Plans& row, Out out) { out.text(row.item().plan->query); }},
    {{"batch_id", integer_key}, [](const Plans& row, Out out) { out.integer(row.item().plan->batch_id); }},
    {{"phase", text}, [](const Plans& row, Out out) { out.text(row.item().line.phase); }},
    {{"line", integer}, [](const Plans& row, Out out) { out.integer(row.item().line.line); }},
    {{"depth", integer}, [](const Plans& row, Out out) { out.integer(row.item().line.depth); }},
    {{"operator", text}, [](const Plans& row, Out out) { out.text(row.item().line.op); }},
    {{"detail", text}, [](const Plans& row, Out out) { out.text(row.item().line.detail); }},
    {{"rows", integer}, [](const Plans& row, Out out) { out.natural(row.item().line.rows); }},
};

// ---- state --------------------------------------------------------------------------------------

struct KnownState {
    std::string query, op, key, value, window_start, window_end, phase;
    i64 partition = 0, version = 0;
};

i64 partition_in(const std::string& key) {
    i64 n = 0;
    for (std::size_t i = 0; i < 4 && i < key.size(); ++i) n = n << 8 | static_cast<sim::u8>(key[i]);
    return n;
}

void list_state(const KnownQuery& query, std::vector<KnownState>& out) {
    if (query.run == nullptr || !query.run->compiled.query) return;
    const spark::StreamPlan& plan = query.run->compiled.query->plan;
    const spark::StreamState& state = *query.run->cursor.state.state;
    const std::string watermark = spark::moment_text(query.run->cursor.tracker.global_ms);
    for (std::size_t op = 0; op < plan.operators.size() && op < state.operators.size(); ++op) {
        const auto types = spark::key_types_of(plan, op);
        for (const auto& [place, row] : *state.operators[op].rows) {
            const spark::KeyText text = spark::key_text(row.key, types, "UTC");
            const bool open = text.window_end.empty() || text.window_end > watermark;
            out.push_back({query.spec->name, spark::operator_name(plan, op), text.key, spark::value_text(row.value),
                           text.window_start, text.window_end, open ? "open" : "closed", partition_in(place),
                           query.run->cursor.next_batch});
        }
    }
}

class State : public ListedRows<KnownState> {
public:
    State(const Reader& reader, const Keys&) {
        for (const KnownQuery& query : queries_of(reader)) list_state(query, items);
    }
    [[nodiscard]] u64 id() const {
        return id_of(item().query, item().op, item().partition, item().key, item().window_start, item().window_end);
    }
};

constexpr Column<State> kState[] = {
    {{"query", text}, [](const State& row, Out out) { out.text(row.item().query); }},
    {{"operator", text}, [](const State& row, Out out) { out.text(row.item().op); }},
    {{"partition", integer}, [](const State& row, Out out) { out.integer(row.item().partition); }},
    {{"version", integer}, [](const State& row, Out out) { out.integer(row.item().version); }},
    {{"key", text}, [](const State& row, Out out) { out.text(row.item().key); }},
    {{"value", text}, [](const State& row, Out out) { out.text(row.item().value); }},
    {{"window_start", text}, [](const State& row, Out out) { out.text_if_any(row.item().window_start); }},
    {{"window_end", text}, [](const State& row, Out out) { out.text_if_any(row.item().window_end); }},
};

/// Windows that have state, and those whose state was let go.
class Windows : public ListedRows<KnownState> {
public:
    Windows(const Reader& reader, const Keys&) {
        for (const KnownQuery& query : queries_of(reader)) list_state(query, items);
        std::erase_if(items, [](const KnownState& s) { return s.window_end.empty(); });
        const auto& rows = ledger_of(reader).state_ends;
        for (u64 i = 0, n = rows.size(); i < n; ++i) {
            const engine::StateEndRow& row = rows[i];
            if (!row.late && !row.window_end.empty())
                items.push_back(
                    {row.query, "", row.key, row.value, row.window_start, row.window_end, "emitted", 0, row.batch_id});
        }
    }
    [[nodiscard]] u64 id() const {
        return id_of(item().query, item().key, item().window_start, item().window_end, item().phase);
    }
};

constexpr Column<Windows> kWindows[] = {
    {{"query", text}, [](const Windows& row, Out out) { out.text(row.item().query); }},
    {{"window_start", text}, [](const Windows& row, Out out) { out.text(row.item().window_start); }},
    {{"window_end", text}, [](const Windows& row, Out out) { out.text(row.item().window_end); }},
    {{"key", text}, [](const Windows& row, Out out) { out.text(row.item().key); }},
    {{"value", text}, [](const Windows& row, Out out) { out.text(row.item().value); }},
    {{"phase", text}, [](const Windows& row, Out out) { out.text(row.item().phase); }},
};

class Late : public ListedRows<const engine::StateEndRow*> {
public:
    Late(const Reader& reader, const Keys&) {
        const auto& rows = ledger_of(reader).state_ends;
        for (u64 i = 0, n = rows.size(); i < n; ++i)
            if (rows[i].late) items.push_back(&rows[i]);
    }
    [[nodiscard]] const engine::StateEndRow& row() const { return *item(); }
    [[nodiscard]] u64 id() const {
        return id_of(row().event_index, row().query, row().key, row().window_start, row().window_end, row().event_time);
    }
};

constexpr Column<Late> kLate[] = {
    {{"query", text}, [](const Late& row, Out out) { out.text(row.row().query); }},
    {{"batch_id", integer}, [](const Late& row, Out out) { out.integer(row.row().batch_id); }},
    {{"offset", integer}, [](const Late& row, Out out) { out.natural(row.row().offset); }},
    {{"event_time", text}, [](const Late& row, Out out) { out.text_if_any(row.row().event_time); }},
    {{"key", text}, [](const Late& row, Out out) { out.text(row.row().key); }},
    {{"window_start", text}, [](const Late& row, Out out) { out.text_if_any(row.row().window_start); }},
    {{"window_end", text}, [](const Late& row, Out out) { out.text_if_any(row.row().window_end); }},
    {{"late_watermark", text}, [](const Late& row, Out out) { out.text(row.row().watermark); }},
};

// ---- the sink and the checkpoint ------------------------------------------------------------------

/// Rows that a sink took. One is visible until a later one takes its place; what sinks keep decides which.
class SinkRows {
public:
    SinkRows(const Reader& reader, const Keys&) : rows_(ledger_of(reader).sink_rows), end_(rows_.size()) {
        std::map<std::pair<std::string, std::string>, u64> newest;
        for (u64 i = 0; i < end_; ++i)
            if (const engine::SinkRow& row = rows_[i]; row.keeps == engine::SinkKeeps::newest_of_key) {
                const auto [at, fresh] = newest.try_emplace({row.query, row.key}, i);
                if (!fresh) hidden_.insert(std::exchange(at->second, i));
            }
        std::map<std::string, i64> last;
        for (u64 i = end_; i > 0; --i)
            if (const engine::SinkRow& row = rows_[i - 1]; row.keeps == engine::SinkKeeps::last_batch)
                if (last.try_emplace(row.query, row.batch_id).first->second != row.batch_id) hidden_.insert(i - 1);
    }
    bool next() { return ++place_ < end_; }
    [[nodiscard]] u64 id() const { return place_; }
    [[nodiscard]] const engine::SinkRow& row() const { return rows_[place_]; }
    [[nodiscard]] bool visible() const { return !hidden_.contains(place_); }

private:
    const sim::PersistentVec<engine::SinkRow>& rows_;
    std::set<u64> hidden_;
    u64 end_;
    u64 place_ = ~u64{0};
};

constexpr Column<SinkRows> kSinkRows[] = {
    {{"query", text}, [](const SinkRows& row, Out out) { out.text(row.row().query); }},
    {{"sink", text}, [](const SinkRows& row, Out out) { out.text(row.row().sink); }},
    {{"batch_id", integer}, [](const SinkRows& row, Out out) { out.integer(row.row().batch_id); }},
    {{"attempt", integer}, [](const SinkRows& row, Out out) { out.integer(row.row().attempt); }},
    {{"row", text}, [](const SinkRows& row, Out out) { out.text(row.row().row); }},
    {{"visible", integer}, [](const SinkRows& row, Out out) { out.boolean(row.visible()); }},
};

struct KnownFile {
    std::string query, path, kind;
    i64 batch_id = -1;
    const engine::dfs::Content* content = nullptr;
};

KnownFile file_of(const std::string& query, const std::string& folder, const std::string& path,
                  const engine::dfs::Content& content) {
    KnownFile file{query, path.substr(folder.size() + 1), "", -1, &content};
    file.kind = file.path.substr(0, file.path.find('/'));
    const std::string name = file.path.substr(file.path.rfind('/') + 1);
    const std::string number = name.substr(0, name.find('.'));
    if (sim::all_digits(number))
        file.batch_id = std::stoll(number);
    if (file.kind == "state") --file.batch_id;  // version n is written by batch n - 1
    return file;
}

const engine::dfs::DfsState* dfs_of(const Reader& reader) {
    const sim::NodeId node = reader.world().find_node("dfs");
    const bool there = node != sim::kNoNode && engine::spark_role(reader.world(), node) == "dfs";
    return there ? &reader.world().nodes[node.value].as<engine::dfs::DfsNode>().state : nullptr;
}

class CheckpointFiles : public ListedRows<KnownFile> {
public:
    CheckpointFiles(const Reader& reader, const Keys&) {
        const engine::dfs::DfsState* dfs = dfs_of(reader);
        if (dfs == nullptr) return;
        for (const auto& [path, content] : dfs->files)
            for (const KnownQuery& query : queries_of(reader))
                if (path.starts_with(query.id + "/"))
                    items.push_back(file_of(query.spec->name, query.id, path, *content));
    }
    [[nodiscard]] u64 id() const { return id_of(item().query, item().path); }
};

constexpr Column<CheckpointFiles> kCheckpoint[] = {
    {{"query", text}, [](const CheckpointFiles& row, Out out) { out.text(row.item().query); }},
    {{"path", text}, [](const CheckpointFiles& row, Out out) { out.text(row.item().path); }},
    {{"kind", text}, [](const CheckpointFiles& row, Out out) { out.text(row.item().kind); }},
    {{"batch_id", integer}, [](const CheckpointFiles& row, Out out) { out.natural(row.item().batch_id); }},
    {{"body", text},
     [](const CheckpointFiles& row, Out out) {
         if (row.item().kind != "state") out.text(row.item().content->bytes);
     }},
};

// ---- what file sinks wrote --------------------------------------------------------------------------

struct SinkFile {
    std::string path;
    const engine::dfs::Content* content = nullptr;
    bool listed = false;  // the manifest of its folder names it
};

/// Files in the folders of file sinks, without their manifests.
class Files : public ListedRows<SinkFile> {
public:
    Files(const Reader& reader, const Keys&) {
        const engine::dfs::DfsState* dfs = dfs_of(reader);
        if (dfs == nullptr) return;
        std::set<std::string> folders;
        for (const KnownQuery& query : queries_of(reader))
            if (const std::string folder = spark::sink_folder(*query.spec); !folder.empty()) folders.insert(folder);
        std::string manifests;
        for (const auto& [path, content] : dfs->files)
            for (const std::string& folder : folders) {
                if (!path.starts_with(folder + "/")) continue;
                if (path.starts_with(folder + "/_spark_metadata/")) manifests += content->bytes;
                else items.push_back({path, &*content, false});
            }
        for (SinkFile& file : items) file.listed = manifests.find("file://" + file.path + "\"") != std::string::npos;
    }
    [[nodiscard]] u64 id() const { return id_of(item().path); }
};

constexpr Column<Files> kFiles[] = {
    {{"path", text}, [](const Files& row, Out out) { out.text(row.item().path); }},
    {{"rows", integer},
     [](const Files& row, Out out) {
         const std::string& bytes = row.item().content->bytes;
         out.integer(std::ranges::count(bytes, '\n'));
     }},
    {{"bytes", integer},
     [](const Files& row, Out out) { out.integer(static_cast<i64>(row.item().content->bytes.size())); }},
    {{"listed", integer}, [](const Files& row, Out out) { out.boolean(row.item().listed); }},
    {{"body", text}, [](const Files& row, Out out) { out.text(row.item().content->bytes); }},
};

}  // namespace

std::vector<TableSpec> stream_tables() {
    return {
        make_table<Queries, kQueries>("queries", touch::kStreams),
        make_table<Batches, kBatches>("batches", touch::kStreams),
        make_table<Ranges, kRanges>("offset_ranges", touch::kStreams),
        make_table<State, kState>("state", touch::kStreams),
        make_table<Windows, kWindows>("windows", touch::kStreams),
        make_table<Late, kLate>("late_rows", touch::kStreams),
        make_table<SinkRows, kSinkRows>("sink_rows", touch::kStreams),
        make_table<Tasks, kTasks>("tasks", touch::kStreams),
        make_table<CheckpointFiles, kCheckpoint>("checkpoint_files", touch::kStreams),
        make_table<Files, kFiles>("files", touch::kStreams),
        make_table<Plans, kPlans>("plans", touch::kStreams),
    };
}

}  // namespace app::lab
