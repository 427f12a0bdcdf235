// How a batch reaches a sink that outlives the driver. Tasks write: part files that count once the manifest names them,
// records of a topic, rows of a table outside. Only the manifest, and a writer that skips what it has seen, make a
// batch that comes twice harmless (spec: exactly once needs a sink that forgives).
//
// The tables of foreach and foreachBatch lie on the file system's node below /tables, one file for what one call of the
// user's function adds: foreach is called for each partition of a batch, foreachBatch with a key puts each row in the
// place of the one with its key.
#include <fmt/format.h>

#include <algorithm>

#include "engine/operators/file_scan.h"
#include "engine/stream/driver_parts.h"
#include "engine/stream/sinks.h"

namespace engine::spark {
namespace {

constexpr const char* kZone = "UTC";

/// Tells one attempt to write from another, over all runs of the query.
std::string attempt_name(const At& at) {
    const std::string& run = at.run().run_id;
    return fmt::format("{:08x}-0000-4000-9000-{}", at.cursor().next_batch * 256 + at.run().attempts,
                       run.substr(run.rfind('-') + 1));
}

std::string column_text(const Rows& rows, const Values& row, const std::string& name) {
    MR_ASSERT(row.size() == rows.columns.size());
    for (std::size_t c = 0; c < row.size(); ++c)
        if (rows.columns[c]->name == name) return cell_text(row[c], rows.columns[c]->type, kZone);
    return "";
}

bool fill_file(const At& at, const Rows& rows, TaskOrder& order) {
    MR_ASSERT(order.partition >= 0);
    std::vector<Field> fields;
    for (const ExprRef& c : rows.columns) fields.push_back({c->name, c->type, c->nullable});
    Session session = at.compiled().session;
    const std::string& format = at.spec().sink;
    auto text = written_contents(session, format, at.spec().sink_options, struct_type(fields), rows.batches);
    if (!text) return fail(at, text.error()), false;
    FileOrder file;
    file.path = fmt::format("{}/part-{:05}-{}-c000.{}", option(at.spec().sink_options, "path"), order.partition,
                            attempt_name(at), format == "text" ? "txt" : format);
    file.bytes = std::move(*text);
    at.work().sink_files.push_back({file.path, static_cast<i64>(file.bytes.size()), at.env.wall_ms()});
    order.files.push_back(std::move(file));
    return true;
}

void fill_table(const At& at, const Rows& rows, TaskOrder& order) {
    const NamedTexts& options = at.spec().sink_options;
    const std::string key = option(options, "key"), folder = "/tables/" + at.spec().name;
    const bool once = at.spec().sink == "foreach" && option(options, "skipSeen") == "true";
    std::string all;
    for (const Values& row : values_of(rows)) {
        const std::string text = row_json(rows.columns, row, kZone);
        if (key.empty()) all += text + "\n";
        else order.files.push_back({fmt::format("{}/{}", folder, column_text(rows, row, key)), text, false});
    }
    const std::string call = fmt::format("{}/{}-{}", folder, at.cursor().next_batch, order.partition);
    if (key.empty()) order.files.push_back({once ? call : call + "-" + attempt_name(at), std::move(all), once});
}

bool fill_topic(const At& at, const Rows& rows, TaskOrder& order) {
    auto records = sink_records(rows, option(at.spec().sink_options, "topic"));
    if (!records) return fail(at, job_aborted(records.error())), false;
    for (SinkRecord& record : *records)
        order.records.push_back({0, -1, std::move(record.key), std::move(record.value), std::move(record.headers),
                                 static_cast<i32>(record.partition), std::move(record.topic)});
    return true;
}

bool fill(const At& at, const Rows& rows, TaskOrder& order) {
    MR_ASSERT(rows.count() > 0);
    if (is_file_format(at.spec().sink)) return fill_file(at, rows, order);
    if (at.spec().sink == "kafka") return fill_topic(at, rows, order);
    fill_table(at, rows, order);
    return true;
}

}  // namespace

bool writes_in_tasks(const QuerySpec& spec) {
    return is_file_format(spec.sink) || spec.sink == "kafka" || spec.sink == "foreach" || spec.sink == "foreachBatch";
}

std::string sink_folder(const QuerySpec& spec) {
    return is_file_format(spec.sink) ? option(spec.sink_options, "path") : "";
}

std::string manifest_folder(const QuerySpec& spec) {
    return is_file_format(spec.sink) ? sink_folder(spec) + "/_spark_metadata/" : "";
}

bool add_sink_orders(const At& at, std::vector<TaskOrder>& orders) {
    MR_ASSERT(at.run().phase == QueryPhase::add_batch && at.work().output.output != nullptr);
    const Rows& rows = at.work().output.output->rows;
    at.work().sink_task.assign(rows.batches.size(), -1);
    if (!writes_in_tasks(at.spec()) || at.work().sink_has_it) return true;
    const std::size_t stores = orders.size();
    for (std::size_t b = 0; b < rows.batches.size(); ++b) {
        if (rows.batches[b].rows == 0) continue;
        if (stores == 0) orders.emplace_back().partition = static_cast<i32>(b);
        const std::size_t task = stores == 0 ? orders.size() - 1 : b % stores;
        at.work().sink_task[b] = static_cast<i32>(task);
        if (!fill(at, {rows.columns, {rows.batches[b]}}, orders[task])) return false;
    }
    return true;
}

bool commit_sink(const At& at) {
    MR_ASSERT(at.run().phase == QueryPhase::sink_commit);
    const std::string folder = manifest_folder(at.spec());
    if (folder.empty() || at.work().sink_has_it) return false;
    std::string entry = fmt::format("{}{}", folder, at.cursor().next_batch);
    if (at.compiled().plan.has_bug(PlantedBug::manifest_ignored)) entry += "." + attempt_name(at);
    at.work().ticket = dfs::ask(at.driver.memory.dfs, at.env, dfs::DfsOp::create, std::move(entry),
                                manifest_text(at.work().sink_files));
    return true;
}

bool reached_sink(const At& at, std::size_t rows_batch) {
    MR_ASSERT(rows_batch < at.work().sink_task.size());
    if (at.work().sink_has_it) return false;
    const i32 task = at.work().sink_task[rows_batch];
    return task < 0 || !at.work().stages[1].tasks[static_cast<std::size_t>(task)].refused;
}

SinkKeeps keeps_of(const QuerySpec& spec) {
    if (spec.sink == "memory" && spec.output_mode == "complete") return SinkKeeps::last_batch;
    const bool upsert = spec.sink == "foreachBatch" && !option(spec.sink_options, "key").empty();
    return upsert ? SinkKeeps::newest_of_key : SinkKeeps::all;
}

std::string sink_key(const At& at, const Rows& rows, const Values& row) {
    return keeps_of(at.spec()) == SinkKeeps::newest_of_key
               ? column_text(rows, row, option(at.spec().sink_options, "key"))
               : "";
}

}  // namespace engine::spark
