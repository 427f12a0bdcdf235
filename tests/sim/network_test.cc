#include <catch2/catch_test_macros.hpp>

#include "tests/support/broken.h"
#include "tests/support/toy_machine.h"

using namespace tests;

namespace {

/// When a node heard its frames, counted from `from`.
std::vector<Nanos> arrivals(const ToyMachine& toy, u16 node, Nanos from) {
    std::vector<Nanos> found;
    for (const Heard& one : toy.heard)
        if (one.node.value == node && one.notice.kind == NoticeKind::frame) found.push_back(one.at - from);
    return found;
}

CloseReason reason_heard(const ToyMachine& toy, u16 node) {
    for (const Heard& one : toy.heard)
        if (one.node.value == node && one.notice.kind == NoticeKind::closed) return one.notice.reason;
    FAIL("no connection was closed");
    return {};
}

}  // namespace

// ---- opening and closing ------------------------------------------------------------------------

TEST_CASE("opening takes one way for the listener and a round trip for the caller") {
    ToyMachine toy(2, link_of(millis(10)));
    const Nanos start = toy.now();
    toy.on(1, [](Env& env) { env.listen(9092); });
    toy.on(0, [](Env& env) { env.connect({1}, 9092); });
    toy.run();
    REQUIRE(toy.heard.size() == 2);
    CHECK((toy.heard[0].notice.kind == NoticeKind::accepted && toy.heard[0].at - start == millis(10)));
    CHECK((toy.heard[1].notice.kind == NoticeKind::connected && toy.heard[1].at - start == millis(20)));
}

TEST_CASE("a port that nobody listens on refuses at once") {
    ToyMachine toy(2);
    toy.on(0, [](Env& env) { env.connect({1}, 9092); });
    toy.run();
    CHECK(reason_heard(toy, 0) == CloseReason::refused);
    CHECK(toy.machine.network.connections().size() == 0);
}

TEST_CASE("closing is heard after everything that was sent before") {
    ToyMachine toy(2);
    const ConnectionId id = toy.connect(0, 1);
    toy.on(0, [&](Env& env) {
        env.send(id, make_frame(bytes("last")), 0);
        env.close(id);
    });
    toy.run();
    CHECK(toy.kinds(1) == std::vector{NoticeKind::frame, NoticeKind::closed});
    CHECK(reason_heard(toy, 1) == CloseReason::by_peer);
    CHECK(toy.machine.network.connections().size() == 0);  // who hears of it has nothing left to close
    toy.on(1, [&](Env& env) { env.close(peer_of(id)); });
    CHECK(toy.machine.network.connections().size() == 0);
}

TEST_CASE("the machine of a dead process resets its connections") {
    ToyMachine toy(2);
    toy.connect(0, 1);
    toy.intervene([&] { toy.machine.kill({1}, toy.notes); });
    toy.run();
    CHECK(reason_heard(toy, 0) == CloseReason::reset);
}

TEST_CASE("a machine without power says nothing") {
    ToyMachine toy(2);
    const ConnectionId id = toy.connect(0, 1);
    toy.intervene([&] { toy.machine.power_cut({1}, toy.notes); });
    toy.send(0, id, "hello?");
    toy.pass(seconds(900));
    CHECK(toy.heard.empty());
    toy.pass(seconds(60));
    CHECK(reason_heard(toy, 0) == CloseReason::timed_out);
}

TEST_CASE("a process that was started again does not know the connections of its former life") {
    ToyMachine toy(2);
    const ConnectionId id = toy.connect(0, 1);
    toy.intervene([&] { toy.machine.power_cut({1}, toy.notes); });
    toy.intervene([&] { toy.machine.start({1}); });
    toy.send(0, id, "hello?");
    toy.run();
    CHECK(toy.texts(1).empty());
    CHECK(reason_heard(toy, 0) == CloseReason::reset);
    CHECK(toy.last_outcome() == MessageOutcome::connection_lost);
}

// ---- time ---------------------------------------------------------------------------------------

TEST_CASE("a frame takes the latency of its link") {
    ToyMachine toy(2, link_of(millis(7)));
    const ConnectionId id = toy.connect(0, 1);
    const Nanos start = toy.now();
    toy.send(0, id, "a");
    toy.run();
    CHECK(arrivals(toy, 1, start) == std::vector{millis(7)});
}

TEST_CASE("a link carries as many bytes a second as it has") {
    ToyMachine toy(2, link_of(millis(1), 1'000));
    const ConnectionId id = toy.connect(0, 1);
    const Nanos start = toy.now();
    toy.send(0, id, std::string(500, 'x'));
    toy.send(0, id, std::string(250, 'y'));
    toy.run();
    CHECK(arrivals(toy, 1, start) == std::vector{millis(501), millis(751)});
}

TEST_CASE("work that was charged delays what is sent after it") {
    ToyMachine toy(2);
    const ConnectionId id = toy.connect(0, 1);
    const Nanos start = toy.now();
    toy.on(0, [&](Env& env) {
        env.charge(millis(30));
        env.send(id, make_frame(bytes("a")), 0);
    });
    toy.run();
    CHECK(arrivals(toy, 1, start) == std::vector{millis(31)});
}

TEST_CASE("frames of a connection arrive in the order in which they were sent, whatever the jitter") {
    LinkProfile links = link_of(millis(1));
    links.jitter = millis(50);
    ToyMachine toy(2, links);
    const ConnectionId id = toy.connect(0, 1);
    std::vector<std::string> sent;
    for (int i = 0; i < 50; ++i) {
        sent.push_back(std::to_string(i));
        toy.send(0, id, sent.back());
        toy.pass(micros(300));
    }
    toy.run();
    CHECK(toy.texts(1) == sent);
}

TEST_CASE("both directions of a connection are their own") {
    ToyMachine toy(2);
    const ConnectionId id = toy.connect(0, 1);
    toy.send(0, id, "ping");
    toy.send(1, peer_of(id), "pong");
    toy.run();
    CHECK((toy.texts(1) == std::vector<std::string>{"ping"} && toy.texts(0) == std::vector<std::string>{"pong"}));
}

TEST_CASE("a node that speaks to itself does not need a link") {
    ToyMachine toy(1);
    const ConnectionId id = toy.connect(0, 0);
    toy.intervene([&] { toy.machine.add_fault(fault_of(FaultKind::link_blocked, 0, 0)); });
    const Nanos start = toy.now();
    toy.send(0, id, "self");
    toy.run();
    CHECK(arrivals(toy, 0, start) == std::vector{kLoopbackLatency});
}
