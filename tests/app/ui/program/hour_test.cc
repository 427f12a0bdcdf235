// An hour of play on the learner's clock: brokers die and come back, branches are opened, every view is looked at. What
// is kept of it stays within the budgets: copies of worlds below 512 MB, all of the program's own memory below the
// 512 MB of copies and the 256 MB of history together.
#include <catch2/catch_test_macros.hpp>

#include <fstream>

#include "app/view_model/make.h"
#include "tests/app/ui/program/program_driver.h"

using namespace app;
using tests::ProgramDriver;

namespace {

constexpr u64 kMegabyte = 1'000'000, kCopies = 512 * kMegabyte, kAll = (512 + 256) * kMegabyte;

/// Bytes of the process that are in memory.
u64 resident() {
    std::ifstream status("/proc/self/statm");
    u64 size = 0, pages = 0;
    status >> size >> pages;
    return pages * 4096;
}

}  // namespace

TEST_CASE("an hour of play with every view stays within the budgets of memory", "[slow]") {
    const u64 before = resident();
    ProgramDriver ui;
    REQUIRE(ui.program().open_lesson("204").empty());
    ui.follow_to("");
    const std::vector<std::string> views = built_views();
    const sim::Nanos began = ui.lab().run().lesson_clock();
    constexpr int kMinutes = 60;
    for (int minute = 0; minute < kMinutes; ++minute) {
        const std::string broker = std::to_string(1 + minute % 3);
        ui.line("kill broker " + broker);
        ui.line("wait 30s");
        ui.line("restart broker " + broker);
        ui.line("wait 30s");
        ui.act(UiVerb::open_view, "", views[static_cast<std::size_t>(minute) % views.size()]);
        ui.frame();
        if (minute % 10 == 9) {
            ui.act(UiVerb::step_back, "", "marker");
            ui.line("produce shop value=again");   // in the past: a branch
            ui.line("wait 1s");
        }
    }
    const auto& timeline = ui.lab().run().timeline();
    CHECK(timeline.branches().size() >= 3);
    CHECK(ui.lab().run().lesson_clock() - began > sim::seconds(50 * 60));
    CHECK(timeline.keyframes().weight() <= kCopies);
    INFO("resident " << (resident() - before) / kMegabyte << " MB more than at the beginning");
    CHECK(resident() - before <= kAll);
}
