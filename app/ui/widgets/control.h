// Radio, check box, slider, text field.
#pragma once

#include <string>

#include "app/ui/widgets/button.h"

namespace app::ui {

/// Both return their width; `response` of the interactive forms is whether they were clicked.
float draw_radio(Canvas& canvas, float x, float mid_y, std::string_view text, bool on);
float draw_check_box(Canvas& canvas, float x, float mid_y, std::string_view text, bool on);
bool radio(Ui& ui, float x, float mid_y, std::string_view text, bool on);
bool check_box(Ui& ui, float x, float mid_y, std::string_view text, bool on);

/// A value on a line. `per_mille` of the range.
void draw_slider(Canvas& canvas, const Rect& rect, i32 per_mille);
/// Returns the new value while it is dragged, else the old one. Left and right move it by a fiftieth.
i32 slider(Ui& ui, std::string_view name, const Rect& rect, i32 per_mille);

/// The frame of a field and what stands in it, without a caret of its own behaviour: for pictures.
void draw_field(Canvas& canvas, const Rect& rect, std::string_view text, bool caret,
                Type type = {Face::mono, Size::label});
/// A field that is typed into. Returns whether the text changed. `wants_keyboard` gives it the keyboard this frame.
bool text_field(Ui& ui, std::string_view name, const Rect& rect, std::string& text, std::string_view hint,
                bool wants_keyboard, Type type = {Face::regular, Size::label});

}  // namespace app::ui
