#include <catch2/catch_test_macros.hpp>

#include <algorithm>

#include "engine/model/stream_facts.h"
#include "engine/stream/driver_node.h"
#include "engine/stream/executor_node.h"
#include "engine/stream/shuffle_write.h"
#include "tests/engine/stream/stream_stage.h"

using namespace tests;
using engine::StreamFact;
using engine::TaskRow;
using sim::millis;
using sim::seconds;

namespace {

/// The words on one partition, so that one executor maps them all, and links that take their time.
engine::WorldSpec spec_with(std::vector<std::pair<std::string, std::string>> conf = {}) {
    engine::WorldSpec spec = word_spec();
    spec.topics[0].partitions = 1;
    for (auto& record : spec.producers[0].records) record.partition = 0;
    spec.link.latency = millis(20);
    for (auto& each : conf) spec.spark.conf.push_back(std::move(each));
    return spec;
}

std::vector<std::string> in_order(std::vector<std::string> rows) {
    std::ranges::sort(rows);
    return rows;
}

std::vector<std::string> shuffled_whole() {
    Stage stage(spec_with());
    stage.run_to(seconds(40 * 60));
    return in_order(sink_rows(stage));
}

/// The last word on each task attempt of a batch.
std::vector<TaskRow> tasks_of(const Stage& stage, sim::i64 batch_id) {
    std::vector<TaskRow> out;
    const auto& rows = ledger(stage).tasks;
    for (sim::u64 i = 0; i < rows.size(); ++i) {
        if (rows[i].batch_id != batch_id) continue;
        const auto old = std::ranges::find_if(out, [&](const TaskRow& t) { return engine::is_same_task(t, rows[i]); });
        if (old == out.end()) out.push_back(rows[i]);
        else *old = rows[i];
    }
    return out;
}

sim::u64 facts(const Stage& stage, StreamFact kind) {
    sim::u64 n = 0;
    for (sim::u64 i = 0; i < stage.history.facts.size(); ++i)
        if (engine::kind_of(stage.history.facts[i].fact) == engine::kind_of(kind)) ++n;
    return n;
}

const engine::spark::QueryRun& run_of(const Stage& stage) {
    return stage.world.nodes[stage.world.find_node("driver").value]
        .as<engine::spark::DriverNode>()
        .state.memory.queries[0];
}

const engine::spark::Executor& executor(const Stage& stage, const char* name) {
    return stage.world.nodes[stage.world.find_node(name).value].as<engine::spark::ExecutorNode>().state;
}

/// Runs to the moment at which the reduce tasks of a batch have just been given out.
void run_to_reduce(Stage& stage, sim::i64 batch_id) {
    stage.run_to(seconds(9 * 60));
    for (int i = 0; i < 1'000'000; ++i) {
        const auto& run = run_of(stage);
        if (run.work.row.batch_id == batch_id && run.work.stage == 1) return;
        stage.pass(millis(2));
    }
    FAIL("the batch has no reduce tasks");
}

struct Sums {
    sim::i64 written = 0, written_bytes = 0, read = 0, read_bytes = 0, remote = 0;
};

Sums sums_of(const Stage& stage, sim::i64 batch_id) {
    Sums s;
    for (const TaskRow& t : tasks_of(stage, batch_id)) {
        if (t.state != engine::TaskState::finished) continue;
        s.written += std::max<sim::i64>(0, t.written_records);
        s.written_bytes += std::max<sim::i64>(0, t.written_bytes);
        s.read += std::max<sim::i64>(0, t.read_records);
        s.read_bytes += std::max<sim::i64>(0, t.read_bytes);
        s.remote += std::max<sim::i64>(0, t.remote_bytes);
    }
    return s;
}

}  // namespace

TEST_CASE("shuffle: what the map tasks of a batch write is what its reduce tasks read, some of it from afar") {
    Stage stage(spec_with());
    stage.run_to(seconds(40 * 60));
    sim::i64 remote = 0;
    for (sim::i64 b = 0; b < committed(stage); ++b) {
        INFO("batch " << b);
        const Sums s = sums_of(stage, b);
        CHECK(s.written == s.read);
        CHECK(s.written_bytes == s.read_bytes);
        CHECK(s.remote <= s.read_bytes);
        remote += s.remote;
    }
    CHECK(remote > 0);
}

TEST_CASE("shuffle: blocks are gone from the executors when their batch is committed") {
    Stage stage(spec_with());
    run_to_reduce(stage, 1);
    CHECK(executor(stage, "executor 1").memory.blocks.outputs->size() +
              executor(stage, "executor 2").memory.blocks.outputs->size() >
          0);
    stage.pass(seconds(30));
    REQUIRE(committed(stage) == 2);
    CHECK(executor(stage, "executor 1").memory.blocks.outputs->empty());
    CHECK(executor(stage, "executor 2").memory.blocks.outputs->empty());
}

TEST_CASE("shuffle: an executor that dies between map and reduce costs its map tasks again, and no row") {
    Stage stage(spec_with());
    run_to_reduce(stage, 1);
    REQUIRE(stage.act("kill executor 1").empty());
    stage.pass(seconds(60));
    CHECK(facts(stage, StreamFact::blocks_lost) == 1);
    CHECK(facts(stage, StreamFact::fetch_failed) >= 1);
    CHECK(facts(stage, StreamFact::stage_retried) == 2);
    const auto tasks = tasks_of(stage, 1);
    CHECK(std::ranges::any_of(tasks, [](const TaskRow& t) { return t.stage == 0 && t.stage_attempt == 1; }));
    stage.run_to(seconds(40 * 60));
    CHECK(in_order(sink_rows(stage)) == shuffled_whole());
}

