// What readStream and writeStream refuse by their options alone.
#include <fmt/format.h>

#include <algorithm>

#include "engine/plan/outputs.h"
#include "engine/sql/interval.h"
#include "engine/stream/kafka_options.h"
#include "engine/stream/stream_host.h"
#include "sim/base/ascii.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

QueryError legacy(const char* exception, const char* error_class, std::string message) {
    QueryError e{exception, "", error_class, "", std::move(message)};
    e.java_class = std::string(exception) == "AnalysisException" ? "org.apache.spark.sql.AnalysisException"
                                                                 : std::string("org.apache.spark.Spark") + exception;
    return e;
}

QueryError not_a_time(const std::string& text);

/// `50s`, `100ms`, `2min`: Java's way to write a time, in whole seconds.
std::optional<i64> time_seconds(const std::string& text) {
    const std::size_t end = text.find_first_not_of("-0123456789");
    const std::string unit = end == std::string::npos ? "s" : sim::lower_ascii(text.substr(end));
    if (end == 0 || text.empty()) return std::nullopt;
    const i64 n = std::atoll(text.substr(0, end).c_str());
    if (unit == "us") return n / 1'000'000;
    if (unit == "ms") return n / 1000;
    if (unit == "s") return n;
    if (unit == "m" || unit == "min") return n * 60;
    if (unit == "h") return n * 3600;
    return unit == "d" ? std::optional(n * 86'400) : std::nullopt;
}

bool whole_number(const std::string& text) {
    return !text.empty() && text.find_first_not_of("-0123456789") == std::string::npos;
}

QueryError not_a_number(const std::string& text) {
    return {"NumberFormatException", "java.lang.NumberFormatException", "", "",
            fmt::format("For input string: \"{}\"", text)};
}

std::optional<QueryError> socket_refusal(const Options& o) {
    if (option_of(o, "host").empty())
        return legacy("AnalysisException", "_LEGACY_ERROR_TEMP_1295",
                      "Set a host to read from with option(\"host\", ...).");
    if (option_of(o, "port").empty())
        return legacy("AnalysisException", "_LEGACY_ERROR_TEMP_1296",
                      "Set a port to read from with option(\"port\", ...).");
    if (!whole_number(option_of(o, "port"))) return not_a_number(option_of(o, "port"));
    const std::string time = sim::lower_ascii(option_of(o, "includeTimestamp"));
    if (!time.empty() && time != "true" && time != "false")
        return legacy("AnalysisException", "_LEGACY_ERROR_TEMP_1297",
                      "IncludeTimestamp must be set to either \"true\" or \"false\".");
    return std::nullopt;
}

QueryError empty_path() { return illegal_argument("Can not create a Path from an empty string"); }

/// Whether an option is there without a value.
bool blank(const Options& o, const char* name) {
    return std::ranges::any_of(o, [&](const auto& x) { return x.first == name && x.second.empty(); });
}

/// A source that makes its own columns takes no schema.
std::optional<QueryError> schema_refusal(const py::ReadRequest& r, const char* provider) {
    if (!r.schema) return std::nullopt;
    return legacy("UnsupportedOperationException", "_LEGACY_ERROR_TEMP_2242",
                  fmt::format("{} source does not support user-specified schema.", provider));
}

std::optional<QueryError> schema_refusal(const py::ReadRequest& r, const char* provider);

/// A whole number that is at least `least`; `words` says so.
std::optional<QueryError> bounded(const Options& o, const char* name, const char* missing, i64 least,
                                  const char* words) {
    const std::string text = option_of(o, name).empty() ? missing : option_of(o, name);
    if (!whole_number(text)) return not_a_number(text);
    if (std::atoll(text.c_str()) >= least) return std::nullopt;
    return illegal_argument(fmt::format("Invalid value '{}'. The option '{}' must be {}", text, name, words));
}

std::optional<QueryError> positive(const Options& o, const char* name, const char* missing) {
    return bounded(o, name, missing, 1, "positive");
}

std::optional<QueryError> rate_refusal(const py::ReadRequest& r) {
    if (auto e = schema_refusal(r, "RateStreamProvider")) return e;
    if (auto e = positive(r.options, "rowsPerSecond", "1")) return e;
    if (const std::string ramp = option_of(r.options, "rampUpTime"); !ramp.empty()) {
        const auto seconds = time_seconds(ramp);
        if (!seconds) return not_a_time(ramp);
        if (*seconds < 0)
            return illegal_argument(
                fmt::format("Invalid value '{}'. The option 'rampUpTime' must not be negative", *seconds));
    }
    return positive(r.options, "numPartitions", "1");
}

std::optional<QueryError> rate_batch_refusal(const py::ReadRequest& r) {
    if (auto e = schema_refusal(r, "RatePerMicroBatchProvider")) return e;
    if (auto e = positive(r.options, "rowsPerBatch", "0")) return e;
    if (auto e = positive(r.options, "numPartitions", "1")) return e;
    if (auto e = bounded(r.options, "startTimestamp", "0", 0, "non-negative")) return e;
    return bounded(r.options, "advanceMillisPerBatch", "1000", 0, "non-negative");
}

QueryError not_a_time(const std::string& text) {
    return {"NumberFormatException", "java.lang.NumberFormatException", "", "",
            fmt::format("Time must be specified as seconds (s), milliseconds (ms), microseconds (us), minutes (m or "
                        "min), hour (h), or day (d). E.g. 50s, 100ms, or 250us.\nFailed to parse time string: {}",
                        text)};
}

bool known_format(const std::string& f) {
    for (const char* k : {"text", "csv", "json", "parquet", "orc", "kafka", "rate", "rate-micro-batch", "socket",
                          "console", "memory", "noop", "jdbc", "foreach", "foreachBatch", "delta"})
        if (f == k) return true;
    return false;
}

QueryError unknown_source(const std::string& f) {
    QueryError e{"Py4JJavaError", "org.apache.spark.SparkClassNotFoundException", "DATA_SOURCE_NOT_FOUND", "42K02", ""};
    e.message = fmt::format(
        "[DATA_SOURCE_NOT_FOUND] Failed to find the data source: {}. Please find packages at "
        "`https://spark.apache.org/third-party-projects.html`.",
        f);
    return e;
}

/// What a folder's source refuses once it runs.
std::optional<QueryError> sought(const Options& o) {
    if (const std::string v = sim::lower_ascii(option_of(o, "latestFirst")); !v.empty() && v != "true" && v != "false")
        return illegal_argument(fmt::format("Invalid value '{}' for option 'latestFirst', must be 'true' or 'false'",
                                            option_of(o, "latestFirst")));
    if (const std::string v = option_of(o, "maxFileAge"); !v.empty() && !time_seconds(v)) return not_a_time(v);
    const std::string clean = option_of(o, "cleanSource"), mode = sim::upper_ascii(clean);
    if (!clean.empty() && mode != "ARCHIVE" && mode != "DELETE" && mode != "OFF")
        return illegal_argument(
            fmt::format("Invalid mode for clean source option Some({}). Must be one of ARCHIVE,DELETE,OFF", clean));
    if (mode == "ARCHIVE" && option_of(o, "sourceArchiveDir").empty())
        return illegal_argument("Archive mode must be used with 'sourceArchiveDir' option.");
    return std::nullopt;
}

/// Sources that Spark knows by name but does not bring along.
std::optional<QueryError> apart(const std::string& format, const char* verb) {
    if (format == "avro")
        return legacy(
            "AnalysisException", "_LEGACY_ERROR_TEMP_1139",
            "Failed to find data source: avro. Avro is built-in but external data source module since Spark 2.4. "
            "Please deploy the application as per the deployment section of Apache Avro Data Source Guide.");
    if (format == "hive")
        return legacy(
            "AnalysisException", "_LEGACY_ERROR_TEMP_1187",
            fmt::format(
                "Hive data source can only be used with tables, you can not {} files of Hive data source directly.",
                verb));
    return std::nullopt;
}

}  // namespace

