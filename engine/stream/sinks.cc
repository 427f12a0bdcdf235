#include "engine/stream/sinks.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/plan/json.h"
#include "engine/plan/outputs.h"
#include "sim/base/assert.h"

namespace engine::spark {

std::expected<bool, QueryError> ConsoleSink::add(i64 batch, const Rows& rows) {
    MR_ASSERT(batch >= 0);
    if (!refused.empty())
        return std::unexpected(
            QueryError{"IllegalArgumentException", "java.lang.IllegalArgumentException", "", "", refused});
    static const std::string kRule(43, '-');
    std::vector<Field> fields;
    for (const ExprRef& c : rows.columns) fields.push_back({c->name, c->type, c->nullable});
    const Result result{.command = false, .plan = nullptr, .schema = struct_type(std::move(fields)), .rows = rows};
    out += fmt::format("{}\nBatch: {}\n{}\n{}\n", kRule, batch, kRule,
                       show(session, result, {rows_shown, truncate ? 20 : 0}));
    return true;
}

std::string ConsoleSink::description() const { return "org.apache.spark.sql.execution.streaming.ConsoleTable$@<hash>"; }

std::expected<bool, QueryError> MemorySink::add(i64 batch, const Rows& given) {
    MR_ASSERT(batch >= 0);
    columns = given.columns;
    if (batch <= latest) return true;
    latest = batch;
    last = values_of(given);
    if (complete) rows.clear();
    rows.insert(rows.end(), last.begin(), last.end());
    return true;
}

namespace {

i64 index_of(const std::string& offset) { return offset.empty() ? -1 : std::stoll(offset); }

}  // namespace

std::string MemorySource::latest(const std::string&, bool) { return newest(); }

std::expected<std::vector<Batch>, QueryError> MemorySource::rows(const std::string& from, const std::string& to) {
    const i64 a = index_of(from) + 1, b = index_of(to);
    MR_ASSERT(a >= 0 && b < static_cast<i64>(added.size()));
    std::vector<Batch> out;
    for (i64 i = a; i <= b; ++i)
        if (added[static_cast<std::size_t>(i)].rows > 0) out.push_back(added[static_cast<std::size_t>(i)]);
    return out;
}

namespace {

/// {"offset":30,"timestamp":1150}
struct RatePlace {
    i64 offset = 0;
    i64 timestamp = 0;
};

RatePlace rate_place(const std::string& text, i64 start_ms) {
    RatePlace out{0, start_ms};
    const auto j = parse_json(text);
    for (std::size_t i = 0; j && i < j->names.size(); ++i)
        (j->names[i] == "offset" ? out.offset : out.timestamp) = std::stoll(j->items[i].text);
    return out;
}

}  // namespace

std::string RateMicroBatch::latest(const std::string& committed, bool) {
    MR_ASSERT(rows_per_batch > 0);
    const RatePlace at = rate_place(committed, start_ms);
    return fmt::format("{{\"offset\":{},\"timestamp\":{}}}", at.offset + rows_per_batch, at.timestamp + advance_ms);
}

std::expected<std::vector<Batch>, QueryError> RateMicroBatch::rows(const std::string& from, const std::string& to) {
    const RatePlace a = rate_place(from, start_ms), b = rate_place(to, start_ms);
    MR_ASSERT(a.offset <= b.offset);
    Batch batch{.rows = b.offset - a.offset,
                .columns = {sized_column(type_of(TypeId::timestamp), b.offset - a.offset),
                            sized_column(type_of(TypeId::bigint), b.offset - a.offset)}};
    for (i64 i = 0; i < batch.rows; ++i) {
        batch.columns[0].ints[static_cast<std::size_t>(i)] = a.timestamp * 1000;
        batch.columns[1].ints[static_cast<std::size_t>(i)] = a.offset + i;
    }
    return std::vector<Batch>{std::move(batch)};
}

std::string RateMicroBatch::description() const {
    return fmt::format(
        "RatePerMicroBatchStream[rowsPerBatch={}, numPartitions={}, startTimestamp={}, advanceMsPerBatch={}]",
        rows_per_batch, partitions, start_ms, advance_ms);
}

std::string RateMicroBatch::first_offset() const { return fmt::format("{{\"offset\":0,\"timestamp\":{}}}", start_ms); }

std::vector<std::pair<std::string, std::string>> behind_metrics(const std::vector<i64>& behind) {
    if (behind.empty()) return {};
    i64 sum = 0;
    for (const i64 b : behind) sum += b;
    const double average = static_cast<double>(sum) / static_cast<double>(behind.size());
    MR_ASSERT(average >= 0 || sum < 0);
    std::string text = fmt::format("{}", average);
    if (text.find('.') == std::string::npos) text += ".0";
    return {{"avgOffsetsBehindLatest", text},
            {"maxOffsetsBehindLatest", std::to_string(*std::max_element(behind.begin(), behind.end()))},
            {"minOffsetsBehindLatest", std::to_string(*std::min_element(behind.begin(), behind.end()))}};
}

}  // namespace engine::spark
