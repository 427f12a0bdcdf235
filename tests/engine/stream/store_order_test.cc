// In which order rows reach stores and leave them. What is expected stands in checkpoints that Spark 3.5.7 wrote for
// the same programs and rows, with two shuffle partitions.
#include <catch2/catch_test_macros.hpp>

#include <memory>

#include "engine/dfs/file_store.h"
#include "engine/operators/statement.h"
#include "engine/plan/unsafe_row.h"
#include "engine/sql/parser.h"
#include "engine/stream/state_file.h"
#include "engine/stream/stream_host.h"

using namespace engine::spark;

namespace {

constexpr i64 kDay = 1704067200;  // 2024-01-01, in seconds

Value at(i64 seconds) { return int_value((kDay + seconds) * 1'000'000); }
Value text(const char* s) { return string_value(s); }

/// A program over streams of rows, with a checkpoint.
struct Program {
    Session session;
    engine::dfs::MemoryStore store;
    StreamHost host{session, store};
    std::unique_ptr<py::Interpreter> in{new py::Interpreter{session, host}};
    std::map<std::string, PlanRef> streams;

    explicit Program(const std::vector<std::pair<std::string, std::string>>& memory) {
        session.clock = {"UTC", 0};
        session.shuffle_partitions = 2;
        host.program = in.get();
        host.checkpoint = "/c";
        py::define_builtins(*in);
        for (const auto& [name, columns] : memory) {
            streams[name] = host.memory_stream(name, *parse_schema(columns));
            in->globals->fields[name] = py::frame_of_analysed(streams[name]);
        }
    }
    /// Rows that come together, and the batches that they lead to.
    void add(const std::string& name, const std::vector<Values>& rows) {
        Batch b{.rows = static_cast<i64>(rows.size()), .columns = {}};
        for (std::size_t c = 0; c < streams[name]->output.size(); ++c) {
            Builder column(streams[name]->output[c]->type, b.rows);
            for (const Values& row : rows) column.add(row[c]);
            b.columns.push_back(column.finish());
        }
        host.memory_source(streams[name]->n)->added.push_back(std::move(b));
        host.run_queries();
    }
    void run(const std::string& program) {
        const auto raised = py::run_program(*in, "from pyspark.sql.functions import *\n" + program + "\n");
        REQUIRE_FALSE(raised);
    }
    /// What became of a store's keys in one version: one field of each.
    std::string field(const std::string& file, const std::vector<DataType>& key, std::size_t field) {
        const auto changes = read_state_file(store.read("/c/state/" + file).value_or(""));
        REQUIRE(changes);
        std::string out;
        for (const StateChange& c : *changes) {
            const Value v = from_unsafe_row(c.key, key)->at(field);
            const std::string shown = v.null ? "null" : v.s.empty() ? std::to_string(v.i) : v.s;
            out += (out.empty() ? "" : " ") + shown + (c.value ? "" : "-");
        }
        return out;
    }
};

const std::pair<std::string, std::string> kOrderedWords = {"words", "timestamp TIMESTAMP, word STRING"};
const std::pair<std::string, std::string> kNums = {"nums", "t TIMESTAMP, k STRING, v INT"};
const DataType kText = type_of(TypeId::string), kWhole = type_of(TypeId::integer), kLong = type_of(TypeId::bigint),
               kTime = type_of(TypeId::timestamp);
const DataType kWindow = struct_type({{"start", kTime, true}, {"end", kTime, true}});

}  // namespace

TEST_CASE("groups whose key holds a null are given after the others, where keys go into the generated map") {
    Program p({kNums});
    p.run("q = nums.cube('k').agg(sum('v').alias('s')).writeStream.outputMode('update').format('noop').start()");
    p.add("nums", {{at(1), text("a"), int_value(1)}, {at(2), text("b"), int_value(5)}});
    CHECK(p.field("0/1/1.delta", {kText, kLong}, 0) == "b null");
}

TEST_CASE("rows without duplicates reach the operator above task by task") {
    Program p({kOrderedWords});
    p.run(
        "q = words.withWatermark('timestamp', '10 seconds').dropDuplicates(['word', 'timestamp']).groupBy("
        "window('timestamp', '10 seconds')).count().writeStream.format('noop').start()");
    p.add("words", {{at(1), text("a")}, {at(3), text("b")}, {at(4), text("a")}});
    p.add("words", {{at(12), text("a")}, {at(2), text("c")}});
    // c's task comes before a's, so that its window does.
    CHECK(p.store.read("/c/state/0/0/3.delta").has_value());
    const auto changes = read_state_file(*p.store.read("/c/state/0/0/3.delta"));
    REQUIRE(changes->size() == 2);
    const auto start = [&](std::size_t i) {
        return items_of(from_unsafe_row((*changes)[i].key, {kWindow})->at(0))[0].i;
    };
    CHECK(start(0) == at(0).i);
    CHECK(start(1) == at(10).i);
}

