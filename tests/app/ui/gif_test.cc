#include <catch2/catch_test_macros.hpp>

#include "app/ui/raster/gif.h"

using namespace app::ui;
using app::i32;
using app::u32;
using app::u8;

namespace {

/// What an LZW stream of 8-bit roots unpacks to, by the rules of the format alone.
std::vector<u8> unpack(const std::vector<u8>& file, std::size_t& at) {
    REQUIRE(file[at++] == 8);
    std::vector<u8> packed;
    while (file[at] != 0) {
        packed.insert(packed.end(), file.begin() + static_cast<std::ptrdiff_t>(at) + 1,
                      file.begin() + static_cast<std::ptrdiff_t>(at) + 1 + file[at]);
        at += 1u + file[at];
    }
    ++at;
    std::vector<std::vector<u8>> table;
    const auto reset = [&] {
        table.clear();
        for (int i = 0; i < 258; ++i)
            table.push_back(i < 256 ? std::vector<u8>{static_cast<u8>(i)} : std::vector<u8>{});
    };
    reset();
    std::vector<u8> out, before;
    std::size_t bit = 0;
    unsigned width = 9;
    for (;;) {
        u32 code = 0;
        for (unsigned i = 0; i < width; ++i, ++bit) code |= static_cast<u32>(packed.at(bit / 8) >> (bit % 8) & 1) << i;
        if (code == 257) return out;
        if (code == 256) {
            reset();
            before.clear();
            width = 9;
            continue;
        }
        std::vector<u8> entry;
        if (code < table.size()) entry = table[code];
        else {
            entry = before;
            entry.push_back(before.at(0));
        }
        out.insert(out.end(), entry.begin(), entry.end());
        if (!before.empty() && table.size() < 4096) {
            before.push_back(entry[0]);
            table.push_back(before);
            if (table.size() == 1u << width && width < 12) ++width;
        }
        before = entry;
    }
}

Image noisy(i32 width, i32 height, u32 seed) {
    Image image = make_image(width, height, 0xff000000);
    for (u32& pixel : image.pixels) {
        seed = seed * 1664525u + 1013904223u;
        pixel = 0xff000000u | (seed >> 24 & 3) * 0x402010u;
    }
    return image;
}

}  // namespace

TEST_CASE("gif: what a reader unpacks is every pixel of every frame") {
    const std::vector<FilmFrame> frames{{noisy(160, 90, 1), 80}, {noisy(160, 90, 2), 300}};
    const std::vector<u8> file = encode_gif(frames);
    CHECK(std::string(file.begin(), file.begin() + 6) == "GIF89a");
    CHECK(file.back() == 0x3b);
    std::size_t at = 13 + 768 + 19;
    for (const FilmFrame& frame : frames) {
        REQUIRE(file[at] == 0x21);
        CHECK(file[at + 4] + 256 * file[at + 5] == frame.centiseconds);
        at += 8;
        REQUIRE(file[at] == 0x2c);
        at += 10;
        const std::vector<u8> indexes = unpack(file, at);
        REQUIRE(indexes.size() == frame.image.pixels.size());
        bool same = true;
        for (std::size_t i = 0; i < indexes.size(); ++i) {
            const std::size_t entry = 13 + 3u * indexes[i];
            const u32 colour = 0xff000000u | static_cast<u32>(file[entry]) | static_cast<u32>(file[entry + 1]) << 8 |
                               static_cast<u32>(file[entry + 2]) << 16;
            same = same && colour == frame.image.pixels[i];
        }
        CHECK(same);
    }
}
