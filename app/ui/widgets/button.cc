#include "app/ui/widgets/button.h"

namespace app::ui {
namespace {

struct ButtonColours {
    Colour fill = 0, edge = 0, text = 0;
};

ButtonColours primary(const Theme& theme, ButtonState state) {
    if (!state.enabled) return {theme.raised, 0, theme.low};
    const Colour pressed = mix(theme.strong, theme.low, state.held ? 110 : state.hovered ? 50 : 0);
    return {pressed, 0, theme.on_strong};
}

ButtonColours plain(const Theme& theme, ButtonState state) {
    if (!state.enabled) return {0, theme.line, theme.low};
    if (state.held) return {mix(theme.raised, theme.ink, 40), theme.ink, theme.ink};
    return {state.hovered ? mix(theme.raised, theme.ink, 16) : theme.raised,
            state.hovered ? theme.ink : theme.ctl, theme.ink};
}

ButtonColours bare(const Theme& theme, ButtonState state) {
    if (!state.enabled) return {0, 0, theme.low};
    return {state.hovered || state.held ? mix(theme.raised, theme.ink, state.held ? 40 : 20) : theme.raised, 0,
            theme.ink};
}

ButtonColours colours(const Theme& theme, ButtonLook look, ButtonState state) {
    switch (look) {
        case ButtonLook::primary: return primary(theme, state);
        case ButtonLook::plain: return plain(theme, state);
        case ButtonLook::bare: return bare(theme, state);
    }
    return {};
}

void draw_box(Canvas& canvas, const Rect& rect, const ButtonColours& c, ButtonState state) {
    if (c.fill != 0) fill(canvas, rect, c.fill, radius::button);
    if (c.edge != 0) outline(canvas, rect, c.edge, radius::button);
    if (state.focused) focus_ring(canvas, rect, radius::button);
}

}  // namespace

ButtonState state_of(const Response& response, bool enabled) {
    return {response.hovered, response.held, response.focused, enabled};
}

void draw_button(Canvas& canvas, const Rect& rect, std::string_view words, ButtonLook look, ButtonState state,
                 Icon symbol) {
    const ButtonColours c = colours(*canvas.theme, look, state);
    draw_box(canvas, rect, c, state);
    const Type type{Face::semibold, Size::body};
    const float symbol_width = symbol == Icon::none ? 0 : 18;
    const float left = rect.mid_x() - (text_width(canvas, type, words) + symbol_width) / 2;
    if (symbol != Icon::none) icon(canvas, symbol, {left + 6, rect.mid_y()}, c.text, 12, c.fill);
    text(canvas, left + symbol_width, rect.mid_y(), type, c.text, words);
}

bool button(Ui& ui, const Rect& rect, std::string_view words, ButtonLook look, Icon symbol) {
    const Response response = interact(ui, words, rect);
    draw_button(ui.canvas, rect, words, look, state_of(response), symbol);
    return response.clicked;
}

void button_off(Ui& ui, const Rect& rect, std::string_view words, std::string_view why_not) {
    const Response response = interact(ui, words, rect, {true, false});
    draw_button(ui.canvas, rect, words, ButtonLook::plain, state_of(response, false));
    text(ui.canvas, rect.right() + 8, rect.mid_y(), {Face::regular, Size::label}, ui.canvas.theme->mid, why_not);
}

float button_width(const Canvas& canvas, std::string_view words) {
    return text_width(canvas, {Face::semibold, Size::body}, words) + 16;
}

bool icon_button(Ui& ui, const Rect& rect, Icon symbol, std::string_view word, ButtonLook look, bool enabled) {
    const Response response = interact(ui, word, rect, {true, enabled});
    const ButtonColours c = colours(*ui.canvas.theme, look, state_of(response, enabled));
    draw_box(ui.canvas, rect, c, state_of(response, enabled));
    icon(ui.canvas, symbol, {rect.mid_x(), rect.mid_y()}, c.text, 12, c.fill);
    return response.clicked;
}

float link_chip(Ui& ui, float x, float top, Icon symbol, std::string_view words, bool& clicked) {
    const Theme& theme = *ui.canvas.theme;
    const Type type{Face::semibold, Size::hint};
    const Rect rect{x, top, text_width(ui.canvas, type, words) + 30, 24};
    const Response response = interact(ui, words, rect);
    fill(ui.canvas, rect.inset(0, 1), response.hovered ? mix(theme.raised, theme.ink, 24) : theme.raised, radius::chip);
    if (response.focused) focus_ring(ui.canvas, rect.inset(0, 1), radius::chip);
    icon(ui.canvas, symbol, {x + 13, rect.mid_y()}, theme.ink, 10);
    text(ui.canvas, x + 23, rect.mid_y(), type, theme.ink, words);
    clicked = response.clicked;
    return rect.w;
}

bool text_button(Ui& ui, const Rect& rect, std::string_view name) {
    const Response response = interact(ui, name, rect);
    if (response.hovered) fill(ui.canvas, rect, ui.canvas.theme->raised, radius::button);
    if (response.focused) focus_ring(ui.canvas, rect.inset(3), radius::chip);
    return response.clicked;
}

}  // namespace app::ui
