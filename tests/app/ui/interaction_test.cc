#include <catch2/catch_test_macros.hpp>

#include "app/ui/widgets/button.h"
#include "app/ui/widgets/control.h"
#include "tests/app/ui/frame_driver.h"

using namespace app;
using namespace app::ui;
using drive::Driver;

namespace {

/// Two buttons; counts how often each was pressed.
struct TwoButtons : Driver {
    TwoButtons() {
        draw = [this](Ui& ui, const Rect&) {
            first += button(ui, {10, 10, 100, 28}, "first");
            second += button(ui, {10, 50, 100, 28}, "second");
        };
        settle();
    }
    int first = 0;
    int second = 0;
};

}  // namespace

TEST_CASE("a click presses what is under the mouse and nothing else") {
    TwoButtons ui;
    ui.click(ImVec2{20, 60});
    CHECK(ui.first == 0);
    CHECK(ui.second == 1);
}

TEST_CASE("a button that is left before the mouse is released is not pressed") {
    TwoButtons ui;
    ui.move_to({20, 20});
    Input down;
    down.down = down.pressed = true;
    ui.frame(down);
    ui.move_to({400, 400});
    Input up;
    up.released = true;
    ui.frame(up);
    CHECK(ui.first == 0);
}

TEST_CASE("Tab goes through all controls and around, Enter and Space press") {
    TwoButtons ui;
    ui.press({Key::tab});
    CHECK(ui.focused_name() == "first");
    ui.press({Key::enter});
    ui.press({Key::tab});
    CHECK(ui.focused_name() == "second");
    ui.press({Key::space});
    ui.press({Key::tab});
    CHECK(ui.focused_name() == "first");
    ui.press({Key::tab, false, true});
    CHECK(ui.focused_name() == "second");
    CHECK(ui.first == 1);
    CHECK(ui.second == 1);
}

TEST_CASE("the focus ring is drawn only while the keyboard is used") {
    TwoButtons ui;
    const u64 plain = digest(ui.offscreen().picture());
    ui.press({Key::tab});
    const u64 ringed = digest(ui.offscreen().picture());
    CHECK(plain != ringed);
    ui.click(ImVec2{400, 400});
    ui.move_to({-1, -1});
    CHECK(digest(ui.offscreen().picture()) == plain);
}

TEST_CASE("what lies on a higher layer takes the click") {
    int below = 0, above = 0;
    Driver ui;
    ui.draw = [&](Ui& frame, const Rect&) {
        {
            const Raised raised(frame, 5);
            above += button(frame, {10, 10, 100, 28}, "above");
        }
        below += button(frame, {10, 10, 100, 28}, "below");
    };
    ui.settle();
    ui.click(ImVec2{20, 20});
    CHECK(above == 1);
    CHECK(below == 0);
}

TEST_CASE("below a modal layer nothing reacts, neither to the mouse nor to the keyboard") {
    int below = 0;
    Driver ui;
    ui.draw = [&](Ui& frame, const Rect&) {
        below += button(frame, {10, 10, 100, 28}, "below");
        claim_modal(frame, 7);
    };
    ui.settle();
    ui.click(ImVec2{20, 20});
    ui.press({Key::tab});
    ui.press({Key::enter});
    CHECK(below == 0);
}

TEST_CASE("a button that is off does nothing but can be reached") {
    Driver ui;
    ui.draw = [&](Ui& frame, const Rect&) {
        button_off(frame, {10, 10, 120, 28}, "Elect broker 1", "broker 1 is dead");
    };
    ui.settle();
    ui.press({Key::tab});
    CHECK(ui.focused_name() == "Elect broker 1");
    CHECK(ui.actions.empty());
}

TEST_CASE("a slider follows the mouse and the arrow keys") {
    i32 value = 0;
    Driver ui;
    ui.draw = [&](Ui& frame, const Rect&) { value = slider(frame, "delay", {100, 100, 200, 20}, value); };
    ui.settle();
    ui.move_to({200, 110});
    Input down;
    down.down = down.pressed = true;
    ui.frame(down);
    CHECK(value == 500);
    Input up;
    up.released = true;
    ui.frame(up);
    ui.press({Key::tab});
    ui.press({Key::right});
    CHECK(value == 520);
}
