// Frames without a display: the interface drawn on a picture, for `shot` and for tests.
#pragma once

#include "app/ui/frame.h"
#include "app/ui/raster/image.h"

struct ImGuiContext;

namespace app::ui {

struct PictureOptions {
    i32 width = 1280;    // device pixels
    i32 height = 720;
    ThemeName theme = ThemeName::dark;
    float scale = 1;
};

/// A context of Dear ImGui that no window drives. One at a time may be alive.
class Offscreen {
public:
    explicit Offscreen(const PictureOptions& options);
    ~Offscreen();
    Offscreen(const Offscreen&) = delete;
    Offscreen& operator=(const Offscreen&) = delete;

    /// Builds one frame; places of the input are design pixels. Texts are recorded.
    FrameResult frame(const Input& input, const DrawFrame& draw);
    /// What the last frame looks like.
    [[nodiscard]] Image picture() const;
    [[nodiscard]] const FrameHost& host() const { return host_; }

private:
    ImGuiContext* before_;
    ImGuiContext* context_;
    PictureOptions options_;
    FrameHost host_;
    std::vector<u8> font_texels_;
    i32 font_width_ = 0;
    i32 font_height_ = 0;
};

/// Two frames without any input, the second as a picture: places settle in the first.
Image render(const PictureOptions& options, const DrawFrame& draw);

}  // namespace app::ui
