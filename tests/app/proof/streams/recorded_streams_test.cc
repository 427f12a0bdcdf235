// Small programs with what Spark 3.5.7 answered to them: plans, progress, checkpoints, consoles.
#include <catch2/catch_test_macros.hpp>

#include "tests/app/proof/streams/played.h"

using namespace tests;

namespace {

std::string joined_on(const std::string& condition, const std::string& kind) {
    return "i = impressions.withWatermark('impTime', '10 seconds')\nc = clicks.withWatermark('clickTime', '20 "
           "seconds')\n"
           "q = i.join(c, expr(\"" +
           condition + "\"), '" + kind + "').writeStream.format('console').option('truncate', False).start()\n";
}

constexpr const char* kRange =
    "clickAdId = adId AND clickTime >= impTime AND clickTime <= impTime + interval 30 seconds";
constexpr const char* kFirst =
    R"({"add": {"impressions": [[1, "2024-01-01 00:00:10"], [null, "2024-01-01 00:00:12"]]}})";
constexpr const char* kSecond = R"({"add": {"clicks": [[1, "2024-01-01 00:00:15"], [null, "2024-01-01 00:00:20"]]}})";

}  // namespace

TEST_CASE("a number compared with a column of a join bounds its state to seconds after 1970") {
    PlayedProgram p(kTwo, joined_on(std::string(kRange) + " AND adId > 1", "leftOuter"));
    p.feed(kFirst);
    p.feed(R"({"add": {"clicks": [[7, "2024-01-01 00:05:00"]]}})");
    p.feed(R"({"add": {"impressions": [[8, "2024-01-01 00:05:00"]]}})");
    CHECK(holds(p.plan(), "left value predicate: (impTime#"));
    CHECK(holds(p.plan(), " <= 1000000), right value predicate: (clickTime#"));
}

TEST_CASE("a side of a join that nothing bounds is printed as null") {
    PlayedProgram p(kTwo, joined_on("clickAdId = adId AND clickTime >= impTime", "inner"));
    p.feed(kFirst);
    CHECK(holds(p.plan(), "state cleanup [ left = null, right value predicate: "));
}

TEST_CASE("nulls of both sides match in a full outer join of streams and in no other") {
    PlayedProgram full(kTwo, joined_on(kRange, "fullOuter")), inner(kTwo, joined_on(kRange, "inner"));
    full.feed(kFirst);
    inner.feed(kFirst);
    CHECK(holds(full.feed(kSecond), "|NULL|2024-01-01 00:00:12|NULL     |2024-01-01 00:00:20|"));
    CHECK_FALSE(holds(inner.feed(kSecond), "NULL"));
}

TEST_CASE("what is said of one key of a join is asked of the other") {
    PlayedProgram p(kTwo, joined_on(std::string(kRange) + " AND adId > 1", "inner"));
    p.feed(R"({"add": {"impressions": [[1, "2024-01-01 00:00:10"]]}})");
    p.feed(R"({"add": {"clicks": [[1, "2024-01-01 00:00:15"], [2, "2024-01-01 00:00:16"]]}})");
    const OrderedJson progress = p.run.progress();
    CHECK(progress.back().at("stateOperators").at(0).at("numRowsTotal") == 1);
}

TEST_CASE("a filter that stands over its source is not asked of the other side") {
    PlayedProgram p(
        kTwo,
        "i = impressions.filter('adId > 1').withWatermark('impTime', '10 seconds')\n"
        "c = clicks.withWatermark('clickTime', '20 seconds')\n"
        "q = i.join(c, expr('clickAdId = adId AND clickTime >= impTime')).writeStream.format('console').start()\n");
    p.feed(R"({"add": {"clicks": [[1, "2024-01-01 00:00:15"], [2, "2024-01-01 00:00:16"]]}})");
    CHECK(p.run.progress().back().at("stateOperators").at(0).at("numRowsTotal") == 2);
}

TEST_CASE("a source that is read twice has two lines in the log and counts its rows twice") {
    PlayedProgram p(
        kWords,
        "q = words.union(words).groupBy('word').count().writeStream.outputMode('update').format('console').start()\n");
    p.feed(R"({"add": {"words": [["2024-01-01 00:00:10", "a", 1]]}})");
    CHECK(p.file("offsets/0").ends_with("}\n0\n0"));
    CHECK(p.run.progress().back().at("numInputRows") == 2);
    CHECK(p.run.progress().back().at("sources").size() == 1);
    p.run.restart();
    CHECK(holds(p.feed(R"({"add": {"words": [["2024-01-01 00:00:10", "a", 1]]}})"), "|   a|    4|"));
}

