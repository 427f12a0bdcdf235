// A world is a value: a copy has the same future as the original, whatever is done to both.
#include <catch2/catch_test_macros.hpp>

#include "sim/base/prng.h"
#include "tests/support/small_world.h"

namespace {

constexpr const char* kDeeds[] = {
    "kill broker 1",  "restart broker 1", "pause broker 2",    "resume broker 2",  "partition isolate broker 3",
    "heal",           "kill zookeeper",   "restart zookeeper", "limp broker 2 10", "stop warehouse",
    "start warehouse"};

void step_many(engine::World& world, int count) {
    for (int i = 0; i < count && engine::step(world, engine::nobody()); ++i) {}
}

void act(engine::World& world, const std::string& line) {
    sim::Input input;
    input.line = line;
    input.at_index = world.kernel().event_index;
    input.at = world.kernel().now;
    engine::apply(world, input, engine::nobody());
}

/// What both do next: something is done to them, or nothing is, and some events pass.
void go_on(engine::World& world, const std::string& deed, int events) {
    if (!deed.empty()) act(world, deed);
    step_many(world, events);
}

}  // namespace

TEST_CASE("a copy taken at any of 200 points on 50 seeds has the original's future", "[engine][golden]") {
    for (sim::u64 seed = 1; seed <= 50; ++seed) {
        sim::Prng chance = sim::Prng::forked(seed, "copy test", 0);
        engine::World world = *engine::build_world(tests::shop_spec(seed));
        for (int point = 0; point < 200; ++point) {
            engine::World copy = world;
            const std::string deed = chance.chance(1, 2) ? kDeeds[chance.below(std::size(kDeeds))] : "";
            const int events = point % 20 == 0 ? 300 : static_cast<int>(chance.below(12)) + 1;
            go_on(copy, deed, events);
            go_on(world, deed, events);
            if (engine::hash(copy) != engine::hash(world))
                FAIL_CHECK("seed " << seed << ", point " << point << ", " << deed);
        }
    }
}

TEST_CASE("stepping a copy leaves the original as it was", "[engine]") {
    tests::Stage stage;
    stage.run_to(sim::seconds(3));
    const auto before = engine::hash(stage.world);
    engine::World copy = stage.world;
    step_many(copy, 2000);
    CHECK(engine::hash(stage.world) == before);
    CHECK(engine::hash(copy) != before);
}
