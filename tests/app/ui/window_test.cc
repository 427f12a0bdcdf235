#include "app/ui/window.h"

#include <catch2/catch_test_macros.hpp>

#include <cstdlib>

#include "app/ui/shell/screen.h"
#include "tests/app/ui/sample_screen.h"
#include "tests/support/display.h"

using namespace app;
using namespace app::ui;

namespace {

/// How many pixels have another colour than the first.
std::size_t drawn(const Image& image) {
    std::size_t count = 0;
    for (const u32 pixel : image.pixels) count += pixel != image.pixels.front();
    return count;
}

}  // namespace

TEST_CASE("without a display the window says what to do instead") {
    const char* display = std::getenv("DISPLAY");
    const std::string kept = display == nullptr ? "" : display;
    unsetenv("DISPLAY");
    const auto window = Window::open({});
    if (!kept.empty()) setenv("DISPLAY", kept.c_str(), 1);
    REQUIRE_FALSE(window.has_value());
    CHECK(window.error().find("--headless") != std::string::npos);
}

TEST_CASE("a real window draws the screen, changes its look, and rests when nothing happens") {
    std::string why;
    if (!tests::have_display(why)) SKIP(why);
    const auto opened = Window::open({});
    REQUIRE(opened.has_value());
    Window& window = **opened;
    const ScreenVm vm = sample::leader_failover();
    ScreenState state;
    const DrawFrame draw = [&](Ui& ui, const Rect& screen) { draw_screen(ui, screen, vm, state); };
    while (window.wait(50)) window.frame(draw);
    const Image dark = window.capture();
    CHECK(drawn(dark) > 100'000);
    CHECK_FALSE(window.wait(1));
    window.set_look(ThemeName::light, 1.5f);
    window.frame(draw);
    window.frame(draw);
    CHECK(digest(window.capture()) != digest(dark));
}
