// What sinks hold when drivers, executors, brokers and the file system die: in the simulated cluster, and in programs
// over files.
#include <catch2/catch_test_macros.hpp>

#include <cstdio>
#include <set>

#include "app/proof/streams/crash_play.h"
#include "app/proof/streams/program_crashes.h"
#include "app/proof/sweep/session.h"

using namespace app::proof;
using engine::PlantedBug;

namespace {

struct Sums {
    sim::i64 again = 0, duplicates = 0, lives = 0;
    std::set<std::string> shapes;
};

Sums play_all(sim::u64 first, sim::u64 last) {
    Sums sums;
    for (sim::u64 seed = first; seed <= last; ++seed) {
        const Crashed played = play_crashes(seed, PlantedBug::none);
        INFO("seed " << seed << ": " << played.shape);
        CHECK(played.wrong == "");
        sums.again += played.again;
        sums.duplicates += played.duplicates;
        sums.lives += played.lives;
        sums.shapes.insert(played.shape);
    }
    return sums;
}

}  // namespace

TEST_CASE("streams: whatever dies, a sink holds what its kind promises") {
    const Sums sums = play_all(1, 150);
    CHECK(sums.shapes.size() == crash_shapes().size());
    CHECK(sums.again > 50);
    CHECK(sums.duplicates > 0);
    CHECK(sums.lives > 200);
}

TEST_CASE("streams: two hundred seeds of each query keep their promises", "[.][long]") {
    play_all(1, 200 * crash_shapes().size());
}

TEST_CASE("streams: undisturbed, no batch is begun twice and no row is there twice") {
    for (sim::u64 seed = 1; seed <= crash_shapes().size(); ++seed) {
        CrashCase c = draw_crash_case(seed);
        std::erase_if(c.deeds, [](const Deed& deed) { return !deed.line.starts_with("type "); });
        const Crashed played = play_crash(c, PlantedBug::none);
        INFO("seed " << seed << ": " << played.shape);
        CHECK(played.wrong == "");
        CHECK(played.again == 0);
        CHECK(played.duplicates == 0);
    }
}

TEST_CASE("streams: an executor that died while it registered is nobody's executor") {
    constexpr sim::u64 kDiesAsItRegisters = 2682;
    CHECK(play_crashes(kDiesAsItRegisters, PlantedBug::none).wrong == "");
}

TEST_CASE("streams: a case of crashes runs alike each time") {
    for (const sim::u64 seed : {3u, 12u, 41u})
        CHECK(play_crashes(seed, PlantedBug::none).trace == play_crashes(seed, PlantedBug::none).trace);
}

TEST_CASE("streams: a crash that breaks a promise is kept as a session, comes back and is made small") {
    constexpr sim::u64 kSeed = 26;
    const Plan plan = plan_of(draw_crash_case(kSeed), PlantedBug::manifest_ignored);
    const Played played = played_of(play_crashes(kSeed, PlantedBug::manifest_ignored));
    REQUIRE(played.failed());
    const std::string path = "/tmp/millrace-crash-test.session";
    REQUIRE(save_session(path, plan, played) == "");
    auto back = plan_of_session(path);
    std::remove(path.c_str());
    REQUIRE(back.has_value());
    CHECK(case_of(*back).deeds.size() == plan.deeds.size());
    back->spec.bug = PlantedBug::manifest_ignored;
    const auto small = shrink_crash(*back);
    REQUIRE(small.has_value());
    CHECK(small->played.failed());
    CHECK(small->plan.deeds.size() == 1);
    CHECK(small->plan.spec.producers[0].records.size() < 3);
    back->spec.bug = PlantedBug::none;
    CHECK_FALSE(shrink_crash(*back).has_value());
}

TEST_CASE("streams: of a driver that dies behind a sink that cannot tell, exactly that batch comes again") {
    sim::i64 deaths = 0, again = 0;
    for (sim::u64 seed = 1; seed <= 160; ++seed) {
        const ProgramCrashes played = play_program_crashes(seed, PlantedBug::none);
        INFO("seed " << seed << ": " << played.shape);
        CHECK(played.wrong == "");
        deaths += played.deaths;
        again += played.again;
    }
    CHECK(deaths > 100);
    CHECK(again > 10);
}
