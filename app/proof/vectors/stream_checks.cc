// Spark's vectors of refusals and of timing: each plan is written as a program and checked; what a trigger took is told
// by a clock that the source and the sink move.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "app/proof/vectors/values.h"
#include "engine/model/json.h"
#include "engine/plan/outputs.h"
#include "engine/pyspark/interpreter.h"
#include "engine/sql/parser.h"
#include "engine/stream/progress.h"
#include "engine/stream/sinks.h"
#include "engine/stream/stream_check.h"
#include "engine/stream/stream_host.h"

namespace app::proof::vectors {
namespace {

namespace spark = engine::spark;

// ---- refusals -----------------------------------------------------------------------------------

/// A plan in the vectors' words, and programs that leave it in `r`. What Python cannot write stands in lines of its
/// own: `%groups map|append|update none|processing|event [marked]`, `%command name`, over `r`.
struct Written {
    const char* plan;
    std::vector<const char*> programs;
};

const std::string kWindowed =
    "r = words.withWatermark('timestamp', '10 seconds').groupBy(window('timestamp', '5 seconds')).count()\n";
const std::string kJoined =
    "a = words.withWatermark('timestamp', '10 seconds')\nb = other.withWatermark('t', '5 seconds')\n";

std::string lines(const std::string& text) {
    if (text.starts_with("WINDOWED")) return kWindowed + text.substr(8);
    return text.starts_with("JOINED") ? kJoined + text.substr(6) : text;
}

const std::vector<Written> kWritten = {
    {"batch query over a streaming source", {"words.collect()"}},
    {"streaming query without a streaming source", {"r = static"}},
    {"command inside a streaming plan", {"r = words\n%command CreateTable"}},
    {"aggregation without watermark", {"r = words.groupBy('word').count()"}},
    {"aggregation with watermark on a key", {"WINDOWED"}},
    {"no aggregation", {"r = words.select('word')"}},
    {"count(distinct) on a stream", {"r = words.groupBy('word').agg(countDistinct('timestamp'))"}},
    {"flatMapGroupsWithState(Update)", {"r = words\n%groups update none"}},
    {"flatMapGroupsWithState(Append)", {"r = words\n%groups append none"}},
    {"flatMapGroupsWithState(Update) after an aggregation", {"WINDOWED%groups update none"}},
    {"two flatMapGroupsWithState, one of them Update", {"r = words\n%groups append none\n%groups update none"}},
    {"mapGroupsWithState", {"r = words\n%groups map none"}},
    {"two mapGroupsWithState", {"r = words\n%groups map none\n%groups map none"}},
    {"mapGroupsWithState over flatMapGroupsWithState", {"r = words\n%groups append none\n%groups map none"}},
    {"mapGroupsWithState with EventTimeTimeout, no watermark", {"r = words\n%groups map event"}},
    {"mapGroupsWithState with EventTimeTimeout and watermark",
     {"r = words.withWatermark('timestamp', '10 seconds')\n%groups map event"}},
    {"stream-stream inner join", {"r = words.join(other, 'word')"}},
    {"stream-stream left/right/full outer or left semi join under an aggregation",
     {"JOINEDr = a.join(b, 'word', 'left_outer').groupBy('word').count()",
      "JOINEDr = a.join(b, 'word', 'right_outer').groupBy('word').count()",
      "JOINEDr = a.join(b, 'word', 'full_outer').groupBy('word').count()",
      "JOINEDr = a.join(b, 'word', 'left_semi').groupBy('word').count()"}},
    {"full outer join stream x static", {"r = words.join(static, 'word', 'full_outer')"}},
    {"full outer join static x stream", {"r = static.join(words, 'word', 'full_outer')"}},
    {"left outer / left semi / left anti join static x stream",
     {"r = static.join(words, 'word', 'left_outer')", "r = static.join(words, 'word', 'left_semi')",
      "r = static.join(words, 'word', 'left_anti')"}},
    {"left outer / left semi / left anti join stream x static",
     {"r = words.join(static, 'word', 'left_outer')", "r = words.join(static, 'word', 'left_semi')",
      "r = words.join(static, 'word', 'left_anti')"}},
    {"left anti join stream x stream", {"r = words.join(other, 'word', 'left_anti')"}},
    {"right outer join stream x static", {"r = words.join(static, 'word', 'right_outer')"}},
    {"right outer join static x stream", {"r = static.join(words, 'word', 'right_outer')"}},
    {"outer/semi stream-stream join, equality on a non-watermarked column only",
     {"JOINEDr = a.join(b, 'word', 'left_outer')", "JOINEDr = a.join(b, 'word', 'right_outer')",
      "JOINEDr = a.join(b, 'word', 'full_outer')", "JOINEDr = a.join(b, 'word', 'left_semi')"}},
    {"outer/semi stream-stream join, equality on a column watermarked on either one side",
     {"JOINEDr = a.join(other, expr('timestamp = t'), 'left_outer')",
      "JOINEDr = words.join(b, expr('timestamp = t'), 'left_outer')",
      "JOINEDr = a.join(other, expr('timestamp = t'), 'right_outer')",
      "JOINEDr = words.join(b, expr('timestamp = t'), 'full_outer')",
      "JOINEDr = a.join(other, expr('timestamp = t'), 'left_semi')"}},
    {"left outer stream-stream join with left > right_with_watermark + 10",
     {"JOINEDr = words.join(b, expr('timestamp > t + interval 10 seconds'), 'left_outer')"}},
    {"left outer stream-stream join with left < right_with_watermark + 10",
     {"JOINEDr = words.join(b, expr('timestamp < t + interval 10 seconds'), 'left_outer')"}},
    {"cogroup with any streaming side", {"r = words\n%command cogroup"}},
    {"union of stream and static", {"r = words.select('word').union(static.select('word'))"}},
    {"except with a streaming right side",
     {"r = static.select('word').exceptAll(words.select('word'))",
      "r = words.select('word').exceptAll(other.select('word'))"}},
    {"except stream - static", {"r = words.select('word').exceptAll(static.select('word'))"}},
    {"intersect with any streaming side",
     {"r = words.select('word').intersect(static.select('word'))",
      "r = static.select('word').intersect(words.select('word'))"}},
    {"sort on a raw stream", {"r = words.orderBy('word')"}},
    {"sort after aggregation", {"r = words.groupBy('word').count().orderBy('count')"}},
    {"sort before aggregation", {"r = words.orderBy('word').groupBy('word').count()"}},
    {"sample on a stream", {"r = words.sample(0.5)"}},
    {"analytic (non-time) window function",
     {"r = words.withColumn('n', expr('row_number() over (partition by word order by timestamp)'))"}},
    {"monotonically_increasing_id()", {"r = words.select(monotonically_increasing_id())"}},
    {"two chained aggregations", {"WINDOWEDr = r.groupBy(window('window', '10 seconds')).count()"}},
    {"event-time-timeout flatMapGroupsWithState followed by an aggregation",
     {"r = words.withWatermark('timestamp', '10 seconds')\n%groups append event marked\n"
      "r = r.groupBy('timestamp').count()"}},
    {"processing-time-timeout flatMapGroupsWithState followed by an aggregation",
     {"r = words.withWatermark('timestamp', '10 seconds')\n%groups append processing marked\n"
      "r = r.groupBy('timestamp').count()"}},
    {"aggregation (update) followed by dedup on an event-time column", {"WINDOWEDr = r.dropDuplicates(['window'])"}},
    {"aggregation (update) followed by dedup on another column", {"WINDOWEDr = r.dropDuplicates(['count'])"}},
    {"stream-stream time-interval join followed by an aggregation",
     {"JOINEDr = a.join(b.withColumnRenamed('word', 'w'), expr('word = w AND t >= timestamp AND t <= timestamp + "
      "interval 5 seconds')).select('timestamp').groupBy(window('timestamp', '5 seconds')).count()"}},
};

struct Table {
    spark::Session session;
    engine::dfs::MemoryStore store;
    spark::StreamHost host{session, store};
    spark::py::Interpreter in{session, host};

