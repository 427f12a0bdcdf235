#include "app/lab/play/decide.h"

#include <catch2/catch_test_macros.hpp>

#include "engine/world_spec.h"
#include "tests/app/lab/sql/orders_world.h"
#include "tests/engine/stream/stream_stage.h"

using namespace app::lab;
using sim::seconds;

namespace {

bool names(const Decision& decision, std::string_view what) { return decision.text.find(what) != std::string::npos; }

}  // namespace

TEST_CASE("be the controller: the first that is alive and in the ISR is accepted, others hear the rule") {
    tests::OrdersRun orders;
    REQUIRE(orders.pass_until("SELECT min(high_watermark) >= 3 FROM replicas WHERE topic = 'orders'", seconds(30)));
    orders.act("kill broker 1");
    const sim::u64 index = orders.run().cursor();
    const Decision right = decide(orders.run(), "leader orders-0 2");
    CHECK(right.outcome == Decided::accepted);
    CHECK(names(right, "1,2,3"));
    const Decision later = decide(orders.run(), "leader orders-0 3");
    CHECK(later.outcome == Decided::refused);
    CHECK(names(later, "Broker 3 could, but broker 2 stands before it"));
    const Decision dead = decide(orders.run(), "leader orders-0 1");
    CHECK(dead.outcome == Decided::refused);
    CHECK(names(dead, "Broker 1 is not alive"));
    CHECK(orders.run().cursor() == index);
}

TEST_CASE("be the controller: without a reason no election is held") {
    tests::OrdersRun orders;
    REQUIRE(orders.pass_until("SELECT min(high_watermark) >= 1 FROM replicas WHERE topic = 'orders'", seconds(30)));
    const Decision none = decide(orders.run(), "leader orders-0 2");
    CHECK(none.outcome == Decided::undecided);
    CHECK(names(none, "broker 1 goes on leading"));
}

TEST_CASE("be the query: the watermark after the next batch, and which rows it drops") {
    const auto world = engine::build_world(tests::word_spec());
    REQUIRE(world);
    tests::OrdersRun words(*world);
    REQUIRE(words.pass_until("SELECT max(batch_id) >= 4 FROM batches WHERE committed", seconds(3600)));
    CHECK(decide(words.run(), "row words-0 2 drop").outcome == Decided::accepted);
    const Decision kept = decide(words.run(), "row words-0 2 keep");
    CHECK(kept.outcome == Decided::refused);
    CHECK(names(kept, "`donkey`"));
    CHECK(decide(words.run(), "row words-1 4 keep").outcome == Decided::accepted);
    CHECK(decide(words.run(), "watermark counts 12:11").outcome == Decided::accepted);
    const Decision clock = decide(words.run(), "watermark counts 12:30:00");
    CHECK(clock.outcome == Decided::refused);
    CHECK(names(clock, "12:11:00"));
}

TEST_CASE("be the group's leader: partitions as the assignor gives them after the next rebalance") {
    tests::OrdersRun orders;
    REQUIRE(orders.pass_until("SELECT count(*) = 1 FROM assignments", seconds(30)));
    orders.act("restart warehouse");
    CHECK(decide(orders.run(), "partitions warehouse orders-0").outcome == Decided::accepted);
    const Decision other = decide(orders.run(), "partitions warehouse none");
    CHECK(other.outcome == Decided::refused);
    CHECK(names(other, "orders-0"));
}

TEST_CASE("a decision that is not one is answered with what can be decided") {
    tests::OrdersRun orders;
    CHECK(names(decide(orders.run(), "weather"), "decide leader PARTITION BROKER"));
    CHECK(names(decide(orders.run(), "leader nowhere-0 2"), "no partition 'nowhere-0'"));
    CHECK(names(decide(orders.run(), "watermark nobody 12:00"), "no query 'nobody'"));
}
