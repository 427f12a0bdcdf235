// Sinks that need the host: functions of the program, tables of the session, topics, folders.
#include <fmt/format.h>

#include <charconv>

#include "engine/plan/outputs.h"
#include "engine/sql/parser.h"
#include "engine/stream/stream_host.h"
#include "engine/stream/topic_sink.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

PlanRef table_of(const Rows& rows, Ids& ids) {
    Plan p;
    p.kind = PlanKind::local_relation;
    p.resolved = true;
    for (const ExprRef& c : rows.columns) p.output.push_back(attribute(c->name, c->type, c->nullable, ids.take()));
    auto table = std::make_shared<Table>();
    table->batches = rows.batches;
    p.table = table;
    return make(std::move(p));
}

/// The memory sink: a temporary view of the query's name.
struct ViewSink final : StreamSink {
    StreamHost& host;
    std::string name;
    MemorySink kept;

    ViewSink(StreamHost& h, std::string n, bool complete) : host(h), name(std::move(n)), kept(complete) {}
    std::expected<bool, QueryError> add(i64 batch, const Rows& rows) override {
        (void)kept.add(batch, rows);
        show();
        return true;
    }
    void show() {
        const Rows all = rows_of(kept.columns, kept.rows);
        host.session.views[name] = {name, nullptr, table_of(all, host.session.ids), {}};
    }
    [[nodiscard]] std::string description() const override { return "MemorySink"; }
};

/// Python's own frames between Spark and a function that cannot be called.
constexpr const char* kCallFrames =
    "Traceback (most recent call last):\n  File \"/<dir>/clientserver.py\", line 617, in _call_proxy\n"
    "    return_value = getattr(self.pool[obj_id], method)(*params)\n"
    "                   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
    "  File \"/<dir>/utils.py\", line 120, in call\n    raise e\n"
    "  File \"/<dir>/utils.py\", line 117, in call\n    self.func(DataFrame(jdf, wrapped_session_jdf), batch_id)\n";

QueryError of_program(const py::Raised& r) {
    return {
        "Py4JException", "py4j.Py4JException", "", "",
        "An exception was raised by the Python Proxy. Return Message: " + r.error.exception + ": " + r.error.message};
}

struct BatchFunctionSink final : StreamSink {
    StreamHost& host;
    Session& session;
    py::PyValue function;
    i64 actions = 0;  ///< of the function on the batch it got

    BatchFunctionSink(StreamHost& h, Session& s, py::PyValue f) : host(h), session(s), function(std::move(f)) {}
    std::expected<bool, QueryError> add(i64 batch, const Rows& rows) override {
        MR_ASSERT(host.program != nullptr);
        py::Interpreter& in = *host.program;
        if (!function.object)
            return std::unexpected(QueryError{"Py4JException", "py4j.Py4JException", "", "",
                                              fmt::format("An exception was raised by the Python Proxy. Return "
                                                          "Message: {}TypeError: '{}' object is not callable\n",
                                                          kCallFrames, py::type_name(function))});
        // Numbered by the program's own session, in which it goes on.
        const PlanRef frame = edit(table_of(rows, in.session.ids), [](Plan& p) { p.name = "rdd"; });
        in.call(function, {{py::frame_of_analysed(frame), py::of_int(batch)}, {}});
        actions = frame->table->kept ? std::min<i64>(1, frame->table->reads) : frame->table->reads;
        if (in.ok()) return true;
        const QueryError e = of_program(*in.raised);
        in.raised.reset();
        return std::unexpected(e);
    }
    [[nodiscard]] i64 runs() const override { return actions; }
    [[nodiscard]] std::string description() const override { return "ForeachBatchSink"; }
    [[nodiscard]] bool counts_rows() const override { return false; }
};

/// foreach: open, process, close for each partition; or a function for each row.
struct RowFunctionSink final : StreamSink {
    StreamHost& host;
    py::PyValue writer;

