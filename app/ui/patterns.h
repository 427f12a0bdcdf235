// Dashes, dots and hatching: the textures that say "not yet" and "not in force" without colour.
#pragma once

#include <span>

#include "app/ui/canvas.h"

namespace app::ui {

struct Dash {
    float on = 4;
    float off = 3;
};
constexpr Dash kDashed{4, 3};
constexpr Dash kDotted{2, 2.5f};
constexpr Dash kLongDashed{6, 4};

void dashed_polyline(Canvas& canvas, std::span<const ImVec2> points, Dash dash, Colour colour, float width);
void dashed_line(Canvas& canvas, ImVec2 from, ImVec2 to, Dash dash, Colour colour, float width = stroke::rule);
void dashed_outline(Canvas& canvas, const Rect& rect, Dash dash, Colour colour, float radius,
                    float width = stroke::rule);
void dashed_circle(Canvas& canvas, ImVec2 centre, float radius, int dashes, Colour colour, float width);
/// Lines at 45 degrees, rising to the right, `gap` apart, kept inside the rounded rectangle.
void hatch(Canvas& canvas, const Rect& rect, Colour colour, float gap = 5, float radius = 0,
           float width = stroke::rule);

/// A cubic curve as points, evenly enough for dashes and for things that travel along it.
std::vector<ImVec2> curve(ImVec2 from, ImVec2 control_from, ImVec2 control_to, ImVec2 to);
/// The part of a path between two fractions of its length.
std::vector<ImVec2> part_of(std::span<const ImVec2> path, float from, float to);
ImVec2 point_on(std::span<const ImVec2> path, float fraction);
/// Direction of travel at a fraction of the path's length, as a unit vector.
ImVec2 heading_on(std::span<const ImVec2> path, float fraction);

}  // namespace app::ui
