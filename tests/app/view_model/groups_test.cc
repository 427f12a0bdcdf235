#include <catch2/catch_test_macros.hpp>

#include <algorithm>

#include <fmt/format.h>

#include "app/lab/sql/known_groups.h"
#include "app/view_model/groups.h"
#include "app/view_model/shot.h"
#include "tests/app/view_model/told.h"

using namespace app;
using tests::Told;

TEST_CASE("groups: without a consumer in a group the view says so and what to do") {
    Told told;
    const app::Snapshot at = told.snapshot();
    const GroupsVm vm = make_groups(Scene(at));
    CHECK_FALSE(vm.head.empty_title.empty());
    CHECK_FALSE(vm.head.empty_text.empty());
}

TEST_CASE("groups: a group that became stable shows its members, shares and lag") {
    Told told;
    REQUIRE(told.pass_until("SELECT count(*) = 1 FROM groups WHERE state = 'Stable'"));
    REQUIRE(told.pass_until("SELECT max(position) >= 3 FROM offsets"));
    const app::Snapshot at = told.snapshot();
    const Scene scene(at);
    const GroupsVm vm = make_groups(scene);
    CHECK(vm.head.empty_title.empty());
    CHECK(vm.phase == GroupPhaseVm::stable);
    CHECK(vm.generation == 1);
    REQUIRE_FALSE(vm.shares.empty());
    REQUIRE(vm.shares.back().rows.size() == 1);
    CHECK(vm.shares.back().in_force);
    CHECK(vm.shares.back().rows[0].leads);
    REQUIRE_FALSE(vm.lag.empty());
    for (const LagRowVm& row : vm.lag) {
        CHECK(row.lag == row.high_watermark - std::max<i64>(row.committed, 0));
        CHECK(row.position <= row.high_watermark);
    }
}

TEST_CASE("groups: why a generation began names who came, not who was the last to join again") {
    ShotRequest request;
    request.lesson = "303";
    request.step = "third";
    request.view = "groups";
    const auto shot = prepare_shot(request);
    REQUIRE(shot);
    const std::vector<CauseVm>& causes = shot->screen.inspector.causes;
    REQUIRE(causes.size() >= 3);
    CHECK(std::ranges::any_of(causes, [](const CauseVm& cause) { return cause.text == "Consumer c starts"; }));
    CHECK(std::ranges::none_of(
        causes, [](const CauseVm& cause) { return cause.text.find("appends") != std::string::npos; }));
}

TEST_CASE("groups: a coordinator that loaded the group from its log shows its members by name, and who reads what") {
    Told told;
    REQUIRE(told.pass_until("SELECT count(*) = 1 FROM assignments"));
    REQUIRE(told.pass_until("SELECT count(*) >= 3 FROM deliveries"));
    app::Snapshot at = told.snapshot();
    const auto coordinator = app::lab::known_groups(Scene(at).reader()).front().coordinator;
    told.act("pause warehouse");
    told.act(fmt::format("kill broker {}", coordinator.value));
    // Nobody of the group has spoken to the new coordinator yet.
    REQUIRE(told.step_until(
        [&](const Scene& scene) {
            const auto groups = app::lab::known_groups(scene.reader());
            return !groups.empty() && groups.front().alive && groups.front().group->members.size() > 0 &&
                   groups.front().coordinator != coordinator;
        },
        40'000));
    at = told.snapshot();
    const GroupsVm vm = make_groups(Scene(at));
    REQUIRE_FALSE(vm.shares.empty());
    REQUIRE(vm.shares.back().rows.size() == 1);
    CHECK(vm.shares.back().rows[0].member == "warehouse");
    CHECK(std::ranges::find(vm.shares.back().rows[0].cells, ShareKind::none) == vm.shares.back().rows[0].cells.end());
}