    RowFunctionSink(StreamHost& h, py::PyValue w) : host(h), writer(std::move(w)) {}
    std::expected<bool, QueryError> add(i64 batch, const Rows& rows) override {
        py::Interpreter& in = *host.program;
        std::vector<Field> fields;
        for (const ExprRef& c : rows.columns) fields.push_back({c->name, c->type, c->nullable});
        const DataType schema = struct_type(fields);
        i64 partition = 0;
        for (const Batch& b : rows.batches) {
            if (!one_partition(in, b, schema, partition++, batch)) {
                const QueryError e = of_program(*in.raised);
                in.raised.reset();
                return std::unexpected(e);
            }
        }
        return true;
    }
    bool one_partition(py::Interpreter& in, const Batch& b, const DataType& schema, i64 partition, i64 epoch) {
        const bool function = py::is_object(writer, "function");
        const auto member = [&](const char* name) {
            const bool own = writer.object && writer.object->fields.contains(name);
            return !function &&
                   (own || (writer.object && writer.object->outer && writer.object->outer->fields.contains(name)));
        };
        bool open = true;
        if (member("open"))
            open = py::truthy(in.call(in.attribute(writer, "open"), {{py::of_int(partition), py::of_int(epoch)}, {}}));
        for (i64 i = 0; i < b.rows && open && in.ok(); ++i) {
            Values row;
            for (const Column& c : b.columns) row.push_back(get(c, i));
            in.call(function ? writer : in.attribute(writer, "process"), {{py::row_of(row, schema)}, {}});
        }
        if (member("close") && in.ok()) in.call(in.attribute(writer, "close"), {{py::none()}, {}});
        return in.ok();
    }
    [[nodiscard]] std::string description() const override {
        if (writer.object && writer.object->fields.contains("\ndescription"))
            return writer.object->fields.at("\ndescription").s;
        return "ForeachWriterTable(org.apache.spark.sql.execution.python.PythonForeachWriter@<hash>,Right(org.apache."
               "spark.sql.execution.streaming.sources.ForeachWriterTable$$$Lambda@<hash>))";
    }
};

}  // namespace

std::expected<bool, QueryError> put_records(StreamHost& host, const Rows& rows, const Options& options) {
    // A task makes its producer when it has a row to send.
    if (rows.count() > 0 && option_of(options, "kafka.bootstrap.servers").empty())
        return std::unexpected(job_aborted({"NoSuchElementException", "java.util.NoSuchElementException", "", "",
                                            "key not found: bootstrap.servers"}));
    auto records = sink_records(rows, option_of(options, "topic"));
    if (!records) return std::unexpected(job_aborted(records.error()));
    for (SinkRecord& record : *records) {
        TopicRecord r;
        if (!record.key.is_null) r.key = std::move(record.key.text);
        if (!record.value.is_null) r.value = std::move(record.value.text);
        r.timestamp_ms = host.now_ms;
        for (auto& [name, value] : record.headers) r.headers.emplace_back(std::move(name), std::move(value.text));
        auto& partitions = host.topics[record.topic];
        if (partitions.empty()) partitions.resize(1);
        const auto p = static_cast<std::size_t>(std::max<i64>(0, record.partition));
        if (p < partitions.size()) partitions[p].push_back(std::move(r));
    }
    MR_ASSERT(static_cast<i64>(records->size()) == rows.count());
    return true;
}

namespace {

struct TopicSink final : StreamSink {
    StreamHost& host;
    Options options;

    TopicSink(StreamHost& h, Options o) : host(h), options(std::move(o)) {}
    std::expected<bool, QueryError> add(i64, const Rows& rows) override {
        return put_records(host, rows, options);
    }
    [[nodiscard]] std::string description() const override {
        return "org.apache.spark.sql.kafka010.KafkaSourceProvider$KafkaTable@<hash>";
    }
};

struct FolderSink final : StreamSink {
    StreamHost& host;
    Session& session;
    std::string format, path;
    Options options;