    Table() {
        session.clock = {"UTC", 0};
        host.program = &in;
        spark::py::define_builtins(in);
        for (const auto& [name, ddl] : {std::pair{"words", "timestamp TIMESTAMP, word STRING"},
                                        std::pair{"other", "t TIMESTAMP, word STRING"}})
            in.globals->fields[name] =
                spark::py::frame_of_analysed(host.memory_stream(name, *spark::parse_schema(ddl)));
        (void)spark::py::run_program(in,
                                     "from pyspark.sql.functions import *\n"
                                     "static = spark.createDataFrame([('a', 1)], 'word STRING, n INT')\n");
    }

    spark::PlanRef result() { return in.globals->fields["r"].object->plan; }

    /// A line that stands for what has no Python.
    void apply(const std::string& line) {
        const auto has = [&](const char* word) { return line.find(word) != std::string::npos; };
        spark::Plan p;
        p.kind = spark::PlanKind::command;
        p.children = {result()};
        p.resolved = true;
        p.output = spark::output_of(*result());
        if (line.starts_with("%command ")) {
            p.name = line.substr(9);
        } else {
            p.name = "groups with state";
            p.parts = {"running_count", has(" event") ? "event" : has(" processing") ? "processing" : "none",
                       has(" map") ? "map" : has(" append") ? "append" : "update"};
            p.groups = {p.output[0]};
            if (!has(" marked"))
                for (spark::ExprRef& c : p.output) c = spark::edit(c, [](spark::Expr& e) { e.watermark_ms = -1; });
        }
        in.globals->fields["r"] = spark::py::frame_of_analysed(spark::make(std::move(p)));
    }

