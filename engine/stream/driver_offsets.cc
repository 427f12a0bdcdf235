// Where the sources of a query end: Kafka is asked by an admin client, the leaders of the partitions for their offsets;
// other sources know it themselves.
#include <fmt/format.h>

#include <algorithm>

#include "engine/plan/json.h"
#include "engine/stream/driver_parts.h"
#include "engine/stream/pacing.h"
#include "engine/stream/sinks.h"
#include "engine/stream/stream_sources.h"
#include "engine/wire/messages/list_offsets.h"

namespace engine::spark {
namespace {

constexpr i64 kLatest = -1, kEarliest = -2;
constexpr i16 kListOffsetsVersion = 5;
static_assert(kListOffsetsVersion <= wire::ListOffsetsRequest::kHighest);

using OffsetMap = std::map<std::string, std::map<i64, i64>>;

std::vector<std::string> topics_of(const SourceSpec& source) {
    std::vector<std::string> topics;
    std::string list = option(source.options, "subscribe");
    for (std::size_t from = 0; from < list.size();) {
        const std::size_t comma = std::min(list.find(',', from), list.size());
        topics.push_back(list.substr(from, comma - from));
        from = comma + 1;
    }
    for (const auto& [topic, partitions] : parse_kafka_offsets(option(source.options, "startingOffsets")))
        if (list.empty()) topics.push_back(topic);
    return topics;
}

void ask(const At& at, client::AdminCall call) {
    MR_ASSERT(call.kind != client::AdminKind::none && at.run().phase == QueryPhase::latest_offset);
    const u64 number = client::ask(at.driver.memory.admin, at.env, std::move(call));
    at.driver.memory.admin_calls[number] = at.query;
    ++at.work().questions;
}

void ask_ends(const At& at, i64 timestamp) {
    MR_ASSERT(timestamp == kLatest || timestamp == kEarliest);
    sim::FlatMap<BrokerId, wire::ListOffsetsRequest> requests;
    for (const PartitionEnds& p : at.work().partitions) {
        if (p.leader == kNoBroker) continue;
        wire::ListOffsetsRequest& request = requests[p.leader];
        request.replica_id = -1;
        if (request.topics.empty() || request.topics.back().name != p.topic)
            request.topics.emplace_back().name = p.topic;
        auto& part = request.topics.back().partitions.emplace_back();
        part.partition_index = p.partition;
        part.timestamp = timestamp;
    }
    for (const auto& [broker, request] : requests) ask(at, client::raw_call(request, kListOffsetsVersion, broker));
}

bool needs_start(const At& at) {
    return std::ranges::any_of(at.cursor().initial, [](const std::string& text) { return text.empty(); });
}

void take_topics(const At& at, const client::AdminResult& result) {
    MR_ASSERT(result.kind == client::AdminKind::describe_topics);
    at.work().partitions.clear();
    for (u32 s = 0; s < at.spec().sources.size(); ++s) {
        if (!is_kafka(at.spec().sources[s])) continue;
        for (const std::string& wanted : topics_of(at.spec().sources[s]))
            for (const client::DescribedTopic& topic : result.topics)
                for (const client::DescribedPartition& p : topic.partitions)
                    if (topic.name == wanted)
                        at.work().partitions.push_back({s, topic.name, p.index, BrokerId{p.leader}, -1, -1});
    }
}

/// Which end an answer tells: the earliest is asked for first, and only once.
void take_ends(const At& at, const wire::ListOffsetsResponse& response, bool earliest) {
    for (const auto& topic : response.topics)
        for (const auto& part : topic.partitions)
            for (PartitionEnds& p : at.work().partitions)
                if (p.topic == topic.name && p.partition == part.partition_index && part.error_code == 0)
                    (earliest ? p.earliest : p.latest) = part.offset;
}

bool asks_earliest(const At& at) {
    return needs_start(at) && std::ranges::any_of(at.work().partitions, [](const PartitionEnds& p) {
               return p.leader != kNoBroker && p.earliest < 0;
           });
}

OffsetMap ends_of(const At& at, u32 source, bool earliest) {
    MR_ASSERT(source < at.spec().sources.size());
    OffsetMap out;
    for (const PartitionEnds& p : at.work().partitions)
        if (p.source == source) out[p.topic][p.partition] = std::max<i64>(0, earliest ? p.earliest : p.latest);
    return out;
}

/// startingOffsets: a word, or an offset for each partition with -2 and -1 for the ends.
std::string starting(const At& at, u32 source) {
    MR_ASSERT(is_kafka(at.spec().sources[source]));
    std::string start = option(at.spec().sources[source].options, "startingOffsets");
    OffsetMap begin = ends_of(at, source, start == "earliest");
    const OffsetMap named = start.starts_with("{") ? parse_kafka_offsets(start) : OffsetMap{};
    const OffsetMap first = ends_of(at, source, true), last = ends_of(at, source, false);
    for (const auto& [topic, partitions] : named)
        for (const auto& [p, offset] : partitions)
            begin[topic][p] = offset == kEarliest ? first.at(topic).at(p)
                              : offset == kLatest ? last.at(topic).at(p)
                                                  : offset;
    return kafka_offsets_text(begin);
}

std::string limited(const At& at, u32 source, const std::string& most) {
    MR_ASSERT(!at.cursor().initial[source].empty() && !most.empty());
    OffsetMap to = ends_of(at, source, false);
    const std::string& text =
        at.cursor().committed[source].empty() ? at.cursor().initial[source] : at.cursor().committed[source];
    OffsetMap from = parse_kafka_offsets(text);
    std::vector<i64> available;
    for (const auto& [topic, ps] : to)
        for (const auto& [p, end] : ps) available.push_back(std::max<i64>(0, end - from[topic][p]));
    const std::vector<i64> takes = limited_takes(available, std::max<i64>(0, std::atoll(most.c_str())));
    std::size_t i = 0;
    for (auto& [topic, ps] : to)
        for (auto& [p, end] : ps) end = from[topic][p] + takes[i++];
    return kafka_offsets_text(to);
}

RateOptions rate_options(const SourceSpec& source) {
    const std::string rate = option(source.options, "rowsPerSecond");
    RateOptions o;
    if (!rate.empty()) o.rows_per_second = std::max<i64>(1, std::atoll(rate.c_str()));
    return o;
}

RateMicroBatch micro_batch(const SourceSpec& source) {
    const auto number = [&](const char* key, i64 missing) {
        const std::string text = option(source.options, key);
        return text.empty() ? missing : std::atoll(text.c_str());
    };
    return {std::max<i64>(1, number("rowsPerBatch", 1)), number("startTimestamp", 0),
            number("advanceMillisPerBatch", 1000)};
}

const std::vector<std::string>& typed_lines(const At& at, u32 source) {
    static const std::vector<std::string> kNone;
    for (const TypedLines& t : at.driver.progress.typed)
        if (t.query == at.query && t.source == source) return t.lines;
    return kNone;
}

/// The end of a source that is not Kafka's; "" = nothing is there yet.
std::string local_end(const At& at, u32 source) {
    MR_ASSERT(!is_kafka(at.spec().sources[source]));
    const SourceSpec& spec = at.spec().sources[source];
    if (spec.format == "rate")
        return fmt::format("{}", std::max<i64>(0, (at.env.wall_ms() - at.run().began_ms) / 1000));
    if (spec.format == "rate-micro-batch") return micro_batch(spec).latest(at.cursor().committed[source], true);
    const std::size_t lines = typed_lines(at, source).size();
    return lines == 0 && spec.format == "memory" ? "" : fmt::format("{}", static_cast<i64>(lines) - 1);
}

void all_known(const At& at) {
    MR_ASSERT(at.work().questions == 0 && at.work().newest.empty());
    std::vector<std::string> ends;
    QueryCursor& cursor = at.cursor();
    for (u32 s = 0; s < at.spec().sources.size(); ++s) {
        const SourceSpec& source = at.spec().sources[s];
        if (!is_kafka(source)) {
            ends.push_back(local_end(at, s));
            at.work().newest.push_back(ends.back());
            continue;
        }
        if (cursor.initial[s].empty()) cursor.initial[s] = starting(at, s);
        at.work().newest.push_back(kafka_offsets_text(ends_of(at, s, false)));
        const std::string most = option(source.options, "maxOffsetsPerTrigger");
        ends.push_back(most.empty() || at.spec().trigger == "once" ? at.work().newest.back() : limited(at, s, most));
    }
    on_offsets_known(at, ends);
}

}  // namespace

bool is_kafka(const SourceSpec& source) { return source.format == "kafka"; }

std::string option(const NamedTexts& options, std::string_view key) {
    for (const auto& [name, value] : options)
        if (name == key) return value;
    return "";
}

void ask_offsets(const At& at) {
    MR_ASSERT(at.run().phase == QueryPhase::latest_offset && at.work().questions == 0);
    client::AdminCall call;
    call.kind = client::AdminKind::describe_topics;
    for (const SourceSpec& source : at.spec().sources)
        for (const std::string& topic : topics_of(source))
            if (is_kafka(source) && std::ranges::find(call.names, topic) == call.names.end())
                call.names.push_back(topic);
    if (call.names.empty()) return all_known(at);
    ask(at, std::move(call));
}

void on_admin_result(const At& at, const client::AdminResult& result) {
    if (at.run().phase != QueryPhase::latest_offset) return;
    MR_ASSERT(at.work().questions > 0);
    --at.work().questions;
    const bool earliest = asks_earliest(at);
    if (result.kind == client::AdminKind::describe_topics) take_topics(at, result);
    else if (wire::ListOffsetsResponse response; read_raw(result, response)) take_ends(at, response, earliest);
    if (at.work().questions > 0) return;
    if (asks_earliest(at) && !earliest) return ask_ends(at, kEarliest);
    const auto unknown = [](const PartitionEnds& p) { return p.latest < 0; };
    const bool fresh = result.kind == client::AdminKind::describe_topics || earliest;
    if (fresh && std::ranges::any_of(at.work().partitions, unknown)) {
        ask_ends(at, kLatest);
        if (at.work().questions > 0) return;
    }
    if (at.work().partitions.empty() || std::ranges::any_of(at.work().partitions, unknown))
        return plan_next_trigger(at);
    all_known(at);
}

std::vector<Batch> local_rows(const At& at, u32 source, const std::string& from, const std::string& to) {
    const SourceSpec& spec = at.spec().sources[source];
    MR_ASSERT(!is_kafka(spec));
    if (spec.format == "rate-micro-batch") return *micro_batch(spec).rows(from, to);
    if (spec.format == "rate") {
        const i64 now = at.env.wall_ms();
        RateSource rate;
        rate.options = rate_options(spec);
        rate.began_ms = at.run().began_ms;
        rate.now_ms = &now;
        return *rate.rows(from, to);
    }
    SocketSource lines;
    *lines.lines = typed_lines(at, source);
    return *lines.rows(from, to);
}

}  // namespace engine::spark