    FolderSink(StreamHost& h, Session& s, std::string f, Options o)
        : host(h),
          session(s),
          format(std::move(f)),
          path(dfs::plain_path(option_of(o, "path"))),
          options(std::move(o)) {}
    std::expected<bool, QueryError> add(i64 batch, const Rows& rows) override {
        const std::string log = fmt::format("{}/_spark_metadata/{}", path, batch);
        if (host.store.exists(log)) return true;
        std::vector<Field> fields;
        for (const ExprRef& c : rows.columns) fields.push_back({c->name, c->type, c->nullable});
        std::vector<dfs::FileInfo> added;
        const auto text = written_contents(session, format, options, struct_type(fields), rows.batches);
        if (!text) return std::unexpected(text.error());
        if (!text->empty()) {
            const std::string file =
                fmt::format("{}/part-00000-{}-c000.{}", path, batch, format == "text" ? "txt" : format);
            host.store.write(file, *text);
            added.push_back({file, static_cast<i64>(text->size()), host.now_ms});
        }
        host.store.write(log, manifest_text(added));
        return true;
    }
    [[nodiscard]] std::string description() const override { return fmt::format("FileSink[{}]", path); }
    [[nodiscard]] bool counts_rows() const override { return false; }
};

QueryError analysis(const std::string& message) {
    return {"AnalysisException", "org.apache.spark.sql.AnalysisException", "", "", message};
}

DataType headers_type() {
    return array_type(
        struct_type({{"key", type_of(TypeId::string), true}, {"value", type_of(TypeId::binary), true}}), true);
}

/// The types as the message lists them.
std::string listed(const std::vector<DataType>& types) {
    std::string out;
    for (const DataType& t : types) out += (out.empty() ? "" : " or ") + catalog_name(t);
    return out;
}

/// What KafkaWriter says to a column of another type.
std::optional<QueryError> type_refusal(const Exprs& columns, const std::string& name,
                                       const std::vector<DataType>& types) {
    for (const ExprRef& c : columns) {
        if (c->name != name) continue;
        const auto same = [&](const DataType& t) { return catalog_name(t) == catalog_name(c->type); };
        if (std::ranges::any_of(types, same)) return std::nullopt;
        return analysis(fmt::format("{} attribute unsupported type {}. {} must be a(n) {}", name, catalog_name(c->type),
                                    name, listed(types)));
    }
    return std::nullopt;
}

}  // namespace

std::optional<QueryError> topic_refusal(const py::StreamRequest& r) {
    const bool topic = !option_of(r.options, "topic").empty();
    for (const auto& [key, v] : r.options) {
        if (key == "kafka.key.serializer")
            return illegal_argument(
                "Kafka option 'key.serializer' is not supported as keys are serialized with ByteArraySerializer.");
        if (key == "kafka.value.serializer")
            return illegal_argument(
                "Kafka option 'value.serializer' is not supported as values are serialized with ByteArraySerializer.");
    }
    const Exprs columns = output_of(*r.plan);
    const auto has = [&](const char* name) {
        return std::ranges::any_of(columns, [&](const ExprRef& c) { return c->name == name; });
    };
    if (!topic && !has("topic"))
        return analysis(
            "topic option required when no 'topic' attribute is present. Use the topic option for setting a topic.");
    // In the order in which KafkaWriter asks for them; a topic that the option names hides the column.
    struct Wanted {
        const char* name;
        std::vector<DataType> types;
    };
    const DataType text = type_of(TypeId::string), bytes = type_of(TypeId::binary);
    for (const Wanted& wanted :
         {Wanted{"topic", {text}}, Wanted{"key", {text, bytes}}, Wanted{"value", {text, bytes}},
          Wanted{"headers", {headers_type()}}, Wanted{"partition", {type_of(TypeId::integer)}}}) {
        if (topic && wanted.name == std::string_view("topic")) continue;
        if (wanted.name == std::string_view("value") && !has("value"))
            return analysis("Required attribute 'value' not found.");
        if (auto refusal = type_refusal(columns, wanted.name, wanted.types)) return refusal;
    }
    return std::nullopt;
}

namespace {

int place_of(const Rows& rows, std::string_view name) {
    for (std::size_t i = 0; i < rows.columns.size(); ++i)
        if (rows.columns[i]->name == name) return static_cast<int>(i);
    return -1;
}

NullableText nullable_text(const Value* v) {
    return v == nullptr || v->null ? NullableText{"", true} : NullableText{v->s, false};
}

void add_headers(const Value* list, SinkRecord& record) {
    if (list == nullptr || list->null) return;
    for (const Value& header : items_of(*list)) {
        if (header.null) continue;
        MR_ASSERT(items_of(header).size() == 2);
        record.headers.emplace_back(items_of(header)[0].s, nullable_text(&items_of(header)[1]));
    }
}

}  // namespace

