#include "engine/dfs/glob.h"
#include "engine/stream/stream_sources.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/operators/statement.h"
#include "engine/plan/json.h"
#include "engine/plan/regex.h"
#include "engine/stream/kafka_options.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

i64 number_of(const std::string& offset, i64 missing) { return offset.empty() ? missing : std::stoll(offset); }

Column text_column(const std::vector<std::string>& texts) {
    Builder b(type_of(TypeId::string), static_cast<i64>(texts.size()));
    for (const std::string& t : texts) b.add(string_value(t));
    return b.finish();
}

}  // namespace

std::string SocketSource::latest(const std::string&, bool) { return newest(); }

std::expected<std::vector<Batch>, QueryError> SocketSource::rows(const std::string& from, const std::string& to) {
    const auto a = static_cast<std::size_t>(number_of(from, -1) + 1),
               b = static_cast<std::size_t>(number_of(to, -1) + 1);
    MR_ASSERT(a <= b && b <= lines->size());
    if (a == b) return std::vector<Batch>{};
    Batch batch{.rows = static_cast<i64>(b - a),
                .columns = {text_column({lines->begin() + static_cast<std::ptrdiff_t>(a),
                                         lines->begin() + static_cast<std::ptrdiff_t>(b)})}};
    if (with_time) {
        Column time = sized_column(type_of(TypeId::timestamp), batch.rows);
        for (std::size_t i = a; i < b; ++i) time.ints[i - a] = (i < arrived_ms.size() ? arrived_ms[i] : 0) * 1000;
        batch.columns.push_back(std::move(time));
    }
    return std::vector<Batch>{std::move(batch)};
}

std::string SocketSource::description() const { return fmt::format("TextSocketV2[host: {}, port: {}]", host, port); }

void RateSource::attach(dfs::FileStore& files, const std::string& folder) {
    const std::string path = folder + "/0";
    MR_ASSERT(now_ms != nullptr);
    if (const auto text = files.read(path); text && text->size() > 3) began_ms = std::atoll(text->c_str() + 3);
    else files.write(path, fmt::format("v1\n{}", began_ms));
}

std::string RateSource::newest() const {
    MR_ASSERT(now_ms != nullptr);
    return std::to_string(std::max<i64>(0, (*now_ms - began_ms) / 1000));
}

std::string RateSource::latest(const std::string&, bool) { return newest(); }

std::expected<std::vector<Batch>, QueryError> RateSource::rows(const std::string& from, const std::string& to) {
    const std::vector<RateRow> made = rate_rows(options, number_of(from, 0), number_of(to, 0));
    MR_ASSERT(partitions > 0);
    std::vector<Batch> out;
    for (i64 p = 0; p < partitions; ++p) {
        Builder time(type_of(TypeId::timestamp)), value(type_of(TypeId::bigint));
        i64 n = 0;
        for (std::size_t i = static_cast<std::size_t>(p); i < made.size();
             i += static_cast<std::size_t>(partitions), ++n) {
            time.add(int_value((began_ms + made[i].ms) * 1000));
            value.add(int_value(made[i].value));
        }
        if (n > 0) out.push_back({n, {time.finish(), value.finish()}});
    }
    return out;
}

std::string RateSource::description() const {
    return fmt::format("RateStreamV2[rowsPerSecond={}, rampUpTimeSeconds={}, numPartitions={}", options.rows_per_second,
                       options.ramp_up_seconds, partitions);
}

namespace {

/// Every tenth entry of the log holds all before it.
constexpr std::size_t kCompact = 10;

std::string log_name(std::size_t batch) {
    return (batch + 1) % kCompact == 0 ? fmt::format("{}.compact", batch) : std::to_string(batch);
}

/// A member of a line of the log.
std::string member_of(const Json& line, const char* name) {
    for (std::size_t i = 0; i < line.names.size(); ++i)
        if (line.names[i] == name) return line.items[i].text;
    return "";
}

std::vector<std::string> lines_after_first(const std::string& text) {
    std::vector<std::string> out;
    for (std::size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 1))
        out.push_back(text.substr(at + 1, text.find('\n', at + 1) - at - 1));
    return out;
}

}  // namespace