std::optional<QueryError> folder_source_refusal(const Options& options) { return sought(options); }

std::optional<QueryError> load_refusal(const py::ReadRequest& r, bool exists) {
    MR_ASSERT(r.stream);
    const Options& o = r.options;
    if (auto e = apart(r.format, "read")) return e;
    if (!known_format(r.format) || r.format == "memory" || r.format == "delta") return unknown_source(r.format);
    if (r.format == "socket") {
        if (auto e = schema_refusal(r, "TextSocketSourceProvider")) return e;
        return socket_refusal(o);
    }
    if (r.format == "kafka") return kafka_source_refusal(r);
    if (r.format == "rate") return rate_refusal(r);
    if (r.format == "rate-micro-batch") return rate_batch_refusal(r);
    if (!is_file_format(r.format))
        return legacy("UnsupportedOperationException", "_LEGACY_ERROR_TEMP_2049",
                      fmt::format("Data source {} does not support streamed reading.", r.format));
    if (blank(o, "path")) return empty_path();
    if (option_of(o, "path").empty())
        return legacy("IllegalArgumentException", "_LEGACY_ERROR_TEMP_2047", "'path' is not specified.");
    if (!exists)
        return analysis_error("PATH_NOT_FOUND",
                              fmt::format("Path does not exist: {}.", dfs::plain_path(option_of(o, "path"))), {});
    if (!r.schema && r.format != "text")
        return legacy("IllegalArgumentException", "_LEGACY_ERROR_TEMP_2048",
                      "Schema must be specified when creating a streaming source DataFrame. If some files already "
                      "exist in the directory, then depending on the file format you may be able to create a static "
                      "DataFrame on that directory with 'spark.read.load(directory)' and infer schema from it.");
    return std::nullopt;
}

