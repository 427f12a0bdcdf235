#include "app/ui/draw_check.h"

#include <catch2/catch_test_macros.hpp>

#include "app/ui/widgets/button.h"
#include "tests/app/ui/frame_driver.h"

using namespace app;
using namespace app::ui;

namespace {

constexpr Type kType{Face::regular, Size::label};

std::vector<Flaw> flaws_of(const DrawFrame& draw) {
    drive::Driver ui;
    ui.draw = draw;
    ui.settle();
    return check_frame(ui.last());
}

}  // namespace

TEST_CASE("text that is cut by its clip is found") {
    const auto flaws = flaws_of([](Ui& ui, const Rect&) {
        const Clip clip(ui.canvas, {10, 10, 40, 20});
        text(ui.canvas, 12, 20, kType, ui.canvas.theme->ink, "much too long for this");
    });
    REQUIRE(flaws.size() == 1);
    CHECK(flaws[0].kind == Flaw::Kind::cut_text);
}

TEST_CASE("text that was shortened on purpose is no flaw") {
    const auto flaws = flaws_of([](Ui& ui, const Rect&) {
        const Clip clip(ui.canvas, {10, 10, 60, 20});
        text_within(ui.canvas, 12, 20, 56, kType, ui.canvas.theme->ink, "much too long for this");
    });
    CHECK(to_text(flaws).empty());
}

TEST_CASE("text that leaves the screen is found") {
    const auto flaws = flaws_of([](Ui& ui, const Rect& screen) {
        text(ui.canvas, screen.right() - 8, 20, kType, ui.canvas.theme->ink, "outside");
    });
    REQUIRE(flaws.size() == 1);
    CHECK(flaws[0].kind == Flaw::Kind::cut_text);
}

TEST_CASE("labels that lie on each other are found, neighbours and other layers are not") {
    const auto flaws = flaws_of([](Ui& ui, const Rect&) {
        text(ui.canvas, 12, 20, kType, ui.canvas.theme->ink, "broker 1");
        text(ui.canvas, 30, 22, kType, ui.canvas.theme->ink, "broker 2");
        text(ui.canvas, 12, 40, kType, ui.canvas.theme->ink, "below");
        const Raised raised(ui, 3);
        text(ui.canvas, 12, 20, kType, ui.canvas.theme->ink, "a tooltip above");
    });
    REQUIRE(flaws.size() == 1);
    CHECK(flaws[0].kind == Flaw::Kind::overlapping_labels);
}

TEST_CASE("an id that occurs twice is found, in two scopes it is two ids") {
    const auto flaws = flaws_of([](Ui& ui, const Rect&) {
        button(ui, {10, 10, 80, 28}, "Kill");
        button(ui, {10, 50, 80, 28}, "Kill");
        const Scope scope(ui, "broker 2");
        button(ui, {10, 90, 80, 28}, "Kill");
    });
    REQUIRE(flaws.size() == 1);
    CHECK(flaws[0].kind == Flaw::Kind::duplicate_id);
}