void FileSource::attach(dfs::FileStore& files, const std::string& path) {
    kept = &files;
    folder = path;
    log.clear();
    batches.clear();
    for (std::size_t n = 0;; ++n) {
        const auto text = files.read(folder + "/" + log_name(n));
        if (!text) break;
        log.emplace_back();
        batches.emplace_back();
        for (const std::string& line : lines_after_first(*text)) {
            const auto j = parse_json(line);
            if (!j || member_of(*j, "batchId") != std::to_string(n)) continue;
            log.back().push_back(line);
            batches.back().push_back(dfs::plain_path(member_of(*j, "path")));
            seen.push_back(batches.back().back());
        }
    }
    MR_ASSERT(log.size() == batches.size());
}

namespace {

/// Logs the files of the newest batch.
void log_files(FileSource& s, const std::vector<dfs::FileInfo>& files) {
    MR_ASSERT(!s.batches.empty());
    if (s.kept == nullptr) return;
    const std::size_t n = s.log.size();
    s.log.emplace_back();
    for (const dfs::FileInfo& f : files)
        s.log[n].push_back(fmt::format("{{\"path\":{},\"timestamp\":{},\"batchId\":{}}}",
                                       json_quoted("file://" + f.path), f.modified_ms, n));
    std::string text = "v1";
    for (std::size_t i = (n + 1) % kCompact == 0 ? 0 : n; i <= n; ++i)
        for (const std::string& line : s.log[i]) text += "\n" + line;
    s.kept->write(s.folder + "/" + log_name(n), text);
}

}  // namespace

std::string FileSource::latest(const std::string& committed, bool limited) {
    auto files = dfs::list_matching(store, option_of(options, "path")).value_or(std::vector<dfs::FileInfo>{});
    dfs::keep_named(files, option_of(options, "pathGlobFilter"));
    std::vector<dfs::FileInfo> fresh;
    for (const dfs::FileInfo& f : files)
        if (std::find(seen.begin(), seen.end(), f.path) == seen.end()) fresh.push_back(f);
    std::stable_sort(fresh.begin(), fresh.end(),
                     [](const dfs::FileInfo& a, const dfs::FileInfo& b) { return a.modified_ms < b.modified_ms; });
    if (limited && most > 0 && static_cast<i64>(fresh.size()) > most) fresh.resize(static_cast<std::size_t>(most));
    if (fresh.empty()) return committed;
    std::vector<std::string> paths;
    for (const dfs::FileInfo& f : fresh) paths.push_back(f.path), seen.push_back(f.path);
    batches.push_back(std::move(paths));
    MR_ASSERT(!batches.empty());
    log_files(*this, fresh);
    return fmt::format("{{\"logOffset\":{}}}", batches.size() - 1);
}

namespace {

i64 log_offset(const std::string& text) {
    const auto j = parse_json(text);
    return j && !j->items.empty() ? std::stoll(j->items[0].text) : -1;
}

}  // namespace

std::vector<std::string> FileSource::files(const std::string& from, const std::string& to) const {
    std::vector<std::string> out;
    MR_ASSERT(log_offset(to) < static_cast<i64>(batches.size()));
    for (i64 i = log_offset(from) + 1; i <= log_offset(to); ++i)
        for (const std::string& path : batches[static_cast<std::size_t>(i)]) out.push_back(path);
    return out;
}

std::expected<std::vector<Batch>, QueryError> FileSource::rows(const std::string& from, const std::string& to) {
    std::vector<LocatedFile> located;
    for (const std::string& path : files(from, to)) located.push_back({path, store.read(path).value_or("")});
    auto read = read_located(session, format, options, schema, dfs::plain_path(option_of(options, "path")), located);
    if (!read) return std::unexpected(job_aborted(read.error()));
    return read;
}

