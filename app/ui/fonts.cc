#include "app/ui/fonts.h"

#include <imgui.h>

#include <cmath>

#include "app/ui/compat.h"
#include "app/ui/font_file.h"

namespace app::ui {
namespace {

constexpr const char* kFiles[kFaces] = {
    "opentype/inter/Inter-Regular.otf", "opentype/inter/Inter-SemiBold.otf",
    "truetype/jetbrains-mono/JetBrainsMono-Regular.ttf", "truetype/jetbrains-mono/JetBrainsMono-Bold.ttf"};
constexpr const char* kPackages[kFaces] = {"fonts-inter", "fonts-inter", "fonts-jetbrains-mono",
                                           "fonts-jetbrains-mono"};

/// Latin, Latin-1, dashes and quotes, bullet, ellipsis, arrows, the signs of the course's formulas.
constexpr ImWchar kGlyphs[] = {0x20, 0x7e, 0xa0, 0xff, 0x394, 0x394, 0x3a3, 0x3a3, 0x2013, 0x2014, 0x2018, 0x2019,
                               0x201c, 0x201d, 0x2022, 0x2022, 0x2026, 0x2026, 0x2190, 0x2193, 0x2212, 0x2212,
                               0x221e, 0x221e, 0x2260, 0x2260, 0x2264, 0x2265, 0};

/// Sizes that a face is used at; others borrow the nearest one.
bool is_used(Face face, Size size) {
    if (size == Size::home) return face == Face::semibold;
    return true;
}

ImFontConfig config_for(std::size_t face, std::size_t size) {
    ImFontConfig config;
    config.FontDataOwnedByAtlas = false;
    config.OversampleH = 3;
    config.OversampleV = 1;
    config.PixelSnapH = false;
    config.RasterizerMultiply = 1.08f;   // the rasteriser of stb_truetype draws a little thinner than others
    std::snprintf(config.Name, sizeof config.Name, "face %zu size %zu", face, size);
    return config;
}

LoadedFont load_one(ImFontAtlas& atlas, const FontFile& file, std::size_t face, std::size_t size, float scale) {
    ImFontConfig config = config_for(face, size);
    const float pixels = em(static_cast<Size>(size)) * scale;
    if (!file.found()) {
        config.SizePixels = std::floor(pixels * 1.05f);
        return {atlas.AddFontDefault(&config), config.SizePixels, std::round(config.SizePixels * 0.8f)};
    }
    const float line = pixels * file.height_in_em;
    auto* bytes = const_cast<char*>(file.bytes.data());   // the atlas only reads, its interface is older than const
    ImFont* font = atlas.AddFontFromMemoryTTF(bytes, static_cast<int>(file.bytes.size()), line, &config, kGlyphs);
    return {font, line, 0};
}

void load_face(ImFontAtlas& atlas, FontSet& set, std::size_t face, const FontFile& file) {
    for (std::size_t size = 0; size < kSizes; ++size) {
        if (is_used(static_cast<Face>(face), static_cast<Size>(size))) {
            set.fonts[face][size] = load_one(atlas, file, face, size, set.scale);
        }
    }
}

/// The nearest smaller size where a face has none of its own.
void borrow_sizes(FontSet& set) {
    for (auto& face : set.fonts) {
        for (std::size_t size = 1; size < kSizes; ++size) {
            if (face[size].font == nullptr) face[size] = face[size - 1];
        }
    }
}

void read_ascents(FontSet& set) {
    for (auto& face : set.fonts) {
        for (LoadedFont& loaded : face) {
            if (loaded.font != nullptr && loaded.font->Ascent > 0) loaded.ascent = loaded.font->Ascent;
        }
    }
}

std::string missing_notice(std::size_t face) {
    return std::string("The font package ") + kPackages[face] + " is not installed: text is drawn in a plain font.";
}

}  // namespace

FontSet load_fonts(ImFontAtlas& atlas, float scale) {
    FontSet set;
    set.scale = scale;
    std::array<FontFile, kFaces> files;
    for (std::size_t face = 0; face < kFaces; ++face) {
        files[face] = find_font(kFiles[face]);
        if (!files[face].found() && set.notice.empty()) set.notice = missing_notice(face);
        load_face(atlas, set, face, files[face]);
    }
    compat::build_with_stb_truetype(atlas);
    read_ascents(set);
    borrow_sizes(set);
    return set;
}

}  // namespace app::ui
