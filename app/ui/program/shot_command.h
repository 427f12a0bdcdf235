// The command `shot`: a moment of a lesson as a picture, drawn without a display.
#pragma once

#include <string>

#include "app/ui/offscreen.h"
#include "app/view_model/shot.h"

namespace app::ui {

struct ShotOptions {
    ShotRequest request;
    std::string theme = "dark";
    std::string scale;            // "1.25", "125 %"; "" 100 %
    std::string size;             // "1280x720"; "" that
    std::string vision;           // protan, deutan, tritan: as it looks without one kind of cone; "" as it is
    std::string output;           // path of the PNG, of a film as GIF, of the space-time diagram as SVG
};

/// The exit code. Complains about what does not exist, by name, with what there is.
int shot_command(const ShotOptions& options);

/// Names of the three themes.
std::expected<ThemeName, std::string> parse_theme(const std::string& text);
/// "1.25", "125" and "125%" are the same; 0.75 to 2.5.
std::expected<float, std::string> parse_scale(const std::string& text);
struct PixelSize {
    i32 width = 1280;
    i32 height = 720;
};
/// "1280x720", within what a picture may be.
std::expected<PixelSize, std::string> parse_size(const std::string& text);

/// The picture of a prepared shot.
Image draw_shot(const Shot& shot, const PictureOptions& options);

}  // namespace app::ui
