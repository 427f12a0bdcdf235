// Queries that a lesson gives as programs.
#include <catch2/catch_test_macros.hpp>

#include "engine/stream/program_query.h"
#include "tests/engine/stream/stream_stage.h"

using namespace tests;
using engine::spark::QuerySpec;
using sim::seconds;

namespace {

constexpr const char* kProgram = R"(
from pyspark.sql import SparkSession
from pyspark.sql.functions import col, window
spark = SparkSession.builder.appName("words").getOrCreate()
words = (spark.readStream.format("kafka").option("kafka.bootstrap.servers", "broker-1:9092")
         .option("subscribe", "words").option("startingOffsets", "earliest").load())
counts = (words.withWatermark("timestamp", "10 minutes")
          .groupBy(window(col("timestamp"), "10 minutes"), col("value").cast("string").alias("word")).count())
query = (counts.writeStream.outputMode("append").format("console")
         .trigger(processingTime="5 minutes").start())
query.awaitTermination()
)";

engine::WorldSpec program_spec(const std::string& program) {
    engine::WorldSpec spec = word_spec();
    QuerySpec query;
    query.name = "counts";
    query.program = program;
    take_program_words(spec.spark, query);
    spec.spark.queries = {query};
    return spec;
}

}  // namespace

TEST_CASE("program: what it tells readStream and writeStream becomes the query") {
    const QuerySpec query = program_spec(kProgram).spark.queries[0];
    REQUIRE(query.sources.size() == 1);
    CHECK(query.sources[0].format == "kafka");
    CHECK(query.sink == "console");
    CHECK(query.output_mode == "append");
    CHECK(query.trigger == "processingTime 5 minutes");
}

TEST_CASE("program: it runs on the cluster as the same query in SQL does") {
    Stage sql(word_spec()), program(program_spec(kProgram));
    sql.run_to(seconds(40 * 60));
    program.run_to(seconds(40 * 60));
    CHECK(sink_rows(sql).size() == 3);
    CHECK(sink_rows(program) == sink_rows(sql));
    CHECK(committed(program) == committed(sql));
    const auto& tasks = ledger(program).tasks;
    bool shuffled = false;
    for (sim::u64 i = 0; i < tasks.size(); ++i) shuffled = shuffled || tasks[i].written_bytes > 0;
    CHECK(shuffled);
}

TEST_CASE("program: its exception refuses the query when it starts") {
    const auto message = [](const std::string& program) {
        Stage stage(program_spec(program));
        stage.run_to(seconds(60));
        const auto& run = stage.world.nodes[stage.world.find_node("driver").value]
                              .as<engine::spark::DriverNode>()
                              .state.memory.queries[0];
        CHECK(run.phase == engine::spark::QueryPhase::failed);
        return run.message;
    };
    std::string unknown = kProgram;
    unknown.replace(unknown.find("col(\"value\")"), 12, "col(\"worth\")");
    CHECK(message(unknown).find("UNRESOLVED_COLUMN") != std::string::npos);
    CHECK(message("x = 1") == "The program starts no query.");
    std::string rows = kProgram;
    rows.replace(rows.find(".format(\"console\")"), 18, ".foreach(lambda r: print(r))");
    CHECK(message(rows) == "Functions of a program are not called in the cluster.");
}

TEST_CASE("program: a submitted query may bring another one") {
    Stage stage(word_spec());
    stage.run_to(seconds(60));
    std::string program = kProgram;
    program.replace(program.find("\"append\""), 8, "\"update\"");
    const std::string why = stage.act("submit mine like counts program='" + program + "'");
    CHECK(why == "");
    stage.run_to(seconds(40 * 60));
    sim::u64 mine = 0;
    for (sim::u64 i = 0; i < ledger(stage).sink_rows.size(); ++i)
        mine += ledger(stage).sink_rows[i].query == "mine" ? 1 : 0;
    CHECK(mine == 7);
}
