// Sections: words · asking · reading.
#include "app/view_model/query_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "app/lab/sql/sql_view.h"
#include "app/lab/sql/streams.h"
#include "app/view_model/query_parts.h"
#include "app/view_model/scene.h"
#include "app/view_model/words.h"
#include "engine/client/producer_node.h"
#include "engine/verb_moment.h"

namespace app {

// ---- words ------------------------------------------------------------------------------------------

namespace {

/// Days from 1970-01-01 (civil calendar).
i64 days_of(i64 year, i64 month, i64 day) {
    year -= month <= 2 ? 1 : 0;
    const i64 era = (year >= 0 ? year : year - 399) / 400, of_era = year - era * 400;
    const i64 of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

i64 number_at(std::string_view text, std::size_t at, std::size_t count) {
    i64 value = 0;
    if (at + count > text.size()) return -1;
    const auto [end, error] = std::from_chars(text.data() + at, text.data() + at + count, value);
    return error == std::errc{} && end == text.data() + at + count ? value : -1;
}

}  // namespace

lab::SqlView& sql_view_at(const lab::Moment& moment) {
    thread_local lab::SqlView view;
    view.show(moment);
    return view;
}

i64 event_time_ms(std::string_view text) {
    if (text.size() < 19 || text[4] != '-' || text[13] != ':') return -1;
    const i64 days = days_of(number_at(text, 0, 4), number_at(text, 5, 2), number_at(text, 8, 2));
    i64 ms =
        ((days * 24 + number_at(text, 11, 2)) * 60 + number_at(text, 14, 2)) * 60'000 + number_at(text, 17, 2) * 1000;
    if (text.size() > 20 && text[19] == '.') {
        std::string digits(text.substr(20, 3));
        digits.resize(3, '0');
        ms += std::max<i64>(0, number_at(digits, 0, 3));
    }
    return ms;
}

std::string event_clock(i64 ms) {
    if (ms < 0) return "none";
    const i64 second = ms / 1000 % 60, minute = ms / 60'000 % 60, hour = ms / 3'600'000 % 24;
    if (ms % 1000 != 0) return fmt::format("{:02}:{:02}:{:02}.{:03}", hour, minute, second, ms % 1000);
    return second != 0 ? fmt::format("{:02}:{:02}:{:02}", hour, minute, second)
                       : fmt::format("{:02}:{:02}", hour, minute);
}

std::string event_span(i64 ms) {
    constexpr i64 kMinute = 60'000;
    return ms >= kMinute && ms % kMinute == 0 ? fmt::format("{} min", ms / kMinute)
                                              : span_text(sim::millis(std::max<i64>(0, ms)));
}

std::string window_text(i64 start, i64 end) {
    const bool short_one = start >= 0 && start / 60'000 == end / 60'000 && start % 1000 == 0 && end % 1000 == 0;
    const std::string until = short_one ? fmt::format(":{:02}", end / 1000 % 60) : event_clock(end);
    return fmt::format("[{}, {})", event_clock(start), until);
}

namespace {

/// The value that begins at `at`; moves `at` behind it.
std::string json_value(std::string_view text, std::size_t& at) {
    std::string out;
    if (at < text.size() && text[at] == '"') {
        for (++at; at < text.size() && text[at] != '"'; ++at) {
            if (text[at] == '\\' && at + 1 < text.size()) ++at;
            out += text[at];
        }
        ++at;
        return out;
    }
    int depth = 0;
    for (; at < text.size(); ++at) {
        const char c = text[at];
        if (depth == 0 && (c == ',' || c == '}')) break;
        if (c == '{' || c == '[') ++depth;
        if (c == '}' || c == ']') --depth;
        out += c;
    }
    return out;
}

/// A window as Spark's JSON has it is told in one word.
std::string told(const std::string& value) {
    if (!value.starts_with("{")) return value;
    const auto inner = columns_of_json(value);
    if (inner.size() == 2 && inner[0].first == "start" && inner[1].first == "end")
        return window_text(event_time_ms(inner[0].second), event_time_ms(inner[1].second));
    return value;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> columns_of_json(std::string_view text) {
    std::vector<std::pair<std::string, std::string>> columns;
    std::size_t at = text.find('{');
    if (at == std::string_view::npos) return columns;
    for (++at; at < text.size() && text[at] != '}';) {
        while (at < text.size() && (text[at] == ',' || text[at] == ' ')) ++at;
        if (at >= text.size() || text[at] != '"') break;
        std::string name = json_value(text, at);
        while (at < text.size() && (text[at] == ':' || text[at] == ' ')) ++at;
        columns.emplace_back(std::move(name), told(json_value(text, at)));
    }
    return columns;
}

std::string moment_word(i64 ms, i64 origin) {
    constexpr i64 kSecond = 1000, kHalfDay = 43'200'000;
    if (ms % kSecond == 0 && ms > origin - kHalfDay && ms < origin + kHalfDay) return event_clock(ms);
    return ms < origin ? "" : fmt::format("{}ms", ms - origin);
}

PageHeadVm query_head(const QueryData& data, std::string title, std::string sentence) {
    PageHeadVm head;
    head.title = std::move(title);
    head.sentence = std::move(sentence);
    if (data.query.name.empty()) {
        head.empty_title = "No streaming query runs";
        head.empty_text = data.lesson_has_query
                              ? "Its query has not started yet. Go on to the next stop."
                              : "This lesson has none. Those of level 4 do: a query fills this view batch by batch.";
        return head;
    }
    head.chips.push_back(data.query.name);
    if (!data.query.output_mode.empty()) head.chips.push_back(data.query.output_mode);
    if (!data.query.trigger.empty()) head.chips.push_back(data.query.trigger);
    if (!data.delay.empty()) head.chips.push_back("watermark " + data.delay);
    if (data.query.state == "failed" || data.query.state == "refused") {
        head.empty_title = fmt::format(
            "The query {}", data.query.state == "refused" ? "was refused before its first batch" : "has failed");
        head.empty_text = shortened(data.query.message.substr(0, data.query.message.find('\n')), 220);
    }
    return head;
}

// ---- asking -----------------------------------------------------------------------------------------

namespace {

i64 whole(const lab::Cell& cell) {
    if (const i64* value = std::get_if<i64>(&cell)) return *value;
    if (const double* value = std::get_if<double>(&cell)) return static_cast<i64>(*value);
    return -1;
}
std::string text(const lab::Cell& cell) { return lab::is_null(cell) ? "" : lab::text_of(cell); }
i64 when(const lab::Cell& cell) { return event_time_ms(text(cell)); }

using Row = std::vector<lab::Cell>;

class Asking {
public:
    explicit Asking(const Scene& scene)
        : moment_{&scene.world(), &scene.history(), scene.cursor(), scene.at().branch, scene.at().names} {}
    /// Calls `take` with each row of a query; a query that cannot be asked has none.
    void each(const std::string& sql, auto&& take) {
        const auto table = sql_view_at(moment_).ask(sql);
        if (!table) return;
        for (const Row& row : table->rows) take(row);
    }

private:
    lab::Moment moment_;
};

std::string quoted(std::string_view words) {
    std::string out = "'";
    for (const char c : words) out += c == '\'' ? std::string("''") : std::string(1, c);
    return out + "'";
}

// ---- reading ----------------------------------------------------------------------------------------

/// The query that a list of objects names first; "" = none.
std::string query_among(const std::vector<std::string>& objects) {
    for (const std::string& object : objects)
        if (std::string query = query_of_object(object); !query.empty()) return query;
    return "";
}

/// "query NAME" is selected; else the one that the step points to, else the first that is active, else the first.
void choose(const Scene& scene, Asking& ask, QueryData& data) {
    data.selected = scene.at().desk.selected;
    const std::string selected = query_of_object(data.selected);
    const std::string wanted = selected.empty() ? query_among(scene.spotlight()) : selected;
    ask.each("SELECT name, state, error_class, message, output_mode, trigger, sink, batch_id FROM queries",
             [&](const Row& row) {
                 QueryInfo info{text(row[0]), text(row[1]), text(row[2]), text(row[3]),
                                text(row[4]), text(row[5]), text(row[6]), whole(row[7])};
                 data.names.push_back(info.name);
                 const bool better =
                     data.query.name.empty() || info.name == wanted ||
                     (wanted != data.query.name && data.query.state != "active" && info.state == "active");
                 if (better) data.query = std::move(info);
             });
}

void read_batches(Asking& ask, const std::string& name, QueryData& data) {
    ask.each(
        "SELECT batch_id, kind, trigger_at, ended_at, late_watermark, eviction_watermark, next_watermark, "
        "num_input_rows, num_output_rows, state_rows_total, "
        "state_rows_updated, state_rows_removed, rows_dropped_by_watermark, attempts, committed, latest_offset_ms, "
        "get_batch_ms, query_planning_ms, wal_commit_ms, "
        "add_batch_ms, commit_offsets_ms FROM batches WHERE query = " +
            name + " ORDER BY batch_id",
        [&](const Row& row) {
            BatchInfo batch;
            batch.id = whole(row[0]);
            batch.no_data = text(row[1]) == "no-data";
            batch.trigger_at = whole(row[2]);
            batch.ended_at = whole(row[3]);
            batch.late = when(row[4]);
            batch.evict = when(row[5]);
            batch.next = when(row[6]);
            i64* numbers[] = {&batch.input,         &batch.output,  &batch.state_total, &batch.state_updated,
                              &batch.state_removed, &batch.dropped, &batch.attempts};
            for (std::size_t i = 0; i < std::size(numbers); ++i) *numbers[i] = std::max<i64>(0, whole(row[7 + i]));
            batch.committed = whole(row[14]) == 1;
            i64* spans[] = {&batch.latest_offset, &batch.get_batch, &batch.planning,
                            &batch.wal,           &batch.add_batch, &batch.commit};
            for (std::size_t i = 0; i < std::size(spans); ++i) *spans[i] = std::max<i64>(0, whole(row[15 + i]));
            data.batches.push_back(batch);
        });
}

void read_work(const Scene& scene, Asking& ask, const std::string& name, QueryData& data) {
    ask.each(
        "SELECT batch_id, topic, partition, from_offset, until_offset, task, executor FROM offset_ranges WHERE query "
        "= " +
            name + " ORDER BY batch_id, topic, partition, from_offset",
        [&](const Row& row) {
            data.ranges.push_back({whole(row[0]), text(row[1]), whole(row[2]), whole(row[3]), whole(row[4]),
                                   whole(row[5]), text(row[6])});
        });
    // Plans are worked out for whoever asks: the view that draws one, and until the last batch has its own that of the
    // batch before.
    const auto is_known = [&] {
        return std::ranges::any_of(data.plans, [](const PlanInfo& plan) { return plan.phase == "physical"; });
    };
    const bool drawn = scene.at().desk.view == "Query";
    for (auto batch = data.batches.rbegin();
         drawn && batch != data.batches.rend() && batch - data.batches.rbegin() < 2 && !is_known(); ++batch)
        ask.each(fmt::format("SELECT batch_id, phase, line, depth, operator, detail, rows FROM plans WHERE query = {} "
                             "AND batch_id = {} ORDER BY phase, line",
                             name, batch->id),
                 [&](const Row& row) {
                     data.plans.push_back({whole(row[0]), text(row[1]), whole(row[2]), whole(row[3]), text(row[4]),
                                           text(row[5]), whole(row[6])});
                 });
    ask.each(
        "SELECT batch_id, stage, task, attempt, executor, state, rows, added_at, ended_at, stage_attempt, "
        "shuffle_write_records, shuffle_write_bytes, shuffle_read_records, shuffle_read_bytes, shuffle_remote_bytes "
        "FROM tasks WHERE query = " +
            name + " ORDER BY batch_id, stage, task, stage_attempt, attempt",
        [&](const Row& row) {
            data.tasks.push_back({whole(row[0]), whole(row[1]), whole(row[2]), whole(row[3]), text(row[4]),
                                  text(row[5]), whole(row[6]), whole(row[7]), whole(row[8]), whole(row[9]),
                                  whole(row[10]), whole(row[11]), whole(row[12]), whole(row[13]), whole(row[14])});
        });
}

void read_state(Asking& ask, const std::string& name, QueryData& data) {
    ask.each("SELECT operator, partition, version, key, value, window_start, window_end FROM state WHERE query = " +
                 name + " ORDER BY version, operator, partition, key",
             [&](const Row& row) {
                 data.state.push_back({text(row[0]), whole(row[1]), whole(row[2]), text(row[3]), text(row[4]),
                                       when(row[5]), when(row[6])});
             });
    ask.each("SELECT window_start, window_end, key, value, phase FROM windows WHERE query = " + name +
                 " ORDER BY window_start, window_end, key",
             [&](const Row& row) {
                 data.windows.push_back({when(row[0]), when(row[1]), text(row[2]), text(row[3]), text(row[4])});
             });
    ask.each(
        "SELECT batch_id, offset, event_time, key, window_start, window_end, late_watermark FROM late_rows WHERE query "
        "= " +
            name + " ORDER BY batch_id, offset, window_start",
        [&](const Row& row) {
            data.late_rows.push_back(
                {whole(row[0]), whole(row[1]), when(row[2]), text(row[3]), when(row[4]), when(row[5]), when(row[6])});
        });
}

/// The table tells the latest version only; the one before it stood where the lesson stood last.
void read_state_before(const Scene& scene, const std::string& name, QueryData& data) {
    if (scene.since() == nullptr || data.state.empty()) return;
    const i64 latest = data.state.back().version;
    if (data.state.front().version != latest) return;
    const auto table = sql_view_at(scene.since()->reader.moment()).ask(
        "SELECT operator, partition, version, key, value, window_start, window_end FROM state WHERE query = " + name +
        " ORDER BY operator, partition, key");
    if (!table) return;
    for (const Row& row : table->rows)
        if (whole(row[2]) < latest)
            data.state.push_back(
                {text(row[0]), whole(row[1]), whole(row[2]), text(row[3]), text(row[4]), when(row[5]), when(row[6])});
}

void read_results(Asking& ask, const std::string& name, QueryData& data) {
    ask.each(
        "SELECT batch_id, attempt, row, visible FROM sink_rows WHERE query = " + name + " ORDER BY batch_id, attempt",
        [&](const Row& row) {
            data.sink_rows.push_back({whole(row[0]), whole(row[1]), columns_of_json(text(row[2])), whole(row[3]) == 1});
        });
    ask.each("SELECT path, kind, batch_id, body FROM checkpoint_files WHERE query = " + name + " ORDER BY path",
             [&](const Row& row) {
                 data.files.push_back({text(row[0]), text(row[1]), text(row[3]), whole(row[2])});
             });
}

/// The records behind the offset ranges, from the leader's log.
void read_input(Asking& ask, QueryData& data) {
    std::vector<std::string> topics;
    for (const RangeInfo& range : data.ranges)
        if (std::ranges::find(topics, range.topic) == topics.end()) topics.push_back(range.topic);
    for (const std::string& topic : topics)
        ask.each(
            "SELECT r.partition, r.offset, r.key, r.value, r.timestamp FROM records r JOIN partitions p ON p.topic = "
            "r.topic AND p.partition = r.partition AND p.leader = r.broker "
            "WHERE r.is_control = 0 AND r.topic = " +
                quoted(topic) + " ORDER BY r.partition, r.offset",
            [&](const Row& row) {
                for (const RangeInfo& range : data.ranges)
                    if (range.topic == topic && range.partition == whole(row[0]) && range.from <= whole(row[1]) &&
                        whole(row[1]) < range.until)
                        data.input.push_back({range.batch, topic, whole(row[0]), whole(row[1]), text(row[2]),
                                              text(row[3]), whole(row[4])});
            });
    std::ranges::stable_sort(data.input, {}, &InputInfo::batch);
}

/// The newest offset that a batch was told, by its entry in the offset log; -1 = none.
i64 line_offset(const std::string& body) {
    const std::string last = body.substr(body.rfind('\n') + 1);
    i64 offset = -1;
    const auto [end, error] = std::from_chars(last.data(), last.data() + last.size(), offset);
    return error == std::errc{} && end == last.data() + last.size() ? offset : -1;
}

/// Lines that somebody typed, by the batch whose offsets take them in: a line's offset is its place among all.
void read_typed(Asking& ask, const std::string& name, QueryData& data) {
    std::vector<std::string> lines;
    ask.each("SELECT args FROM inputs WHERE verb = 'type' AND target = " + name + " ORDER BY seq",
             [&](const Row& row) { lines.push_back(text(row[0])); });
    if (lines.empty()) return;
    std::vector<std::pair<i64, i64>> ends;  // batch, offset
    for (const CheckpointInfo& file : data.files)
        if (file.kind == "offsets") ends.emplace_back(file.batch, line_offset(file.body));
    std::ranges::sort(ends);
    i64 next = 0;
    for (const auto& [batch, until] : ends)
        for (; next <= until && next < static_cast<i64>(lines.size()); ++next)
            data.input.push_back({batch, "", 0, next, "", lines[static_cast<std::size_t>(next)], -1});
}

}  // namespace

std::string listed_name(const Scene& scene, const std::string& topic, const std::string& text, i64 event_time) {
    const i64 origin = scene.world().epoch_ms(scene.world().frame->origin);
    const std::string moment = event_time < 0 ? "" : moment_word(event_time, origin);
    if (text.empty() || moment.empty()) return "";
    const std::string name = text + "@" + moment;
    const engine::ListedRecord found = engine::find_listed(scene.world(), name);
    if (found.node == sim::kNoNode) return "";
    const auto& settings = scene.world().nodes[found.node.value].as<engine::client::ProducerNode>().state.settings;
    const std::string& own = settings.records[found.place].topic;
    if ((own.empty() ? settings.topic : own) != topic) return "";
    return name.find_first_of(" ,|") == std::string::npos ? name : fmt::format("'{}'", name);
}

void name_records(const Scene& scene, QueryData& data) {
    for (InputInfo& row : data.input)
        row.record = listed_name(scene, row.topic, row.value.empty() ? row.key : row.value, row.event_time);
}

std::string query_looked_at(const Scene& scene) {
    Asking ask(scene);
    QueryData data;
    choose(scene, ask, data);
    return data.query.name;
}

QueryData read_query(const Scene& scene) {
    QueryData data;
    data.origin = scene.world().epoch_ms(scene.world().frame->origin);
    if (const lab::Lesson* lesson = scene.at().lesson) data.lesson_has_query = !lesson->queries.empty();
    Asking ask(scene);
    choose(scene, ask, data);
    if (data.query.name.empty()) return data;
    const std::string name = quoted(data.query.name);
    read_batches(ask, name, data);
    read_work(scene, ask, name, data);
    read_state(ask, name, data);
    read_state_before(scene, name, data);
    read_results(ask, name, data);
    read_input(ask, data);
    if (data.ranges.empty()) read_typed(ask, name, data);
    if (const lab::KnownQuery known = lab::find_query(scene.reader(), data.query.name)) {
        data.text = known.spec->program.empty() ? known.spec->sql : known.spec->program;
        if (!known.spec->sources.empty()) data.delay = known.spec->sources.front().watermark_delay;
    }
    return data;
}

}  // namespace app
