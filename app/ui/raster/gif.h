// Films: pictures of one size as an animated GIF file (GIF89a), at most 256 colours for all of them, without end.
#pragma once

#include "app/ui/raster/image.h"

namespace app::ui {

struct FilmFrame {
    Image image;
    i32 centiseconds = 80;  // how long it is shown
};

/// Requires one frame or more, all of one size.
std::vector<u8> encode_gif(const std::vector<FilmFrame>& frames);
std::expected<void, std::string> write_gif(const std::vector<FilmFrame>& frames, const std::string& path);

}  // namespace app::ui
