// What readStream and writeStream refuse by their options alone.
#include <fmt/format.h>

#include "engine/plan/outputs.h"
#include "engine/sql/interval.h"
#include "engine/stream/kafka_options.h"
#include "engine/stream/stream_host.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

QueryError illegal(std::string message) {
    return {"IllegalArgumentException", "java.lang.IllegalArgumentException", "", "", std::move(message)};
}

QueryError legacy(const char* exception, const char* error_class, std::string message) {
    QueryError e{exception, "", error_class, "", std::move(message)};
    e.java_class = std::string(exception) == "AnalysisException" ? "org.apache.spark.sql.AnalysisException"
                                                                 : std::string("org.apache.spark.Spark") + exception;
    return e;
}

std::optional<QueryError> socket_refusal(const Options& o) {
    if (option_of(o, "host").empty())
        return legacy("AnalysisException", "_LEGACY_ERROR_TEMP_1295",
                      "Set a host to read from with option(\"host\", ...).");
    if (option_of(o, "port").empty())
        return legacy("AnalysisException", "_LEGACY_ERROR_TEMP_1296",
                      "Set a port to read from with option(\"port\", ...).");
    return std::nullopt;
}

std::optional<QueryError> positive(const Options& o, const char* name, const char* missing) {
    const std::string text = option_of(o, name).empty() ? missing : option_of(o, name);
    if (text.find_first_not_of("-0123456789") != std::string::npos)
        return QueryError{"NumberFormatException", "java.lang.NumberFormatException", "", "",
                          fmt::format("For input string: \"{}\"", text)};
    return std::atoll(text.c_str()) > 0 ? std::nullopt
                                        : std::optional(illegal(fmt::format(
                                              "Invalid value '{}'. The option '{}' must be positive", text, name)));
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

}  // namespace

std::optional<QueryError> load_refusal(const py::ReadRequest& r) {
    MR_ASSERT(r.stream);
    const Options& o = r.options;
    if (!known_format(r.format)) return unknown_source(r.format);
    if (r.format == "socket") return socket_refusal(o);
    if (r.format == "kafka") return kafka_source_refusal(r);
    if (r.format == "rate") return positive(o, "rowsPerSecond", "1");
    if (r.format == "rate-micro-batch") return positive(o, "rowsPerBatch", "0");
    if (!is_file_format(r.format))
        return legacy("UnsupportedOperationException", "_LEGACY_ERROR_TEMP_2049",
                      fmt::format("Data source {} does not support streamed reading.", r.format));
    if (option_of(o, "path").empty())
        return legacy("IllegalArgumentException", "_LEGACY_ERROR_TEMP_2047", "'path' is not specified.");
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
    if (!v) {
        const std::string first = r.trigger_value.substr(0, r.trigger_value.find(' '));
        return illegal(fmt::format("Error parsing '{}' to interval, unrecognized number '{}'", r.trigger_value, first));
    }
    return v->months != 0
               ? std::optional(illegal(fmt::format("Doesn't support month or year interval: {}", r.trigger_value)))
               : std::nullopt;
}

std::optional<QueryError> start_refusal(const py::StreamRequest& r) {
    const Options& o = r.options;
    if (r.format == "memory" && r.name.empty())
        return legacy("AnalysisException", "_LEGACY_ERROR_TEMP_1194", "queryName must be specified for memory sink.");
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
    if (!known_format(format)) return unknown_source(format);
    if (format == "socket") return socket_refusal(o);
    if (format == "jdbc" || format == "rate" || format == "rate-micro-batch")
        return legacy("UnsupportedOperationException", "_LEGACY_ERROR_TEMP_2049",
                      fmt::format("Data source {} does not support streamed writing.", format));
    if (is_file_format(format)) {
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
    if (r.trigger == "continuous") {
        QueryError e{
            "Py4JJavaError", "java.lang.ClassCastException", "", "",
            "class org.apache.spark.sql.execution.streaming.MemoryStream cannot be cast to class "
            "org.apache.spark.sql.connector.read.streaming.ContinuousStream "
            "(org.apache.spark.sql.execution.streaming.MemoryStream and "
            "org.apache.spark.sql.connector.read.streaming.ContinuousStream are in unnamed module of loader 'app')"};
        return e;
    }
    return std::nullopt;
}

}  // namespace engine::spark
