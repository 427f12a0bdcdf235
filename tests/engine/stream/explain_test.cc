// What programs are told of running queries: refusals when a query starts or first runs, and the plan of its newest
// batch.
#include <catch2/catch_test_macros.hpp>

#include <memory>

#include "engine/dfs/file_store.h"
#include "engine/operators/statement.h"
#include "engine/sql/parser.h"
#include "engine/stream/stream_host.h"
#include "tests/support/text.h"

using namespace engine::spark;
using tests::has;

namespace {

/// A program with two streams of rows, `words` (time, word) and `other` (t, word).
struct PlanStage {
    Session session;
    engine::dfs::MemoryStore store;
    StreamHost host{session, store};
    std::unique_ptr<py::Interpreter> in{new py::Interpreter{session, host}};
    PlanRef words, other;

    PlanStage() {
        session.clock = {"UTC", 0};
        session.shuffle_partitions = 2;
        host.program = in.get();
        py::define_builtins(*in);
        words = stream("words", "timestamp TIMESTAMP, word STRING");
        other = stream("other", "t TIMESTAMP, word STRING");
    }
    PlanRef stream(const std::string& name, const std::string& columns) {
        const PlanRef plan = host.memory_stream(name, *parse_schema(columns));
        in->globals->fields[name] = py::frame_of_analysed(plan);
        session.views[name] = {name, nullptr, plan, {}};
        return plan;
    }
    void add(const PlanRef& to, i64 seconds, const char* word) {
        Builder time(type_of(TypeId::timestamp)), text(type_of(TypeId::string));
        time.add(int_value(seconds * 1'000'000));
        text.add(string_value(word));
        host.memory_source(to->n)->added.push_back({1, {time.finish(), text.finish()}});
    }
    /// Runs a program; its refusal, or that of its query.
    std::string refusal(const std::string& text) {
        in->raised.reset();
        const auto raised = py::run_program(*in, "from pyspark.sql.functions import *\n" + text + "\n");
        if (raised) return raised->error.message;
        host.run_queries();
        for (const auto& q : host.started)
            if (q->failed) return q->cause->message;
        return "";
    }
    std::string explained(bool extended = false) { return host.explained(*host.started.back(), extended); }
};


}  // namespace

TEST_CASE("a query that has read nothing has no plan to explain") {
    PlanStage s;
    CHECK(s.refusal("q = words.writeStream.format('noop').start()").empty());
    CHECK(s.explained() == "No physical plan. Waiting for data.");
}

TEST_CASE("the plan of a counting batch restores, merges and saves its state") {
    PlanStage s;
    s.add(s.words, 1, "a");
    REQUIRE(s.refusal("q = words.groupBy('word').count().writeStream.outputMode('update').format('console').start()")
                .empty());
    const std::string text = s.explained();
    CHECK(has(text, "MicroBatchWrite[epoch: 0, writer: ConsoleWriter[numRows=20, truncate=true]]"));
    CHECK(has(text, "StateStoreSave [word#"));
    CHECK(has(text, "StateStoreRestore [word#"));
    CHECK(has(text, "functions=[merge_count(1)]"));
    CHECK(has(text, "MemoryStreamDataSource"));
    CHECK(has(s.explained(true),
              "WriteToMicroBatchDataSource org.apache.spark.sql.execution.streaming.ConsoleTable$@<hash>"));
}

TEST_CASE("a batch without data reads an empty table below its watermark") {
    PlanStage s;
    s.add(s.words, 1, "a");
    s.add(s.words, 100, "b");
    REQUIRE(s.refusal("q = words.withWatermark('timestamp', '10 seconds').groupBy(window('timestamp', '5 "
                      "seconds')).count().writeStream.format('noop').start()")
                .empty());
    CHECK(has(s.explained(), "EventTimeWatermark timestamp#"));
    CHECK(has(s.explained(), "LocalTableScan <empty>, [timestamp#"));
    CHECK(has(s.explained(), "Append, 0, 90000, 2"));
}

