// The four faces at the sizes of the look, rendered for one scale.
//
// Files come from the system's packages fonts-inter and fonts-jetbrains-mono, or from the folder that
// MILLRACE_FONTS names. A face that is not found is replaced by Dear ImGui's built-in one; `notice` then says which
// package to install, and the caller shows it.
#pragma once

#include <array>
#include <string>

#include "app/view_model/base.h"

struct ImFont;
struct ImFontAtlas;

namespace app::ui {

enum class Face : u8 { regular, semibold, mono, mono_bold };
/// Em sizes in design pixels.
enum class Size : u8 { hint, label, body, question, title, home };
constexpr std::size_t kFaces = 4;
constexpr std::size_t kSizes = 6;

constexpr float em(Size size) {
    constexpr float sizes[] = {11, 12, 13, 15, 20, 28};
    return sizes[static_cast<std::size_t>(size)];
}

/// A face at a size: what a piece of text is set in.
struct Type {
    Face face = Face::regular;
    Size size = Size::label;
};

struct LoadedFont {
    ImFont* font = nullptr;
    float line = 0;       // device pixels: what Dear ImGui calls the font's size
    float ascent = 0;     // device pixels from the line's top to the baseline
};

struct FontSet {
    std::array<std::array<LoadedFont, kSizes>, kFaces> fonts;
    float scale = 1;
    std::string notice;   // "" when all faces were found

    [[nodiscard]] const LoadedFont& of(Type type) const {
        return fonts[static_cast<std::size_t>(type.face)][static_cast<std::size_t>(type.size)];
    }
};

/// Fills an empty atlas with all faces and sizes. Requires 0.75 <= scale <= 2.5. Builds the texture.
FontSet load_fonts(ImFontAtlas& atlas, float scale);

}  // namespace app::ui
