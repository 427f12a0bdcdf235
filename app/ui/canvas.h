// What widgets draw on: a draw list, the theme, the fonts and the scale. Coordinates are design pixels; edges are
// rounded to whole device pixels, so that lines stay sharp at every scale.
#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/ui/fonts.h"
#include "app/ui/geometry.h"
#include "app/ui/theme.h"

namespace app::ui {

/// A piece of text as it was drawn, for the checks on clipped and overlapping labels.
struct TextMark {
    std::string text;
    Rect box;        // the letters, from ascender to baseline
    Rect clip;       // what was visible
    i32 layer = 0;   // texts of different layers may cover one another
    bool may_scroll = false;   // inside a pane that scrolls: cut at its edge on purpose
};

struct Canvas {
    ImDrawList* list = nullptr;
    const Theme* theme = nullptr;
    const FontSet* fonts = nullptr;
    float scale = 1;
    i32 layer = 0;
    u32 dim = 255;                          // everything is drawn with this alpha
    std::vector<Rect> clips;                // innermost last
    i32 scroll_depth = 0;
    std::vector<TextMark>* marks = nullptr;   // null: texts are not recorded
};

enum class Align : u8 { left, centre, right };

// ---- device pixels --------------------------------------------------------------------------------

float snap(const Canvas& canvas, float units);
ImVec2 to_device(const Canvas& canvas, ImVec2 point);
/// A stroke width of the look on this canvas, never thinner than one device pixel.
float stroke_width(const Canvas& canvas, float width);
Colour faded(const Canvas& canvas, Colour colour);
/// The same for words: never so faint that they cannot be read on a card (contrast 3).
Colour faded_text(const Canvas& canvas, Colour colour);

// ---- shapes ---------------------------------------------------------------------------------------

void fill(Canvas& canvas, const Rect& rect, Colour colour, float radius = 0);
/// The line lies inside the rectangle.
void outline(Canvas& canvas, const Rect& rect, Colour colour, float radius = 0, float width = stroke::rule);
void line(Canvas& canvas, ImVec2 from, ImVec2 to, Colour colour, float width = stroke::rule);
void rule(Canvas& canvas, float left, float right, float y, Colour colour);
void disc(Canvas& canvas, ImVec2 centre, float radius, Colour colour);
void circle(Canvas& canvas, ImVec2 centre, float radius, Colour colour, float width = stroke::link);
/// From `from` to `to` turns, clockwise, 0 at the top.
void arc(Canvas& canvas, ImVec2 centre, float radius, float from, float to, Colour colour, float width);
void polyline(Canvas& canvas, std::span<const ImVec2> points, Colour colour, float width, bool closed = false);
/// Fills a polygon that a fan from `centre` covers.
void fill_star_shaped(Canvas& canvas, ImVec2 centre, std::span<const ImVec2> points, Colour colour);
void fill_convex(Canvas& canvas, std::initializer_list<ImVec2> points, Colour colour);
/// Three rects below a floating thing.
void shadow(Canvas& canvas, const Rect& rect, float radius);

// ---- text -----------------------------------------------------------------------------------------

float text_width(const Canvas& canvas, Type type, std::string_view text);
/// One line whose capitals are centred on `mid_y`. `x` is the left edge, the centre or the right edge. Returns
/// the width.
float text(Canvas& canvas, float x, float mid_y, Type type, Colour colour, std::string_view text,
           Align align = Align::left);
/// As text, but cut with an ellipsis so that it is no wider than `width`.
float text_within(Canvas& canvas, float x, float mid_y, float width, Type type, Colour colour, std::string_view text,
                  Align align = Align::left);
/// The text cut with an ellipsis so that it is no wider than `width`.
std::string elide(const Canvas& canvas, Type type, std::string_view text, float width);
/// Leans what was drawn since `first_vertex` to the right, about the baseline (device pixels).
void slant(Canvas& canvas, int first_vertex, float baseline);

// ---- clipping -------------------------------------------------------------------------------------

/// Nothing is drawn outside the rectangle while this lives.
class Clip {
public:
    Clip(Canvas& canvas, const Rect& rect, bool scrolls = false);
    ~Clip();
    Clip(const Clip&) = delete;
    Clip& operator=(const Clip&) = delete;

private:
    Canvas& canvas_;
    bool scrolls_;
};

}  // namespace app::ui
