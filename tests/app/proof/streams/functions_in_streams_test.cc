// Functions, folders, listeners and refusals in streams, with what Spark 3.5.7 answered.
#include <catch2/catch_test_macros.hpp>

#include "tests/app/proof/streams/played.h"

using namespace tests;

namespace {

constexpr const char* kNumbers = R"({"memory": {"nums": "t TIMESTAMP, k STRING, v INT"}})";
constexpr const char* kThree =
    R"({"add": {"nums": [["2024-01-01 00:00:01", "a", 1], ["2024-01-01 00:00:02", "b", 5], ["2024-01-01 00:00:03", "a", 2]]}})";
constexpr const char* kTwoMore =
    R"({"add": {"nums": [["2024-01-01 00:00:04", "a", 9], ["2024-01-01 00:00:04", "b", 5]]}})";

std::string grouped(const std::string& call) {
    return "q = nums.groupBy('k').agg(" + call +
           ".alias('n')).writeStream.outputMode('update').format('console').option('truncate', False).start()\n";
}

}  // namespace

TEST_CASE("different values are counted on over batches by their sketch") {
    PlayedProgram p(kNumbers, grouped("approx_count_distinct('v')"));
    CHECK(holds(p.feed(kThree), "|a  |2  |"));
    const std::string told = p.feed(kTwoMore);
    CHECK(holds(told, "|a  |3  |"));
    CHECK(holds(told, "|b  |1  |"));
    CHECK(holds(p.file("state/0/0/_metadata/schema"),
                R"({"name":"MS[51]","type":"long","nullable":true,"metadata":{}})"));
}

TEST_CASE("moments and pairs of numbers go on from what a batch before left") {
    PlayedProgram parts(kNumbers, grouped("skewness('v')")), pairs(kNumbers, grouped("covar_pop('v', col('v') * 2)"));
    for (PlayedProgram* p : {&parts, &pairs}) p->feed(kThree);
    const std::string moments = parts.feed(kTwoMore);
    INFO(moments);
    CHECK(holds(moments, "|a  |0.66546886612383"));
    CHECK(holds(pairs.feed(kTwoMore), "|a  |25.33333333333333"));
    CHECK(holds(pairs.file("state/0/0/_metadata/schema"),
                R"({"name":"ck","type":"double","nullable":false,"metadata":{}})"));
}

TEST_CASE("lists that a group collects are kept as bytes and read back") {
    PlayedProgram list(kNumbers, grouped("collect_list('v')")), set(kNumbers, grouped("collect_set('v')"));
    for (PlayedProgram* p : {&list, &set}) {
        p->feed(kThree);
        CHECK(holds(p->file("state/0/0/_metadata/schema"),
                    R"({"name":"buf","type":"binary","nullable":true,"metadata":{}})"));
    }
    list.run.restart();
    CHECK(holds(list.feed(kTwoMore), "|a  |[1, 2, 9]|"));
    CHECK(holds(set.feed(kTwoMore), "|b  |[5]"));
}

TEST_CASE("a listener is told of a query's start, its batches and its end") {
    PlayedProgram p(kNumbers, R"(
from pyspark.sql.streaming import StreamingQueryListener
log = []
class L(StreamingQueryListener):
    def onQueryStarted(self, event): log.append(["started", event.name])
    def onQueryProgress(self, event):
        p = event.progress
        log.append(["progress", p.batchId, p.numInputRows, p.sink.numOutputRows, [o.numRowsTotal for o in p.stateOperators]])
    def onQueryIdle(self, event): log.append(["idle"])
    def onQueryTerminated(self, event): log.append(["terminated", event.exception])
spark.streams.addListener(L())
q = nums.groupBy("k").count().writeStream.queryName("lq").outputMode("update").format("console").start()
)");
    p.feed(kThree);
    p.run.in->raised.reset();
    (void)engine::spark::py::run_program(*p.run.in, "q.stop()\n");
    CHECK(engine::spark::json_of(p.run.in->globals->fields["log"]) ==
          R"([["started","lq"],["idle"],["progress",0,3,2,[2]],["terminated",null]])");
}

TEST_CASE("two watermarks over each other, and two event times in one row, end a query") {
    const std::string window =
        "groupBy(window('timestamp', '5 seconds')).count().writeStream.format('console').start()\n";
    PlayedProgram twice(kWords,
                 "q = words.withWatermark('timestamp', '10 seconds').withWatermark('timestamp', '1 second')." + window);
    PlayedProgram two(kTwo,
               "i = impressions.withWatermark('impTime', '10 seconds').select('adId', window('impTime', '30 "
               "seconds').alias('w'))\n"
               "c = clicks.withWatermark('clickTime', '10 seconds').select(col('clickAdId').alias('adId'), "
               "window('clickTime', '30 seconds').alias('w'), 'clickTime')\n"
               "q = i.join(c, ['adId', 'w'], 'left_outer').writeStream.format('console').start()\n");
    twice.feed(R"({"add": {"words": [["2024-01-01 00:00:10", "a", 1]]}})");
    two.feed(R"({"add": {"impressions": [[1, "2024-01-01 00:00:10"]]}})");
    REQUIRE(twice.run.failure());
    CHECK(holds(twice.run.failure()->message, "Redefining watermark is disallowed."));
    REQUIRE(two.run.failure());
    CHECK(holds(masked_numbers(two.run.failure()->message), "event time columns: (w#n-T10000ms,clickTime#n-T10000ms)"));
}

TEST_CASE("a stream joined with itself reads the same exchange twice") {
    PlayedProgram p(kWords,
             "x = words.withWatermark('timestamp', '10 seconds').select(col('word').alias('w1'), "
             "col('timestamp').alias('t1'))\n"
             "y = words.withWatermark('timestamp', '10 seconds').select(col('word').alias('w2'), "
             "col('timestamp').alias('t2'))\n"
             "q = x.join(y, expr('w1 = w2 AND t2 > t1 AND t2 <= t1 + interval 20 "
             "seconds')).writeStream.format('console').start()\n");
    p.feed(R"({"add": {"words": [["2024-01-01 00:00:10", "a", 1]]}})");
    CHECK(
        holds(masked_numbers(p.plan()), "+- ReusedExchange [w2#n, t2#n-T10000ms], Exchange hashpartitioning(w1#n, 2)"));
}

TEST_CASE("folders of a stream of files are columns") {
    PlayedProgram p(
        "{}",
        "s = spark.readStream.schema('v INT, day STRING').csv('/data/in')\n"
        "q = s.groupBy('day').agg(sum('v').alias('s')).writeStream.outputMode('complete').format('console').start()\n");
    CHECK(holds(p.feed(R"({"files": {"day=mon/1.csv": "1\n2\n"}})"), "|mon|  3|"));
    CHECK(holds(p.feed(R"({"files": {"day=tue/1.csv": "5\n"}})"), "|tue|  5|"));
}

TEST_CASE("a key of a rollup keeps the name that it was given") {
    PlayedProgram p(kNumbers,
             "q = nums.rollup('k', "
             "col('v').alias('x')).agg(count('*').alias('n')).writeStream.outputMode('complete').format('console')."
             "start()\n");
    CHECK(holds(p.feed(kThree), "|   k|   x|  n|"));
}
