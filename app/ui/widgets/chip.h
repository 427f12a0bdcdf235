// Small labels: a config value, a role, a key of the keyboard.
#pragma once

#include "app/ui/icons.h"

namespace app::ui {

/// Words on a raised chip, 20 high. Returns the width.
float chip(Canvas& canvas, float x, float mid_y, std::string_view text, Type type = {Face::mono_bold, Size::hint});
/// Width that `chip` takes.
float chip_width(const Canvas& canvas, std::string_view text, Type type = {Face::mono_bold, Size::hint});
/// The name of a key, at the right edge `right` of a row.
void key_hint(Canvas& canvas, float right, float mid_y, std::string_view keys, Colour colour);
/// A label on a bordered card colour, as messages carry it.
void tag(Canvas& canvas, const Rect& rect, std::string_view text);

}  // namespace app::ui
