// What floats: tooltips, menus, the palette, the sheet of keys.
#pragma once

#include "app/ui/ui.h"
#include "app/view_model/menu.h"

namespace app::ui {

constexpr i32 kMenuLayer = 10;
constexpr i32 kPaletteLayer = 20;
constexpr i32 kToastLayer = 30;
constexpr i32 kTooltipLayer = 40;

/// A box that floats, with its shadow.
void floating_box(Canvas& canvas, const Rect& rect, float radius);

struct TooltipVm {
    std::string title;
    std::string mono;      // a line of numbers
    std::string text;
};
/// A tooltip below `anchor`, its notch under the anchor's middle. Kept inside `screen`.
void tooltip(Canvas& canvas, const Rect& anchor, const Rect& screen, const TooltipVm& vm);

/// The verbs of an object at a place. `chosen` is the row under the keyboard. Returns the box.
Rect draw_menu(Ui& ui, ImVec2 at, const MenuVm& vm, i32 chosen, float width);
/// The same as an overlay: takes the keyboard, closes on Escape or a click elsewhere. `chosen` lives with the caller.
void menu(Ui& ui, ImVec2 at, const Rect& screen, const MenuVm& vm, i32& chosen);

/// The palette's rows below its field.
void draw_palette(Ui& ui, const Rect& rect, const PaletteVm& vm, bool caret);
float palette_height(const PaletteVm& vm);
/// As an overlay in the upper third of the screen: field, rows, keys.
void palette(Ui& ui, const Rect& screen, PaletteVm& vm, bool just_opened);

/// All keys, in columns by group.
void key_sheet(Ui& ui, const Rect& screen, const std::vector<KeyHelpVm>& keys);

}  // namespace app::ui