std::string FileSource::description() const {
    return fmt::format("FileStreamSource[file:{}]", dfs::plain_path(option_of(options, "path")));
}

std::string kafka_offsets_text(const std::map<std::string, std::map<i64, i64>>& offsets) {
    std::string out;
    for (const auto& [topic, partitions] : offsets) {
        std::string inner;
        for (auto it = partitions.rbegin(); it != partitions.rend(); ++it)
            inner += fmt::format("{}\"{}\":{}", inner.empty() ? "" : ",", it->first, it->second);
        out += fmt::format("{}{}:{{{}}}", out.empty() ? "" : ",", json_quoted(topic), inner);
    }
    MR_ASSERT(out.size() < (1U << 30));
    return "{" + out + "}";
}

std::map<std::string, std::map<i64, i64>> parse_kafka_offsets(const std::string& text) {
    std::map<std::string, std::map<i64, i64>> out;
    const auto j = parse_json(text);
    for (std::size_t t = 0; j && j->kind == JsonKind::object && t < j->names.size(); ++t)
        for (std::size_t p = 0; p < j->items[t].names.size(); ++p)
            out[j->names[t]][std::atoll(j->items[t].names[p].c_str())] = std::atoll(j->items[t].items[p].text.c_str());
    return out;
}

namespace {

using Offsets = std::map<std::string, std::map<i64, i64>>;

/// The partitions a source reads.
std::vector<std::pair<std::string, i64>> partitions_of(const KafkaSource& s) {
    std::vector<std::pair<std::string, i64>> out;
    if (const std::string assign = option_of(s.options, "assign"); !assign.empty()) {
        const auto j = parse_json(assign);
        for (std::size_t t = 0; j && t < j->names.size(); ++t)
            for (const Json& p : j->items[t].items) out.emplace_back(j->names[t], std::stoll(p.text));
        return out;
    }
    std::string list = option_of(s.options, "subscribe");
    const std::string pattern = option_of(s.options, "subscribePattern");
    for (const auto& [topic, partitions] : s.topics) {
        const bool named = ("," + list + ",").find("," + topic + ",") != std::string::npos;
        std::vector<Span> groups;
        const bool matched =
            !pattern.empty() && matches(compile_regex("^(?:" + pattern + ")$", false, false), topic) == Match::yes;
        if (!named && !matched) continue;
        for (std::size_t p = 0; p < partitions.size(); ++p) out.emplace_back(topic, static_cast<i64>(p));
    }
    return out;
}

i64 end_of(const KafkaSource& s, const std::string& topic, i64 partition) {
    const auto it = s.topics.find(topic);
    if (it == s.topics.end() || partition >= static_cast<i64>(it->second.size())) return 0;
    return static_cast<i64>(it->second[static_cast<std::size_t>(partition)].size());
}

Offsets ends_of(const KafkaSource& s) {
    Offsets out;
    for (const auto& [topic, p] : partitions_of(s)) out[topic][p] = end_of(s, topic, p);
    return out;
}

/// The moment from which a partition is read, or up to which, in milliseconds: of all partitions, or of this one.
/// `edge`: "starting" or "ending".
std::optional<i64> moment_named(const KafkaSource& s, const std::string& edge, const std::string& topic,
                                i64 partition) {
    MR_ASSERT(partition >= 0);
    if (const std::string all = option_of(s.options, edge + "Timestamp"); !all.empty()) return std::atoll(all.c_str());
    const Offsets moments = parse_kafka_offsets(option_of(s.options, edge + "OffsetsByTimestamp"));
    const auto t = moments.find(topic);
    return t != moments.end() && t->second.contains(partition) ? std::optional(t->second.at(partition)) : std::nullopt;
}

/// Where the first record of a moment or later stands; the end if there is none.
i64 offset_at(const KafkaSource& s, const std::string& topic, i64 partition, i64 moment_ms) {
    const i64 end = end_of(s, topic, partition);
    i64 at = 0;
    MR_ASSERT(end >= 0);
    if (end == 0) return at;
    const auto& records = s.topics.at(topic)[static_cast<std::size_t>(partition)];
    while (at < end && records[static_cast<std::size_t>(at)].timestamp_ms < moment_ms) ++at;
    return at;
}

void begin(KafkaSource& s) {
    if (s.started) return;
    s.started = true;
    std::string start = option_of(s.options, "startingOffsets");
    const Offsets named = start.starts_with("{") ? parse_kafka_offsets(start) : Offsets{};
    for (const auto& [topic, p] : partitions_of(s)) {
        i64 at = start == "earliest" ? 0 : end_of(s, topic, p);
        if (const auto t = named.find(topic); t != named.end() && t->second.contains(p)) {
            const i64 v = t->second.at(p);
            at = v == -2 ? 0 : v == -1 ? end_of(s, topic, p) : v;
        }
        if (const auto moment = moment_named(s, "starting", topic, p)) at = offset_at(s, topic, p, *moment);
        s.initial[topic][p] = at;
    }
    if (s.kept == nullptr) return;
    // A zero byte before the version is what the very first readers of such a file expected.
    const std::string path = s.folder + "/0", head("\0v1\n", 4);
    if (const auto text = s.kept->read(path); text && text->starts_with(head))
        s.initial = parse_kafka_offsets(text->substr(head.size()));
    else s.kept->write(path, head + kafka_offsets_text(s.initial));
}

constexpr const char* kLostAdvice =
    "Some data may have been lost because they are not available in Kafka any more; either the\n data was aged out by "
    "Kafka or the topic may have been deleted before all the data in the\n topic was processed. If you don't want your "
    "streaming query to fail on such cases, set the\n source option \"failOnDataLoss\" to \"false\".\n    ";

/// An end before the beginning: the records in between are gone, or startingOffsets named one that never came.
std::optional<QueryError> turned_back(const KafkaSource& s, const std::string& topic, i64 p, i64 from, i64 to) {
    MR_ASSERT(p >= 0);
    if (to >= from || option_of(s.options, "failOnDataLoss") == "false") return std::nullopt;
    return QueryError{
        "IllegalStateException", "java.lang.IllegalStateException", "", "",
        fmt::format("Partition {}-{}'s offset was changed from {} to {}, some data may have been missed. \n{}", topic,
                    p, from, to, kLostAdvice)};
}

/// startingOffsets that name some partitions have to name all. A topic that is not there is waited for instead.
std::optional<QueryError> unnamed_partitions(const KafkaSource& s, const std::string& start) {
    if (!start.starts_with("{")) return std::nullopt;
    std::vector<std::string> named, assigned;
    for (const auto& [topic, ps] : parse_kafka_offsets(start))
        for (const auto& [p, o] : ps) named.push_back(fmt::format("{}-{}", topic, p));
    for (const auto& [topic, p] : partitions_of(s)) {
        if (!s.topics.contains(topic)) return std::nullopt;
        assigned.push_back(fmt::format("{}-{}", topic, p));
    }
    std::ranges::sort(named);
    std::ranges::sort(assigned);
    MR_ASSERT(std::ranges::adjacent_find(assigned) == assigned.end());
    if (named == assigned || assigned.empty()) return std::nullopt;
    return QueryError{
        "AssertionError", "java.lang.AssertionError", "", "",
        fmt::format("assertion failed: If startingOffsets contains specific offsets, you must specify all "
                    "TopicPartitions.\nUse -1 for latest, -2 for earliest, if you don't care.\nSpecified: "
                    "Set({}) Assigned: Set({})",
                    fmt::join(named, ", "), fmt::join(assigned, ", "))};
}

/// The failure of the task that reads records which the broker has deleted.
std::optional<QueryError> lost_records(const KafkaSource& s, const std::string& topic, i64 p, i64 from) {
    MR_ASSERT(p >= 0 && from >= 0);
    if (s.starts == nullptr || option_of(s.options, "failOnDataLoss") == "false") return std::nullopt;
    const auto t = s.starts->find(topic);
    if (t == s.starts->end() || !t->second.contains(p) || t->second.at(p) <= from) return std::nullopt;
    return job_aborted({"IllegalStateException", "java.lang.IllegalStateException", "", "",
                        fmt::format("Cannot fetch offset {} (GroupId: spark-kafka-source-<uuid>-<n>-executor, "
                                    "TopicPartition: {}-{}). \n{}",
                                    from, topic, p, kLostAdvice)});
}

}  // namespace

