#include "app/ui/offscreen.h"

#include <imgui.h>

#include "app/ui/compat.h"
#include "app/ui/raster/rasteriser.h"

namespace app::ui {
namespace {

constexpr float kFrameSeconds = 1.0f / 60;

void feed(ImGuiIO& io, const Input& input, float scale) {
    compat::mouse(io, {input.mouse.x * scale, input.mouse.y * scale}, input.down);
}

}  // namespace

Offscreen::Offscreen(const PictureOptions& options)
    : before_(ImGui::GetCurrentContext()), context_(ImGui::CreateContext()), options_(options) {
    ImGui::SetCurrentContext(context_);
    ImGuiIO& io = ImGui::GetIO();
    io.DisplaySize = {static_cast<float>(options.width), static_cast<float>(options.height)};
    io.DeltaTime = kFrameSeconds;
    io.BackendFlags |= ImGuiBackendFlags_RendererHasVtxOffset;
    compat::prepare_edit_keys(io);
    host_.theme = options.theme;
    host_.scale = options.scale;
    prepare_context(host_);
    unsigned char* texels = nullptr;
    io.Fonts->GetTexDataAsAlpha8(&texels, &font_width_, &font_height_);
    font_texels_.assign(texels, texels + static_cast<std::ptrdiff_t>(font_width_) * font_height_);
}

Offscreen::~Offscreen() {
    ImGui::DestroyContext(context_);
    ImGui::SetCurrentContext(before_);
}

FrameResult Offscreen::frame(const Input& input, const DrawFrame& draw) {
    ImGui::SetCurrentContext(context_);
    feed(ImGui::GetIO(), input, host_.scale);
    return build_frame(host_, input, draw, true);
}

Image Offscreen::picture() const {
    ImGui::SetCurrentContext(context_);
    Image image = make_image(options_.width, options_.height, theme_of(options_.theme).bg);
    if (const ImDrawData* data = ImGui::GetDrawData(); data != nullptr) {
        rasterise(*data, {font_texels_.data(), font_width_, font_height_}, image);
    }
    return image;
}

Image render(const PictureOptions& options, const DrawFrame& draw) {
    Offscreen offscreen(options);
    offscreen.frame({}, draw);
    offscreen.frame({}, draw);
    return offscreen.picture();
}

}  // namespace app::ui