TEST_CASE("two streams joined without equal keys are refused with the batch that would join them") {
    PlanStage s;
    s.add(s.words, 1, "a");
    s.add(s.other, 2, "a");
    const std::string why = s.refusal("q = words.crossJoin(other).writeStream.format('noop').start()");
    CHECK(has(why, "Stream-stream join without equality predicate is not supported.;"));
    CHECK(has(why, "MemoryStreamScanBuilder@<hash>, MemoryStream["));
    CHECK(has(why, ", -1, 0"));
}

TEST_CASE("a constant that cannot be computed fails the first batch, not the start") {
    PlanStage s;
    CHECK(
        s.refusal("q = words.selectExpr(\"element_at(array(1), 0) AS x\").writeStream.format('noop').start()").empty());
    s.add(s.words, 1, "a");
    s.host.run_queries();
    REQUIRE(s.host.started[0]->failed.has_value());
    CHECK(has(s.host.started[0]->failed->message, "[INVALID_INDEX_OF_ZERO]"));
}

TEST_CASE("a window function over a stream is refused by the name of its column") {
    PlanStage s;
    const std::string why = s.refusal(
        "q = words.withColumn('rn', expr('row_number() over (partition by word order by "
        "timestamp)')).writeStream.format('noop').start()");
    CHECK(has(why, "ROW_NUMBER() (as column `rn`)"));
}

TEST_CASE("a pivot of a stream is two aggregates, so that only append takes it") {
    PlanStage s;
    const std::string pivot =
        "words.withWatermark('timestamp', '1 second').groupBy('timestamp').pivot('word', ['a', 'b']).count()";
    CHECK(has(s.refusal("q = " + pivot + ".writeStream.outputMode('update').format('noop').start()"),
              "pivotfirst(word#"));
    CHECK(s.refusal("q = " + pivot + ".writeStream.outputMode('append').format('noop').start()").empty());
}

TEST_CASE("of two names over each other the outer one is the column's") {
    PlanStage s;
    const std::string why =
        s.refusal("r = words.groupBy(window('timestamp', '5 seconds').alias('w')).count().select('window')");
    CHECK(has(why, "[`w`, `count`]"));
    CHECK(has(why, " AS w#"));
    CHECK_FALSE(has(why, " AS window#3 AS w#"));
}

TEST_CASE("metrics that observe() takes are aggregates") {
    PlanStage s;
    CHECK(has(s.refusal("r = words.observe('o', col('word'))"),
              "[INVALID_OBSERVED_METRICS.NON_AGGREGATE_FUNC_ARG_IS_ATTRIBUTE]"));
    CHECK(has(s.refusal("r = words.observe('o', max(max('word')).alias('m'))"),
              "[INVALID_OBSERVED_METRICS.NESTED_AGGREGATES_UNSUPPORTED]"));
    CHECK(s.refusal("r = words.observe('o', max('word').alias('m'))").empty());
}

TEST_CASE("a trigger, a mode and a path that say nothing are refused before anything starts") {
    PlanStage s;
    CHECK(has(s.refusal("q = words.writeStream.trigger(once=False)"), "[VALUE_NOT_TRUE]"));
    CHECK(has(s.refusal("q = words.writeStream.outputMode('')"), "[VALUE_NOT_NON_EMPTY_STR]"));
    CHECK(has(s.refusal("q = words.writeStream.trigger(processingTime='-1 seconds').format('noop').start()"),
              "should not be negative"));
    CHECK(has(s.refusal("q = spark.readStream.format('rate').option('rampUpTime', 'x').load()"),
              "Failed to parse time string: x"));
    CHECK(
        has(s.refusal("q = spark.readStream.schema('a INT').json('')"), "Can not create a Path from an empty string"));
}

