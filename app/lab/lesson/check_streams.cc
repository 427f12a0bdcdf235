// Streaming queries: formats, options, modes, triggers. Whether a query makes sense is Spark's to say, at its start.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "app/lab/lesson/check_lesson.h"
#include "app/lab/lesson/names.h"

namespace app::lab {
namespace {

constexpr std::array kSourceFormats = std::to_array<std::string_view>({
    "kafka", "socket", "rate", "rate-micro-batch", "memory", "text", "csv", "json", "parquet", "orc", "table",
});
constexpr std::array kSinkFormats = std::to_array<std::string_view>({
    "console", "memory", "kafka", "foreach", "foreachBatch", "noop", "text", "csv", "json", "parquet", "orc",
    "cassandra", "table",
});
constexpr std::array kOutputModes = std::to_array<std::string_view>({"append", "complete", "update"});

constexpr std::array kKafkaOptions = std::to_array<std::string_view>({
    "subscribe", "subscribePattern", "assign", "startingOffsets", "endingOffsets", "startingTimestamp",
    "startingOffsetsByTimestamp", "failOnDataLoss", "maxOffsetsPerTrigger", "minOffsetsPerTrigger", "maxTriggerDelay",
    "minPartitions", "maxRecordsPerPartition", "includeHeaders", "groupIdPrefix", "topic",
    "kafkaConsumer.pollTimeoutMs", "fetchOffset.numRetries", "fetchOffset.retryIntervalMs", "kafka.bootstrap.servers",
});
constexpr std::array kOtherOptions = std::to_array<std::string_view>({
    "host", "port", "includeTimestamp", "rowsPerSecond", "rampUpTime", "numPartitions", "rowsPerBatch",
    "startTimestamp", "advanceMillisPerBatch", "path", "schema", "header", "sep", "multiLine", "maxFilesPerTrigger",
    "latestFirst", "maxFileAge", "cleanSource", "truncate", "numRows", "queryName", "keyspace", "table", "key",
    "partitionBy", "skipSeen",
});

bool is_spark_interval(std::string_view text) {
    constexpr std::array kUnits =
        std::to_array<std::string_view>({"microsecond", "millisecond", "second", "minute", "hour", "day", "week"});
    const auto blank = text.find(' ');
    if (blank == 0 || blank == std::string_view::npos) return false;
    if (!std::ranges::all_of(text.substr(0, blank), [](char c) { return c >= '0' && c <= '9'; })) return false;
    std::string_view unit = text.substr(blank + 1);
    if (unit.ends_with('s')) unit.remove_suffix(1);
    return contains(kUnits, unit);
}

bool is_trigger(std::string_view text) {
    constexpr std::array<std::string_view, 4> kWords = {"default", "once", "availableNow", "manual"};
    if (contains(kWords, text)) return true;
    for (const std::string_view word : {"processingTime ", "continuous "})
        if (text.starts_with(word)) return is_spark_interval(text.substr(word.size()));
    return false;
}

bool require_listed(const LessonCheck& check, const Text& word, std::string_view kind, Names names) {
    if (!word.given() || contains(names, word.value)) return true;
    check.fail(word.place, fmt::format("unknown {} '{}'", kind, word.value), nearest_of(word.value, names));
    return false;
}

void check_options(const LessonCheck& check, const Connector& connector) {
    const bool kafka = connector.format.value == "kafka";
    const Names known = kafka ? Names(kKafkaOptions) : Names(kOtherOptions);
    for (const Setting& option : connector.options) {
        if (contains(known, option.name) || (kafka && option.name.starts_with("kafka."))) continue;
        check.fail(option.place,
            fmt::format("unknown option '{}' of format '{}'", option.name, connector.format.value),
            nearest_of(option.name, known));
    }
}

/// The topics of "a,b".
void check_topics(const LessonCheck& check, const Connector& connector, std::string_view key) {
    const Setting* option = connector.format.value == "kafka" ? connector.option(key) : nullptr;
    for (std::size_t at = 0; option != nullptr && at <= option->value.size();) {
        const std::size_t comma = std::min(option->value.find(',', at), option->value.size());
        check.require({option->value.substr(at, comma - at), option->place}, "topic", check.names.topic_names());
        at = comma + 1;
    }
}

void check_source(const LessonCheck& check, const Connector& source) {
    if (!require_listed(check, source.format, "source format", kSourceFormats)) return;
    check_options(check, source);
    check_topics(check, source, "subscribe");
}

void check_watermark(const LessonCheck& check, const WatermarkBlock& watermark) {
    if (watermark.delay.given() && !is_spark_interval(watermark.delay.value))
        check.fail(watermark.delay.place,
            fmt::format("'{}' is no interval such as \"10 minutes\"", watermark.delay.value));
}

void check_conf(const LessonCheck& check, const Settings& conf) {
    for (const Setting& setting : conf)
        if (!setting.name.starts_with("spark."))
            check.fail(setting.place,
                fmt::format("unknown Spark setting '{}': its name must start with 'spark.'", setting.name));
}

void check_query(const LessonCheck& check, const QueryBlock& query) {
    if (query.sql.given() == query.program.given())
        check.fail(query.place, fmt::format("query '{}' needs 'sql' or 'program', one of them", query.name.value));
    if (query.sql.given() && query.sources.empty())
        check.fail(query.place, fmt::format("query '{}' needs a 'source'", query.name.value));
    if (query.sql.given() && !query.sink.format.given())
        check.fail(query.place, fmt::format("query '{}' needs a 'sink'", query.name.value));
    require_listed(check, query.output_mode, "output mode", kOutputModes);
    if (query.trigger.given() && !is_trigger(query.trigger.value))
        check.fail(query.trigger.place,
            fmt::format("unknown trigger '{}': default, processingTime T, once, availableNow, continuous T or manual",
            query.trigger.value));
    for (const Connector& source : query.sources) {
        check_source(check, source);
        check_watermark(check, source.watermark);
    }
    check_watermark(check, query.watermark);
    if (require_listed(check, query.sink.format, "sink format", kSinkFormats)) check_options(check, query.sink);
    check_topics(check, query.sink, "topic");
    check_conf(check, query.conf);
}

/// Cells of a static table's rows are of its columns.
void check_table(const LessonCheck& check, const TableBlock& table) {
    std::vector<std::string> columns;
    for (const Text& column : table.columns) columns.push_back(column.value.substr(0, column.value.find(' ')));
    for (const Settings& row : table.rows)
        for (const Setting& cell : row)
            if (std::ranges::find(columns, cell.name) == columns.end())
                check.fail(cell.place, fmt::format("table '{}' has no column '{}'", table.name.value, cell.name),
                    nearest_of(cell.name, columns));
}

}  // namespace

void check_streams(const LessonCheck& check) {
    check.require(check.lesson.spark.version, "version of Spark", {"3.5", "4.1"});
    check_conf(check, check.lesson.spark.conf);
    std::vector<const Text*> names;
    for (const QueryBlock& query : check.lesson.queries) {
        check_query(check, query);
        names.push_back(&query.name);
    }
    for (const DStreamBlock& stream : check.lesson.dstreams) {
        for (const Connector& source : stream.sources) check_source(check, source);
        check_conf(check, stream.conf);
        names.push_back(&stream.name);
    }
    for (const TableBlock& table : check.lesson.tables) {
        check_table(check, table);
        names.push_back(&table.name);
    }
    check.unique("query or table", names);
}

}  // namespace app::lab
