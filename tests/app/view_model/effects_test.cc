// What a verb would do, told before it is done, and then what came of it.
#include <catch2/catch_test_macros.hpp>

#include "app/view_model/effects.h"
#include "tests/app/view_model/told.h"

using namespace app;
using tests::Told;

namespace {

std::string effect(Told& told, const std::string& line) {
    const Snapshot at = told.snapshot();
    return effect_of(Scene(at), line);
}

bool in_sync(Told& told, const std::string& isr) {
    return told.pass_until("SELECT isr = '" + isr + "' FROM partitions WHERE topic = 'orders'", sim::seconds(60));
}

}  // namespace

TEST_CASE("effect: of a follower that dies the ISR that is left is told, and then it is that one") {
    Told told;
    REQUIRE(told.pass_until("SELECT min(high_watermark) >= 3 FROM replicas WHERE topic = 'orders'"));
    CHECK(effect(told, "kill broker 2") == "orders-0: will leave ISR {1,3}");
    CHECK(effect(told, "partition isolate broker 3") == "orders-0: will leave ISR {1,2}");
    told.act("kill broker 2");
    REQUIRE(in_sync(told, "1,3"));
    CHECK(effect(told, "kill broker 2").empty());
    CHECK(effect(told, "kill broker 3") == "orders-0: will leave ISR {1}, below min.insync.replicas 2");
}

TEST_CASE("effect: of a leader that dies the next one is told, and then it leads") {
    Told told;
    REQUIRE(told.pass_until("SELECT min(high_watermark) >= 3 FROM replicas WHERE topic = 'orders'"));
    CHECK(effect(told, "kill broker 1") == "orders-0: will leave ISR {2,3} and leader 2");
    told.act("kill broker 1");
    REQUIRE(told.pass_until("SELECT leader = 2 AND isr = '2,3' FROM partitions WHERE topic = 'orders'"));
    CHECK(effect(told, "elect preferred orders-0") == "broker 1 is not in the ISR");
    told.act("kill broker 2");
    REQUIRE(told.pass_until("SELECT leader = 3 FROM partitions WHERE topic = 'orders'"));
    CHECK(effect(told, "kill broker 3") == "orders-0: the last of its ISR, nobody may lead");
}

TEST_CASE("effect: what changes nothing that is known is told nothing about") {
    Told told;
    REQUIRE(told.pass_until("SELECT min(high_watermark) >= 3 FROM replicas WHERE topic = 'orders'"));
    for (const char* line : {"heal", "kill shop", "limp broker 1 20", "kill nobody", "produce shop", ""})
        CHECK(effect(told, line).empty());
    CHECK(effect(told, "kill zookeeper") == "no election and no change of an ISR without it");
}

TEST_CASE("effect: of a reader that stops its partitions are told") {
    Told told;
    REQUIRE(told.pass_until("SELECT count(*) >= 3 FROM deliveries"));
    CHECK(effect(told, "stop warehouse") == "nobody will read orders-0");
    told.act("stop warehouse");
    told.orders().pass(sim::seconds(2));
    CHECK(effect(told, "kill warehouse").empty());
}
