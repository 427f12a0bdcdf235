#include "sim/fault/faults.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/support/broken.h"
#include "tests/support/toy_machine.h"

using namespace tests;

namespace {

const Link& link(const ToyMachine& toy) { return toy.machine.network.link({0}, {1}); }

}  // namespace

TEST_CASE("a fault begins and ends when its rule says") {
    ToyMachine toy(2);
    const Nanos from = toy.now() + seconds(10), to = toy.now() + seconds(20);
    toy.intervene([&] { toy.machine.add_fault(fault_of(FaultKind::link_blocked, 0, 1, 0, from, to)); });
    toy.pass(seconds(9));
    CHECK_FALSE(link(toy).blocked);
    toy.pass(seconds(1));
    CHECK(link(toy).blocked);
    toy.pass(seconds(10));
    CHECK_FALSE(link(toy).blocked);
    CHECK(toy.machine.faults.rules.empty());
}

TEST_CASE("faults of a link add up and are gone when they are taken back") {
    ToyMachine toy(2);
    toy.intervene([&] {
        toy.machine.add_fault(fault_of(FaultKind::link_latency, 0, 1, millis(30).count));
        toy.machine.add_fault(fault_of(FaultKind::link_loss, 0, 1, 20'000));
        toy.machine.add_fault(fault_of(FaultKind::link_bandwidth, 0, 1, 5'000));
    });
    CHECK((link(toy).effective.latency == millis(31) && link(toy).effective.loss_per_million == 20'000 &&
           link(toy).effective.bandwidth == 5'000));
    CHECK(toy.machine.network.link({1}, {0}).effective == link(toy).base);
    for (const FaultKind kind : {FaultKind::link_latency, FaultKind::link_loss, FaultKind::link_bandwidth})
        toy.intervene([&] { CHECK(toy.machine.remove_fault(kind, {0}, {1})); });
    CHECK(link(toy).effective == link(toy).base);
}

TEST_CASE("a new rule takes the place of the one with the same target") {
    Faults faults;
    faults.add(fault_of(FaultKind::link_latency, 0, 1, 5));
    const FaultId second = faults.add(fault_of(FaultKind::link_latency, 0, 1, 7));
    faults.add(fault_of(FaultKind::link_latency, 1, 0, 9));
    CHECK(faults.rules.size() == 2);
    CHECK((faults.find(FaultKind::link_latency, {0}, {1})->id == second &&
           faults.find(FaultKind::link_latency, {0}, {1})->amount == 7));
    CHECK_FALSE(faults.remove(FaultKind::link_blocked, {0}, {1}));
}

TEST_CASE("a rule that ends before it begins is a broken contract") {
    Faults faults;
    CHECK(tests::breaks([&] { faults.add(fault_of(FaultKind::link_blocked, 0, 1, 0, seconds(2), seconds(1))); }));
}

TEST_CASE("rare branches are taken only when a sweep asks for them, and by whole sites") {
    Faults faults;
    Prng rng = Prng::forked(1, "buggify");
    CHECK_FALSE(faults.fires(1, "any", rng));
    faults.buggify = {true, 25, 100};
    int active = 0;
    for (int site = 0; site < 400; ++site) {
        const std::string name = "site " + std::to_string(site);
        const bool fires = faults.fires(1, name, rng);
        active += fires ? 1 : 0;
        CHECK(faults.fires(1, name, rng) == fires);
    }
    CHECK((active > 60 && active < 140));
}
