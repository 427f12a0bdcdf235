// What a sink holds when a batch was begun twice, what its tasks read and write, and what Spark refuses at start.
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <set>

#include "engine/dfs/dfs_node.h"
#include "tests/engine/stream/stream_stage.h"

using namespace tests;
using engine::spark::DriverNode;
using engine::spark::QueryPhase;
using sim::seconds;
using sim::u64;

namespace {

/// Words of the stage as key and value, batch by batch on call.
engine::WorldSpec copy_spec(std::string sink, engine::spark::NamedTexts options) {
    engine::WorldSpec spec = word_spec();
    spec.topics.push_back({"out", 1, 1, {}, {}});
    engine::spark::QuerySpec& query = spec.spark.queries.front();
    query.sources.front().watermark_column.clear();
    query.sql = "SELECT CAST(value AS STRING) AS key, CAST(value AS STRING) AS value FROM source";
    query.trigger = "manual";
    query.sink = std::move(sink);
    query.sink_options = std::move(options);
    return spec;
}

/// Batch 0 with the words of the first 20 minutes (five rows, three words), its driver killed when the sink had taken
/// it, and begun again.
void kill_after_sink(Stage& stage) {
    stage.run_to(seconds(20 * 60));
    REQUIRE(stage.act("kill driver at after addBatch").empty());
    REQUIRE(stage.act("trigger counts").empty());
    stage.pass(seconds(10));
    REQUIRE(stage.state("driver") == sim::HostState::down);
    REQUIRE(stage.act("restart driver").empty());
    stage.pass(seconds(10));
    REQUIRE(stage.act("trigger counts").empty());
    stage.pass(seconds(10));
    REQUIRE(batch(stage, 0) != nullptr);
    REQUIRE(batch(stage, 0)->committed);
    CHECK(batch(stage, 0)->attempts == 2);
}

const engine::dfs::DfsState& files(const Stage& stage) {
    return stage.world.nodes[stage.world.find_node("dfs").value].as<engine::dfs::DfsNode>().state;
}

u64 files_below(const Stage& stage, const std::string& folder) {
    u64 n = 0;
    for (const auto& [path, content] : files(stage).files) n += path.starts_with(folder) ? 1 : 0;
    return n;
}

const engine::spark::QueryRun& last_query(const Stage& stage) {
    return stage.world.nodes[stage.world.find_node("driver").value].as<DriverNode>().state.memory.queries.back();
}

}  // namespace

TEST_CASE("stream: a file sink skips a batch that its manifest names") {
    Stage stage(copy_spec("json", {{"path", "/words"}}));
    kill_after_sink(stage);
    CHECK(sink_rows(stage).size() == 5);
    CHECK(batch(stage, 0)->input_rows == 0);
    CHECK(files_below(stage, "/words/_spark_metadata/") == 1);
    const auto* manifest = files(stage).files.find("/words/_spark_metadata/0");
    REQUIRE(manifest != nullptr);
    for (const auto& [path, content] : files(stage).files)
        if (path.starts_with("/words/part-")) CHECK((*manifest)->bytes.find(path + "\"") != std::string::npos);
}

TEST_CASE("stream: a Kafka sink sends the records of a batch that is begun again once more") {
    Stage stage(copy_spec("kafka", {{"topic", "out"}}));
    kill_after_sink(stage);
    u64 acked = 0;
    for (u64 i = 0; i < stage.history.sends.size(); ++i)
        if (stage.world.card(stage.history.sends[i].message.producer).name.starts_with("executor")) ++acked;
    CHECK(acked == 10);
    CHECK(sink_rows(stage).size() == 10);
}

TEST_CASE("stream: foreach adds the rows of a batch that is begun again once more, unless it skips what it has seen") {
    Stage twice(copy_spec("foreach", {}));
    kill_after_sink(twice);
    CHECK(sink_rows(twice).size() == 10);
    Stage once(copy_spec("foreach", {{"skipSeen", "true"}}));
    kill_after_sink(once);
    CHECK(sink_rows(once).size() == 5);
    CHECK(files_below(once, "/tables/counts/") == 2);  // one call a partition of the topic
}

