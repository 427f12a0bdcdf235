#include "app/ui/widgets/control.h"

#include <imgui.h>

#include <algorithm>

namespace app::ui {
namespace {

constexpr Type kLabel{Face::regular, Size::body};
constexpr i32 kKeyStep = 20;

Rect row_rect(const Canvas& canvas, float x, float mid_y, std::string_view words) {
    return {x - 4, mid_y - layout::target_min / 2, text_width(canvas, kLabel, words) + 30, layout::target_min};
}

i32 to_per_mille(const Rect& rect, float x) {
    return static_cast<i32>(std::clamp((x - rect.x) / rect.w, 0.0f, 1.0f) * 1000 + 0.5f);
}

struct FieldBuffer {
    std::string& text;
    std::string given;       // what the field begins with
    bool* begins = nullptr;  // until the field has the keyboard
};

/// The words that a field begins with stand before the caret, to be gone on with.
void begin_field(ImGuiInputTextCallbackData* data, FieldBuffer& buffer) {
    *buffer.begins = false;
    data->DeleteChars(0, data->BufTextLen);
    data->InsertChars(0, buffer.given.c_str());
    data->CursorPos = data->SelectionStart = data->SelectionEnd = data->BufTextLen;
}

int on_field(ImGuiInputTextCallbackData* data) {
    auto& buffer = *static_cast<FieldBuffer*>(data->UserData);
    if (data->EventFlag == ImGuiInputTextFlags_CallbackAlways && *buffer.begins) begin_field(data, buffer);
    if (data->EventFlag != ImGuiInputTextFlags_CallbackResize) return 0;
    buffer.text.resize(static_cast<std::size_t>(data->BufTextLen));
    data->Buf = buffer.text.data();
    return 0;
}

bool imgui_field(Ui& ui, std::string_view name, const Rect& rect, std::string& text, std::string_view hint, bool begins,
                 Type type) {
    const LoadedFont& font = ui.canvas.fonts->of(type);
    const std::string id = "##" + std::string(name);
    bool* still_begins = ImGui::GetStateStorage()->GetBoolRef(ImGui::GetID((id + " begins").c_str()));
    *still_begins = *still_begins || begins;
    FieldBuffer buffer{text, text, still_begins};
    ImGui::PushFont(font.font);
    ImGui::SetCursorScreenPos({snap(ui.canvas, rect.x + 10), snap(ui.canvas, rect.mid_y()) - font.line / 2});
    ImGui::SetNextItemWidth((rect.w - 20) * ui.canvas.scale);
    const bool changed = ImGui::InputTextWithHint(
        id.c_str(), std::string(hint).c_str(), text.data(), text.capacity() + 1,
        ImGuiInputTextFlags_CallbackResize | ImGuiInputTextFlags_CallbackAlways, on_field, &buffer);
    ImGui::PopFont();
    return changed;
}

}  // namespace

float draw_radio(Canvas& canvas, float x, float mid_y, std::string_view words, bool on) {
    icon(canvas, on ? Icon::radio_on : Icon::radio_off, {x + 8, mid_y}, on ? canvas.theme->ink : canvas.theme->ctl);
    return 22 + text(canvas, x + 22, mid_y, kLabel, on ? canvas.theme->ink : canvas.theme->mid, words);
}

float draw_check_box(Canvas& canvas, float x, float mid_y, std::string_view words, bool on) {
    const Theme& theme = *canvas.theme;
    icon(canvas, on ? Icon::check_box : Icon::empty_box, {x + 7, mid_y}, on ? theme.strong : theme.ctl, 12,
         theme.on_strong);
    return 22 + text(canvas, x + 22, mid_y, kLabel, theme.ink, words);
}

bool radio(Ui& ui, float x, float mid_y, std::string_view words, bool on) {
    const Rect rect = row_rect(ui.canvas, x, mid_y, words);
    const Response response = interact(ui, words, rect);
    draw_radio(ui.canvas, x, mid_y, words, on);
    if (response.focused) focus_ring(ui.canvas, rect.inset(3), radius::chip);
    return response.clicked;
}

bool check_box(Ui& ui, float x, float mid_y, std::string_view words, bool on) {
    const Rect rect = row_rect(ui.canvas, x, mid_y, words);
    const Response response = interact(ui, words, rect);
    draw_check_box(ui.canvas, x, mid_y, words, on);
    if (response.focused) focus_ring(ui.canvas, rect.inset(3), radius::chip);
    return response.clicked;
}

void draw_slider(Canvas& canvas, const Rect& rect, i32 per_mille) {
    const Theme& theme = *canvas.theme;
    const float at = rect.x + rect.w * static_cast<float>(per_mille) / 1000;
    fill(canvas, {rect.x, rect.mid_y() - 2, rect.w, 4}, theme.raised, 2);
    fill(canvas, {rect.x, rect.mid_y() - 2, at - rect.x, 4}, theme.strong, 2);
    disc(canvas, {at, rect.mid_y()}, 7, theme.strong);
}

i32 slider(Ui& ui, std::string_view name, const Rect& rect, i32 per_mille) {
    const Response response = interact(ui, name, rect.inset(-8, 0));
    if (response.held) per_mille = to_per_mille(rect, ui.input.mouse.x);
    if (response.focused && take_key(ui, {Key::left})) per_mille = std::max(0, per_mille - kKeyStep);
    if (response.focused && take_key(ui, {Key::right})) per_mille = std::min(1000, per_mille + kKeyStep);
    draw_slider(ui.canvas, rect, per_mille);
    if (response.focused) focus_ring(ui.canvas, rect.inset(-8, 0), radius::button);
    return per_mille;
}

void draw_field(Canvas& canvas, const Rect& rect, std::string_view words, bool caret, Type type) {
    fill(canvas, rect, canvas.theme->well, radius::button);
    outline(canvas, rect, canvas.theme->ctl, radius::button);
    const float width = text(canvas, rect.x + 10, rect.mid_y(), type, canvas.theme->ink, words);
    if (caret) fill(canvas, {rect.x + 11 + width, rect.mid_y() - 8, 2, 16}, canvas.theme->now_edge);
}

bool text_field(Ui& ui, std::string_view name, const Rect& rect, std::string& words, std::string_view hint,
                bool wants_keyboard, Type type) {
    const Response response = interact(ui, name, rect);
    if (response.focused) focus_ring(ui.canvas, rect, radius::button);
    if (wants_keyboard || response.clicked) ImGui::SetKeyboardFocusHere();
    return imgui_field(ui, name, rect, words, hint, wants_keyboard, type);
}

}  // namespace app::ui
