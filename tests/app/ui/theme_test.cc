#include "app/ui/theme.h"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>

#include "app/ui/motion.h"
#include "app/ui/raster/vision.h"

using namespace app;
using namespace app::ui;

namespace {

float worst(const Theme& theme, Colour colour) {
    float least = 99;
    for (const Colour surface : {theme.bg, theme.panel, theme.card, theme.raised})
        least = std::min(least, contrast(colour, surface));
    return least;
}

}  // namespace

TEST_CASE("text is readable on every surface of every theme") {
    for (const ThemeName name : kThemeNames) {
        const Theme& theme = theme_of(name);
        INFO(to_string(name));
        for (const Colour colour : {theme.ink, theme.mid, theme.low}) CHECK(worst(theme, colour) >= 4.5);
        CHECK(contrast(theme.strong, theme.on_strong) >= 4.5);
        CHECK(contrast(theme.now, theme.on_now) >= 4.5);
        for (const Tone& tone :
             {theme.leader, theme.in_sync, theme.out_of_sync, theme.good, theme.late, theme.neutral})
            CHECK(contrast(tone.fill, tone.text) >= 4.5);
    }
}

TEST_CASE("marks and the edges of controls can be told from every surface") {
    for (const ThemeName name : kThemeNames) {
        const Theme& theme = theme_of(name);
        INFO(to_string(name));
        for (const Colour colour :
             {theme.leader.edge, theme.in_sync.edge, theme.out_of_sync.edge, theme.dead.edge, theme.good.edge,
              theme.late.edge, theme.evicted, theme.controller, theme.watermark, theme.ctl, theme.now_edge}) {
            CHECK(worst(theme, colour) >= 3.0);
        }
    }
}

TEST_CASE("bars and marks of different meaning stay apart without any one kind of cone") {
    for (const ThemeName name : kThemeNames)
        for (const Vision vision : kVisions) {
            const Theme& theme = theme_of(name);
            INFO(to_string(name) << " " << to_string(vision));
            // What has the same shape: cells and bars by their fill, outlines by their edge. Late rows are triangles.
            const Colour fills[] = {theme.leader.fill, theme.in_sync.fill, theme.out_of_sync.fill, theme.now};
            const Colour edges[] = {theme.leader.edge, theme.out_of_sync.edge, theme.dead.edge, theme.now_edge,
                                    theme.late.edge};
            for (std::size_t i = 0; i < std::size(edges); ++i)
                for (std::size_t j = 0; j < i; ++j) {
                    if (i < std::size(fills)) CHECK(distance(fills[i], fills[j], vision) > 9);
                    CHECK(distance(edges[i], edges[j], vision) > 9);
                }
        }
}

TEST_CASE("what a missing cone would tell apart falls together, grey stays grey") {
    CHECK(seen_as(rgb(0x808080), Vision::protan) == rgb(0x808080));
    CHECK(seen_as(rgb(0xF0E442), Vision::full) == rgb(0xF0E442));
    CHECK(distance(rgb(0x1FB88C), rgb(0xD98BB6), Vision::full) > 60);
    CHECK(distance(rgb(0x1FB88C), rgb(0xD98BB6), Vision::deutan) < 20);
    CHECK_FALSE(vision_named("hawk").has_value());
}

TEST_CASE("a step shows its cause, then the message, then the effect") {
    const StepMotion start = step_motion(0, false, false, 1);
    CHECK(start.cause == 0);
    CHECK(start.running);
    const StepMotion middle = step_motion(160, false, false, 1);
    CHECK(middle.cause == 1);
    CHECK(middle.message > 0);
    CHECK(middle.message < 1);
    CHECK(middle.effect == 0);
    const StepMotion end = step_motion(320, false, false, 1);
    CHECK(end.effect == 1);
    CHECK_FALSE(end.running);
}

TEST_CASE("a step back is the same, reversed") {
    for (const i64 at : {0, 40, 100, 200, 320})
        CHECK(step_motion(at, true, false, 1).message == step_motion(320 - at, false, false, 1).message);
}

TEST_CASE("reduced motion and many events change at once") {
    CHECK(step_motion(0, false, true, 1).message == 1);
    CHECK(step_motion(0, false, true, 1).outline == 1);
    CHECK_FALSE(step_motion(600, false, true, 1).running);
    CHECK(step_motion(0, false, false, 11).effect == 1);
    CHECK_FALSE(step_motion(0, false, false, 11).running);
}
