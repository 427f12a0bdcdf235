// Films: pictures of one size as an animated GIF file (GIF89a), at most 256 colours for all of them, without end.
#pragma once

#include "app/ui/raster/image.h"

namespace app::ui {

constexpr i32 kFilmFrame = 80, kFilmStop = 300;  // centiseconds: a frame, and the stop at the end

struct FilmFrame {
    Image image;
    i32 centiseconds = kFilmFrame;  // how long it is shown
};

/// Requires one frame or more, all of one size.
std::vector<u8> encode_gif(const std::vector<FilmFrame>& frames);
std::expected<void, std::string> write_gif(const std::vector<FilmFrame>& frames, const std::string& path);

}  // namespace app::ui