std::expected<std::vector<SinkRecord>, QueryError> sink_records(const Rows& rows, const std::string& topic) {
    const int key = place_of(rows, "key"), value = place_of(rows, "value"), place = place_of(rows, "topic"),
              partition = place_of(rows, "partition"), headers = place_of(rows, "headers");
    std::vector<SinkRecord> out;
    for (const Values& row : values_of(rows)) {
        const auto cell = [&](int at) { return at < 0 ? nullptr : &row[static_cast<std::size_t>(at)]; };
        const NullableText own = nullable_text(cell(place));
        if (topic.empty() && own.is_null)
            return std::unexpected(QueryError{
                "NullPointerException", "java.lang.NullPointerException", "", "",
                "null topic present in the data. Use the topic option for setting a default topic."});
        SinkRecord& record = out.emplace_back();
        record.key = nullable_text(cell(key));
        record.value = nullable_text(cell(value));
        record.topic = topic.empty() ? own.text : topic;
        add_headers(cell(headers), record);
        if (const Value* p = cell(partition); p != nullptr && !p->null) record.partition = p->i;
    }
    MR_ASSERT(static_cast<i64>(out.size()) == rows.count());
    return out;
}

std::string manifest_text(const std::vector<dfs::FileInfo>& files) {
    std::string lines = "v1";
    for (const dfs::FileInfo& file : files)
        lines += fmt::format(
            "\n{{\"path\":\"file://{}\",\"size\":{},\"isDir\":false,\"modificationTime\":{},"
            "\"blockReplication\":1,\"blockSize\":33554432,\"action\":\"add\"}}",
            file.path, file.size, file.modified_ms);
    return lines;
}

namespace {

py::Answer<std::shared_ptr<StreamSink>> console_of(const py::StreamRequest& r, RunningQuery& q, std::string& out) {
    auto sink = std::make_shared<ConsoleSink>(*q.session, out);
    const std::string rows = option_of(r.options, "numRows"), truncate = option_of(r.options, "truncate");
    if (!rows.empty()) {
        // As Java reads an integer.
        const std::string_view digits = std::string_view(rows).substr(rows[0] == '+' ? 1 : 0);
        i32 most = 0;
        const auto [end, wrong] = std::from_chars(digits.data(), digits.data() + digits.size(), most);
        if (wrong != std::errc() || end != digits.data() + digits.size())
            q.unplanned = QueryError{"NumberFormatException", "java.lang.NumberFormatException", "", "",
                                     fmt::format("For input string: \"{}\"", rows)};
        sink->rows_shown = std::max<i64>(0, most);
    }
    if (!q.unplanned && !truncate.empty() && truncate != "true" && truncate != "false" && truncate != "True" &&
        truncate != "False")
        q.unplanned = illegal_argument(fmt::format("{} is not a boolean string.", truncate));
    sink->truncate = truncate != "false" && truncate != "False";
    return sink;
}

}  // namespace

namespace {

bool reads_topics(const Plan& p) {
    if (p.kind == PlanKind::stream_relation) return !p.parts.empty() && p.parts[0] == "kafka";
    MR_ASSERT(p.children.size() < SIZE_MAX);
    return std::ranges::any_of(p.children, [](const PlanRef& c) { return reads_topics(*c); });
}

}  // namespace

py::Answer<std::shared_ptr<StreamSink>> StreamHost::sink_of(const py::StreamRequest& r, RunningQuery& q) {
    MR_ASSERT(q.session != nullptr);
    const std::string format = r.format.empty() ? "parquet" : r.format;
    if (format == "console") return console_of(r, q, printed);
    if (format == "memory") {
        // The rows become a view of the query's name.
        if (const auto parts = parse_name(r.name); !parts || parts->size() != 1)
            return std::unexpected(
                analysis_error("_LEGACY_ERROR_TEMP_1321", fmt::format("Invalid view name: {}.", r.name), {}));
        auto sink = std::make_shared<ViewSink>(*this, r.name, r.mode == "complete");
        sink->kept.columns = output_of(*r.plan);
        sink->show();
        return sink;
    }
    if (format == "foreachBatch") return std::make_shared<BatchFunctionSink>(*this, *q.session, r.foreach_batch);
    if (format == "foreach") return std::make_shared<RowFunctionSink>(*this, r.foreach_row);
    if (format == "kafka") {
        // Topics begin with a batch without rows, whose offsets are logged before it is planned.
        (reads_topics(*r.plan) ? q.unplanned : q.pending) = topic_refusal(r);
        return std::make_shared<TopicSink>(*this, r.options);
    }
    if (format == "parquet" || format == "orc")
        q.pending = QueryError{"UnsupportedOperationException", "java.lang.UnsupportedOperationException", "", "",
                               fmt::format("Writing {} is not supported here.", format)};
    if (is_file_format(format)) return std::make_shared<FolderSink>(*this, *q.session, format, r.options);
    return std::make_shared<NoopSink>();
}

}  // namespace engine::spark
