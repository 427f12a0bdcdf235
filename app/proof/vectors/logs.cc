// Indexes, rolling, retention.
#include <array>

#include "app/proof/masks/pattern.h"
#include "app/proof/vectors/scratch_log.h"
#include "app/proof/vectors/values.h"

namespace app::proof::vectors {
namespace {

constexpr i64 kLongAfter = 1'700'000'000'000;  // a wall clock for logs whose age does not matter

Json json_of(const log::OffsetPosition& entry) {
    return entry.offset == kNoOffset ? Json() : Json::array({entry.offset.value, entry.position});
}
Json json_of(const log::TimestampOffset& entry) { return Json::array({entry.timestamp, entry.offset.value}); }

// ---- indexes ------------------------------------------------------------------------------------

/// Pairs of offset and position, or "offset 46..75 at position 0..29".
std::vector<log::OffsetPosition> entries_of(const Json& given) {
    std::vector<log::OffsetPosition> entries;
    if (given.is_array()) {
        for (const Json& entry : given) entries.push_back({Offset{entry[0].get<i64>()}, entry[1].get<u32>()});
        return entries;
    }
    Groups match;
    const auto text = given.get<std::string>();
    if (!matches(text, match, Pattern("offset (\\d+)\\.\\.(\\d+) at position (\\d+)\\.\\.(\\d+)")))
        throw std::invalid_argument(text);
    for (i64 offset = std::stoll(match[1]), at = std::stoll(match[3]); offset <= std::stoll(match[2]); ++offset, ++at)
        entries.push_back({Offset{offset}, static_cast<u32>(at)});
    return entries;
}

/// The index as its file gives it back.
log::OffsetIndex reread(const log::OffsetIndex& index) {
    std::vector<u8> bytes;
    for (u64 i = 0; i < index.entries.size(); ++i) std::ranges::copy(index.bytes_of(i), std::back_inserter(bytes));
    return log::OffsetIndex::from_bytes(index.base, bytes);
}

Json offset_index(const Json& input, const Json&) {
    log::OffsetIndex index{Offset{input.value("base", i64{0})}, {}};
    Json got = {
        {"empty_index_any", json_of(index.lookup(index.base))}, {"second", nullptr}, {"results", Json::array()}};
    if (input.contains("appends")) {
        for (const auto& entry : entries_of(input["appends"]))
            got["second"] = index.append(entry.offset, entry.position) ? "taken" : "rejected";
        return got;
    }
    for (const auto& entry : entries_of(input.at("entries"))) index.append(entry.offset, entry.position);
    const log::OffsetIndex from_file = reread(index);
    for (const Json& query : input.value("queries", Json::array())) {
        if (!query.is_array()) {
            got["results"].push_back(json_of(from_file.lookup(Offset{query.get<i64>()})));
            continue;
        }
        const log::OffsetPosition from{Offset{query[0][0].get<i64>()}, query[0][1].get<u32>()};
        got["results"].push_back(json_of(from_file.upper_bound(from, query[1])));
    }
    return got;
}

/// "timestamp 10*i at offset 45+10*i, i=1..29"
Json time_index(const Json& input, const Json&) {
    const Offset base{input.at("base_offset").get<i64>()};
    log::TimeIndex index{base, {}};
    Json got = {{"empty", json_of(index.lookup(input.value("empty_query", i64{0})))}, {"results", Json::array()}};
    Groups match;
    const auto text = input.at("entries").get<std::string>();
    if (!matches(text, match,
                          Pattern("timestamp (\\d+)\\*i at offset (\\d+)\\+(\\d+)\\*i, i=(\\d+)\\.\\.(\\d+)")))
        throw std::invalid_argument(text);
    for (i64 i = std::stoll(match[4]); i <= std::stoll(match[5]); ++i)
        index.maybe_append(std::stoll(match[1]) * i, Offset{std::stoll(match[2]) + std::stoll(match[3]) * i});
    for (const Json& query : input.at("queries")) got["results"].push_back(json_of(index.lookup(query)));
    return got;
}

// ---- segments -----------------------------------------------------------------------------------

/// Sizes are given in sizes of one record: "s", "5 s", "10*(s-1)".
i64 data_bytes(const Json& given, i64 s) {
    if (given.is_number()) return given;
    const auto text = given.get<std::string>();
    Groups match;
    if (text == "s") return s;
    if (matches(text, match, Pattern("(\\d+) s"))) return std::stoll(match[1]) * s;
    if (matches(text, match, Pattern("(\\d+)\\*\\(s-(\\d+)\\)")))
        return std::stoll(match[1]) * (s - std::stoll(match[2]));
    throw std::invalid_argument("no size: " + text);
}

/// A log with the vector's settings, with as many records as it says.
ScratchLog filled_log(const Json& input) {
    const auto s = static_cast<i64>(plain_batch(1, kLongAfter).size());
    ConfigMap config;
    config["segment.bytes"] = std::to_string(data_bytes(input.at("segment_bytes"), s));
    if (input.contains("retention_bytes"))
        config["retention.bytes"] = std::to_string(data_bytes(input["retention_bytes"], s));
    if (input.contains("retention_ms")) config["retention.ms"] = std::to_string(input["retention_ms"].get<i64>());
    if (input.contains("cleanup_policy")) config["cleanup.policy"] = input["cleanup_policy"];
    ScratchLog scratch(config);
    scratch.now_ms = kLongAfter;
    for (i64 i = 0; i < input.at("appends").get<i64>(); ++i)
        if (!scratch.append(LeaderEpoch{0}, plain_batch(1, input.value("timestamp", kLongAfter))))
            throw std::invalid_argument("not appended");
    return scratch;
}

Json roll(const Json& input, const Json&) { return {{"segments", filled_log(input).log.segments.size()}}; }

Json retention(const Json& input, const Json&) {
    ScratchLog scratch = filled_log(input);
    log::advance_log_start(scratch.log, scratch.context(), Offset{input.value("log_start_offset", i64{0})});
    const auto dropped = log::drop_old_segments(scratch.log, scratch.context(), scratch.log.next_offset);
    if (!dropped) return error_text(dropped.error());
    return {{"segments_after", scratch.log.segments.size()}};
}

constexpr std::array kLogCategories = {
    Category{"offset_index", answer<offset_index>},
    Category{"time_index", answer<time_index>},
    Category{"roll", answer<roll>},
    Category{"retention", answer<retention>},
};

}  // namespace

std::span<const Category> log_categories() { return kLogCategories; }

}  // namespace app::proof::vectors
