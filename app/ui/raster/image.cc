#include "app/ui/raster/image.h"

#include <string_view>

#include "app/lab/host/files.h"

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
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    const std::string error = lab::write_file(path, text);
    if (!error.empty()) return std::unexpected("cannot write the picture: " + error);
    return {};
}

}  // namespace app::ui