TEST_CASE("available-now takes one batch of a source without an end") {
    PlayedProgram p("{}", "r = spark.readStream.format('rate-micro-batch').option('rowsPerBatch', 5).load()\n"
                   "q = r.writeStream.format('console').trigger(availableNow=True).start()\nq.awaitTermination()\n");
    CHECK(p.file("commits/0") != "");
    CHECK(p.file("commits/1") == "");
    p.run.restart();
    CHECK(p.file("commits/1") != "");
    CHECK(p.file("commits/2") == "");
}

TEST_CASE("a memory sink that appends does not go on from a checkpoint") {
    PlayedProgram p(kWords, "q = words.select('word').writeStream.queryName('m').format('memory').start()\n");
    p.feed(R"({"add": {"words": [["2024-01-01 00:00:10", "a", 1]]}})");
    p.run.restart();
    REQUIRE(p.run.raised);
    CHECK(p.run.raised->error.message ==
          "This query does not support recovering from checkpoint location. Delete /checkpoint/offsets to start over.");
}

TEST_CASE("a batch without data observes nothing") {
    PlayedProgram p(kWords,
             "q = words.withWatermark('timestamp', '1 second').observe('o', "
             "count('*').alias('n')).groupBy(window('timestamp', "
             "'5 seconds')).count().writeStream.format('console').start()\n");
    p.feed(R"({"add": {"words": [["2024-01-01 00:00:10", "a", 1]]}})");
    const OrderedJson progress = p.run.progress();
    CHECK(progress.back().at("numInputRows") == 0);
    CHECK_FALSE(progress.back().contains("observedMetrics"));
    CHECK(progress.at(progress.size() - 2).at("observedMetrics").at("o").at("n") == 1);
}

TEST_CASE("a function of batches that asks twice has the batch computed twice") {
    PlayedProgram twice(kWords,
                 "def f(df, n):\n    df.count()\n    df.show()\nq = words.writeStream.foreachBatch(f).start()\n");
    PlayedProgram never(kWords, "def f(df, n):\n    pass\nq = words.writeStream.foreachBatch(f).start()\n");
    PlayedProgram state(kWords,
                 "def f(df, n):\n    df.count()\n    df.show()\n"
                 "q = words.groupBy('word').count().writeStream.outputMode('update').foreachBatch(f).start()\n");
    const std::string rows = R"({"add": {"words": [["2024-01-01 00:00:10", "a", 1]]}})";
    for (PlayedProgram* p : {&twice, &never, &state}) p->feed(rows);
    CHECK(twice.run.progress().back().at("numInputRows") == 2);
    CHECK(never.run.progress().back().at("numInputRows") == 0);
    CHECK(state.run.progress().back().at("numInputRows") == 1);
    CHECK(state.run.progress().back().at("stateOperators").at(0).at("numRowsTotal") == 2);
}

TEST_CASE("groups whose buffers cannot change in place are saved by key") {
    PlayedProgram p(kWords,
             "q = "
             "words.groupBy('v').agg(max('word').alias('m')).writeStream.outputMode('complete').format('console')."
             "start()\n");
    const std::string told =
        p.feed(R"({"add": {"words": [["2024-01-01 00:00:10", "x", 3], ["2024-01-01 00:00:10", "y", 1]]}})");
    CHECK(holds(p.plan(), "SortAggregate(key=[v#"));
    CHECK(holds(told, "|  1|  y|"));
}

TEST_CASE("plans of streams print as Spark prints them") {
    PlayedProgram cube(kWords,
                "q = words.cube('word', 'v').count().writeStream.outputMode('update').format('console').start()\n");
    PlayedProgram limit(kWords, "q = words.limit(2).selectExpr('v * 2 AS d').writeStream.format('console').start()\n");
    PlayedProgram text(kWords,
                "q = words.select(to_json(struct('word')).alias('j'), expr(\"word LIKE "
                "'a%'\").alias('l')).writeStream.format('console').start()\n");
    PlayedProgram many(
        kWords,
        "q = words.select(explode_outer(split('word', ' ')).alias('w')).writeStream.format('console').start()\n");
    for (PlayedProgram* p : {&cube, &limit, &text, &many})
        p->feed(R"({"add": {"words": [["2024-01-01 00:00:10", "a", 1]]}})");
    CHECK(holds(masked_numbers(cube.plan()),
                "Expand [[word#n, v#n, 0], [word#n, null, 1], [null, v#n, 2], [null, null, 3]]"));
    CHECK(holds(limit.plan(), "+- StreamingGlobalLimit 2"));
    CHECK(holds(masked_numbers(limit.plan()), "LocalLimit 2\n         +- *(1) Project [(v#n * 2) AS d#n]"));
    CHECK(holds(masked_numbers(text.plan()),
                "+- Project [to_json(struct(word, word#n), Some(UTC)) AS j#n, StartsWith(word#n, a) AS l#n]"));
    CHECK(holds(many.plan(), "Generate explode(split("));
}
