// Buttons: the one primary act of a panel, ordinary acts, and acts that are off and say why.
#pragma once

#include "app/ui/icons.h"
#include "app/ui/ui.h"

namespace app::ui {

enum class ButtonLook : u8 { primary, plain, bare };

struct ButtonState {
    bool hovered = false;
    bool held = false;
    bool focused = false;
    bool enabled = true;
};

ButtonState state_of(const Response& response, bool enabled = true);

void draw_button(Canvas& canvas, const Rect& rect, std::string_view text, ButtonLook look, ButtonState state,
                 Icon symbol = Icon::none);
/// Returns whether it was pressed.
bool button(Ui& ui, const Rect& rect, std::string_view text, ButtonLook look = ButtonLook::plain,
            Icon symbol = Icon::none);
/// A button that is off: the reason stands to its right.
void button_off(Ui& ui, const Rect& rect, std::string_view text, std::string_view why_not);
/// Width that a button with this text wants.
float button_width(const Canvas& canvas, std::string_view text);

/// Square button with a symbol; `word` is its name for tooltips and tests.
bool icon_button(Ui& ui, const Rect& rect, Icon symbol, std::string_view word,
                 ButtonLook look = ButtonLook::plain, bool enabled = true);

/// A small button that leads somewhere: chevron or branch, then words. Returns its width.
float link_chip(Ui& ui, float x, float top, Icon symbol, std::string_view text, bool& clicked);

/// A line of text that can be clicked.
bool text_button(Ui& ui, const Rect& rect, std::string_view name);

}  // namespace app::ui
