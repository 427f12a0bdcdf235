// Questions about streaming queries: each with a run in which the answer is yes, one in which it is no, and something
// that lies near and is not the cause.
#include <catch2/catch_test_macros.hpp>

#include "engine/world_spec.h"
#include "tests/app/view_model/asked.h"
#include "tests/engine/stream/stream_stage.h"

using tests::ask;
using tests::Asked;
using tests::Told;
using sim::seconds;

namespace {

engine::World streaming_world(engine::WorldSpec spec) {
    const auto world = engine::build_world(spec);
    REQUIRE(world);
    return *world;
}

/// The watermark lesson's words; the query is called `counts`.
struct Words {
    Words() : told(streaming_world(tests::word_spec())) {}
    Told told;
    void pass_minutes(int minutes) { told.orders().pass(seconds(minutes * 60)); }
    void act(const char* line) { told.act(line); }
    bool committed(int batch) {
        return told.pass_until("SELECT max(batch_id) >= " + std::to_string(batch) + " FROM batches WHERE committed",
                               seconds(60 * 60));
    }
    Asked ask(const char* kind) { return tests::ask(told, std::string(kind) + " query " + name); }
    std::string name = tests::word_spec().spark.queries.front().name;
};

}  // namespace

TEST_CASE("why dropped: the window had ended at the watermark of the batch before, and no fault nearby is named") {
    Words words;
    CHECK_FALSE(words.ask("dropped").so);
    REQUIRE(words.committed(5));
    CHECK_FALSE(words.ask("dropped").so);
    words.act("pause executor 1");
    words.pass_minutes(1);
    words.act("resume executor 1");
    REQUIRE(words.committed(6));
    const Asked yes = words.ask("dropped");
    CHECK(yes.so);
    CHECK(yes.names("`donkey`"));
    CHECK(yes.names("\u2264 12:11"));
    CHECK(yes.names("moves the watermark to 2026-01-05 12:11:00"));
    CHECK_FALSE(yes.names("xecutor"));
}

TEST_CASE("why dropped: of a record, only if that record was the one") {
    Words words;
    REQUIRE(words.committed(6));
    CHECK(ask(words.told, "dropped words-0 offset 2").names("`donkey`"));
    const Asked earlier = ask(words.told, "dropped words-0 offset 1");
    CHECK_FALSE(earlier.so);
    CHECK_FALSE(earlier.names("donkey"));
}

TEST_CASE("why nothing is emitted: in append no window has closed, and then one has") {
    Words words;
    REQUIRE(words.committed(3));
    words.act("pause executor 2");
    words.act("resume executor 2");
    const Asked yes = words.ask("nothing-emitted");
    CHECK(yes.so);
    CHECK(yes.names("No window has closed"));
    CHECK(yes.names("12:05"));
    CHECK_FALSE(yes.names("xecutor 2 is paused"));
    REQUIRE(words.committed(5));
    const Asked no = words.ask("nothing-emitted");
    CHECK_FALSE(no.so);
    CHECK(no.names("Batch 5 emitted 3 rows"));
}

TEST_CASE("why a query failed: what it threw, and not what else went wrong") {
    Words words;
    REQUIRE(words.committed(1));
    const Asked no = words.ask("query-failed");
    CHECK_FALSE(no.so);
    words.act("kill executor 1");
    words.act("disk dfs full");
    REQUIRE(words.told.pass_until("SELECT state = 'failed' FROM queries", seconds(60 * 60)));
    const Asked yes = words.ask("query-failed");
    CHECK(yes.so);
    CHECK(yes.names("No space left on device"));
    CHECK_FALSE(yes.names("xecutor 1"));
}

