#include <catch2/catch_test_macros.hpp>

#include <algorithm>

#include "engine/dfs/dfs_node.h"
#include "engine/stream/compiled_query.h"
#include "engine/stream/driver_node.h"
#include "tests/engine/stream/stream_stage.h"

using namespace tests;
using sim::seconds;

namespace {

std::vector<std::string> sorted(std::vector<std::string> rows) {
    std::ranges::sort(rows);
    return rows;
}

/// What a run without faults gives.
std::vector<std::string> undisturbed() {
    Stage stage(word_spec());
    stage.run_to(seconds(40 * 60));
    return sorted(sink_rows(stage));
}

}  // namespace

TEST_CASE(
    "stream: the watermark of a batch is the highest event time less the delay and works from the next batch on") {
    Stage stage(word_spec());
    stage.run_to(seconds(40 * 60));
    REQUIRE(batch(stage, 1) != nullptr);
    CHECK(batch(stage, 0)->input_rows == 0);
    CHECK(engine::spark::moment_text(batch(stage, 1)->next_ms) == "2026-01-05 11:58:00");
    CHECK(batch(stage, 2)->evict_ms == batch(stage, 1)->next_ms);
    CHECK(batch(stage, 3)->late_ms == batch(stage, 2)->evict_ms);
}

TEST_CASE("stream: a closed window comes out once, in a batch without data if none comes") {
    Stage stage(word_spec());
    stage.run_to(seconds(31 * 60));
    const engine::BatchRow* last = batch(stage, committed(stage) - 1);
    REQUIRE(last != nullptr);
    CHECK_FALSE(last->data);
    CHECK(last->state_removed == 3);
    CHECK(sink_rows(stage).size() == 3);
    CHECK(ledger(stage).state_ends.size() == 3);
}

TEST_CASE("stream: a row that is too late is dropped and told with the watermark it was held against") {
    Stage stage(word_spec());
    stage.run_to(seconds(36 * 60));
    const auto& ends = ledger(stage).state_ends;
    REQUIRE(ends.size() == 4);
    CHECK(ends[3].late);
    CHECK(ends[3].key == "donkey");
    CHECK(ends[3].watermark == "2026-01-05 12:11:00");
    CHECK(ends[3].event_time == "2026-01-05 12:04:00");
}

TEST_CASE("stream: a driver that dies at any phase and comes back gives what an undisturbed one gives") {
    const auto expected = undisturbed();
    REQUIRE(expected.size() == 3);
    for (const char* phase : {"before walCommit", "after walCommit", "before addBatch", "during addBatch",
                              "before commitOffsets", "after commitOffsets"}) {
        INFO(phase);
        Stage stage(word_spec());
        stage.run_to(seconds(18 * 60));
        REQUIRE(stage.act(std::string("kill driver at ") + phase).empty());
        stage.run_to(seconds(21 * 60));
        CHECK(stage.state("driver") == sim::HostState::down);
        REQUIRE(stage.act("restart driver").empty());
        stage.run_to(seconds(40 * 60));
        const auto rows = sorted(sink_rows(stage));
        const std::vector<std::string> last(
            rows.end() - static_cast<std::ptrdiff_t>(std::min(rows.size(), expected.size())), rows.end());
        CHECK(last == expected);
    }
}

TEST_CASE("stream: tasks of an executor that dies go to another") {
    Stage stage(word_spec());
    stage.run_to(seconds(14 * 60));
    REQUIRE(stage.act("kill executor 1").empty());
    stage.run_to(seconds(40 * 60));
    CHECK(sorted(sink_rows(stage)) == undisturbed());
}

TEST_CASE("stream: a checkpoint holds an offset log and a commit of every batch, and a delta of every partition") {
    Stage stage(word_spec());
    stage.run_to(seconds(11 * 60));
    const auto& disk = stage.world.nodes[stage.world.find_node("dfs").value].as<engine::dfs::DfsNode>().state;
    for (const char* path : {"metadata", "sources/0/0", "offsets/0", "offsets/1", "commits/0", "commits/1",
                             "state/0/0/1.delta", "state/0/0/2.delta", "state/0/1/1.delta", "state/0/1/2.delta"}) {
        INFO(path);
        CHECK(disk.files.contains(std::string("/checkpoints/counts/") + path));
    }
}

TEST_CASE("stream: a full file system stops the query with the disk's words") {
    Stage stage(word_spec());
    stage.run_to(seconds(9 * 60));
    stage.act("disk dfs full");
    stage.run_to(seconds(16 * 60));
    const auto& run = stage.world.nodes[stage.world.find_node("driver").value]
                          .as<engine::spark::DriverNode>()
                          .state.memory.queries[0];
    CHECK(run.phase == engine::spark::QueryPhase::failed);
    CHECK(run.message.find("No space left on device") != std::string::npos);
}

TEST_CASE("stream: copies of a world run on alike") {
    Stage stage(word_spec());
    stage.run_to(seconds(12 * 60));
    engine::World copy = stage.world;
    for (int i = 0; i < 2000; ++i) {
        engine::step(stage.world, engine::nobody());
        engine::step(copy, engine::nobody());
    }
    CHECK(engine::hash(copy) == engine::hash(stage.world));
}