TEST_CASE("a pivot leaves what it did not count empty") {
    Session session;
    const auto r = execute(session,
                           "SELECT * FROM VALUES ('x', 'a', 1), ('x', 'a', 2), ('y', 'b', 3) AS t(g, p, v) PIVOT "
                           "(sum(v) FOR p IN ('a', 'b')) ORDER BY g");
    REQUIRE(r.has_value());
    const std::string table = show(session, *r);
    INFO(table);
    CHECK(has(table, "|  x|   3|NULL|"));
    CHECK(has(table, "|  y|NULL|   3|"));
}

TEST_CASE("a time and an interval give a time of the first one's type") {
    Session session;
    const auto r = execute(session,
                           "SELECT typeof('2024-01-01' + INTERVAL 1 DAY) a, typeof(TIMESTAMP_NTZ'2024-01-01 00:00:00' "
                           "+ INTERVAL 1 DAY) b");
    REQUIRE(r.has_value());
    CHECK(has(show(session, *r), "|string|timestamp_ntz|"));
}

TEST_CASE("a streaming frame that no query runs is explained with stores that nobody knows yet") {
    PlanStage s;
    s.host.printed.clear();
    CHECK(s.refusal("words.groupBy('word').count().explain()").empty());
    CHECK(has(s.host.printed, "*(4) HashAggregate(keys=[word#"));
    CHECK(has(s.host.printed, "state info [ checkpoint = <unknown>, runId = "));
    CHECK(has(s.host.printed, "Append, -9223372036854775808, -9223372036854775808, 2"));
    CHECK(has(s.host.printed, "*(1) Project [word#"));
    CHECK(has(s.host.printed, "+- StreamingRelation memory, [timestamp#"));
}

TEST_CASE("an aggregate with a function that is not generated is no part of a stage") {
    PlanStage s;
    s.add(s.words, 1, "a");
    REQUIRE(s.refusal("q = words.groupBy('word').agg(approx_count_distinct('timestamp')).writeStream.outputMode("
                      "'update').format('noop').start()")
                .empty());
    CHECK(has(s.explained(), "\n+- HashAggregate(keys=[word#"));
    CHECK_FALSE(has(s.explained(), ") HashAggregate("));
}

TEST_CASE("what is counted on a condition is counted by making the rest null") {
    PlanStage s;
    s.add(s.words, 1, "a");
    REQUIRE(s.refusal("q = words.groupBy('word').agg(expr('count_if(length(word) > 2)')).writeStream.outputMode("
                      "'update').format('noop').start()")
                .empty());
    const std::string text = s.explained(), from = text.substr(text.find("partial_count("));
    CHECK(has(from, "partial_count(if ((length(word#"));
    CHECK(has(from, ") <= 2)) null else (length(word#"));
}

TEST_CASE("computed keys of a streaming aggregate are columns of the projection that reads the stream") {
    PlanStage s;
    s.add(s.words, 1, "a");
    REQUIRE(
        s.refusal("q = words.groupBy(upper('word')).count().writeStream.outputMode('update').format('noop').start()")
            .empty());
    CHECK(has(s.explained(), "Project [upper(word#"));
    CHECK_FALSE(has(s.explained(), "Project [word#"));
}

TEST_CASE("duplicates are dropped on the columns that anybody reads") {
    PlanStage s;
    s.add(s.words, 1, "a");
    REQUIRE(s.refusal("q = words.dropDuplicates(['word']).groupBy('word').count().writeStream.outputMode('update')."
                      "format('noop').start()")
                .empty());
    CHECK(has(s.explained(), "Project [word#"));
    CHECK_FALSE(has(s.explained(), "Project [timestamp#"));
}

TEST_CASE("a list over sessions is the list of their aggregate") {
    PlanStage s;
    s.add(s.words, 1, "a");
    REQUIRE(s.refusal("q = words.withWatermark('timestamp', '1 second').groupBy(session_window('timestamp', "
                      "'5 seconds'), 'word').count().select('session_window.start', 'word').writeStream.format('noop')"
                      ".start()")
                .empty());
    CHECK_FALSE(has(s.explained(), "Project [session_window#"));
    CHECK(has(s.explained(), "SessionWindowStateStoreSave"));
}