TEST_CASE("stream: foreachBatch with a key keeps the newest row of each") {
    Stage stage(copy_spec("foreachBatch", {{"key", "key"}}));
    kill_after_sink(stage);
    CHECK(files_below(stage, "/tables/counts/") == 3);
    for (u64 i = 0; i < ledger(stage).sink_rows.size(); ++i)
        CHECK(ledger(stage).sink_rows[i].keeps == engine::SinkKeeps::newest_of_key);
}

TEST_CASE("stream: minPartitions cuts the range of a partition, and one executor reads its parts side by side") {
    engine::WorldSpec spec = copy_spec("console", {});
    spec.topics.front().partitions = 1;
    for (auto& record : spec.producers.front().records) record.partition = 0;
    spec.spark.executors = 1;
    spec.spark.cores = 4;
    spec.spark.queries.front().sources.front().options.emplace_back("minPartitions", "3");
    Stage stage(spec);
    stage.run_to(seconds(20 * 60));
    REQUIRE(stage.act("trigger counts").empty());
    stage.pass(seconds(10));
    std::set<sim::i64> begins;
    for (u64 i = 0; i < ledger(stage).tasks.size(); ++i) begins.insert(ledger(stage).tasks[i].from);
    CHECK(begins.size() == 3);
    CHECK(sink_rows(stage).size() == 5);
}

TEST_CASE("stream: what a sink cannot take is refused before any batch") {
    Stage stage(copy_spec("console", {}));
    stage.run_to(seconds(10));
    REQUIRE(stage.act("submit mine like counts sink.format=json sink.path=/mine output_mode=update").empty());
    CHECK(last_query(stage).message == "Data source json does not support Update output mode.");
    CHECK(last_query(stage).phase == QueryPhase::failed);
    CHECK(last_query(stage).compiled.query == nullptr);
    REQUIRE(stage.act("submit other like counts sink.format=kafka").empty());
    CHECK(last_query(stage).compiled.query != nullptr);
    CHECK(last_query(stage).message.find("topic option required") != std::string::npos);
}

TEST_CASE("stream: a stream is joined with a static table of the lesson") {
    engine::WorldSpec spec = copy_spec("console", {});
    spec.spark.tables = {{"kinds", {"word STRING", "legs INT"}, {{"'dog'", "'4'"}, {"'owl'", "'2'"}}}};
    spec.spark.queries.front().sql =
        "SELECT word, legs FROM (SELECT CAST(value AS STRING) AS w FROM source) JOIN kinds ON w = word";
    Stage stage(spec);
    stage.run_to(seconds(10 * 60));
    REQUIRE(stage.act("trigger counts").empty());
    stage.pass(seconds(10));
    auto rows = sink_rows(stage);
    std::ranges::sort(rows);
    CHECK(rows == std::vector<std::string>{"{\"word\":\"dog\",\"legs\":4}", "{\"word\":\"owl\",\"legs\":2}"});
}

TEST_CASE("stream: a submitted query survives its driver and has a checkpoint of its own") {
    Stage stage(copy_spec("console", {}));
    stage.run_to(seconds(20 * 60));
    REQUIRE(stage.act("submit mine like counts trigger=default").empty());
    stage.pass(seconds(10));
    CHECK(sink_rows(stage).size() == 5);
    CHECK(stage.act("submit mine like counts") == "the query takes that not now");
    CHECK(stage.act("submit third like counts colour=blue").starts_with("'colour=blue' is no word of a query"));
    CHECK(stage.act("submit third like nobody") == "there is no query 'nobody'");
    REQUIRE(stage.act("kill driver").empty());
    REQUIRE(stage.act("restart driver").empty());
    stage.run_to(seconds(40 * 60));
    CHECK(sink_rows(stage).size() == 8);
    CHECK(files_below(stage, "/checkpoints/mine/commits/") >= 2);
}

