#include "app/ui/raster/image.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#define STB_IMAGE_WRITE_IMPLEMENTATION
#define STB_IMAGE_WRITE_STATIC
#include <stb/stb_image_write.h>

namespace app::ui {
namespace {

std::vector<u8> to_bytes(const Image& image) {
    std::vector<u8> bytes;
    bytes.reserve(image.pixels.size() * 4);
    for (const u32 pixel : image.pixels) {
        for (u32 shift = 0; shift < 32; shift += 8) bytes.push_back(static_cast<u8>(pixel >> shift));
    }
    return bytes;
}

void append(void* context, void* data, int size) {
    auto& out = *static_cast<std::vector<u8>*>(context);
    const auto* bytes = static_cast<const u8*>(data);
    out.insert(out.end(), bytes, bytes + size);
}

std::string unwritable(const std::string& path, int error) {
    return fmt::format("cannot write the picture to {}: {}", path, std::strerror(error));
}

}  // namespace

Image make_image(i32 width, i32 height, u32 colour) {
    const auto count = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
    return {width, height, std::vector<u32>(count, colour)};
}

u64 digest(const Image& image) {
    u64 hash = 0xcbf29ce484222325u;
    const auto fold = [&hash](u64 value) { hash = (hash ^ value) * 0x100000001b3u; };
    fold(static_cast<u64>(image.width));
    fold(static_cast<u64>(image.height));
    for (const u32 pixel : image.pixels) fold(pixel);
    return hash;
}

std::vector<u8> encode_png(const Image& image) {
    const std::vector<u8> bytes = to_bytes(image);
    std::vector<u8> file;
    stbi_write_png_to_func(append, &file, image.width, image.height, 4, bytes.data(), image.width * 4);
    return file;
}

std::expected<void, std::string> write_png(const Image& image, const std::string& path) {
    const std::vector<u8> bytes = encode_png(image);
    std::FILE* file = std::fopen(path.c_str(), "wb");
    if (file == nullptr) return std::unexpected(unwritable(path, errno));
    const bool written = std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size();
    const int write_error = errno;
    const bool closed = std::fclose(file) == 0;
    if (!written) return std::unexpected(unwritable(path, write_error));
    if (!closed) return std::unexpected(unwritable(path, errno));
    return {};
}

}  // namespace app::ui
