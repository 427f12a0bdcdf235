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

TEST_CASE("in every picture states of one shape stay apart for each kind of colour vision", "[slow]") {
    constexpr std::size_t kFewPixels = 30;
    constexpr double kApart = 9;
    std::size_t compared = 0;
    for (const ViewMoment& moment : kViewMoments) {
        const auto seen = colours_of(draw_shot(shot_of(moment), {1280, 800, ThemeName::dark, 1}));
        const Theme& theme = theme_of(ThemeName::dark);
        // What has the same shape: cells and bars, their edges, marks. What is chosen has an edge of its own.
        const std::vector<std::vector<Colour>> shapes = {
            {theme.leader.fill, theme.in_sync.fill, theme.out_of_sync.fill, theme.late.fill},
            {theme.leader.edge, theme.out_of_sync.edge, theme.dead.edge, theme.now_edge, theme.late.edge},
            {theme.in_sync.edge, theme.good.edge, theme.ink, theme.ctl}};
        for (const std::vector<Colour>& shape : shapes)
            for (std::size_t i = 0; i < shape.size(); ++i)
                for (std::size_t j = 0; j < i; ++j) {
                    const auto a = seen.find(shape[i]), b = seen.find(shape[j]);
                    if (a == seen.end() || b == seen.end() || std::min(a->second, b->second) < kFewPixels) continue;
                    ++compared;
                    for (const Vision vision : kVisions) {
                        INFO(moment.view << " " << to_string(vision) << " " << i << " " << j);
                        CHECK(distance(shape[i], shape[j], vision) > kApart);
                    }
                }
    }
    CHECK(compared >= 30);
}