TEST_CASE("kafka sink: a row names its topic, its partition and its headers, and another query reads them back") {
    engine::WorldSpec spec = copy_spec("kafka", {});
    spec.topics.push_back({"even", 3, 1, {}, {}});
    spec.spark.queries.front().sql =
        "SELECT CAST(NULL AS STRING) AS key, value, CASE WHEN offset % 2 = 0 THEN 'even' ELSE 'out' END AS topic, "
        "CASE WHEN offset % 2 = 0 THEN 2 END AS partition, array(named_struct('key', 'from', 'value', "
        "CAST(CAST(offset AS STRING) AS BINARY))) AS headers FROM source";
    engine::spark::QuerySpec reader = spec.spark.queries.front();
    reader.name = "reader";
    reader.sources = {{"",
                       "kafka",
                       {{"subscribe", "even,out"}, {"startingOffsets", "earliest"}, {"includeHeaders", "true"}},
                       "",
                       ""}};
    reader.sql =
        "SELECT topic, partition, key IS NULL AS keyless, CAST(value AS STRING) AS value, headers[0].key AS name, "
        "CAST(headers[0].value AS STRING) AS origin FROM source ORDER BY topic";
    reader.sql.resize(reader.sql.find(" ORDER BY"));
    reader.sink = "memory";
    spec.spark.queries.push_back(reader);
    Stage stage(spec);
    stage.run_to(seconds(20 * 60));
    REQUIRE(stage.act("trigger counts").empty());
    stage.pass(seconds(10));
    REQUIRE(stage.act("trigger reader").empty());
    stage.pass(seconds(10));
    std::vector<std::string> rows;
    for (u64 i = 0; i < ledger(stage).sink_rows.size(); ++i)
        if (ledger(stage).sink_rows[i].query == "reader") rows.push_back(ledger(stage).sink_rows[i].row);
    REQUIRE(rows.size() == 5);
    for (const std::string& row : rows) {
        INFO(row);
        CHECK(row.find("\"keyless\":true") != std::string::npos);
        CHECK(row.find("\"name\":\"from\"") != std::string::npos);
        const bool even = row.find("\"topic\":\"even\"") != std::string::npos;
        CHECK((row.find("\"partition\":2") != std::string::npos) == even);
        CHECK((row.find("\"origin\":\"1\"") == std::string::npos) == even);
    }
}

TEST_CASE("kafka sink: a row without a topic ends the query with Spark's words") {
    engine::WorldSpec spec = copy_spec("kafka", {});
    spec.spark.queries.front().sql = "SELECT value, CAST(NULL AS STRING) AS topic FROM source";
    Stage stage(spec);
    stage.run_to(seconds(20 * 60));
    REQUIRE(stage.act("trigger counts").empty());
    stage.pass(seconds(10));
    CHECK(last_query(stage).phase == QueryPhase::failed);
    CHECK(last_query(stage).message.find("null topic present in the data. Use the topic option for setting a default "
                                         "topic.") != std::string::npos);
}

TEST_CASE("kafka sink: columns of other types are refused in the order in which Spark looks at them") {
    const auto message = [](const std::string& columns, engine::spark::NamedTexts options = {{"topic", "out"}}) {
        engine::WorldSpec spec = copy_spec("kafka", std::move(options));
        spec.spark.queries.front().sql = "SELECT " + columns + " FROM source";
        Stage stage(spec);
        stage.run_to(seconds(60));
        return last_query(stage).message;
    };
    CHECK(message("value, offset AS partition")
              .find("partition attribute unsupported type bigint. partition must be a(n) int") != std::string::npos);
    CHECK(message("value, 'x' AS headers").find("headers attribute unsupported type string. headers must be a(n) "
                                                "array<struct<key:string,value:binary>>") != std::string::npos);
    CHECK(message("value, offset AS topic", {})
              .find("topic attribute unsupported type bigint. topic must be a(n) string") != std::string::npos);
    CHECK(message("value, offset AS topic").empty());
    CHECK(message("offset AS key, partition AS other")
              .find("key attribute unsupported type bigint. key must be a(n) string or binary") != std::string::npos);
    CHECK(message("CAST(value AS STRING) AS text").find("Required attribute 'value' not found.") != std::string::npos);
}
