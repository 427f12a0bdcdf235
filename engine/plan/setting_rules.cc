#include "engine/plan/setting_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <string_view>

#include "engine/plan/analyser.h"
#include "engine/sql/zone.h"
#include "sim/base/ascii.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

enum class Form : u8 { boolean, integer, positive, large, bytes, zone, watermark_policy, dedup_policy, text };

struct KnownSetting {
    std::string_view key;
    Form form;
    const char* value;  ///< if nobody set it
};

constexpr KnownSetting kKnown[] = {
    {"spark.sql.adaptive.enabled", Form::boolean, "true"},
    {"spark.sql.ansi.enabled", Form::boolean, "false"},
    {"spark.sql.autoBroadcastJoinThreshold", Form::bytes, "10485760b"},
    {"spark.sql.caseSensitive", Form::boolean, "false"},
    {"spark.sql.codegen.wholeStage", Form::boolean, "true"},
    {"spark.sql.crossJoin.enabled", Form::boolean, "true"},
    {"spark.sql.files.maxPartitionBytes", Form::bytes, "134217728b"},
    {"spark.sql.groupByOrdinal", Form::boolean, "true"},
    {"spark.sql.mapKeyDedupPolicy", Form::dedup_policy, "EXCEPTION"},
    {"spark.sql.orderByOrdinal", Form::boolean, "true"},
    {"spark.sql.repl.eagerEval.enabled", Form::boolean, "false"},
    {"spark.sql.session.timeZone", Form::zone, "UTC"},
    {"spark.sql.shuffle.partitions", Form::positive, "200"},
    {"spark.sql.streaming.fileSink.log.compactInterval", Form::positive, "10"},
    {"spark.sql.streaming.forceDeleteTempCheckpointLocation", Form::boolean, "false"},
    {"spark.sql.streaming.metricsEnabled", Form::boolean, "false"},
    {"spark.sql.streaming.minBatchesToRetain", Form::integer, "100"},
    {"spark.sql.streaming.multipleWatermarkPolicy", Form::watermark_policy, "min"},
    {"spark.sql.streaming.noDataMicroBatches.enabled", Form::boolean, "true"},
    {"spark.sql.streaming.numRecentProgressUpdates", Form::integer, "100"},
    {"spark.sql.streaming.pollingDelay", Form::large, "10"},
    {"spark.sql.streaming.schemaInference", Form::boolean, "false"},
    {"spark.sql.streaming.stateStore.minDeltasForSnapshot", Form::integer, "10"},
    {"spark.sql.streaming.stateStore.providerClass", Form::text,
     "org.apache.spark.sql.execution.streaming.state.HDFSBackedStateStoreProvider"},
    {"spark.sql.streaming.statefulOperator.checkCorrectness.enabled", Form::boolean, "true"},
    {"spark.sql.streaming.stopActiveRunOnRestart", Form::boolean, "true"},
    {"spark.sql.streaming.stopTimeout", Form::large, "0"},
};

/// Set when the application starts, and no more.
constexpr std::string_view kOfApplication[] = {"spark.app.name",
                                               "spark.cores.max",
                                               "spark.default.parallelism",
                                               "spark.driver.cores",
                                               "spark.driver.host",
                                               "spark.driver.memory",
                                               "spark.driver.port",
                                               "spark.dynamicAllocation.enabled",
                                               "spark.eventLog.dir",
                                               "spark.eventLog.enabled",
                                               "spark.executor.cores",
                                               "spark.executor.instances",
                                               "spark.executor.memory",
                                               "spark.jars",
                                               "spark.jars.packages",
                                               "spark.local.dir",
                                               "spark.locality.wait",
                                               "spark.master",
                                               "spark.memory.fraction",
                                               "spark.memory.storageFraction",
                                               "spark.network.timeout",
                                               "spark.rdd.compress",
                                               "spark.scheduler.mode",
                                               "spark.serializer",
                                               "spark.shuffle.compress",
                                               "spark.speculation",
                                               "spark.submit.deployMode",
                                               "spark.task.cpus",
                                               "spark.task.maxFailures",
                                               "spark.ui.enabled",
                                               "spark.ui.port"};

/// Of SQL, and the same for every session.
constexpr std::string_view kStatic[] = {"spark.sql.catalogImplementation",
                                        "spark.sql.extensions",
                                        "spark.sql.globalTempDatabase",
                                        "spark.sql.queryExecutionListeners",
                                        "spark.sql.streaming.streamingQueryListeners",
                                        "spark.sql.streaming.ui.enabled",
                                        "spark.sql.warehouse.dir"};

bool listed(const std::string_view* from, const std::string_view* to, const std::string& key) {
    return std::find(from, to, key) != to;
}

const KnownSetting* known(const std::string& key) {
    const auto* const it =
        std::find_if(std::begin(kKnown), std::end(kKnown), [&](const KnownSetting& s) { return s.key == key; });
    return it == std::end(kKnown) ? nullptr : it;
}

bool whole_number(const std::string& text) {
    const std::size_t from = !text.empty() && (text[0] == '-' || text[0] == '+') ? 1 : 0;
    return text.size() > from && text.find_first_not_of("0123456789", from) == std::string::npos;
}

