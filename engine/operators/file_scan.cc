#include "engine/operators/file_scan.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/dfs/glob.h"
#include "engine/operators/partition_folders.h"
#include "engine/plan/cast.h"
#include "engine/plan/csv.h"
#include "engine/plan/json_rows.h"
#include "sim/base/assert.h"

namespace engine::spark {

std::string option_of(const Options& options, std::string_view name) {
    MR_ASSERT(!name.empty());
    const auto same = [](char a, char b) {
        return (a >= 'A' && a <= 'Z' ? a + 32 : a) == (b >= 'A' && b <= 'Z' ? b + 32 : b);
    };
    for (const auto& [key, value] : options)
        if (key.size() == name.size() && std::equal(key.begin(), key.end(), name.begin(), same)) return value;
    return "";
}

bool is_file_format(std::string_view f) {
    return f == "text" || f == "csv" || f == "json" || f == "parquet" || f == "orc";
}

namespace {

std::string or_else(std::string a, const char* b) { return a.empty() ? b : a; }

bool flag(const Options& o, std::string_view name, bool missing) {
    const std::string v = option_of(o, name);
    return v.empty() ? missing : v == "true" || v == "True" || v == "TRUE";
}

CsvOptions csv_options(const Options& o) {
    CsvOptions out;
    out.separator = or_else(option_of(o, "sep"), or_else(option_of(o, "delimiter"), ",").c_str());
    if (const std::string q = option_of(o, "quote"); !q.empty()) out.quote = q[0];
    if (const std::string e = option_of(o, "escape"); !e.empty()) out.escape = e[0];
    out.null_value = option_of(o, "nullValue");
    out.timestamp_format = option_of(o, "timestampFormat");
    out.date_format = option_of(o, "dateFormat");
    out.mode = or_else(option_of(o, "mode"), "PERMISSIVE");
    out.corrupt_column = or_else(option_of(o, "columnNameOfCorruptRecord"), "_corrupt_record");
    out.trim_left = flag(o, "ignoreLeadingWhiteSpace", false);
    out.trim_right = flag(o, "ignoreTrailingWhiteSpace", false);
    return out;
}

JsonOptions json_options(const Options& o) {
    JsonOptions out;
    out.timestamp_format = option_of(o, "timestampFormat");
    out.date_format = option_of(o, "dateFormat");
    out.mode = or_else(option_of(o, "mode"), "PERMISSIVE");
    out.corrupt_column = or_else(option_of(o, "columnNameOfCorruptRecord"), "_corrupt_record");
    out.primitives_as_string = flag(o, "primitivesAsString", false);
    out.prefers_decimal = flag(o, "prefersDecimal", false);
    return out;
}

/// Lines without their ends; the last one may lack its end.
std::vector<std::string_view> lines_of(std::string_view text, const std::string& separator) {
    std::vector<std::string_view> out;
    std::size_t at = 0;
    const std::string by = separator.empty() ? "\n" : separator;
    while (at < text.size()) {
        std::size_t end = text.find(by, at);
        if (end == std::string_view::npos) end = text.size();
        std::string_view line = text.substr(at, end - at);
        if (separator.empty() && line.ends_with('\r')) line.remove_suffix(1);
        out.push_back(line);
        at = end + by.size();
    }
    return out;
}

/// CSV records: line ends inside quotes belong to the field when `multiLine` is on.
std::vector<std::string_view> csv_lines(std::string_view text, const Options& o) {
    if (!flag(o, "multiLine", false)) return lines_of(text, option_of(o, "lineSep"));
    std::vector<std::string_view> out;
    bool inside = false;
    std::size_t start = 0;
    for (std::size_t i = 0; i <= text.size(); ++i) {
        if (i < text.size() && text[i] == '"') inside = !inside;
        if (i < text.size() && (inside || text[i] != '\n')) continue;
        std::string_view line = text.substr(start, i - start);
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (i < text.size() || !line.empty()) out.push_back(line);
        start = i + 1;
    }
    return out;
}

/// Records without the blank ones and the comments, and without the header.
std::vector<std::string_view> csv_records(std::string_view text, const Options& o) {
    const std::string comment = option_of(o, "comment");
    std::vector<std::string_view> out = csv_lines(text, o);
    std::erase_if(out, [&](std::string_view line) {
        const bool blank = line.find_first_not_of(" \t") == std::string_view::npos;
        return blank || (!comment.empty() && line.starts_with(comment.front()));
    });
    MR_ASSERT(out.empty() || !out.front().empty());
    if (flag(o, "header", false) && !out.empty()) out.erase(out.begin());
    return out;
}

/// The records of a root array; the text itself if it is none.
std::vector<std::string> root_records(std::string_view text, const JsonOptions& options) {
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    MR_ASSERT(first != std::string_view::npos);
    const auto array = text[first] == '[' ? parse_json(text, nullptr, options.syntax) : std::nullopt;
    std::vector<std::string> out;
    if (!array || array->kind != JsonKind::array) return {std::string(text)};
    for (const Json& item : array->items) out.push_back(json_text(item));
    return out;
}

QueryError failfast(std::string_view record) {
    QueryError e =
        run_error("SparkException", "MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION",
                  fmt::format("Malformed records are detected in record parsing: {}.\nParse Mode: FAILFAST. To process "
                              "malformed records as null result, try setting the option 'mode' as 'PERMISSIVE'. ",
                              record),
                  {});
    e.java_class = "org.apache.spark.SparkException";
    return e;
}

/// Records of a format, one call a record with whether it is malformed.
struct RecordSink {
    std::vector<ColumnTree> columns;
    i64 rows = 0;
    std::vector<Batch> out;
    const DataType& schema;