    /// The refusal of a program in a mode; none if it may start.
    std::optional<spark::QueryError> refusal(const std::string& program, const std::string& mode) {
        std::string rest = lines(program) + "\n";
        for (std::size_t end = rest.find('\n'); end != std::string::npos; end = rest.find('\n')) {
            const std::string line = rest.substr(0, end);
            rest.erase(0, end + 1);
            if (line.starts_with("%")) apply(line);
            else if (const auto raised = spark::py::run_program(in, line)) return raised->error;
        }
        const auto parsed = spark::parse_mode(mode);
        return parsed ? spark::stream_refusal(result(), *parsed) : std::nullopt;
    }
};

std::string lower(std::string s) {
    for (char& c : s)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    return s;
}

/// Names of error classes: Spark 3.5 has none on these refusals, the vectors are of 4.x.
bool class_name(const std::string& s) {
    return s.find('_') != std::string::npos &&
           std::all_of(s.begin(), s.end(), [](char c) { return (c >= 'A' && c <= 'Z') || c == '_' || c == '.'; });
}

bool mentions(const std::string& message, const std::string& wanted) {
    if (wanted == "error") return true;
    if (wanted == "global watermark correctness")
        return mentions(message, "global watermark") && mentions(message, "correctness");
    std::string rest = wanted;
    for (std::size_t bar = rest.find(" | "); bar != std::string::npos; bar = rest.find(" | ")) {
        if (mentions(message, rest.substr(0, bar))) return true;
        rest.erase(0, bar + 3);
    }
    // The words in their order: 3.5 says more between them than 4.x, whose texts the vectors quote.
    const std::string text = lower(message);
    std::size_t at = 0;
    for (rest = lower(rest) + " "; !rest.empty() && at != std::string::npos; rest.erase(0, rest.find(' ') + 1)) {
        const std::string word = rest.substr(0, rest.find(' '));
        at = text.find(word, at);
        if (at != std::string::npos) at += word.size();
    }
    return at != std::string::npos;
}

std::vector<std::string> modes_of(const std::string& text) {
    std::vector<std::string> out;
    for (const char* mode : {"append", "update", "complete"})
        if (text.find(mode) != std::string::npos) out.emplace_back(mode);
    if (out.empty()) out.emplace_back("-");
    return out;
}

void analysis_errors(const Json& v, Verdict& verdict) {
    for (const Json& c : v.at("cases")) {
        const std::string plan = c.at("plan").get<std::string>();
        const auto it = std::ranges::find_if(kWritten, [&](const Written& w) { return plan == w.plan; });
        if (it == kWritten.end()) {
            verdict.not_built("a program for: " + plan);
            continue;
        }
        for (const std::string& mode : modes_of(c.at("outputMode").get<std::string>()))
            for (const char* program : it->programs) {
                Table table;
                const auto got = table.refusal(program, mode);
                const std::string where = fmt::format("{} ({}): {}", plan, mode, program);
                if (c.at("expect") == "ok") {
                    verdict.same(where + " is accepted",
                                 got ? where + " is refused: " + got->message : where + " is accepted");
                    continue;
                }
                for (const Json& m : c.at("expect").at("errorMentions")) {
                    const std::string wanted = m.get<std::string>();
                    const bool said =
                        got && (mentions(got->message, wanted) || (class_name(wanted) && got->error_class.empty()));
                    verdict.same(
                        where + " says " + wanted,
                        said ? where + " says " + wanted : where + (got ? " says " + got->message : " is accepted"));
                }
            }
    }
}

// ---- timing -------------------------------------------------------------------------------------

/// Takes time when it is asked for its end and when it is read.
struct SlowSource final : spark::StreamSource {
    i64& now;
    i64 ask_ms, read_ms;
    spark::MemorySource kept;

