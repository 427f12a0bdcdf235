// A picture: pixels in rows from the top, four bytes each (red lowest), never with padding.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "app/view_model/base.h"

namespace app::ui {

struct Image {
    i32 width = 0;
    i32 height = 0;
    std::vector<u32> pixels;   // width * height, 0xAABBGGRR

    [[nodiscard]] u32 at(i32 x, i32 y) const { return pixels[index(x, y)]; }
    [[nodiscard]] u32* row(i32 y) { return pixels.data() + index(0, y); }
    [[nodiscard]] std::size_t index(i32 x, i32 y) const {
        return static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x);
    }
};

/// A picture of one colour.
Image make_image(i32 width, i32 height, u32 colour);

/// FNV-1a over size and pixels: what golden pictures are compared by.
u64 digest(const Image& image);

/// The picture as bytes of a PNG file.
std::vector<u8> encode_png(const Image& image);

/// Writes a PNG file. The error says which path and why.
std::expected<void, std::string> write_png(const Image& image, const std::string& path);

}  // namespace app::ui
