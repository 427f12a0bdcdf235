#include "app/proof/streams/crash_sinks.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/check/replica_logs.h"
#include "engine/dfs/dfs_node.h"
#include "engine/operators/file_scan.h"
#include "engine/operators/statement.h"
#include "engine/plan/json.h"
#include "engine/stream/kafka_options.h"
#include "engine/stream/sinks.h"
#include "engine/wire/record_batch.h"
#include "sim/base/ascii.h"
#include "sim/base/lines.h"

namespace app::proof {
namespace {

namespace spark = engine::spark;
using engine::World;

constexpr const char* kZone = "UTC";

const spark::QuerySpec& query_of(const CrashCase& c) { return c.spec.spark.queries.front(); }

/// Whether a row came of records that only close.
bool closing_row(const std::string& row) { return row.find(kClosingMark) != std::string::npos; }

Texts full_lines_of(const std::string& text) {
    std::vector<std::string_view> lines = sim::lines_of(text);
    std::erase(lines, "");
    return {lines.begin(), lines.end()};
}

// ---- what it must hold --------------------------------------------------------------------------

/// All records of a topic but those that only close.
spark::Batch records_of(const engine::ProducerSpec& producer) {
    std::vector<spark::TopicRow> rows;
    for (const engine::RecordSpec& r : producer.records)
        if (!r.key.text.starts_with(kClosingMark)) rows.push_back({0, r.timestamp_ms, r.key, r.value, {}, -1, ""});
    return spark::topic_batch(producer.topic, 0, rows, false);
}

spark::PlanRef table_of(spark::Session& session, const spark::DataType& schema, spark::Batch batch) {
    spark::Plan p;
    p.kind = spark::PlanKind::local_relation;
    for (const spark::Field& f : *schema.fields)
        p.output.push_back(spark::attribute(f.name, f.type, true, session.ids.take()));
    p.resolved = true;
    auto table = std::make_shared<spark::Table>();
    if (batch.rows > 0) table->batches.push_back(std::move(batch));
    p.table = std::move(table);
    return spark::make(std::move(p));
}

void add_view(spark::Session& session, const std::string& name, const spark::PlanRef& plan) {
    session.views[name] = {name, nullptr, plan, {}};
}

bool add_views(const CrashCase& c, const Texts& typed, spark::Session& session) {
    std::string kinds;
    for (const auto& row : c.spec.spark.tables.front().rows)
        kinds += fmt::format("{}({}, {})", kinds.empty() ? "" : ", ", row[0], row[1]);
    const auto plan = spark::plan_of_text(session, "SELECT * FROM VALUES " + kinds + " AS t(id, name)");
    if (!plan) return false;
    add_view(session, "kinds", *plan);
    for (std::size_t s = 0; s < c.spec.producers.size(); ++s)
        add_view(session, s == 0 ? "source" : "other",
                 table_of(session, spark::kafka_schema(false), records_of(c.spec.producers[s])));
    if (!c.spec.producers.empty()) return true;
    spark::Builder text(spark::type_of(spark::TypeId::string));
    for (const std::string& line : typed) text.add(spark::string_value(line));
    const spark::DataType schema = spark::struct_type({{"value", spark::type_of(spark::TypeId::string), true}});
    add_view(session, "source",
             table_of(session, schema, {.rows = static_cast<i64>(typed.size()), .columns = {text.finish()}}));
    return true;
}

Texts ledger_texts(const spark::Rows& rows) {
    Texts out;
    for (const spark::Values& values : spark::values_of(rows))
        out.push_back(spark::row_json(rows.columns, values, kZone));
    return out;
}

std::expected<Texts, std::string> sink_texts(const CrashCase& c, spark::Session& session, const spark::Rows& rows) {
    const spark::QuerySpec& query = query_of(c);
    if (query.sink == "kafka") {
        Texts out;
        const auto records = spark::sink_records(rows, "out");
        MR_ASSERT(records.has_value());  // the option names a topic
        for (const spark::SinkRecord& r : *records) out.push_back(r.key.text + "=" + r.value.text);
        return out;
    }
    if (!spark::is_file_format(query.sink)) return ledger_texts(rows);
    std::vector<spark::Field> fields;
    for (const spark::ExprRef& f : rows.columns) fields.push_back({f->name, f->type, f->nullable});
    const auto text =
        spark::written_contents(session, query.sink, query.sink_options, spark::struct_type(fields), rows.batches);
    if (!text) return std::unexpected(text.error().message);
    return full_lines_of(*text);
}

// ---- what it holds ------------------------------------------------------------------------------

using Files = sim::FlatMap<std::string, sim::Ref<engine::dfs::Content>>;

const Files& files_of(const World& world) {
    return world.nodes[world.find_node("dfs").value].as<engine::dfs::DfsNode>().state.files;
}

std::string path_in(const std::string& line) {
    const auto entry = spark::parse_json(line);
    if (!entry) return "";
    for (std::size_t i = 0; i < entry->names.size(); ++i)
        if (entry->names[i] == "path") return entry->items[i].text;
    return "";
}

/// Rows of all part files that a manifest names, as readers see the folder (spec: they read the manifest only).
Texts folder_rows(const Files& files, const std::string& folder) {
    Texts out;
    for (const auto& [path, manifest] : files) {
        if (!path.starts_with(folder + "/_spark_metadata/")) continue;
        for (const std::string& line : full_lines_of(manifest->bytes)) {
            const std::string part = engine::dfs::plain_path(path_in(line));
            if (line == "v1") continue;
            const auto* content = files.find(part);
            if (content == nullptr) out.push_back("a file that is not there: " + part);
            else
                for (std::string& row : full_lines_of((*content)->bytes)) out.push_back(std::move(row));
        }
    }
    return out;
}

Texts table_rows(const Files& files, const std::string& query) {
    Texts out;
    for (const auto& [path, content] : files)
        if (path.starts_with("/tables/" + query + "/"))
            for (std::string& row : full_lines_of(content->bytes)) out.push_back(std::move(row));
    return out;
}

Texts topic_rows(const World& world, const std::string& topic) {
    Texts out;
    const auto name = world.kernel().names.find(topic);
    const auto log = engine::check::replica_log(world, engine::BrokerId{1}, {name, 0});
    engine::check::for_each_batch(log, [&](const sim::Slice& slice, const engine::wire::BatchHeader&) {
        engine::wire::RecordReader reader(slice.bytes());
        for (engine::wire::RecordView record; reader.next(record);)
            out.push_back(fmt::format("{}={}", engine::wire::text_of(record.key), engine::wire::text_of(record.value)));
        return true;
    });
    return out;
}

}  // namespace

std::expected<std::vector<ExpectedRow>, std::string> expected_rows(const CrashCase& c, const Texts& typed) {
    spark::Session session;
    session.clock = {kZone, 0};
    session.adaptive = false;
    if (!add_views(c, typed, session)) return std::unexpected("no table");
    const auto plan = spark::plan_of_text(session, query_of(c).sql);
    if (!plan) return std::unexpected(plan.error().message);
    const auto rows = spark::run_query(session, *plan);
    if (!rows) return std::unexpected(rows.error().message);
    const Texts told = ledger_texts(*rows);
    const auto held = sink_texts(c, session, *rows);
    if (!held) return std::unexpected(held.error());
    if (held->size() != told.size()) return std::unexpected("a row has not one line in its sink");
    std::vector<ExpectedRow> out;
    for (std::size_t i = 0; i < told.size(); ++i) out.push_back({(*held)[i], told[i]});
    return out;
}

std::optional<Texts> held_rows(const CrashCase& c, const World& world) {
    const spark::QuerySpec& query = query_of(c);
    Texts out;
    if (query.sink == "kafka") out = topic_rows(world, "out");
    else if (spark::is_file_format(query.sink)) out = folder_rows(files_of(world), spark::sink_folder(query));
    else if (query.sink.starts_with("foreach")) out = table_rows(files_of(world), query.name);
    else return std::nullopt;
    std::erase_if(out, closing_row);
    std::ranges::sort(out);
    return out;
}

const spark::Driver& driver_of(const World& world) {
    return world.nodes[world.find_node("driver").value].as<spark::DriverNode>().state;
}

ToldRows told_rows(const World& world) {
    const spark::StreamLedger& ledger = driver_of(world).progress.ledger;
    ToldRows told;
    for (u64 i = 0; i < ledger.sink_rows.size(); ++i) {
        const engine::SinkRow& row = ledger.sink_rows[i];
        if (!closing_row(row.row)) told.batches[row.batch_id][row.attempt].push_back(row.row);
    }
    for (auto& [batch, attempts] : told.batches)
        for (auto& [attempt, rows] : attempts) std::ranges::sort(rows);
    for (u64 i = 0; i < ledger.batches.size(); ++i) {
        const engine::BatchRow& row = ledger.batches[i];
        if (row.attempts > 1) told.again.insert(row.batch_id);
        if (row.committed) told.committed = std::max(told.committed, row.batch_id + 1);
    }
    for (u64 i = 0; i < ledger.tasks.size(); ++i)
        if (ledger.tasks[i].attempt > 0) told.again.insert(ledger.tasks[i].batch_id);
    return told;
}

}  // namespace app::proof
