#include "engine/stream/batch_host.h"

#include <fmt/format.h>

#include "engine/operators/statement.h"
#include "engine/plan/outputs.h"
#include "engine/plan/physical.h"
#include "engine/stream/kafka_options.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

std::string source_name(const PlanRef& plan) {
    MR_ASSERT(plan != nullptr);
    if (plan->kind == PlanKind::stream_relation) return plan->parts.empty() ? plan->name : plan->parts[0];
    for (const PlanRef& c : plan->children)
        if (std::string name = source_name(c); !name.empty()) return name;
    return "";
}

QueryError unsupported(const std::string& what) {
    return {"UnsupportedOperationException", "java.lang.UnsupportedOperationException", "", "", what};
}

}  // namespace

QueryError streaming_action(const PlanRef& plan) {
    MR_ASSERT(plan != nullptr);
    QueryError e = analysis_error(
        "", "Queries with streaming sources must be executed with writeStream.start();\n" + source_name(plan), {});
    e.java_class = "org.apache.spark.sql.catalyst.ExtendedAnalysisException";
    return e;
}

py::Answer<std::string> BatchHost::show(const PlanRef& plan, i64 count, i64 truncate, bool) {
    MR_ASSERT(plan != nullptr);
    if (py::streaming(plan)) return std::unexpected(streaming_action(plan));
    auto rows = run_query(session, plan);
    if (!rows) return std::unexpected(rows.error());
    const Result result{.command = false, .plan = plan, .schema = schema_of(*plan), .rows = std::move(*rows)};
    return engine::spark::show(session, result, {count, truncate});
}

py::Answer<py::RowTable> BatchHost::rows(const PlanRef& plan, i64 limit) {
    MR_ASSERT(plan != nullptr);
    if (py::streaming(plan)) return std::unexpected(streaming_action(plan));
    const auto rows = run_query(session, plan);
    if (!rows) return std::unexpected(rows.error());
    py::RowTable out{schema_of(*plan), {}};
    for (const Batch& b : rows->batches)
        for (i64 i = 0; i < b.rows && (limit < 0 || static_cast<i64>(out.rows.size()) < limit); ++i) {
            Values row;
            for (const Column& c : b.columns) row.push_back(get(c, i));
            out.rows.push_back(std::move(row));
        }
    return out;
}

py::Answer<PlanRef> BatchHost::read(const py::ReadRequest& r) {
    if (r.stream) return std::unexpected(unsupported("Streaming sources need a streaming host."));
    if (r.format == "csv" || r.format == "json" || r.format == "text")
        return read_files(session, store, r.format, r.options, r.schema);
    if (r.format == "kafka") return kafka_relation(session, r);
    if (r.format == "parquet" || r.format == "orc")
        return std::unexpected(unsupported(fmt::format("Reading {} is not supported here.", r.format)));
    return std::unexpected(unsupported(fmt::format("Data source {} does not support reading.", r.format)));
}

py::Answer<bool> BatchHost::write(const PlanRef& plan, const std::string& format, const std::string& mode,
                                  const Options& options) {
    MR_ASSERT(plan != nullptr);
    auto rows = run_query(session, plan);
    if (!rows) return std::unexpected(rows.error());
    if (format == "noop") return true;
    if (format == "console") {
        const Result result{.command = false, .plan = plan, .schema = schema_of(*plan), .rows = std::move(*rows)};
        print(engine::spark::show(session, result, {20, 20}) + "\n");
        return true;
    }
    const std::string path = dfs::plain_path(option_of(options, "path"));
    if (path.empty())
        return std::unexpected(QueryError{"IllegalArgumentException", "org.apache.spark.SparkIllegalArgumentException",
                                          "_LEGACY_ERROR_TEMP_2047", "", "'path' is not specified."});
    if (store.exists(path) && mode == "ignore") return true;
    if (store.exists(path) && (mode == "errorifexists" || mode == "error"))
        return std::unexpected(analysis_error(
            "PATH_ALREADY_EXISTS",
            fmt::format("Path file:{} already exists. Set mode as \"overwrite\" to overwrite the existing path.", path),
            {}));
    if (mode == "overwrite")
        for (const dfs::FileInfo& f : store.list(path).value_or(std::vector<dfs::FileInfo>{})) store.remove(f.path);
    const auto text = written_contents(session, format, options, schema_of(*plan), rows->batches);
    if (!text) return std::unexpected(text.error());
    i64 part = 0;
    while (store.exists(fmt::format("{}/part-{:05}.{}", path, part, format == "text" ? "txt" : format))) ++part;
    store.write(fmt::format("{}/part-{:05}.{}", path, part, format == "text" ? "txt" : format), *text);
    store.write(path + "/_SUCCESS", "");
    return true;
}

py::Answer<std::string> BatchHost::explain(const PlanRef& parsed, const PlanRef& plan, const std::string& mode) {
    return explain_text(session, parsed, plan, mode);
}

py::Answer<i64> BatchHost::start(const py::StreamRequest&) {
    return std::unexpected(unsupported("Streaming queries need a streaming host."));
}

py::Answer<py::PyValue> BatchHost::query(i64, const std::string&, const std::vector<py::PyValue>&) {
    return std::unexpected(unsupported("There is no running query."));
}

py::Answer<bool> BatchHost::sleep(double seconds) {
    MR_ASSERT(seconds >= 0);
    return true;
}

py::Answer<bool> BatchHost::append_file(const std::string& path, const std::string& text) {
    MR_ASSERT(!path.empty());
    return store.write(path, store.read(path).value_or("") + text);
}

py::Answer<std::string> BatchHost::read_file(const std::string& path) {
    if (auto text = store.read(path)) return *text;
    return std::unexpected(
        QueryError{"FileNotFoundError", "", "", "", "[Errno 2] No such file or directory: '" + path + "'"});
}

}  // namespace engine::spark
