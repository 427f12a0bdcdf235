// Every view at a moment at which something happens: whole at every size and scale, cheap, and its states told apart by
// people who see without one kind of cone.
#include <catch2/catch_test_macros.hpp>

#include <imgui.h>

#include <algorithm>
#include <unordered_map>

#include "app/ui/draw_check.h"
#include "app/ui/offscreen.h"
#include "app/ui/program/shot_command.h"
#include "app/ui/raster/vision.h"
#include "app/ui/shell/screen.h"
#include "app/view_model/shot.h"

using namespace app;
using namespace app::ui;

namespace {

struct ViewMoment {
    const char* view;
    const char* lesson;
    const char* step;
};

constexpr ViewMoment kViewMoments[] = {
    {"stage", "204", "who"},           {"partitions", "206", "choose"},  {"groups", "303", "third"},
    {"znodes", "201", "expiry"},       {"events", "204", "who"},         {"space-time", "205", "killed"},
    {"record-trace", "302", "after-crash"}, {"wire", "301", "plain"},         {"log-files", "204", "return"},
    {"metrics", "206", "rewrite"},     {"twin", "204", "who"},           {"sql", "402", "append"},
    {"console", "401", "second"},      {"query", "407", "donkey"},       {"event-time", "407", "donkey"},
    {"state", "407", "donkey"},        {"unbounded-table", "402", "third"}, {"checkpoint", "501", "during"},
    {"code", "402", "append"},         {"timeline", "204", "return"},    {"transcript", "204", "return"},
};

Shot shot_of(const ViewMoment& moment) {
    ShotRequest request;
    request.lesson = moment.lesson;
    request.step = moment.step;
    request.view = moment.view;
    if (std::string_view(moment.view) == "twin") request.twin = "pause broker 2";
    const auto shot = prepare_shot(request);
    INFO(moment.view << (shot ? "" : ": " + shot.error()));
    REQUIRE(shot);
    return *shot;
}

/// How many pixels have each colour.
std::unordered_map<u32, std::size_t> colours_of(const Image& image) {
    std::unordered_map<u32, std::size_t> count;
    for (const u32 pixel : image.pixels) ++count[pixel];
    return count;
}

}  // namespace

TEST_CASE("every view is whole from 1024 x 640 to 4K and from 75 to 250 %, and stays below the budget of vertices",
          "[slow]") {
    constexpr int kMostVertices = 40'000;
    const PictureOptions sizes[] = {{1024, 640, ThemeName::dark, 0.75f}, {1024, 640, ThemeName::dark, 1},
                                    {1024, 640, ThemeName::dark, 1.5f},  {1280, 800, ThemeName::light, 1},
                                    {1280, 800, ThemeName::dark, 2},     {3840, 2160, ThemeName::dark, 1},
                                    {3840, 2160, ThemeName::projector, 2.5f}};
    for (const ViewMoment& moment : kViewMoments) {
        const Shot shot = shot_of(moment);
        for (const PictureOptions& size : sizes) {
            INFO(moment.view << " " << size.width << " x " << size.height << " at " << size.scale);
            Offscreen offscreen(size);
            ScreenState state;
            const DrawFrame draw = [&](Ui& ui, const Rect& screen) { draw_screen(ui, screen, shot.screen, state); };
            offscreen.frame({}, draw);
            CHECK(to_text(check_frame(offscreen.frame({}, draw))) == "");
            CHECK(ImGui::GetDrawData()->TotalVtxCount <= kMostVertices);
        }
    }
}

namespace {

/// States that have the same shape in a picture: cells and bars, their edges, marks. What is chosen has an edge of its
/// own.
std::vector<std::vector<Colour>> shapes_of(const Theme& theme) {
    return {{theme.leader.fill, theme.in_sync.fill, theme.out_of_sync.fill, theme.late.fill},
            {theme.leader.edge, theme.out_of_sync.edge, theme.dead.edge, theme.now_edge, theme.late.edge},
            {theme.in_sync.edge, theme.good.edge, theme.ink, theme.ctl}};
}

/// Checks the states that a picture shows, two by two. How many pairs there were.
std::size_t compare_states(const Image& picture, const Theme& theme) {
    constexpr std::size_t kFewPixels = 30;
    constexpr double kApart = 9;
    const auto seen = colours_of(picture);
    const auto is_shown = [&](Colour colour) {
        const auto found = seen.find(colour);
        return found != seen.end() && found->second >= kFewPixels;
    };
    std::size_t compared = 0;
    for (const std::vector<Colour>& shape : shapes_of(theme))
        for (std::size_t i = 0; i < shape.size(); ++i)
            for (std::size_t j = 0; j < i; ++j) {
                if (!is_shown(shape[i]) || !is_shown(shape[j])) continue;
                ++compared;
                for (const Vision vision : kVisions) {
                    INFO(to_string(vision) << " " << i << " " << j);
                    CHECK(distance(shape[i], shape[j], vision) > kApart);
                }
            }
    return compared;
}

}  // namespace

TEST_CASE("in every picture states of one shape stay apart for each kind of colour vision", "[slow]") {
    for (const ThemeName name : kThemeNames) {
        std::size_t compared = 0;
        for (const ViewMoment& moment : kViewMoments) {
            INFO(moment.view << " " << to_string(name));
            compared += compare_states(draw_shot(shot_of(moment), {1280, 800, name, 1}), theme_of(name));
        }
        CHECK(compared >= 30);
    }
}
