#include <catch2/catch_test_macros.hpp>

#include "tests/app/view_model/told.h"

using namespace app;
using tests::Told;
using tests::with_object;

TEST_CASE("partitions: the rule says the high watermark with the ends that the leader knows") {
    Told told;
    REQUIRE(told.pass_until("SELECT high_watermark >= 4 FROM partitions WHERE topic = 'orders'"));
    REQUIRE(told.pass_until("SELECT log_end_offset > high_watermark FROM partitions WHERE topic = 'orders'"));
    const PartitionsVm vm = told.screen().partitions;
    REQUIRE(vm.rows.size() == 3);
    CHECK(vm.known_title == "LEO known to broker 1");
    const std::string high_watermark = vm.rows[0].high_watermark;
    CHECK(vm.rule.find("min(") != std::string::npos);
    CHECK(vm.rule.ends_with("**" + high_watermark + "**"));
    const bool some_decides = vm.rows[1].known_is_key || vm.rows[2].known_is_key;
    CHECK(some_decides);
    CHECK_FALSE(vm.rows[0].known_is_key);
    CHECK(vm.rows[1].last_stable_offset == "\u2013");
}

TEST_CASE("partitions: ISR over time shows the dead leader until it is out, and then the next one") {
    Told told;
    told.orders().pass(sim::seconds(2));
    told.act("kill broker 1");
    REQUIRE(told.pass_until("SELECT leader = 2 FROM partitions WHERE topic = 'orders'"));
    told.orders().pass(sim::seconds(1));
    const PartitionsVm vm = told.screen().partitions;
    REQUIRE(vm.isr_lanes.size() == 3);
    const auto& first = vm.isr_lanes[0].bars;
    REQUIRE(first.size() >= 2);
    CHECK(first[0].kind == BarKind::leader);
    CHECK(first[1].kind == BarKind::dead);
    CHECK(first[1].label == "dead, still leader");
    CHECK(vm.isr_lanes[1].bars.back().kind == BarKind::leader);
    CHECK(vm.isr_lanes[1].bars.back().from_ns >= first[1].to_ns);
    CHECK(vm.isr_note == "under-replicated: 2 of 3");
    CHECK(vm.rows[0].state == "offline");
}

TEST_CASE("znodes: registrations are ephemeral, belong to their broker and go with its session") {
    Told told;
    told.desk.view = "Znodes";
    const ZnodesVm before = told.screen().znodes;
    const auto* row = with_object(before.rows, "/brokers/ids/1");
    REQUIRE(row != nullptr);
    CHECK(row->kind == ZnodeKind::ephemeral);
    CHECK(row->owner == "broker 1");
    told.act("kill broker 1");
    REQUIRE(told.pass_until("SELECT count(*) = 0 FROM znodes WHERE path = '/brokers/ids/1'"));
    const ZnodesVm after = told.screen().znodes;
    CHECK(with_object(after.rows, "/brokers/ids/1") == nullptr);
    const auto* session = with_object(after.sessions, "session broker 1");
    REQUIRE(session != nullptr);
    CHECK_FALSE(session->alive);
}

TEST_CASE("znodes: a closed node hides its children, an opened one shows them, a chosen one its data") {
    Told told;
    told.desk.view = "Znodes";
    told.desk.closed_znodes = {"/brokers"};
    CHECK(with_object(told.screen().znodes.rows, "/brokers/ids") == nullptr);
    told.desk.closed_znodes.clear();
    told.desk.selected = "/controller";
    const ZnodesVm vm = told.screen().znodes;
    CHECK(with_object(vm.rows, "/brokers/ids") != nullptr);
    CHECK(vm.path == "/controller");
    CHECK(vm.data.find("\"brokerid\":3") != std::string::npos);
}

TEST_CASE("events: the rows stand around the cursor, and a filter counts what it finds") {
    Told told;
    told.desk.view = "Events";
    told.orders().pass(sim::seconds(3));
    told.act("kill broker 1");
    told.orders().pass(sim::seconds(9));
    const EventsVm all = told.screen().events;
    CHECK(all.matching == all.total);
    CHECK(all.rows_before + all.rows.size() + all.rows_after == all.total);
    told.desk.events_filter = "BROKER 1 killed";
    const EventsVm some = told.screen().events;
    REQUIRE(some.rows.size() == 1);
    CHECK(some.matching == 1);
    CHECK(some.rows[0].broken);
    CHECK(some.rows[0].node == "broker 1");
    told.desk.events_filter = "nothing is called like this";
    CHECK(told.screen().events.rows.empty());
}

TEST_CASE("timeline: the axis has no gaps, folds what is idle and holds the cursor") {
    Told told;
    told.orders().pass(sim::seconds(4));
    told.act("kill broker 1");
    REQUIRE(told.pass_until("SELECT leader = 2 FROM partitions WHERE topic = 'orders'"));
    const TimelineVm vm = told.screen().timeline;
    REQUIRE(vm.axis.stretches.size() >= 3);
    bool folded = false, holds_now = false;
    for (std::size_t i = 0; i < vm.axis.stretches.size(); ++i) {
        const TimeStretchVm& stretch = vm.axis.stretches[i];
        CHECK(stretch.from_ns < stretch.to_ns);
        if (i > 0) CHECK(stretch.from_ns == vm.axis.stretches[i - 1].to_ns);
        folded = folded || stretch.folded;
        holds_now = holds_now || (!stretch.folded && stretch.from_ns <= vm.now_ns && vm.now_ns <= stretch.to_ns);
    }
    CHECK(folded);
    CHECK(holds_now);
    const auto* lane = with_object(vm.lanes, "broker 1");
    REQUIRE(lane != nullptr);
    CHECK(std::ranges::any_of(lane->markers, [](const MarkerVm& marker) {
        return marker.label == "kill" && marker.kind == MarkerKind::broken;
    }));
    const auto* zookeeper = with_object(vm.lanes, "zookeeper");
    REQUIRE(zookeeper != nullptr);
    CHECK(std::ranges::any_of(zookeeper->bars,
                              [](const BarVm& bar) { return bar.label == "session of broker 1: 6 s without a ping"; }));
}

TEST_CASE("timeline: a branch leaves its parent where it was made, and the cursor stands on one of them") {
    Told told;
    told.orders().pass(sim::seconds(1));
    told.act("kill broker 1");
    const auto killed = told.run().cursor();
    told.orders().pass(sim::seconds(1));
    told.run().seek(killed - 1);
    told.act("kill broker 2");
    const TimelineVm vm = told.screen().timeline;
    REQUIRE(vm.branches.size() == 2);
    CHECK(vm.branches[0].name == "main");
    CHECK(vm.branches[0].cursor_station == -1);
    CHECK(vm.branches[1].name == "kill broker 2");
    CHECK(vm.branches[1].parent == 0);
    CHECK(vm.branches[1].parent_station == 0);
    CHECK(vm.branches[1].cursor_station == 1);
}
