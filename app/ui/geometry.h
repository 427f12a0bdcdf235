// Places and sizes in design pixels. Right and bottom are excluded.
#pragma once

#include <numbers>

#include <imgui.h>

namespace app::ui {

constexpr float kPad = 16;   // between the edge of a pane and what stands in it
constexpr float kTurn = 2 * std::numbers::pi_v<float>;

struct Rect {
    float x = 0, y = 0, w = 0, h = 0;

    [[nodiscard]] float right() const { return x + w; }
    [[nodiscard]] float bottom() const { return y + h; }
    [[nodiscard]] float mid_x() const { return x + w / 2; }
    [[nodiscard]] float mid_y() const { return y + h / 2; }
    [[nodiscard]] bool contains(ImVec2 p) const { return p.x >= x && p.x < right() && p.y >= y && p.y < bottom(); }
    [[nodiscard]] Rect inset(float by) const { return {x + by, y + by, w - 2 * by, h - 2 * by}; }
    [[nodiscard]] Rect inset(float by_x, float by_y) const { return {x + by_x, y + by_y, w - 2 * by_x, h - 2 * by_y}; }
    [[nodiscard]] Rect moved(float by_x, float by_y) const { return {x + by_x, y + by_y, w, h}; }
    [[nodiscard]] bool empty() const { return w <= 0 || h <= 0; }
};

inline Rect from_edges(float left, float top, float right, float bottom) {
    return {left, top, right - left, bottom - top};
}

inline Rect intersect(const Rect& a, const Rect& b) {
    const auto low = [](float p, float q) { return p > q ? p : q; };
    const auto high = [](float p, float q) { return p < q ? p : q; };
    const float left = low(a.x, b.x), top = low(a.y, b.y);
    return from_edges(left, top, low(left, high(a.right(), b.right())), low(top, high(a.bottom(), b.bottom())));
}

}  // namespace app::ui