std::string KafkaSource::batch_end() const {
    Offsets out = ends_of(*this);
    const std::string end = option_of(options, "endingOffsets");
    const Offsets named = end.starts_with("{") ? parse_kafka_offsets(end) : Offsets{};
    for (auto& [topic, partitions] : out)
        for (auto& [p, at] : partitions) {
            const auto t = named.find(topic);
            if (t != named.end() && t->second.contains(p) && t->second.at(p) >= 0) at = t->second.at(p);
            if (const auto moment = moment_named(*this, "ending", topic, p)) at = offset_at(*this, topic, p, *moment);
            MR_ASSERT(at >= 0);
        }
    return kafka_offsets_text(out);
}

void KafkaSource::attach(dfs::FileStore& files, const std::string& path) {
    MR_ASSERT(!started && !path.empty());
    kept = &files;
    folder = path;
}

std::string KafkaSource::newest() const { return kafka_offsets_text(ends_of(*this)); }

std::string KafkaSource::latest(const std::string& committed, bool limited) {
    // A partition that was named and is not there is waited for.
    if (!option_of(options, "assign").empty())
        for (const auto& [topic, p] : partitions_of(*this)) {
            const auto it = topics.find(topic);
            if (it == topics.end() || p >= static_cast<i64>(it->second.size())) return committed;
        }
    begin(*this);
    Offsets to = ends_of(*this);
    const Offsets from = committed.empty() ? initial : parse_kafka_offsets(committed);
    const std::string most = option_of(options, "maxOffsetsPerTrigger");
    if (limited && !most.empty()) {
        std::vector<i64> available;
        for (const auto& [topic, ps] : to)
            for (const auto& [p, end] : ps)
                available.push_back(end -
                                    (from.contains(topic) && from.at(topic).contains(p) ? from.at(topic).at(p) : 0));
        const std::vector<i64> takes = limited_takes(available, std::max<i64>(0, std::atoll(most.c_str())));
        std::size_t i = 0;
        for (auto& [topic, ps] : to)
            for (auto& [p, end] : ps) end = end - available[i] + takes[i], ++i;
        MR_ASSERT(i == takes.size());
    }
    return kafka_offsets_text(to);
}

