// What stands in the way of a frame: blocked links, loss, and a learner's hand.
#include <catch2/catch_test_macros.hpp>

#include "tests/support/broken.h"
#include "tests/support/toy_machine.h"

using namespace tests;

namespace {

void block(ToyMachine& toy, u16 a, u16 b) {
    toy.intervene([&] { toy.machine.add_fault(fault_of(FaultKind::link_blocked, a, b)); });
}
void heal(ToyMachine& toy, u16 a, u16 b) {
    toy.intervene([&] { toy.machine.remove_fault(FaultKind::link_blocked, {a}, {b}); });
}

/// Spans between the transmissions of a frame that does not get through.
std::vector<i64> retransmission_spans_ms(ToyMachine& toy, u64 message, std::size_t count) {
    std::vector<i64> spans;
    Nanos last = toy.now();
    for (u16 attempts = 0; spans.size() < count && toy.step();) {
        const Segment* segment = toy.machine.network.find(message);
        if (segment == nullptr || segment->attempts == attempts) continue;
        attempts = segment->attempts;
        spans.push_back((segment->due - toy.now()).to_millis());
        last = toy.now();
    }
    CHECK(last == toy.now());
    return spans;
}

}  // namespace

// ---- links --------------------------------------------------------------------------------------

TEST_CASE("a frame that does not get through is sent again after 200 ms, then twice as long, up to 6 s") {
    ToyMachine toy(2);
    const ConnectionId id = toy.connect(0, 1);
    block(toy, 0, 1);
    toy.send(0, id, "a");
    CHECK(retransmission_spans_ms(toy, toy.last_message(), 8) ==
          std::vector<i64>{200, 400, 800, 1600, 3200, 6000, 6000, 6000});
}

TEST_CASE("a healed link delivers what was stuck, in order, and nothing twice") {
    ToyMachine toy(2);
    const ConnectionId id = toy.connect(0, 1);
    block(toy, 0, 1);
    for (const char* text : {"a", "b", "c"}) {
        toy.send(0, id, text);
        toy.pass(millis(300));
    }
    CHECK(toy.texts(1).empty());
    heal(toy, 0, 1);
    toy.pass(seconds(7));
    CHECK(toy.texts(1) == std::vector<std::string>{"a", "b", "c"});
}

TEST_CASE("a link that is blocked one way lets the other way through") {
    ToyMachine toy(2);
    const ConnectionId id = toy.connect(0, 1);
    block(toy, 0, 1);
    toy.send(0, id, "there");
    toy.send(1, peer_of(id), "back");
    toy.pass(seconds(1));
    CHECK((toy.texts(1).empty() && toy.texts(0) == std::vector<std::string>{"back"}));
}

TEST_CASE("a connection breaks after 924 s of silence") {
    ToyMachine toy(2);
    const ConnectionId id = toy.connect(0, 1);
    block(toy, 0, 1);
    toy.send(0, id, "a");
    toy.pass(seconds(924));
    CHECK(toy.heard.empty());
    toy.pass(seconds(7));
    CHECK(toy.kinds(0) == std::vector{NoticeKind::closed});
    CHECK(toy.kinds(1) == std::vector{NoticeKind::closed});
    CHECK(toy.last_outcome() == MessageOutcome::connection_lost);
}

TEST_CASE("a link that loses half of what it carries delivers everything, later") {
    LinkProfile lossy = link_of(millis(1));
    ToyMachine toy(2, lossy);
    const ConnectionId id = toy.connect(0, 1);
    toy.intervene([&] { toy.machine.add_fault(fault_of(FaultKind::link_loss, 0, 1, 500'000)); });
    const Nanos start = toy.now();
    std::vector<std::string> sent;
    for (int i = 0; i < 40; ++i) toy.send(0, id, sent.emplace_back(std::to_string(i)));
    toy.run();
    CHECK(toy.texts(1) == sent);
    CHECK(toy.now() - start > millis(200));
}

// ---- a learner's hand ---------------------------------------------------------------------------

TEST_CASE("a held message waits, and so does what was sent after it") {
    ToyMachine toy(2);
    const ConnectionId id = toy.connect(0, 1);
    toy.send(0, id, "a");
    const u64 first = toy.last_message();
    toy.intervene([&] { CHECK(toy.machine.network.hold(first)); });
    toy.send(0, id, "b");
    toy.pass(seconds(30));
    CHECK(toy.texts(1).empty());
    toy.intervene([&] { CHECK(toy.machine.network.release(toy.machine.kernel, first)); });
    toy.pass(millis(1));
    CHECK(toy.texts(1) == std::vector<std::string>{"a", "b"});
}

TEST_CASE("a dropped message vanishes and takes its connection with it") {
    ToyMachine toy(2);
    const ConnectionId id = toy.connect(0, 1);
    toy.send(0, id, "a");
    toy.intervene([&] { CHECK(toy.machine.network.drop(toy.machine.kernel, toy.notes, toy.last_message())); });
    CHECK(toy.last_outcome() == MessageOutcome::dropped);
    toy.run();
    CHECK(toy.texts(1).empty());
    CHECK(toy.kinds(0) == std::vector{NoticeKind::closed});
    CHECK(toy.kinds(1) == std::vector{NoticeKind::closed});
}

TEST_CASE("a delayed message comes that much later") {
    ToyMachine toy(2);
    const ConnectionId id = toy.connect(0, 1);
    const Nanos start = toy.now();
    toy.send(0, id, "a");
    toy.intervene([&] { CHECK(toy.machine.network.delay(toy.machine.kernel, toy.last_message(), millis(40))); });
    toy.run();
    CHECK(toy.heard.at(0).at - start == millis(41));
}

TEST_CASE("what has arrived can no longer be touched") {
    ToyMachine toy(2);
    const ConnectionId id = toy.connect(0, 1);
    toy.send(0, id, "a");
    const u64 message = toy.last_message();
    toy.run();
    CHECK(toy.last_outcome() == MessageOutcome::delivered);
    CHECK(toy.machine.network.find(message) == nullptr);
    toy.intervene([&] {
        CHECK_FALSE(toy.machine.network.hold(message));
        CHECK_FALSE(toy.machine.network.release(toy.machine.kernel, message));
        CHECK_FALSE(toy.machine.network.drop(toy.machine.kernel, toy.notes, message));
    });
}