    SlowSource(i64& clock, i64 ask, i64 read) : now(clock), ask_ms(ask), read_ms(read) {}
    std::string latest(const std::string& committed, bool limited) override {
        now += ask_ms;
        return kept.latest(committed, limited);
    }
    std::expected<std::vector<spark::Batch>, spark::QueryError> rows(const std::string& from,
                                                                     const std::string& to) override {
        now += read_ms;
        return kept.rows(from, to);
    }
    void commit(const std::string&) override {}
    [[nodiscard]] std::string description() const override { return "SlowSource"; }
    [[nodiscard]] std::string newest() const override { return kept.newest(); }
};

struct SlowSink final : spark::StreamSink {
    i64& now;
    i64 task_ms;

    SlowSink(i64& clock, i64 task) : now(clock), task_ms(task) {}
    std::expected<bool, spark::QueryError> add(i64, const spark::Rows&) override {
        now += task_ms;
        return true;
    }
    [[nodiscard]] std::string description() const override { return "SlowSink"; }
};

Json progress_json(const spark::StreamDriver& driver) {
    const spark::QueryIdentity who{driver.id, "run", "", "SlowSink", {"SlowSource"}};
    return engine::must_read_json<Json>(spark::json_of(spark::progress_of(who, driver.history.back())));
}

/// One batch: `rows` rows at `start`.
Json batch_at(spark::StreamDriver& driver, SlowSource& source, i64& now, i64 start, i64 rows) {
    now = start;
    spark::Batch batch{.rows = rows, .columns = {spark::sized_column(spark::type_of(spark::TypeId::bigint), rows)}};
    source.kept.added.push_back(std::move(batch));
    const auto ran = driver.trigger(now);
    if (!ran || !*ran) return Json::object();
    Json got = progress_json(driver);
    for (const char* key : {"startOffset", "endOffset"}) {
        const Json& offset = got.at("sources").at(0).at(key);
        got[key] = offset.is_null() ? offset : Json(engine::json_text(offset));
    }
    return got;
}

void progress_timing(const Json& v, Verdict& verdict) {
    const Json& setup = v.at("setup");
    i64 now = 0;
    spark::Session session;
    engine::dfs::MemoryStore store;
    const auto plan = spark::prepare_stream(
        session, spark::stream_relation("memory", *spark::parse_schema("value BIGINT"), 0, session.ids),
        spark::OutputMode::append);
    if (!plan) return verdict.same("a plan", plan.error().message);
    auto source = std::make_shared<SlowSource>(now, setup.at("latestOffsetMs").get<i64>(),
                                               setup.at("planInputPartitionsMs").get<i64>());
    spark::StreamDriver driver{.session = session,
                               .plan = *plan,
                               .conf = {},
                               .sources = {source},
                               .sink = std::make_shared<SlowSink>(now, setup.at("taskMs").get<i64>()),
                               .checkpoint = store,
                               .folder = "/checkpoint",
                               .id = "q"};
    driver.clock = [&] { return now; };
    verdict.same(true, driver.recover().has_value());
    const i64 first = setup.at("batch0StartMs").get<i64>();
    verdict.same(v.at("batch0"), batch_at(driver, *source, now, first, setup.at("rowsBatch0").get<i64>()));
    Json wanted = v.at("batch1");
    wanted.erase("startMs");
    verdict.same(wanted, batch_at(driver, *source, now, v.at("batch1").at("startMs").get<i64>(),
                                  setup.at("rowsBatch1").get<i64>()));
}

constexpr Category kStreamCheckCategories[] = {{"analysis_errors", analysis_errors}, {"progress_timing", progress_timing}};

}  // namespace

std::span<const Category> stream_check_categories() { return kStreamCheckCategories; }

}  // namespace app::proof::vectors
