#include <catch2/catch_test_macros.hpp>

#include "app/lab/play/player.h"
#include "app/lab/run/beside.h"

using namespace app::lab;

namespace {

/// The leader dies after some seconds, told as the lesson tells it.
std::unique_ptr<Session> told_session() {
    auto session = open_lesson("204", 7);
    REQUIRE(session);
    Run& run = *(*session)->run;
    const auto at = [&](int ms) { run.run_to(run.world().frame->origin + sim::millis(ms)); };
    at(1500);
    run.act(sim::InputAuthor::learner, "pause shop");
    at(3000);
    run.act(sim::InputAuthor::lesson, "kill broker 1");
    at(9000);
    return std::move(*session);
}

Text change(std::string line) {
    Text text;
    text.value = std::move(line);
    text.place.line = 1;   // what stands nowhere counts as not given
    return text;
}

}  // namespace

TEST_CASE("another world beside: without a change it is the same world, bit by bit") {
    const auto session = told_session();
    const auto other = open_changed(*session, {});
    REQUIRE(other);
    REQUIRE(follow_beside(*session->run, *(*other)->run));
    CHECK(engine::hash((*other)->run->world()) == engine::hash(session->run->world()));
}

TEST_CASE("another world beside: it differs by the change, is told the same, and stands at the same moment") {
    const auto session = told_session();
    const auto other = open_changed(*session, {change("network latency 9ms")});
    REQUIRE(other);
    Run& beside = *(*other)->run;
    REQUIRE(follow_beside(*session->run, beside));
    CHECK(engine::hash(beside.world()) != engine::hash(session->run->world()));
    REQUIRE(beside.history().inputs.size() == 2);
    CHECK(beside.history().inputs[1].line == "kill broker 1");
    CHECK(beside.lesson_clock() == session->run->lesson_clock());
}

TEST_CASE("another world beside: it goes back and forth with the first, and a future of another past is refused") {
    const auto session = told_session();
    const auto other = open_changed(*session, {change("network latency 9ms")});
    REQUIRE(other);
    Run &run = *session->run, &beside = *(*other)->run;
    REQUIRE(follow_beside(run, beside));
    const sim::u64 hash = engine::hash(beside.world()), head = run.cursor();
    run.seek(run.index_at(run.world().frame->origin + sim::millis(2000)));
    REQUIRE(follow_beside(run, beside));
    CHECK(beside.lesson_clock() == run.lesson_clock());
    run.seek(head);
    run.let_pass(run.world().frame->origin + sim::millis(9000));
    REQUIRE(follow_beside(run, beside));
    CHECK(engine::hash(beside.world()) == hash);
    run.seek(run.index_at(run.world().frame->origin + sim::millis(1000)));
    run.act(sim::InputAuthor::learner, "kill broker 2");
    CHECK_FALSE(follow_beside(run, beside));
}

TEST_CASE("another world beside: a change of what is not there is refused with its place") {
    const auto session = told_session();
    const auto other = open_changed(*session, {change("producer nobody config acks=1")});
    REQUIRE_FALSE(other);
    CHECK(other.error().find("there is no producer 'nobody'") != std::string::npos);
}
