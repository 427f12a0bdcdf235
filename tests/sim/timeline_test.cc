#include "sim/record/timeline.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/support/broken.h"
#include "tests/support/toy_world.h"

using namespace tests;

namespace {

void play(ToyTimeline& timeline, u64 events) {
    for (u64 i = 0; i < events; ++i) REQUIRE(timeline.advance());
}

const KeyframeBudget kFew{1 << 20, 8, 16};

}  // namespace

// ---- going back ---------------------------------------------------------------------------------

TEST_CASE("every moment can be reached again, forwards and backwards") {
    ToyTimeline timeline(ToyWorld{}, kFew);
    play(timeline, 300);
    for (const u64 index : {0u, 17u, 299u, 16u, 160u, 300u}) {
        timeline.seek(index);
        CHECK(timeline.cursor() == index);
        CHECK(timeline.world().value == straight(index).value);
    }
    CHECK_FALSE(timeline.divergence().found);
}

TEST_CASE("going over the past again records nothing") {
    ToyTimeline timeline(ToyWorld{}, kFew);
    play(timeline, 100);
    const auto rows = timeline.branch().history;
    timeline.seek(10);
    timeline.seek(100);
    timeline.rebuild_at_cursor();
    CHECK((timeline.branch().history == rows && rows.size() == 100));
}

TEST_CASE("inputs of the past are applied again where they stood") {
    ToyTimeline timeline(ToyWorld{}, kFew);
    play(timeline, 40);
    timeline.act(input_of("1000"));
    play(timeline, 40);
    const i64 value = timeline.world().value;
    timeline.seek(5);
    CHECK(timeline.world().value < 1000);
    timeline.seek(81);
    CHECK(timeline.world().value == value);
}

TEST_CASE("a world that has come to its end can be told so and looked at again") {
    ToyWorld world;
    world.last = 5;
    ToyTimeline timeline(world);
    play(timeline, 5);
    CHECK_FALSE(timeline.advance());
    timeline.seek(2);
    CHECK(timeline.advance());
}

TEST_CASE("nobody can go to a future that has not happened") {
    ToyTimeline timeline{ToyWorld{}};
    play(timeline, 5);
    CHECK(tests::breaks([&] { timeline.seek(6); }));
}

TEST_CASE("a timeline may begin with a world that is under way") {
    ToyTimeline timeline(straight(50), kFew);
    CHECK((timeline.first() == 50 && timeline.branch().history.empty()));
    play(timeline, 20);
    timeline.seek(55);
    CHECK(timeline.world().value == straight(55).value);
}

// ---- branches -----------------------------------------------------------------------------------

TEST_CASE("changing the past opens a branch and keeps the old future") {
    ToyTimeline timeline(ToyWorld{}, kFew);
    play(timeline, 60);
    const i64 old_future = timeline.world().value;
    timeline.seek(30);
    timeline.act(input_of("500"));
    play(timeline, 29);
    REQUIRE(timeline.branches().size() == 2);
    CHECK((timeline.branch().parent == 0 && timeline.branch().fork == 30));
    CHECK(timeline.world().value != old_future);
    timeline.switch_to(0, 60);
    CHECK(timeline.world().value == old_future);
}

TEST_CASE("a branch shares the history of its parent up to the fork") {
    ToyTimeline timeline(ToyWorld{}, kFew);
    play(timeline, 60);
    timeline.seek(30);
    timeline.act(input_of("500"));
    const auto& trunk = timeline.branches()[0].history;
    const auto& branch = timeline.branch().history;
    REQUIRE(branch.size() == 31);
    CHECK(std::equal(branch.begin(), branch.begin() + 30, trunk.begin()));
    CHECK(branch.back().value == trunk[29].value + 500);
}

TEST_CASE("a branch of a branch finds its way back through both") {
    ToyTimeline timeline(ToyWorld{}, kFew);
    play(timeline, 60);
    timeline.seek(30);
    timeline.act(input_of("500"));
    play(timeline, 30);
    timeline.seek(45);
    timeline.act(input_of("7000"));
    const i64 value = timeline.world().value;
    timeline.seek(3);
    CHECK(timeline.world().value == straight(3).value);
    timeline.seek(46);
    CHECK((timeline.world().value == value && timeline.branches().size() == 3));
}

TEST_CASE("an input at the head goes on with the same branch") {
    ToyTimeline timeline{ToyWorld{}};
    play(timeline, 3);
    timeline.act(input_of("1"));
    timeline.act(input_of("2"));
    CHECK((timeline.branches().size() == 1 && timeline.branch().inputs.size() == 2 && timeline.branch().head == 5));
}

// ---- keyframes ----------------------------------------------------------------------------------

TEST_CASE("keyframes thin out instead of growing without end") {
    ToyTimeline timeline(ToyWorld{}, kFew);
    play(timeline, 5000);
    CHECK(timeline.keyframes().size() <= 8);
    CHECK(timeline.keyframes().spacing() >= 512);
    timeline.seek(4999);
    CHECK(timeline.world().value == straight(4999).value);
}

TEST_CASE("keyframes stay within their bytes") {
    ToyTimeline timeline(ToyWorld{}, {1000, 1000, 16});
    play(timeline, 3000);
    CHECK(timeline.keyframes().weight() <= 1000);
    CHECK(timeline.keyframes().best(0, 0) != nullptr);
}

TEST_CASE("the best keyframe is the last one at or before the moment, on the same branch") {
    Keyframes<int> frames({1 << 20, 100, 10});
    for (const u64 index : {0u, 10u, 20u}) frames.keep(0, index, 1, static_cast<int>(index));
    frames.keep(1, 15, 1, 15);
    CHECK((frames.best(0, 19)->world == 10 && frames.best(0, 20)->world == 20 && frames.best(1, 99)->world == 15));
    CHECK(frames.best(1, 14) == nullptr);
    CHECK((frames.due(0, 30) && !frames.due(0, 20) && !frames.due(0, 31)));
}

TEST_CASE("a past that comes out differently is told") {
    ToyTimeline timeline{ToyWorld{}};
    play(timeline, 3 * ToyTimeline::kSampleEvery);
    CHECK_FALSE(timeline.divergence().found);
    timeline.seek(0);
    const_cast<ToyWorld&>(timeline.world()).disturbed_by = 1;
    while (timeline.cursor() < ToyTimeline::kSampleEvery) timeline.advance();
    CHECK((timeline.divergence().found && timeline.divergence().index == ToyTimeline::kSampleEvery));
}
