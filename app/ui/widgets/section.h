// Headings and the lines between things.
#pragma once

#include "app/ui/canvas.h"

namespace app::ui {

/// The small capital label of a group in a pane, with an optional value at the right edge.
void section_label(Canvas& canvas, float left, float right, float mid_y, std::string_view label,
                   std::string_view value = {});
/// Title of 15 px and a quiet sentence beside it. Returns where the sentence ends.
float heading(Canvas& canvas, float x, float mid_y, std::string_view title, std::string_view sentence = {});
/// Title of a view, 20 px, and its one sentence.
float view_heading(Canvas& canvas, float x, float mid_y, std::string_view title, std::string_view sentence);
/// A box for a rule: raised, with its text. Returns its height.
float rule_box(Canvas& canvas, float x, float top, float width, std::string_view markdown_text);

}  // namespace app::ui