std::optional<QueryError> trigger_refusal(const py::StreamRequest& r) {
    if (r.trigger != "processingTime" && r.trigger != "continuous") return std::nullopt;
    const auto v = parse_interval(r.trigger_value);
    if (!v) return illegal_argument(interval_refusal(r.trigger_value));
    if (v->months == 0 && v->days <= 0 && v->micros < 0)
        return illegal_argument("requirement failed: the interval of trigger should not be negative");
    return v->months != 0 ? std::optional(illegal_argument(
                                fmt::format("Doesn't support month or year interval: {}", r.trigger_value)))
                          : std::nullopt;
}

std::optional<QueryError> start_refusal(const py::StreamRequest& r) {
    const Options& o = r.options;
    if (r.format == "memory" && r.name.empty())
        return legacy("AnalysisException", "_LEGACY_ERROR_TEMP_1194", "queryName must be specified for memory sink.");
    const bool apart_from_files = r.format == "memory" || r.format == "foreach" || r.format == "foreachBatch";
    if (apart_from_files && !r.partition_by.empty())
        return legacy("AnalysisException", "_LEGACY_ERROR_TEMP_1197",
                      fmt::format("'{}' does not support partitioning.", r.format));
    if (r.format == "foreachBatch" && r.trigger == "continuous")
        return legacy("AnalysisException", "_LEGACY_ERROR_TEMP_1195",
                      "'foreachBatch' is not supported with continuous trigger.");
    if (blank(o, "checkpointLocation")) return empty_path();
    for (const std::string& by : r.partition_by) {
        bool known = false;
        std::string list;
        for (const ExprRef& c : output_of(*r.plan)) {
            known = known || c->name == by;
            list += (list.empty() ? "" : ", ") + c->name;
        }
        if (!known)
            return legacy("AnalysisException", "_LEGACY_ERROR_TEMP_1196",
                          fmt::format("Partition column {} not found in existing columns ({}).", by, list));
    }
    const std::string format = r.format.empty() ? "parquet" : r.format;
    if (auto e = apart(format, "write")) return e;
    if (!known_format(format) || format == "delta") return unknown_source(format);
    if (format == "socket") return socket_refusal(o);
    if (format == "rate-micro-batch")
        if (auto e = positive(o, "rowsPerBatch", "0")) return e;
    if (format == "jdbc" || format == "rate" || format == "rate-micro-batch")
        return legacy("UnsupportedOperationException", "_LEGACY_ERROR_TEMP_2049",
                      fmt::format("Data source {} does not support streamed writing.", format));
    if (is_file_format(format)) {
        if (blank(o, "path")) return empty_path();
        if (option_of(o, "path").empty())
            return legacy("IllegalArgumentException", "_LEGACY_ERROR_TEMP_2047", "'path' is not specified.");
        if (r.mode != "append")
            return legacy("AnalysisException", "_LEGACY_ERROR_TEMP_1288",
                          fmt::format("Data source {} does not support {} output mode.", format,
                                      r.mode == "update" ? "Update" : "Complete"));
    }
    const bool temporary = format == "console" || format == "memory" || format == "noop" || format == "foreach" ||
                           format == "foreachBatch";
    if (!temporary && option_of(o, "checkpointLocation").empty())
        return legacy("AnalysisException", "_LEGACY_ERROR_TEMP_1298",
                      "checkpointLocation must be specified either through option(\"checkpointLocation\", ...) or "
                      "SparkSession.conf.set(\"spark.sql.streaming.checkpointLocation\", ...).");
    return std::nullopt;
}

}  // namespace engine::spark