std::expected<std::vector<Batch>, QueryError> KafkaSource::rows(const std::string& from_text,
                                                                const std::string& to_text) {
    begin(*this);
    const Offsets from = from_text.empty() ? initial : parse_kafka_offsets(from_text),
                  to = parse_kafka_offsets(to_text);
    const DataType schema = kafka_schema(option_of(options, "includeHeaders") == "true");
    std::vector<Batch> out;
    for (const auto& [topic, ps] : to)
        for (const auto& [p, end] : ps) {
            const i64 start = from.contains(topic) && from.at(topic).contains(p) ? from.at(topic).at(p) : 0;
            if (auto back = turned_back(*this, topic, p, start, end)) return std::unexpected(std::move(*back));
            if (end <= start) continue;
            if (auto lost = lost_records(*this, topic, p, start)) return std::unexpected(std::move(*lost));
            std::vector<Builder> columns;
            for (const Field& f : *schema.fields) columns.emplace_back(f.type);
            for (i64 o = start; o < end; ++o) {
                const TopicRecord& r = topics.at(topic)[static_cast<std::size_t>(p)][static_cast<std::size_t>(o)];
                Values row = {r.key ? string_value(*r.key) : null_value(),
                              r.value ? string_value(*r.value) : null_value(),
                              string_value(topic),
                              int_value(p),
                              int_value(o),
                              int_value(r.timestamp_ms * 1000),
                              int_value(0)};
                if (schema.fields->size() > 7) {
                    Values headers;
                    for (const auto& [k, v] : r.headers)
                        headers.push_back(list_value({string_value(k), string_value(v)}));
                    row.push_back(headers.empty() ? null_value() : list_value(std::move(headers)));
                }
                for (std::size_t c = 0; c < row.size(); ++c) columns[c].add(row[c]);
            }
            Batch b{.rows = end - start, .columns = {}};
            for (Builder& c : columns) b.columns.push_back(c.finish());
            out.push_back(std::move(b));
        }
    return out;
}