TEST_CASE(
    "shuffle: a cut between two executors is felt after the network's timeout, and heals with the stage's next run") {
    Stage stage(spec_with({{"spark.network.timeout", "10s"}}));
    run_to_reduce(stage, 1);
    REQUIRE(stage.act("partition executor 1 | executor 2").empty());
    stage.pass(seconds(30));
    CHECK(run_of(stage).phase == engine::spark::QueryPhase::add_batch);
    CHECK(facts(stage, StreamFact::fetch_failed) == 0);
    stage.pass(seconds(40));
    CHECK(facts(stage, StreamFact::fetch_failed) >= 1);
    REQUIRE(stage.act("heal").empty());
    stage.run_to(seconds(40 * 60));
    CHECK(in_order(sink_rows(stage)) == shuffled_whole());
}

TEST_CASE("shuffle: a stage whose fetches fail in four attempts ends the query with Spark's words") {
    Stage stage(spec_with({{"spark.network.timeout", "5s"}, {"spark.shuffle.io.maxRetries", "1"}}));
    run_to_reduce(stage, 1);
    REQUIRE(stage.act("partition executor 1 | executor 2").empty());
    stage.pass(seconds(200));
    const auto& run = run_of(stage);
    CHECK(run.phase == engine::spark::QueryPhase::failed);
    CHECK(run.message.find("has failed the maximum allowable number of times: 4") != std::string::npos);
    CHECK(run.message.find("FetchFailedException") != std::string::npos);
    CHECK(facts(stage, StreamFact::stage_retried) == 6);
}

TEST_CASE("shuffle: a thin link between executors makes the fetch wait, and the batch with it") {
    const auto wait_of = [](const char* line) {
        Stage stage(spec_with());
        stage.run_to(seconds(5 * 60));
        if (*line != 0) REQUIRE(stage.act(line).empty());
        stage.run_to(seconds(14 * 60));
        sim::i64 most = 0;
        for (const TaskRow& t : tasks_of(stage, 1)) most = std::max(most, t.fetch_wait_ms);
        return most;
    };
    const sim::i64 quick = wait_of("");
    CHECK(wait_of("link executor 1 -> executor 2 bandwidth 100") > quick + 1000);
    CHECK(wait_of("link executor 1 -> executor 2 latency 1500ms") > quick + 1000);
}

TEST_CASE("shuffle: a frequent key makes the task of its partition read most of the rows") {
    engine::WorldSpec spec = spec_with();
    spec.spark.queries[0].sql =
        "SELECT session_window(timestamp, '5 minutes') AS span, key AS word, count(*) AS count FROM source GROUP BY "
        "session_window(timestamp, '5 minutes'), key";
    for (auto& record : spec.producers[0].records) record.key = record.value;
    for (int i = 0; i < 60; ++i) {
        engine::RecordSpec hot = spec.producers[0].records[0];
        hot.at = seconds(8 * 60) + millis(i);
        spec.producers[0].records.push_back(hot);
    }
    std::ranges::stable_sort(spec.producers[0].records, {}, &engine::RecordSpec::at);
    Stage stage(spec);
    stage.run_to(seconds(14 * 60));
    std::vector<sim::i64> read;
    for (const TaskRow& t : tasks_of(stage, 1))
        if (t.stage == 1) read.push_back(std::max<sim::i64>(0, t.read_records));
    REQUIRE(read.size() == 2);
    CHECK(std::ranges::max(read) >= 61);
    CHECK(std::ranges::min(read) <= 1);
    CHECK(read[0] + read[1] == 62);
}

TEST_CASE("shuffle: copies of a world with a fetch under way run on alike") {
    Stage stage(spec_with());
    run_to_reduce(stage, 1);
    stage.pass(millis(30));
    REQUIRE(executor(stage, "executor 2").memory.blocks.fetches.size() == 1);
    engine::World copy = stage.world;
    for (int i = 0; i < 500; ++i) {
        engine::step(stage.world, engine::nobody());
        engine::step(copy, engine::nobody());
    }
    CHECK(engine::hash(copy) == engine::hash(stage.world));
}

TEST_CASE("shuffle: orders, statuses and programs are read as they were written") {
    using namespace engine::spark;
    TaskOrder order;
    order.blocks = {{3, sim::NodeId{5}, 7, 99}};
    order.input = "rows";
    order.shuffles = true;
    const auto again = read_order(*to_frame(order));
    REQUIRE(again.has_value());
    CHECK(again->blocks[0].executor == sim::NodeId{5});
    CHECK(again->blocks[0].bytes == 99);
    TaskStatus status;
    status.error = "gone";
    status.fetch_failed = true;
    status.lost_map = 4;
    status.written = {{1, 2, 3}};
    const auto told = read_status(*to_frame(status));
    REQUIRE(told.has_value());
    CHECK(told->lost_map == 4);
    CHECK(told->written[0].bytes == 3);
    QueryProgram program{2, {{"a", "b"}}, {}, word_spec().spark.queries[0]};
    const auto read = read_program(*to_frame(program));
    REQUIRE(read.has_value());
    CHECK(read->spec.sql == program.spec.sql);
    CHECK(read->spec.sources[0].watermark_delay == "10 minutes");
}
