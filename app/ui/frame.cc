#include "app/ui/frame.h"

#include <algorithm>

#include "app/ui/compat.h"

namespace app::ui {
namespace {

constexpr ImGuiWindowFlags kBareWindow = ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove |
                                         ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_NoBackground |
                                         ImGuiWindowFlags_NoBringToFrontOnFocus | ImGuiWindowFlags_NoScrollWithMouse |
                                         ImGuiWindowFlags_NoNav;

ImVec4 to_vec(Colour colour) { return ImGui::ColorConvertU32ToFloat4(colour); }

/// Text fields are the only thing of Dear ImGui that is seen: they have no frame of their own.
void style_text_fields(const Theme& theme) {
    ImGuiStyle& style = ImGui::GetStyle();
    style = ImGuiStyle();
    style.WindowPadding = style.FramePadding = {0, 0};
    style.WindowBorderSize = style.FrameBorderSize = 0;
    style.AntiAliasedLinesUseTex = false;
    style.Colors[ImGuiCol_FrameBg] = style.Colors[ImGuiCol_FrameBgHovered] =
        style.Colors[ImGuiCol_FrameBgActive] = {0, 0, 0, 0};
    style.Colors[ImGuiCol_Text] = to_vec(theme.ink);
    style.Colors[ImGuiCol_TextDisabled] = to_vec(theme.low);
    style.Colors[ImGuiCol_TextSelectedBg] = to_vec(with_alpha(theme.leader.fill, 150));
    style.Colors[ImGuiCol_NavHighlight] = {0, 0, 0, 0};
}

Rect screen_of(float scale) {
    const ImVec2 size = ImGui::GetIO().DisplaySize;
    return {0, 0, size.x / scale, size.y / scale};
}

Canvas make_canvas(const FrameHost& host, const Rect& screen, std::vector<TextMark>* marks) {
    Canvas canvas;
    canvas.list = ImGui::GetWindowDrawList();
    canvas.theme = &theme_of(host.theme);
    canvas.fonts = &host.fonts;
    canvas.scale = host.scale;
    canvas.clips.push_back(screen);
    canvas.marks = marks;
    return canvas;
}

}  // namespace

void prepare_context(FrameHost& host) {
    ImGuiIO& io = ImGui::GetIO();
    io.IniFilename = nullptr;
    io.LogFilename = nullptr;
    io.ConfigFlags |= ImGuiConfigFlags_NoMouseCursorChange;
    host.scale = std::clamp(host.scale, kScaleMin, kScaleMax);
    io.Fonts->Clear();
    host.fonts = load_fonts(*io.Fonts, host.scale);
    io.FontDefault = host.fonts.of({Face::regular, Size::body}).font;
    style_text_fields(theme_of(host.theme));
}

FrameResult build_frame(FrameHost& host, const Input& input, const DrawFrame& draw, bool record_marks) {
    FrameResult result;
    ImGui::NewFrame();
    ImGui::SetNextWindowPos({0, 0});
    ImGui::SetNextWindowSize(ImGui::GetIO().DisplaySize);
    ImGui::Begin("millrace", nullptr, kBareWindow);
    const Rect screen = screen_of(host.scale);
    Ui ui;
    ui.canvas = make_canvas(host, screen, record_marks ? &result.marks : nullptr);
    ui.state = &host.interaction;
    ui.input = input;
    ui.actions = &result.actions;
    begin_frame(ui);
    fill(ui.canvas, screen, ui.canvas.theme->bg);
    draw(ui, screen);
    end_frame(ui);
    result.targets = std::move(ui.targets);
    ImGui::End();
    ImGui::Render();
    return result;
}

}  // namespace app::ui