TEST_CASE("why no batch: the trigger, a file system that is silent, a driver that is dead") {
    Words words;
    REQUIRE(words.committed(2));
    const Asked waiting = words.ask("no-batch");
    CHECK(waiting.so);
    CHECK(waiting.names("processingTime"));
    words.act("pause executor 1");
    words.act("pause dfs");
    REQUIRE(words.told.pass_until("SELECT count(*) = 1 FROM facts WHERE kind = 'paused' AND node = 'dfs'", seconds(1)));
    words.pass_minutes(6);
    const Asked silent = words.ask("no-batch");
    CHECK(silent.so);
    CHECK(silent.names("dfs"));
    CHECK_FALSE(silent.names("xecutor 1"));
    words.act("kill driver");
    const Asked dead = words.ask("no-batch");
    CHECK(dead.so);
    CHECK(dead.names("The driver does not run"));
    CHECK_FALSE(dead.names("dfs is paused"));
}

TEST_CASE("why no batch: while one is under way the answer is where it is") {
    Words words;
    REQUIRE(words.told.pass_until("SELECT count(*) > 0 FROM tasks WHERE batch_id = 1 AND state = 'running'",
                                  seconds(60 * 60)));
    const Asked no = words.ask("no-batch");
    CHECK_FALSE(no.so);
    CHECK(no.names("Batch 1 is under way: addBatch"));
}

TEST_CASE("why the watermark stands there: the largest event time less the delay, whatever the clock says") {
    Words words;
    REQUIRE(words.committed(0));
    CHECK_FALSE(words.ask("watermark").so);
    REQUIRE(words.committed(4));
    words.act("clock driver +1h");
    const Asked yes = words.ask("watermark");
    CHECK(yes.so);
    CHECK(yes.names("12:21 \u2212 10 min"));
    CHECK(yes.names("**12:11**"));
    CHECK_FALSE(yes.names("clock of driver"));
}

TEST_CASE("why a group was forgotten: it was finished, which is not the same as late") {
    Words words;
    REQUIRE(words.committed(4));
    CHECK_FALSE(words.ask("evicted").so);
    REQUIRE(words.committed(6));
    const Asked yes = words.ask("evicted");
    CHECK(yes.so);
    CHECK(yes.names("In batch 5"));
    CHECK(yes.names("12:10 \u2264 12:11"));
    CHECK_FALSE(yes.names("donkey"));
}

TEST_CASE("why state is kept: the first window to end has not, and without groups there is none") {
    Words words;
    REQUIRE(words.committed(0));
    CHECK_FALSE(words.ask("kept").so);
    REQUIRE(words.committed(6));
    words.act("kill executor 1");
    const Asked yes = words.ask("kept");
    CHECK(yes.so);
    CHECK(yes.names("It keeps 4 groups"));
    CHECK(yes.names("[12:10, 12:20); the watermark is **12:11**"));
    CHECK_FALSE(yes.names("xecutor 1"));
}

TEST_CASE("why a batch ran twice: its offsets were logged and its commit was not when the driver died") {
    Words words;
    REQUIRE(words.committed(1));
    CHECK_FALSE(words.ask("batch-again").so);
    words.act("pause executor 2");
    words.act("resume executor 2");
    words.act("kill driver at after walCommit");
    REQUIRE(words.told.pass_until("SELECT state = 'down' FROM nodes WHERE name = 'driver'", seconds(60 * 60)));
    words.act("restart driver");
    REQUIRE(words.committed(2));
    const Asked yes = words.ask("batch-again");
    CHECK(yes.so);
    CHECK(yes.names("Batch 2"));
    CHECK(yes.names("after walCommit"));
    CHECK_FALSE(yes.names("xecutor 2"));
}

TEST_CASE("why a task ran twice: its executor is gone, and the other one is not blamed") {
    Words words;
    CHECK_FALSE(words.ask("task-again").so);
    REQUIRE(words.told.pass_until(
        "SELECT count(*) > 0 FROM tasks WHERE batch_id = 1 AND state = 'running' AND executor = 'executor 1'",
        seconds(60 * 60)));
    words.act("kill executor 1");
    REQUIRE(words.committed(1));
    const Asked yes = words.ask("task-again");
    CHECK(yes.so);
    CHECK(yes.names("xecutor 1 is killed"));
    CHECK_FALSE(yes.names("xecutor 2 is"));
}
