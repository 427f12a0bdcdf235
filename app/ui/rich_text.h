// Paragraphs: words of several faces set in lines of a given width.
#pragma once

#include "app/ui/canvas.h"
#include "app/ui/markdown.h"

namespace app::ui {

struct TextStyle {
    Size size = Size::label;
    Colour plain = 0;
    Colour bold = 0;
    float line_height = 1.5f;       // of the em
    float between_blocks = 6;
    bool semibold = false;          // the plain words too
};

/// Body text of the theme: plain words mid, bold words ink.
TextStyle body_style(const Theme& theme, Size size = Size::label);

/// Draws from `top` down and returns the height. With `draw` false only measures.
float paragraphs(Canvas& canvas, float x, float top, float width, const RichText& text, const TextStyle& style,
                 bool draw = true);
/// The same for Markdown source.
float markdown(Canvas& canvas, float x, float top, float width, std::string_view source, const TextStyle& style,
               bool draw = true);
/// Plain text, wrapped, in one face.
float wrapped(Canvas& canvas, float x, float top, float width, Type type, Colour colour, std::string_view words,
              bool draw = true);

}  // namespace app::ui