TEST_CASE("keys that share a bucket of a store leave it in the order in which they came") {
    Program p({kOrderedWords});
    p.run(
        "q = words.withWatermark('timestamp', '10 seconds').dropDuplicates(['word', 'timestamp']).groupBy("
        "window('timestamp', '10 seconds')).count().writeStream.format('noop').start()");
    p.add("words", {{at(1), text("a")}, {at(3), text("b")}, {at(4), text("a")}});
    p.add("words", {{at(12), text("a")}, {at(2), text("c")}});
    p.add("words", {{at(31), text("b")}});
    CHECK(p.field("1/1/6.delta", {kText, kTime}, 0) == "b- a-");
}

TEST_CASE("joined rows reach the operator above task by task") {
    Program p({{"impressions", "adId INT, impTime TIMESTAMP"}, {"clicks", "clickAdId INT, clickTime TIMESTAMP"}});
    p.run(
        "i = impressions.withWatermark('impTime', '10 seconds')\n"
        "c = clicks.withWatermark('clickTime', '20 seconds')\n"
        "j = i.join(c, expr('clickAdId = adId AND clickTime >= impTime AND clickTime <= impTime + interval 30 "
        "seconds'))\n"
        "q = j.groupBy(window('impTime', '1 minute'), 'adId').count().writeStream.format('noop').start()");
    p.add("impressions", {{int_value(1), at(10)}, {int_value(2), at(12)}, {null_value(), at(13)}});
    p.add("clicks", {{int_value(1), at(20)}, {int_value(1), at(21)}, {int_value(7), at(22)}});
    p.add("impressions", {{int_value(1), at(19)}, {int_value(9), at(60)}});
    p.add("clicks", {{int_value(9), at(65)}, {int_value(2), at(13)}, {int_value(8), at(100)}});
    CHECK(p.field("0/0/5.delta", {kWindow, kWhole}, 1) == "2 9");
}

TEST_CASE("a row that leaves from the last place of its key is not written there again first") {
    const std::string columns = "t TIMESTAMP, v INT";
    Program p({{"a", columns}, {"b", columns}});
    p.run(
        "x = a.withWatermark('t', '10 seconds').selectExpr('t AS ta', 'v % 2 AS ka', 'v AS va')\n"
        "y = b.withWatermark('t', '10 seconds').selectExpr('t AS tb', 'v % 2 AS kb', 'v AS vb')\n"
        "on = expr('ka = kb AND tb >= ta - interval 5 seconds AND tb <= ta + interval 5 seconds')\n"
        "q = x.join(y, on, 'fullOuter').writeStream.format('noop').start()");
    const auto row = [](i64 seconds, i64 v) { return Values{at(seconds), int_value(v)}; };
    p.add("a", {row(1, 1), row(2, 3), row(3, 5), row(4, 2)});
    p.add("b", {row(5, 7), row(9, 9), row(30, 11)});
    p.add("a", {row(40, 13)});
    p.add("b", {row(41, 15), row(20, 4)});
    p.add("a", {row(120, 1)});
    // In Spark's file a row that matched in the same batch stands before these.
    CHECK(p.field("0/1/left-keyWithIndexToValue/5.delta", {kWhole, kLong}, 1) == "0- 0 3- 1 2- 1-");
}

TEST_CASE("a watermark over a watermark is noticed once there is one to hand on") {
    Program p({kOrderedWords});
    p.run(
        "q = words.withWatermark('timestamp', '10 seconds').withWatermark('timestamp', '1 second').groupBy("
        "window('timestamp', '5 seconds')).count().writeStream.format('noop').start()");
    p.add("words", {{at(1), text("a")}, {at(3), text("b")}, {at(4), text("a")}});
    CHECK(p.store.exists("/c/commits/0"));
    CHECK_FALSE(p.store.exists("/c/offsets/1"));
    REQUIRE(p.host.started[0]->failed);
    CHECK(p.host.started[0]->failed->message.find("Redefining watermark is disallowed.") != std::string::npos);
}

TEST_CASE("a progress tells the event times of the first watermark that saw rows") {
    Program p({kOrderedWords});
    p.run(
        "x = words.withWatermark('timestamp', '5 seconds')\n"
        "u = x.where(\"word = 'a'\").union(x.where(\"word = 'b'\")).union(x.selectExpr('timestamp', \"'all' AS "
        "word\"))\n"
        "q = u.groupBy(window('timestamp', '10 seconds'), 'word').count().writeStream.format('noop').start()");
    p.add("words", {{at(1), text("a")}, {at(3), text("b")}, {at(4), text("a")}});
    REQUIRE_FALSE(p.host.started[0]->driver->history.empty());
    const EventTimeStats& told = p.host.started[0]->driver->history.front().event_time;
    CHECK(told.min == (kDay + 1) * 1000);
    CHECK(told.max == (kDay + 4) * 1000);
    CHECK(told.average() == (kDay * 1000) + 2500);
}
