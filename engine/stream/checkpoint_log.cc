#include "engine/stream/checkpoint_log.h"

#include <fmt/format.h>

#include "engine/plan/json.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

constexpr i64 kVersion = 1;

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> out;
    std::size_t at = 0;
    for (std::size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n', at)) {
        out.push_back(text.substr(at, end - at));
        at = end + 1;
    }
    out.push_back(text.substr(at));
    return out;
}

/// "" if the marker is one we write.
std::string version_refusal(const std::string& marker) {
    const bool digits = marker.size() > 1 && marker.size() < 18 && marker[0] == 'v' &&
                        marker.find_first_not_of("0123456789", 1) == std::string::npos;
    if (!digits) return fmt::format("Log file was malformed: failed to read correct log version from {}.", marker);
    const i64 v = std::stoll(marker.substr(1));
    if (v > kVersion)
        return fmt::format(
            "UnsupportedLogVersion: maximum supported log version is v{}, but encountered v{}. The log file was "
            "produced by a newer version of Spark and cannot be read by this version. Please upgrade.",
            kVersion, v);
    return v < 1 ? fmt::format("Log file was malformed: failed to read correct log version from {}.", marker) : "";
}

i64 number_in(const Json& j, const std::string& key) {
    for (std::size_t i = 0; i < j.names.size(); ++i)
        if (j.names[i] == key && j.items[i].kind == JsonKind::number) return std::stoll(j.items[i].text);
    return 0;
}

}  // namespace

std::string offset_log_text(const OffsetLogEntry& e) {
    MR_ASSERT(e.watermark_ms >= 0);
    std::string conf;
    for (const auto& [key, value] : e.conf)
        conf += (conf.empty() ? "" : ",") + json_quoted(key) + ":" + json_quoted(value);
    std::string out = fmt::format("v{}\n{{\"batchWatermarkMs\":{},\"batchTimestampMs\":{},\"conf\":{{{}}}}}", kVersion,
                                  e.watermark_ms, e.timestamp_ms, conf);
    for (const std::string& offset : e.offsets) out += "\n" + (offset.empty() ? "-" : offset);
    return out;
}

std::expected<OffsetLogEntry, std::string> parse_offset_log(const std::string& text) {
    const std::vector<std::string> lines = lines_of(text);
    MR_ASSERT(!lines.empty());
    if (const std::string why = version_refusal(lines[0]); !why.empty()) return std::unexpected(why);
    OffsetLogEntry e;
    const auto j = lines.size() > 1 ? parse_json(lines[1]) : std::nullopt;
    if (!j || j->kind != JsonKind::object) return std::unexpected("Incomplete log file");
    e.watermark_ms = number_in(*j, "batchWatermarkMs");
    e.timestamp_ms = number_in(*j, "batchTimestampMs");
    for (std::size_t i = 0; i < j->names.size(); ++i)
        if (j->names[i] == "conf")
            for (std::size_t k = 0; k < j->items[i].names.size(); ++k)
                e.conf.emplace_back(j->items[i].names[k], j->items[i].items[k].text);
    for (std::size_t i = 2; i < lines.size(); ++i) e.offsets.push_back(lines[i] == "-" ? "" : lines[i]);
    return e;
}

std::string commit_log_text(i64 next_watermark_ms) {
    MR_ASSERT(next_watermark_ms >= 0);
    return fmt::format("v{}\n{{\"nextBatchWatermarkMs\":{}}}", kVersion, next_watermark_ms);
}

std::expected<i64, std::string> parse_commit_log(const std::string& text) {
    const std::vector<std::string> lines = lines_of(text);
    if (const std::string why = version_refusal(lines[0]); !why.empty()) return std::unexpected(why);
    const auto j = lines.size() > 1 ? parse_json(lines[1]) : std::nullopt;
    return j ? number_in(*j, "nextBatchWatermarkMs") : 0;
}

std::string metadata_text(const std::string& id) {
    MR_ASSERT(!id.empty());
    return fmt::format("{{\"id\":\"{}\"}}", id);
}

std::vector<std::pair<std::string, std::string>> pinned_settings(i64 shuffle_partitions, const std::string& policy) {
    MR_ASSERT(shuffle_partitions > 0);
    return {{"spark.sql.streaming.stateStore.providerClass",
             "org.apache.spark.sql.execution.streaming.state.HDFSBackedStateStoreProvider"},
            {"spark.sql.streaming.join.stateFormatVersion", "2"},
            {"spark.sql.streaming.stateStore.compression.codec", "lz4"},
            {"spark.sql.optimizer.pruneFiltersCanPruneStreamingSubplan", "false"},
            {"spark.sql.streaming.stateStore.rocksdb.formatVersion", "5"},
            {"spark.sql.streaming.statefulOperator.useStrictDistribution", "true"},
            {"spark.sql.streaming.flatMapGroupsWithState.stateFormatVersion", "2"},
            {"spark.sql.streaming.multipleWatermarkPolicy", policy},
            {"spark.sql.streaming.aggregation.stateFormatVersion", "2"},
            {"spark.sql.shuffle.partitions", std::to_string(shuffle_partitions)}};
}

}  // namespace engine::spark
