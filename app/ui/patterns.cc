#include "app/ui/patterns.h"

#include <algorithm>
#include <cmath>

namespace app::ui {
namespace {

float distance(ImVec2 a, ImVec2 b) { return std::hypot(b.x - a.x, b.y - a.y); }
ImVec2 between(ImVec2 a, ImVec2 b, float t) { return {a.x + (b.x - a.x) * t, a.y + (b.y - a.y) * t}; }

float length_of(std::span<const ImVec2> path) {
    float sum = 0;
    for (std::size_t i = 1; i < path.size(); ++i) sum += distance(path[i - 1], path[i]);
    return sum;
}

/// Points of a rounded rectangle, closed, clockwise from the top left.
std::vector<ImVec2> rounded(const Rect& r, float radius) {
    std::vector<ImVec2> out;
    const ImVec2 centres[] = {{r.x + radius, r.y + radius}, {r.right() - radius, r.y + radius},
                              {r.right() - radius, r.bottom() - radius}, {r.x + radius, r.bottom() - radius}};
    for (int quarter = 0; quarter < 4; ++quarter) {
        for (int i = 0; i <= 4; ++i) {
            const float angle = (static_cast<float>(quarter) / 4 + 0.5f + static_cast<float>(i) / 16) * kTurn;
            out.push_back(
                {centres[quarter].x + radius * std::cos(angle), centres[quarter].y + radius * std::sin(angle)});
        }
    }
    out.push_back(out.front());
    return out;
}

/// The end at `x` of the line x + y = sum, moved inwards to the circle if it lies in a rounded corner.
float inside_corner(const Rect& rect, float radius, float sum, float x, bool left_end) {
    const float y = sum - x;
    const Rect core = rect.inset(radius);
    const bool beside = x < core.x || x > core.right();
    const bool above_or_below = y < core.y || y > core.bottom();
    if (!beside || !above_or_below) return x;
    const float cx = x < core.x ? core.x : core.right();
    const float cy = y < core.y ? core.y : core.bottom();
    const float u = sum - cx - cy;
    const float root = std::sqrt(std::max(0.0f, 2 * radius * radius - u * u));
    return cx + (u + (left_end ? -root : root)) / 2;
}

}  // namespace

void dashed_polyline(Canvas& canvas, std::span<const ImVec2> points, Dash dash, Colour colour, float width) {
    const float total = length_of(points);
    if (total <= 0) return;
    for (float at = 0; at < total; at += dash.on + dash.off) {
        const std::vector<ImVec2> piece = part_of(points, at / total, std::min(1.0f, (at + dash.on) / total));
        polyline(canvas, piece, colour, width);
    }
}

void dashed_line(Canvas& canvas, ImVec2 from, ImVec2 to, Dash dash, Colour colour, float width) {
    const float total = distance(from, to);
    for (float at = 0; at < total; at += dash.on + dash.off) {
        line(canvas, between(from, to, at / total), between(from, to, std::min(1.0f, (at + dash.on) / total)),
             colour, width);
    }
}

void dashed_outline(Canvas& canvas, const Rect& rect, Dash dash, Colour colour, float radius, float width) {
    const float pixel = 1 / canvas.scale;
    const float inset = std::max(width * canvas.theme->stroke, pixel) / 2;
    const Rect on_pixels = from_edges(snap(canvas, rect.x) * pixel, snap(canvas, rect.y) * pixel,
                                      snap(canvas, rect.right()) * pixel, snap(canvas, rect.bottom()) * pixel);
    const std::vector<ImVec2> path = rounded(on_pixels.inset(inset), std::max(0.0f, radius - inset));
    const float total = length_of(path);   // whole dashes, so that the seam does not show
    const float count = std::max(1.0f, std::round(total / (dash.on + dash.off)));
    const float factor = total / count / (dash.on + dash.off);
    dashed_polyline(canvas, path, {dash.on * factor, dash.off * factor}, colour, width);
}

void dashed_circle(Canvas& canvas, ImVec2 centre, float radius, int dashes, Colour colour, float width) {
    const float step = 1.0f / static_cast<float>(dashes);
    for (int i = 0; i < dashes; ++i) {
        const float from = static_cast<float>(i) * step;
        arc(canvas, centre, radius, from, from + step * 0.6f, colour, width);
    }
}

void hatch(Canvas& canvas, const Rect& rect, Colour colour, float gap, float radius, float width) {
    // A line is x + y = sum. Its ends lie on the left or bottom edge and on the top or right edge.
    const float first = std::ceil((rect.x + rect.y + 1) / gap) * gap;   // one grid for all shapes: neighbours match
    for (float sum = first; sum < rect.right() + rect.bottom() - 1; sum += gap) {
        const float left = inside_corner(rect, radius, sum, std::max(rect.x, sum - rect.bottom()), true);
        const float right = inside_corner(rect, radius, sum, std::min(rect.right(), sum - rect.y), false);
        if (right - left > 0.5f) line(canvas, {left, sum - left}, {right, sum - right}, colour, width);
    }
}

std::vector<ImVec2> curve(ImVec2 from, ImVec2 control_from, ImVec2 control_to, ImVec2 to) {
    constexpr int kSteps = 40;
    std::vector<ImVec2> out;
    for (int i = 0; i <= kSteps; ++i) {
        const float t = static_cast<float>(i) / kSteps, s = 1 - t;
        const float a = s * s * s, b = 3 * s * s * t, c = 3 * s * t * t, d = t * t * t;
        out.push_back({a * from.x + b * control_from.x + c * control_to.x + d * to.x,
                       a * from.y + b * control_from.y + c * control_to.y + d * to.y});
    }
    return out;
}

std::vector<ImVec2> part_of(std::span<const ImVec2> path, float from, float to) {
    const float total = length_of(path);
    const float begin = from * total, end = to * total;
    std::vector<ImVec2> out;
    float passed = 0;
    for (std::size_t i = 1; i < path.size() && passed <= end; ++i) {
        const float step = distance(path[i - 1], path[i]);
        if (step > 0 && passed + step >= begin) {
            if (out.empty()) out.push_back(between(path[i - 1], path[i], std::max(0.0f, (begin - passed) / step)));
            out.push_back(between(path[i - 1], path[i], std::min(1.0f, (end - passed) / step)));
        }
        passed += step;
    }
    return out;
}

ImVec2 point_on(std::span<const ImVec2> path, float fraction) {
    const std::vector<ImVec2> travelled = part_of(path, 0, std::clamp(fraction, 0.0f, 1.0f));
    return travelled.empty() ? path.front() : travelled.back();
}

ImVec2 heading_on(std::span<const ImVec2> path, float fraction) {
    const ImVec2 before = point_on(path, fraction - 0.02f), after = point_on(path, fraction + 0.02f);
    const float length = std::max(0.001f, distance(before, after));
    return {(after.x - before.x) / length, (after.y - before.y) / length};
}

}  // namespace app::ui
