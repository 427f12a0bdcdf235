#include <catch2/catch_test_macros.hpp>

#include "tests/support/broken.h"
#include "tests/support/toy_machine.h"

using namespace tests;

namespace {

/// Kinds of the timers that a node has heard, with the milliseconds since `from`.
std::vector<std::pair<u16, i64>> timers(const ToyMachine& toy, Nanos from) {
    std::vector<std::pair<u16, i64>> found;
    for (const Heard& one : toy.heard) found.emplace_back(one.notice.timer_kind, (one.at - from).to_millis());
    return found;
}

}  // namespace

TEST_CASE("timers fire when they are due, equal ones in the order in which they were set") {
    ToyMachine toy(1);
    const Nanos start = toy.now();
    toy.on(0, [](Env& env) {
        env.timer(millis(20), 1, 0);
        env.timer(millis(10), 2, 0);
        env.timer(millis(20), 3, 0);
    });
    toy.run();
    CHECK(timers(toy, start) == std::vector<std::pair<u16, i64>>{{2, 10}, {1, 20}, {3, 20}});
}

TEST_CASE("a cancelled timer does not fire and its name finds nothing later") {
    ToyMachine toy(1);
    toy.on(0, [](Env& env) {
        TimerId gone = env.timer(millis(10), 1, 0);
        const TimerId stale = gone;
        env.cancel(gone);
        env.timer(millis(10), 2, 0);
        TimerId again = stale;
        env.cancel(again);
        CHECK((!gone && !again));
    });
    toy.run();
    CHECK((toy.heard.size() == 1 && toy.heard[0].notice.timer_kind == 2));
}

TEST_CASE("a timer carries its tag and the event that set it") {
    ToyMachine toy(1);
    const u64 set_at = toy.machine.kernel.event_index;
    TimerId id;
    toy.on(0, [&](Env& env) { id = env.timer(millis(1), 7, 99); });
    CHECK(toy.machine.kernel.timers.at(id.handle).set_by.event_index == set_at);
    toy.run();
    CHECK(toy.heard.at(0).notice.tag == 99);
}

TEST_CASE("a process that ends takes its timers with it") {
    ToyMachine toy(2);
    toy.on(0, [](Env& env) { env.timer(millis(10), 1, 0); });
    toy.on(1, [](Env& env) { env.timer(millis(10), 2, 0); });
    toy.intervene([&] { toy.machine.kill({0}, toy.notes); });
    toy.intervene([&] { toy.machine.start({0}); });
    toy.run();
    CHECK(toy.kinds(0) == std::vector{NoticeKind::boot});
    CHECK(toy.kinds(1) == std::vector{NoticeKind::timer});
}

TEST_CASE("a lane works one piece after the other and others do not wait for it") {
    ToyMachine toy(1);
    const Nanos start = toy.now();
    toy.code = [](Env& env, Notice& notice) { if (notice.lane == 1) env.charge(millis(5)); };
    toy.on(0, [](Env& env) {
        for (const u16 kind : {u16{1}, u16{2}, u16{3}}) env.timer(millis(1), kind, 0, 1);
        env.timer(millis(2), 4, 0, 2);
    });
    toy.run();
    CHECK(timers(toy, start) == std::vector<std::pair<u16, i64>>{{1, 1}, {4, 2}, {2, 6}, {3, 11}});
}

TEST_CASE("a limping node takes longer for the same work") {
    ToyMachine toy(1);
    const Nanos start = toy.now();
    toy.code = [](Env& env, Notice&) { env.charge(millis(5)); };
    toy.intervene([&] { toy.machine.add_fault(fault_of(FaultKind::node_limp, 0, 0, 3000)); });
    toy.on(0, [](Env& env) {
        env.timer(millis(1), 1, 0);
        env.timer(millis(1), 2, 0);
    });
    toy.run();
    CHECK(timers(toy, start) == std::vector<std::pair<u16, i64>>{{1, 1}, {2, 16}});
}

TEST_CASE("a paused process hears everything later, in order") {
    ToyMachine toy(1);
    toy.on(0, [](Env& env) { for (const u16 kind : {u16{1}, u16{2}}) env.timer(millis(kind), kind, 0); });
    toy.intervene([&] { toy.machine.pause({0}); });
    toy.pass(millis(50));
    CHECK(toy.heard.empty());
    toy.intervene([&] { toy.machine.resume({0}); });
    toy.run();
    CHECK(timers(toy, toy.now()) == std::vector<std::pair<u16, i64>>{{1, 0}, {2, 0}});
}

TEST_CASE("each life of a process has a number of its own") {
    ToyMachine toy(1);
    const u32 first = toy.machine.kernel.host({0}).incarnation;
    toy.intervene([&] { toy.machine.kill({0}, toy.notes); });
    toy.intervene([&] { toy.machine.start({0}); });
    CHECK(toy.machine.kernel.host({0}).incarnation > first);
    CHECK(tests::breaks([&] { toy.machine.start({0}); }));
}

TEST_CASE("equal machines that are told the same have equal traces") {
    const auto trace = [](u16 kind) {
        ToyMachine toy(2);
        toy.on(1, [&](Env& env) { env.timer(millis(3), kind, 5); });
        toy.run();
        return std::pair(toy.machine.kernel.trace, digest_of(toy.machine));
    };
    CHECK(trace(1) == trace(1));
    ToyMachine late(2);
    late.on(1, [](Env& env) { env.timer(millis(4), 1, 5); });
    late.run();
    CHECK(late.machine.kernel.trace != trace(1).first);
}

TEST_CASE("words have one number each and keep it") {
    NameTable names;
    std::vector<NameId> ids;
    for (int i = 0; i < 500; ++i) ids.push_back(names.intern("topic-" + std::to_string(i)));
    CHECK(names.intern("topic-7") == ids[7]);
    CHECK((names.text(ids[499]) == "topic-499" && names.find("topic-499") == ids[499]));
    CHECK((names.find("orders") == kNoName && names.text(kNoName).empty() && names.size() == 500));
}