    explicit RecordSink(const DataType& s) : schema(s) { fresh(); }
    void fresh() {
        columns.clear();
        for (const Field& f : *schema.fields) columns.emplace_back(f.type, kBatchRows);
    }
    void add(const Values& row) {
        MR_ASSERT(row.size() == columns.size());
        for (std::size_t i = 0; i < row.size(); ++i) columns[i].add(row[i]);
        added();
    }
    void added() {
        if (++rows == kBatchRows) flush();
    }
    void flush() {
        if (rows == 0) return;
        Batch b{.rows = rows, .columns = {}};
        for (ColumnTree& c : columns) b.columns.push_back(c.finish());
        out.push_back(std::move(b));
        rows = 0;
        fresh();
    }
};

void read_one(const std::string& format, const Options& options, std::string_view text, RecordSink& sink,
              EvalContext& cx) {
    const std::string mode = [&] {
        std::string m = or_else(option_of(options, "mode"), "PERMISSIVE");
        for (char& c : m)
            if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
        return m;
    }();
    if (format == "text") {
        const bool whole = flag(options, "wholetext", false);
        for (const std::string_view line :
             whole ? std::vector<std::string_view>{text} : lines_of(text, option_of(options, "lineSep")))
            sink.add({string_value(std::string(line))});
        return;
    }
    const CsvOptions csv = csv_options(options);
    const JsonOptions json = json_options(options);
    const std::vector<std::string_view> records = format == "csv" ? csv_records(text, options)
                                                  : flag(options, "multiLine", false)
                                                      ? std::vector<std::string_view>{text}
                                                      : lines_of(text, option_of(options, "lineSep"));
    JsonRows plain(sink.schema, json);
    const auto read_record = [&](std::string_view record) {
        bool bad = false;
        const Value v = format == "csv" ? csv_record(record, sink.schema, csv, cx, bad)
                                        : json_record(record, sink.schema, json, cx, bad);
        if (!cx.ok()) return;
        if (bad && mode == "FAILFAST") return cx.failure.set(failfast(record));
        if (bad && mode == "DROPMALFORMED") return;
        sink.add(v.null ? Values(sink.schema.fields->size()) : items_of(v));
    };
    for (const std::string_view record : records) {
        if (record.find_first_not_of(" \t") == std::string_view::npos || !cx.spend(1, static_cast<i64>(record.size())))
            continue;
        if (format == "json" && plain.add(record, sink.columns, cx)) {
            sink.added();
            continue;
        }
        if (format == "csv") read_record(record);
        else
            for (const std::string& each : root_records(record, json)) read_record(each);
        if (!cx.ok()) return;
    }
}

EvalContext context_of(Session& session) {
    EvalContext cx;
    cx.ansi = session.ansi;
    cx.clock = session.clock;
    return cx;
}

DataType inferred_csv(const Options& options, std::span<const std::string_view> contents, EvalContext& cx) {
    const CsvOptions o = csv_options(options);
    const bool header = flag(options, "header", false), infer = flag(options, "inferSchema", false);
    std::vector<std::string> names;
    std::vector<DataType> types;
    for (const std::string_view text : contents) {
        const auto lines = csv_lines(text, options);
        for (std::size_t i = 0; i < lines.size(); ++i) {
            const auto fields = split_csv(lines[i], o);
            if (names.empty())
                for (std::size_t k = 0; k < fields.size(); ++k)
                    names.push_back(header && !fields[k].null ? fields[k].s : "_c" + std::to_string(k));
            types.resize(std::max(types.size(), names.size()));
            if (i == 0 && header) continue;
            for (std::size_t k = 0; infer && k < fields.size() && k < types.size(); ++k)
                types[k] = merge_csv(types[k], infer_csv_field(fields[k], o, cx));
        }
    }
    std::vector<Field> out;
    for (std::size_t k = 0; k < names.size(); ++k)
        out.push_back({names[k], infer && types[k].id != TypeId::void_ ? types[k] : type_of(TypeId::string), true});
    return struct_type(std::move(out));
}

DataType inferred_json(const Options& options, std::span<const std::string_view> contents) {
    const JsonOptions o = json_options(options);
    DataType all = struct_type({});
    bool corrupt = false;
    for (const std::string_view text : contents)
        for (const std::string_view line : flag(options, "multiLine", false)
                                               ? std::vector<std::string_view>{text}
                                               : lines_of(text, option_of(options, "lineSep"))) {
            if (line.find_first_not_of(" \t") == std::string_view::npos) continue;
            const auto j = parse_json(line);
            const DataType t = j ? infer_json(*j, o) : DataType{};
            const DataType record = t.id == TypeId::array ? element_of(t) : t;
            if (record.id == TypeId::structure) all = merge_inferred(all, record);
            else corrupt = true;
        }
    if (corrupt) all = merge_inferred(all, struct_type({{o.corrupt_column, type_of(TypeId::string), true}}));
    return finish_inferred(all);
}

}  // namespace

std::expected<DataType, QueryError> inferred_schema(Session& session, const std::string& format, const Options& options,
                                                    std::span<const std::string_view> contents) {
    if (format == "text") return struct_type({{"value", type_of(TypeId::string), true}});
    EvalContext cx = context_of(session);
    DataType out = format == "csv" ? inferred_csv(options, contents, cx) : inferred_json(options, contents);
    if (out.fields->empty())
        return std::unexpected(
            analysis_error("UNABLE_TO_INFER_SCHEMA",
                           fmt::format("Unable to infer schema for {}. It must be specified manually.",
                                       format == "csv" ? "CSV" : "JSON"),
                           {}));
    return out;
}

std::expected<std::vector<Batch>, QueryError> read_contents(Session& session, const std::string& format,
                                                            const Options& options, const DataType& schema,
                                                            std::span<const std::string_view> contents) {
    MR_ASSERT(schema.id == TypeId::structure);
    EvalContext cx = context_of(session);
    RecordSink sink(schema);
    for (const std::string_view text : contents) read_one(format, options, text, sink, cx);
    if (!cx.ok()) return std::unexpected(cx.failure.error);
    sink.flush();
    return std::move(sink.out);
}

namespace {

std::vector<std::string> paths_of(std::span<const LocatedFile> files) {
    std::vector<std::string> out;
    for (const LocatedFile& f : files) out.push_back(f.path);
    return out;
}

std::vector<std::string_view> contents_of(std::span<const LocatedFile> files) {
    std::vector<std::string_view> out;
    for (const LocatedFile& f : files) out.push_back(f.contents);
    return out;
}

bool has_field(const std::vector<Field>& fields, const std::string& name) {
    return std::ranges::any_of(fields, [&](const Field& f) { return f.name == name; });
}

/// The fields of a schema that no folder has.
DataType in_files(const DataType& schema, const FolderColumns& folders) {
    std::vector<Field> out;
    for (const Field& f : *schema.fields)
        if (!has_field(folders.fields, f.name)) out.push_back(f);
    return struct_type(std::move(out));
}

/// A schema with the columns of folders behind its own. One that it names keeps the type that it has there.
DataType with_folder_fields(const DataType& schema, const FolderColumns& folders) {
    std::vector<Field> out = *in_files(schema, folders).fields;
    for (const Field& f : folders.fields) {
        const auto own = std::ranges::find(*schema.fields, f.name, &Field::name);
        out.push_back(own == schema.fields->end() ? f : *own);
    }
    return struct_type(std::move(out));
}

/// What one file's folders say, as columns between those that its rows have.
Batch with_folders(Session& session, const Batch& rows, const DataType& schema, const FolderColumns& folders,
                   std::size_t file) {
    EvalContext cx = context_of(session);
    Batch out{.rows = rows.rows, .columns = {}};
    std::size_t next = 0;
    for (const Field& f : *schema.fields) {
        const auto it = std::ranges::find(folders.fields, f.name, &Field::name);
        if (it == folders.fields.end()) {
            out.columns.push_back(rows.columns[next++]);
            continue;
        }
        const auto& text = folders.values[file][static_cast<std::size_t>(it - folders.fields.begin())];
        const Value v =
            text ? cast_value(string_value(*text), type_of(TypeId::string), f.type, {}, cx, {}) : null_value();
        out.columns.push_back(constant_column(v, f.type, rows.rows));
    }
    MR_ASSERT(next == rows.columns.size());
    return out;
}

}  // namespace

std::expected<std::vector<Batch>, QueryError> read_located(Session& session, const std::string& format,
                                                           const Options& options, const DataType& schema,
                                                           const std::string& root,
                                                           std::span<const LocatedFile> files) {
    MR_ASSERT(schema.id == TypeId::structure);
    const FolderColumns folders = folder_columns(root, paths_of(files));
    const std::vector<std::string_view> contents = contents_of(files);
    if (folders.empty()) return read_contents(session, format, options, schema, contents);
    const DataType own = in_files(schema, folders);
    std::vector<Batch> out;
    for (std::size_t i = 0; i < files.size(); ++i) {
        const auto rows = read_contents(session, format, options, own, std::span(contents).subspan(i, 1));
        if (!rows) return std::unexpected(rows.error());
        for (const Batch& b : *rows) out.push_back(with_folders(session, b, schema, folders, i));
    }
    return out;
}

DataType located_schema(const dfs::FileStore& store, const DataType& schema, const std::string& path) {
    std::vector<std::string> paths;
    const auto found = store.list(path);
    for (const dfs::FileInfo& f : found.value_or(std::vector<dfs::FileInfo>{})) paths.push_back(f.path);
    return with_folder_fields(schema, folder_columns(dfs::plain_path(path), paths));
}

std::expected<PlanRef, QueryError> read_files(Session& session, const dfs::FileStore& store, const std::string& format,
                                              const Options& options, const std::optional<DataType>& given) {
    MR_ASSERT(!format.empty());
    const std::string path = option_of(options, "path");
    auto files = dfs::list_matching(store, path);
    if (!files)
        return std::unexpected(
            analysis_error("PATH_NOT_FOUND", fmt::format("Path does not exist: file:{}.", dfs::plain_path(path)), {}));
    dfs::keep_named(*files, option_of(options, "pathGlobFilter"));
    std::vector<LocatedFile> located;
    i64 bytes = 0;
    for (const dfs::FileInfo& f : *files) {
        located.push_back({f.path, store.read(f.path).value_or("")});
        bytes += f.size;
    }
    auto schema = given ? std::expected<DataType, QueryError>(*given)
                        : inferred_schema(session, format, options, contents_of(located));
    if (!schema) return std::unexpected(schema.error());
    schema = with_folder_fields(*schema, folder_columns(dfs::plain_path(path), paths_of(located)));
    auto batches = read_located(session, format, options, *schema, dfs::plain_path(path), located);
    if (!batches) return std::unexpected(batches.error());
    Plan p;
    p.kind = PlanKind::file_relation;
    p.name = format;
    p.options = {{"path", "file:" + dfs::plain_path(path)}, {"\nbytes", std::to_string(bytes)}};
    for (const Field& f : *schema->fields)
        p.output.push_back(attribute(f.name, as_nullable(f.type), true, session.ids.take()));
    auto table = std::make_shared<Table>();
    table->batches = std::move(*batches);
    p.table = table;
    p.resolved = true;
    return make(std::move(p));
}

std::expected<std::string, QueryError> written_contents(Session& session, const std::string& format,
                                                        const Options& options, const DataType& schema,
                                                        std::span<const Batch> batches) {
    MR_ASSERT(schema.fields != nullptr);
    if (format == "text") {
        for (const Field& f : *schema.fields)
            if (f.type.id != TypeId::string)
                return std::unexpected(
                    analysis_error("UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE",
                                   fmt::format("The Text datasource doesn't support the column {} of the type \"{}\".",
                                               quoted(f.name), sql_name(f.type)),
                                   {}));
        if (schema.fields->size() != 1)
            return std::unexpected(
                analysis_error("_LEGACY_ERROR_TEMP_1290",
                               fmt::format("Text data source supports only a single column, and you have {} columns.",
                                           schema.fields->size()),
                               {}));
    }
    EvalContext cx = context_of(session);
    const CsvOptions csv = csv_options(options);
    const JsonOptions json = json_options(options);
    std::string out;
    if (format == "csv" && flag(options, "header", false)) {
        Values names;
        for (const Field& f : *schema.fields) names.push_back(string_value(f.name));
        std::vector<Field> fields;
        for (const Field& f : *schema.fields) fields.push_back({f.name, type_of(TypeId::string), true});
        out += value_to_csv(list_value(names), struct_type(fields), csv, cx) + "\n";
    }
    for (const Batch& b : batches)
        for (i64 i = 0; i < b.rows; ++i) {
            Values row;
            for (const Column& c : b.columns) row.push_back(get(c, i));
            if (format == "text") out += row[0].s;
            else
                out += format == "csv" ? value_to_csv(list_value(row), schema, csv, cx)
                                       : value_to_json(list_value(row), schema, json, cx);
            out += "\n";
        }
    if (!cx.ok()) return std::unexpected(cx.failure.error);
    return out;
}

}  // namespace engine::spark
