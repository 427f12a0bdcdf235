#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <cmath>

#include "app/view_model/shot.h"
#include "app/view_model/space_time_svg.h"
#include "tests/app/view_model/told.h"

using namespace app;
using tests::Told;

TEST_CASE("space-time: what led to an append is a chain of messages from its producer") {
    Told told;
    REQUIRE(told.pass_until("SELECT min(high_watermark) >= 3 FROM replicas WHERE topic = 'orders'"));
    told.desk.selected = "orders-0/1 offset 2";
    const app::Snapshot at = told.snapshot();
    const SpaceTimeVm vm = make_space_time(Scene(at));
    REQUIRE_FALSE(vm.columns.empty());
    const auto shop = std::ranges::find(vm.lanes, "shop") - vm.lanes.begin();
    CHECK(std::ranges::any_of(vm.messages, [&](const SpaceMessageVm& message) {
        return message.part == ConePart::led_to_it && message.from_lane == shop && message.label == "Produce";
    }));
    CHECK(std::ranges::count(vm.points, ConePart::selected, &SpacePointVm::part) == 1);
    for (const SpaceMessageVm& message : vm.messages) CHECK(message.from_column <= message.to_column);
}

TEST_CASE("space-time: the drawing for print has every lane, event and message, and its text is escaped") {
    Told told;
    REQUIRE(told.pass_until("SELECT min(high_watermark) >= 3 FROM replicas WHERE topic = 'orders'"));
    told.desk.selected = "orders-0/1 offset 2";
    const app::Snapshot at = told.snapshot();
    SpaceTimeVm vm = make_space_time(Scene(at));
    vm.lanes.front() = "a<b>&";
    const std::string svg = space_time_svg(vm);
    const auto count = [&](std::string_view part) {
        std::size_t n = 0;
        for (auto found = svg.find(part); found != std::string::npos; found = svg.find(part, found + 1)) ++n;
        return n;
    };
    CHECK(svg.starts_with("<svg xmlns"));
    CHECK(svg.ends_with("</svg>\n"));
    CHECK(count("class='name'>") == vm.lanes.size());
    CHECK(svg.find(">a&lt;b&gt;&amp;</text>") != std::string::npos);
    CHECK(count("marker-end=") ==
          static_cast<std::size_t>(std::ranges::count(vm.messages, false, &SpaceMessageVm::lost)));
    CHECK(count("class='selected'") == 1);
    CHECK(space_time_svg({}).find("</svg>") != std::string::npos);
}

TEST_CASE("space-time: the trace of a committed record is done up to its reader, and the ledger counts it once") {
    Told told;
    REQUIRE(told.pass_until("SELECT count(*) >= 3 FROM deliveries"));
    told.desk.selected = "orders-0/1 offset 0";
    const app::Snapshot at = told.snapshot();
    const SpaceTimeVm vm = make_space_time(Scene(at));
    REQUIRE(vm.trace.size() >= 5);
    for (const TraceStageVm& stage : vm.trace) CHECK(stage.state == TraceState::done);
    CHECK(vm.lost == 0);
    CHECK(vm.once >= 1);
}

TEST_CASE("space-time: to scale columns stand as far apart as their moments, and what is left out keeps its gap") {
    Told told;
    REQUIRE(told.pass_until("SELECT min(high_watermark) >= 3 FROM replicas WHERE topic = 'orders'"));
    told.desk.selected = "orders-0/1 offset 2";
    app::Snapshot at = told.snapshot();
    const SpaceTimeVm even = make_space_time(Scene(at));
    for (const SpaceColumnVm& column : even.columns) CHECK(column.width == 1);
    told.desk.to_scale = true;
    at = told.snapshot();
    const SpaceTimeVm scaled = make_space_time(Scene(at));
    REQUIRE(scaled.columns.size() == even.columns.size());
    REQUIRE(scaled.columns.size() > 3);
    double sum = 0, count = 0;
    for (std::size_t i = 1; i < scaled.columns.size(); ++i)
        if (scaled.columns[i].gap_before.empty()) sum += scaled.columns[i].width, count += 1;
    CHECK(std::abs(sum - count) < 1e-6);
    CHECK(std::ranges::any_of(scaled.columns, [](const SpaceColumnVm& column) { return column.width > 1.5; }));
    CHECK(space_time_svg(scaled) != space_time_svg(even));
}

TEST_CASE("record trace: committed and not worked off is lost to a reader, worked off again is twice") {
    const auto readers = [](const char* step) {
        ShotRequest request;
        request.lesson = "302";
        request.step = step;
        request.view = "record-trace";
        const auto shot = prepare_shot(request);
        REQUIRE(shot);
        CHECK(shot->screen.space_time.lost + shot->screen.space_time.twice == 0);   // in the log all are there once
        return shot->screen.space_time.readers;
    };
    const auto sum = [](const std::vector<ReaderLedgerVm>& all, u64 ReaderLedgerVm::* what) {
        u64 total = 0;
        for (const ReaderLedgerVm& reader : all) total += reader.*what;
        return total;
    };
    CHECK(sum(readers("before-crash"), &ReaderLedgerVm::lost) > 0);
    CHECK(sum(readers("before-crash"), &ReaderLedgerVm::twice) == 0);
    CHECK(sum(readers("after-crash"), &ReaderLedgerVm::twice) > 0);
}
