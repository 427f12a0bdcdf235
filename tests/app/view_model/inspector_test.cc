#include <catch2/catch_test_macros.hpp>

#include "app/view_model/telling.h"
#include "app/view_model/why.h"
#include "tests/app/view_model/told.h"

using namespace app;
using tests::Told;

namespace {

/// A run to the event at which broker 2 was elected.
void elect_broker_2(Told& told) {
    told.orders().pass(sim::seconds(3));
    told.remember();
    told.act("kill broker 1");
    REQUIRE(told.pass_until("SELECT leader = 2 FROM partitions WHERE topic = 'orders'"));
}

bool mentions(const std::vector<CauseVm>& causes, const std::string& text) {
    return std::ranges::any_of(causes, [&](const CauseVm& cause) { return cause.text == text; });
}

}  // namespace

TEST_CASE("inspector: an election is explained by the death, the end of the session and the controller") {
    Told told;
    elect_broker_2(told);
    const InspectorVm vm = told.screen().inspector;
    CHECK(vm.heading == "WHAT CHANGED");
    CHECK(vm.title == "Controller elects broker 2");
    REQUIRE(vm.causes.size() >= 3);
    CHECK(mentions(vm.causes, "Broker 1 is killed"));
    CHECK(mentions(vm.causes, "Session of broker 1 expires"));
    CHECK(vm.causes.back().text == "Controller elects broker 2");
    CHECK(vm.causes.back().mark == CauseMark::here);
    for (std::size_t i = 1; i < vm.causes.size(); ++i)
        CHECK(std::stod(vm.causes[i - 1].time) <= std::stod(vm.causes[i].time));
    CHECK(vm.rule.find("`1,2,3`") != std::string::npos);
    const auto leader = std::ranges::find(vm.changes, "leader", &ChangeVm::label);
    REQUIRE(leader != vm.changes.end());
    CHECK(leader->was == "1");
    CHECK(leader->now == "2");
}

TEST_CASE("inspector: the state says was and now since the lesson stood last") {
    Told told;
    elect_broker_2(told);
    const InspectorVm vm = told.screen().inspector;
    CHECK(vm.state_heading == "STATE OF orders-0");
    const auto epoch = std::ranges::find(vm.state, "leader epoch", &StateRowVm::label);
    REQUIRE(epoch != vm.state.end());
    CHECK(epoch->was == "0");
    CHECK(epoch->now == "1");
    const auto replicas = std::ranges::find(vm.state, "replicas", &StateRowVm::label);
    REQUIRE(replicas != vm.state.end());
    CHECK(replicas->was.empty());
}

TEST_CASE("inspector: every cause can be clicked and explained in its turn") {
    Told told;
    elect_broker_2(told);
    for (const CauseVm& cause : told.screen().inspector.causes) {
        told.desk.selected = cause.object;
        const InspectorVm vm = told.screen().inspector;
        CHECK(vm.heading == "WHAT HAPPENED");
        CHECK(vm.title == cause.text);
    }
}

TEST_CASE("inspector: a selection that does not exist at this time says so") {
    Told told;
    told.orders().pass(sim::seconds(2));
    told.desk.selected = "orders-0/2 offset 4000";
    CHECK(told.screen().inspector.absent == "Not present at this time.");
    told.desk.selected = "orders-0/2 offset 1";
    const InspectorVm vm = told.screen().inspector;
    CHECK(vm.absent.empty());
    const auto value = std::ranges::find(vm.state, "value", &StateRowVm::label);
    REQUIRE(value != vm.state.end());
    CHECK(value->now == "order 1");
}

TEST_CASE("objects: names are read as what they stand for, and nonsense as nothing") {
    Told told;
    told.orders().pass(sim::seconds(1));
    const Snapshot snapshot = told.snapshot();
    const Scene scene(snapshot);
    CHECK(scene.object("broker 2").kind == ObjectKind::node);
    CHECK(scene.object("zookeeper").kind == ObjectKind::node);
    CHECK(scene.object("orders").kind == ObjectKind::topic);
    CHECK(scene.object("orders-0").kind == ObjectKind::partition);
    CHECK(scene.object("orders-0/2").kind == ObjectKind::replica);
    CHECK(scene.object("orders-0/2 offset 1").offset == 1);
    CHECK(scene.object("fact 486.1").fact == sim::FactId{486, 1});
    CHECK(scene.object("/brokers/ids").kind == ObjectKind::znode);
    for (const char* nonsense : {"", "broker 9", "orders-7", "orders-0/9", "orders-0/x", "fact x", "message x",
                                 "orders-0/2 offset x", "-", "wait 1"})
        CHECK(scene.object(nonsense).kind == ObjectKind::nothing);
}

TEST_CASE("telling: every kind of fact has a short sentence") {
    Told told;
    elect_broker_2(told);
    const Snapshot snapshot = told.snapshot();
    const Scene scene(snapshot);
    const auto& facts = scene.history().facts;
    REQUIRE(facts.size() > 20);
    for (u64 i = 0; i < facts.size(); ++i) CHECK_FALSE(short_text(scene, facts[i]).empty());
}
