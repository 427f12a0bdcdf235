// Eight moments as pictures that must not change unless somebody means it. The pixels are the same on every machine
// with the same fonts, the same version of Dear ImGui, which rasterises the letters, and processors that estimate
// reciprocal square roots alike: Dear ImGui smooths the edges of lines with that instruction, whose last bits Intel and
// AMD choose differently. So version and estimate name the row.
#include <catch2/catch_test_macros.hpp>

#include <bit>

#include <fmt/format.h>
#include <imgui.h>
#include <imgui_internal.h>

#include "app/lab/host/files.h"
#include "app/ui/program/shot_command.h"

using namespace app;
using namespace app::ui;

namespace {

struct Moment {
    std::string_view name;
    std::string_view lesson, step, view, theme, scale;
    bool asking = false;
    std::string_view select = "";
};

constexpr Moment kMoments[] = {
    {"home", "", "", "home", "dark", ""},
    {"components", "", "", "components", "dark", ""},
    {"marks", "204", "marks", "", "dark", ""},
    {"silence", "204", "silence", "", "light", ""},
    {"who-asking", "204", "who", "", "dark", "", true},
    {"who", "204", "who", "events", "dark", ""},
    {"epoch-projector", "204", "epoch", "", "projector", "1.25"},
    {"return-selected", "204", "return", "partitions", "light", "", false, "broker 1"},
};

u64 digest_of(const Moment& moment) {
    ShotRequest request;
    request.lesson = moment.lesson, request.step = moment.step, request.view = moment.view,
    request.asking = moment.asking, request.select = moment.select;
    const auto shot = prepare_shot(request);
    REQUIRE(shot.has_value());
    PictureOptions options;
    options.theme = parse_theme(std::string(moment.theme)).value_or(ThemeName::dark);
    options.scale = parse_scale(std::string(moment.scale)).value_or(1.0f);
    return digest(draw_shot(*shot, options));
}

/// How this processor estimates reciprocal square roots, as a number.
sim::u32 estimate_of_roots() {
    sim::u32 probe = 0;
    for (const float x : {0.1f, 2.0f, 3.0f, 5.0f, 7.0f, 11.0f, 123.4f, 7777.7f})
        probe = probe * 31 + std::bit_cast<sim::u32>(ImRsqrt(x));
    return probe;
}

/// Rows "version roots moment digest".
std::string golden_path() { return lab::join_path(lab::root_folder(), "tests/golden/pictures.txt"); }

}  // namespace

TEST_CASE("golden: eight moments are drawn pixel by pixel as they were", "[golden]") {
    const std::string pinned = lab::read_file(golden_path()).value_or("");
    const std::string version = fmt::format("imgui-{} roots-{:08x}", IMGUI_VERSION_NUM, estimate_of_roots());
    const bool known = pinned.find(version + " ") != std::string::npos;
    std::string rows;
    for (const Moment& moment : kMoments)
        rows += fmt::format("{} {} {:016x}\n", version, moment.name, digest_of(moment));
    INFO("tests/golden/pictures.txt is to hold, if the change was meant:\n" << rows);
    if (!known) SKIP("NO PICTURES ARE PINNED for " + version + ": pixels are NOT compared; rows to add:\n" + rows);
    for (std::size_t from = 0; from < rows.size();) {
        const std::size_t end = rows.find('\n', from);
        const std::string row = rows.substr(from, end - from);
        CHECK(pinned.find(row + "\n") != std::string::npos);
        from = end + 1;
    }
}
