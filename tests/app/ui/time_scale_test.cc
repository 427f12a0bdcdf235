#include <catch2/catch_test_macros.hpp>

#include "app/ui/widgets/timeline_lane.h"

using namespace app;
using namespace app::ui;

namespace {

TimeAxisVm folded_axis() {
    TimeAxisVm axis;
    axis.stretches = {{0, 1000, 4, false, {}}, {1000, 9000, 1, true, "8 s folded"}, {9000, 10000, 5, false, {}}};
    return axis;
}

}  // namespace

TEST_CASE("a stretch is as wide as its weight, however long it is") {
    const TimeScale scale(folded_axis(), 100, 1100);
    CHECK(scale.x_of(0) == 100);
    CHECK(scale.x_of(1000) == 500);
    CHECK(scale.x_of(9000) == 600);
    CHECK(scale.x_of(10000) == 1100);
    REQUIRE(scale.folds().size() == 1);
    CHECK(scale.folds()[0].from == 500);
    CHECK(scale.folds()[0].to == 600);
}

TEST_CASE("a place is turned back into its moment") {
    const TimeScale scale(folded_axis(), 100, 1100);
    for (const i64 at : {0, 250, 1000, 5000, 9000, 9500, 10000})
        CHECK(std::abs(scale.time_at(scale.x_of(at)) - at) <= 1);
}

TEST_CASE("moments outside the axis lie on its ends") {
    const TimeScale scale(folded_axis(), 100, 1100);
    CHECK(scale.x_of(-5) == 100);
    CHECK(scale.x_of(20000) == 1100);
    CHECK(scale.time_at(-50) == 0);
    CHECK(scale.time_at(5000) == 10000);
}