QueryError not_of_type(const std::string& key, const char* type, const std::string& value) {
    return illegal_argument(fmt::format("{} should be {}, but was {}", key, type, value));
}

QueryError not_valid(const std::string& key, const std::string& value, const std::string& why) {
    return illegal_argument(fmt::format("'{}' in {} is invalid. {}", value, key, why));
}

/// Sizes are numbers with a unit; the refusal tells a wrong unit from what is no size at all.
std::optional<QueryError> bytes_refused(const std::string& value) {
    const std::string text = sim::lower_ascii(value);
    const std::size_t digits = text.find_first_not_of("0123456789", text.starts_with("-") ? 1 : 0);
    const std::string unit = digits == std::string::npos ? "" : text.substr(digits);
    const bool number = digits != 0 && !(text.starts_with("-") && digits == 1) && !text.empty();
    static constexpr std::string_view kUnits[] = {"", "b", "k", "kb", "m", "mb", "g", "gb", "t", "tb", "p", "pb"};
    if (number && std::find(std::begin(kUnits), std::end(kUnits), unit) != std::end(kUnits)) return std::nullopt;
    const bool letters = std::ranges::all_of(unit, [](char c) { return c >= 'a' && c <= 'z'; });
    return QueryError{"NumberFormatException", "java.lang.NumberFormatException", "", "",
                      "Size must be specified as bytes (b), kibibytes (k), mebibytes (m), gibibytes (g), tebibytes "
                      "(t), or pebibytes(p). E.g. 50b, 100k, or 250m.\n" +
                          (number && letters ? fmt::format("Invalid suffix: \"{}\"", unit)
                                             : fmt::format("Failed to parse byte string: {}", value))};
}

std::optional<QueryError> value_refused(const KnownSetting& setting, const std::string& value) {
    const std::string key(setting.key), lower = sim::lower_ascii(value);
    switch (setting.form) {
        case Form::boolean:
            if (lower != "true" && lower != "false") return not_of_type(key, "boolean", value);
            return std::nullopt;
        case Form::integer:
        case Form::positive:
            if (!whole_number(value)) return not_of_type(key, "int", value);
            if (setting.form == Form::positive && std::atoll(value.c_str()) <= 0)
                return not_valid(key, value, fmt::format("The value of {} must be positive", key));
            return std::nullopt;
        case Form::large: return whole_number(value) ? std::nullopt : std::optional(not_of_type(key, "long", value));
        case Form::bytes: return bytes_refused(value);
        case Form::zone:
            if (known_zone(value)) return std::nullopt;
            return not_valid(key, value, "Cannot resolve the given timezone with ZoneId.of(_, ZoneId.SHORT_IDS)");
        case Form::watermark_policy:
            if (lower == "min" || lower == "max") return std::nullopt;
            return not_valid(key, value, fmt::format("Invalid value for '{}'. Valid values are 'min' and 'max'", key));
        case Form::dedup_policy:
            if (lower == "exception" || lower == "last_win") return std::nullopt;
            return illegal_argument(
                fmt::format("The value of {} should be one of EXCEPTION, LAST_WIN, but was {}", key, value));
        case Form::text: return std::nullopt;
    }
    MR_ASSERT(false);
    return std::nullopt;
}

}  // namespace

bool setting_modifiable(const std::string& key) {
    return known(key) != nullptr && !listed(std::begin(kStatic), std::end(kStatic), key);
}

std::optional<QueryError> setting_refused(const std::string& key, const std::string& value) {
    MR_ASSERT(!key.empty());
    if (listed(std::begin(kStatic), std::end(kStatic), key))
        return analysis_error("_LEGACY_ERROR_TEMP_1325",
                              fmt::format("Cannot modify the value of a static config: {}.", key), {});
    if (listed(std::begin(kOfApplication), std::end(kOfApplication), key))
        return analysis_error(
            "CANNOT_MODIFY_CONFIG",
            fmt::format("Cannot modify the value of the Spark config: \"{}\".\nSee also "
                        "'https://spark.apache.org/docs/latest/sql-migration-guide.html#ddl-statements'.",
                        key),
            {});
    const KnownSetting* setting = known(key);
    return setting != nullptr ? value_refused(*setting, value) : std::nullopt;
}

std::optional<std::string> setting_value(const Session& session, const std::string& key) {
    if (const auto it = session.settings.find(key); it != session.settings.end()) return it->second;
    if (key == "spark.sql.ansi.enabled") return session.ansi ? "true" : "false";
    if (key == "spark.sql.session.timeZone") return session.clock.zone;
    if (key == "spark.sql.shuffle.partitions") return std::to_string(session.shuffle_partitions);
    if (key == "spark.sql.adaptive.enabled") return session.adaptive ? "true" : "false";
    const KnownSetting* setting = known(key);
    return setting != nullptr ? std::optional<std::string>(setting->value) : std::nullopt;
}

void reset_setting(Session& session, const std::string& key) {
    MR_ASSERT(!key.empty());
    if (const KnownSetting* setting = known(key)) change_setting(session, key, setting->value);
    session.settings.erase(key);
}

}  // namespace engine::spark
