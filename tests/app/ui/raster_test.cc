#include "app/ui/raster/triangle.h"

#include <catch2/catch_test_macros.hpp>

#include <cstdio>

using namespace app;
using namespace app::ui;

namespace {

constexpr ClipBox kAll{0, 0, 64, 64};
constexpr u32 kHalfWhite = 0x80ffffff;

RasterVertex at(i32 x, i32 y, u32 colour = 0xffffffffu) { return {x * kOnePixel, y * kOnePixel, 0, 0, colour}; }

/// How many pixels are not black.
int lit(const Image& image) {
    int count = 0;
    for (const u32 pixel : image.pixels) count += pixel != 0xff000000u;
    return count;
}

Image black() { return make_image(64, 64, 0xff000000u); }

}  // namespace

TEST_CASE("two triangles with a common edge cover each pixel of their square once") {
    Image image = black();
    fill_triangle(image, kAll, {}, at(8, 8, kHalfWhite), at(40, 8, kHalfWhite), at(40, 40, kHalfWhite));
    fill_triangle(image, kAll, {}, at(8, 8, kHalfWhite), at(40, 40, kHalfWhite), at(8, 40, kHalfWhite));
    CHECK(lit(image) == 32 * 32);
    for (i32 y = 8; y < 40; ++y) {
        for (i32 x = 8; x < 40; ++x) REQUIRE(image.at(x, y) == 0xff808080u);   // twice would be brighter
    }
}

TEST_CASE("the order of corners does not matter") {
    Image clockwise = black(), counter = black();
    fill_triangle(clockwise, kAll, {}, at(3, 5), at(50, 9), at(20, 60));
    fill_triangle(counter, kAll, {}, at(3, 5), at(20, 60), at(50, 9));
    CHECK(clockwise.pixels == counter.pixels);
    CHECK(lit(clockwise) > 900);
}

TEST_CASE("nothing is drawn outside the clip") {
    Image image = black();
    fill_triangle(image, {10, 10, 20, 20}, {}, at(-100, -100), at(300, -100), at(0, 300));
    CHECK(lit(image) == 100);
    CHECK(image.at(9, 10) == 0xff000000u);
    CHECK(image.at(19, 19) == 0xffffffffu);
    CHECK(image.at(20, 19) == 0xff000000u);
}

TEST_CASE("a colour goes evenly from one corner to the other") {
    Image image = black();
    fill_triangle(image, kAll, {}, at(0, 0, 0xff000000u), at(64, 0, 0xff0000ffu), at(64, 64, 0xff0000ffu));
    u32 before = 0;
    for (i32 x = 1; x < 64; ++x) {
        const u32 red = image.at(x, 0) & 0xffu;
        REQUIRE(red >= before);
        before = red;
    }
    CHECK(before >= 250);
}

TEST_CASE("blending with full and with no alpha is exact") {
    CHECK(blend(0xff123456u, 0x00abcdefu, 255) == 0xffabcdefu);
    CHECK(blend(0xff123456u, 0x00abcdefu, 0) == 0xff123456u);
}

TEST_CASE("a degenerate triangle draws nothing") {
    Image image = black();
    fill_triangle(image, kAll, {}, at(5, 5), at(30, 30), at(50, 50));
    CHECK(lit(image) == 0);
}

TEST_CASE("a picture that cannot be written says where and why") {
    const auto result = write_png(black(), "/nowhere/at/all.png");
    REQUIRE_FALSE(result.has_value());
    CHECK(result.error().starts_with("cannot write the picture: "));
    CHECK(result.error().find("/nowhere/at/all.png") != std::string::npos);
}

TEST_CASE("a picture as a file starts as PNG files do") {
    const std::vector<u8> file = encode_png(black());
    REQUIRE(file.size() > 60);
    const std::vector<u8> head(file.begin(), file.begin() + 8);
    CHECK(head == std::vector<u8>{0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'});
}