std::vector<std::pair<std::string, std::string>> KafkaSource::metrics(const std::string& committed) const {
    std::vector<i64> behind;
    const Offsets at = parse_kafka_offsets(committed);
    for (const auto& [topic, ps] : at)
        for (const auto& [p, o] : ps) behind.push_back(end_of(*this, topic, p) - o);
    if (behind.empty()) return {};
    i64 sum = 0;
    for (const i64 b : behind) sum += b;
    std::string average = fmt::format("{}", static_cast<double>(sum) / static_cast<double>(behind.size()));
    if (average.find('.') == std::string::npos) average += ".0";
    return {{"avgOffsetsBehindLatest", average},
            {"maxOffsetsBehindLatest", std::to_string(*std::max_element(behind.begin(), behind.end()))},
            {"minOffsetsBehindLatest", std::to_string(*std::min_element(behind.begin(), behind.end()))}};
}

std::optional<QueryError> KafkaSource::late_refusal() const {
    const auto number = [](const std::string& s) {
        return QueryError{"NumberFormatException", "java.lang.NumberFormatException", "", "",
                          fmt::format("For input string: \"{}\"", s)};
    };
    const auto digits = [](const std::string& s) {
        return !s.empty() && s.find_first_not_of("0123456789") == std::string::npos;
    };
    if (const std::string m = option_of(options, "maxOffsetsPerTrigger"); !m.empty() && !digits(m)) return number(m);
    if (const std::string f = option_of(options, "failOnDataLoss"); !f.empty() && f != "true" && f != "false")
        return illegal_argument(fmt::format("For input string: \"{}\"", f));
    if (const std::string t = option_of(options, "startingTimestamp"); !t.empty() && !digits(t))
        return illegal_argument(fmt::format("Expected a single long value, got {}", t));
    const std::string start = option_of(options, "startingOffsets");
    if (!start.empty() && start != "earliest" && start != "latest" && !parse_json(start))
        return illegal_argument(
            fmt::format("Expected e.g. {{\"topicA\":{{\"0\":23,\"1\":-1}},\"topicB\":{{\"0\":-2}}}}, got {}", start));
    if (auto e = unnamed_partitions(*this, start)) return e;
    if (const std::string s = option_of(options, "subscribe");
        !s.empty() && s.find(',') == std::string::npos && !topics.contains(s) &&
        option_of(options, "kafka.allow.auto.create.topics") == "false")
        return QueryError{"ExecutionException", "java.util.concurrent.ExecutionException", "", "",
                          "org.apache.kafka.common.errors.UnknownTopicOrPartitionException: This server does not host "
                          "this topic-partition."};
    return std::nullopt;
}

}  // namespace engine::spark
