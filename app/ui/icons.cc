#include "app/ui/icons.h"

#include <array>
#include <cmath>

#include "app/ui/patterns.h"

namespace app::ui {
namespace {

/// An icon's own coordinates: -6..6 around its centre.
struct Pen {
    Canvas& canvas;
    ImVec2 centre;
    float unit;        // design pixels a coordinate
    Colour colour;
    Colour inner;

    [[nodiscard]] ImVec2 at(float x, float y) const { return {centre.x + x * unit, centre.y + y * unit}; }
    [[nodiscard]] std::vector<ImVec2> all(std::initializer_list<ImVec2> points) const {
        std::vector<ImVec2> out;
        for (const ImVec2 p : points) out.push_back(at(p.x, p.y));
        return out;
    }
    void stroke(std::initializer_list<ImVec2> points, float width = 1.6f, bool closed = false) const {
        polyline(canvas, all(points), colour, width * unit, closed);
    }
    void solid(std::initializer_list<ImVec2> points, ImVec2 middle = {0, 0}) const {
        fill_star_shaped(canvas, at(middle.x, middle.y), all(points), colour);
    }
    void bar(float x, float y, float w, float h) const {
        fill(canvas, {at(x, y).x, at(x, y).y, w * unit, h * unit}, colour, 0.5f);
    }
    void ring(float radius, float width = 1.8f) const { circle(canvas, centre, radius * unit, colour, width * unit); }
};

void crown(const Pen& pen) {
    pen.solid({{-6, -4.2f}, {-3, -1}, {0, -5}, {3, -1}, {6, -4.2f}, {5.4f, 4.4f}, {-5.4f, 4.4f}}, {0, 2});
}

void star(const Pen& pen) {
    std::vector<ImVec2> points;
    for (int i = 0; i < 10; ++i) {
        const float radius = i % 2 == 0 ? 6.4f : 2.7f;
        const float angle = (static_cast<float>(i) / 10 - 0.25f) * kTurn;
        points.push_back(pen.at(radius * std::cos(angle), radius * std::sin(angle) + 0.3f));
    }
    fill_star_shaped(pen.canvas, pen.centre, points, pen.colour);
}

void cross(const Pen& pen) {
    pen.stroke({{-4.2f, -4.2f}, {4.2f, 4.2f}}, 2);
    pen.stroke({{-4.2f, 4.2f}, {4.2f, -4.2f}}, 2);
}

void flag(const Pen& pen) {
    pen.stroke({{-4.6f, -5.6f}, {-4.6f, 6}}, 1.8f);
    pen.solid({{-4, -5.6f}, {5.6f, -2.4f}, {-4, 1}}, {-1, -2.4f});
}

/// Always in the colour of what is looked at, whatever is asked for: a question is never anything else.
void question(const Pen& pen) {
    const Theme& theme = *pen.canvas.theme;
    const std::array diamond{pen.at(0, -6.8f), pen.at(6.8f, 0), pen.at(0, 6.8f), pen.at(-6.8f, 0)};
    fill_convex(pen.canvas, {diamond[0], diamond[1], diamond[2], diamond[3]}, theme.now);
    if (theme.now_edge != theme.now) polyline(pen.canvas, diamond, theme.now_edge, stroke::link, true);
    text(pen.canvas, pen.centre.x, pen.centre.y, {Face::mono_bold, Size::hint}, theme.on_now, "?", Align::centre);
}

void bookmark(const Pen& pen) {
    pen.solid({{-3.6f, -5.6f}, {3.6f, -5.6f}, {3.6f, 5.6f}, {0, 2.4f}, {-3.6f, 5.6f}}, {0, -1});
}

void branch(const Pen& pen) {
    pen.stroke({{-3.2f, -4}, {-3.2f, 4.6f}});
    const ImVec2 from = pen.at(-3.2f, 2.4f), to = pen.at(3.8f, -1.6f);
    polyline(pen.canvas, curve(from, pen.at(-3, 0), pen.at(3.4f, 1.4f), to), pen.colour, 1.6f * pen.unit);
    for (const ImVec2 end : {pen.at(-3.2f, -4.6f), pen.at(-3.2f, 4.6f), pen.at(3.8f, -2.4f)})
        disc(pen.canvas, end, 1.9f * pen.unit, pen.colour);
}

void warning(const Pen& pen) {
    pen.stroke({{0, -5.4f}, {6.2f, 5.2f}, {-6.2f, 5.2f}}, 1.5f, true);
    pen.stroke({{0, -1.6f}, {0, 1.8f}}, 1.5f);
    disc(pen.canvas, pen.at(0, 3.6f), 0.9f * pen.unit, pen.colour);
}

void lens(const Pen& pen) {
    circle(pen.canvas, pen.at(-1.2f, -1.2f), 4.2f * pen.unit, pen.colour, 1.5f * pen.unit);
    pen.stroke({{1.9f, 1.9f}, {5.6f, 5.6f}}, 1.7f);
}

void play(const Pen& pen) {
    fill_convex(pen.canvas, {pen.at(-4, -5.6f), pen.at(6, 0), pen.at(-4, 5.6f)}, pen.colour);
}

void step_forward(const Pen& pen, float side) {
    const ImVec2 tip = pen.at(3.2f * side, 0), upper = pen.at(-5 * side, -5.4f), lower = pen.at(-5 * side, 5.4f);
    if (side > 0) fill_convex(pen.canvas, {upper, tip, lower}, pen.colour);
    else fill_convex(pen.canvas, {tip, upper, lower}, pen.colour);
    pen.bar(side > 0 ? 3.6f : -5.6f, -5.4f, 2, 10.8f);
}

void stop_forward(const Pen& pen, float side) {
    for (const float shift : {-6.4f, -0.8f}) {
        const ImVec2 upper = pen.at(shift * side, -4.8f), tip = pen.at((shift + 5.4f) * side, 0),
                     lower = pen.at(shift * side, 4.8f);
        if (side > 0) fill_convex(pen.canvas, {upper, tip, lower}, pen.colour);
        else fill_convex(pen.canvas, {tip, upper, lower}, pen.colour);
    }
    pen.bar(side > 0 ? 5.0f : -6.6f, -4.8f, 1.6f, 9.6f);
}

void mill(const Pen& pen) {
    circle(pen.canvas, pen.centre, 4.2f * pen.unit, pen.colour, 1.1f * pen.unit);
    for (int i = 0; i < 8; ++i) {
        const float angle = static_cast<float>(i) / 8 * kTurn;
        const float c = std::cos(angle), s = std::sin(angle);
        polyline(pen.canvas, std::array{pen.at(1.2f * c, 1.2f * s), pen.at(5.6f * c, 5.6f * s)}, pen.colour,
                 0.8f * pen.unit);
        const float x = 5.7f * c, y = 5.7f * s;   // a paddle across the spoke's end
        polyline(pen.canvas, std::array{pen.at(x - 0.9f * s, y + 0.9f * c), pen.at(x + 0.9f * s, y - 0.9f * c)},
                 pen.colour, 1.1f * pen.unit);
    }
    disc(pen.canvas, pen.centre, 1.3f * pen.unit, pen.colour);
}

void check(const Pen& pen) { pen.stroke({{-5, 0.6f}, {-1.6f, 4.2f}, {5.4f, -4.4f}}, 1.8f); }

void check_box(const Pen& pen) {
    fill(pen.canvas, {pen.centre.x - 7, pen.centre.y - 7, 14, 14}, pen.colour, 3);
    const Pen tick{pen.canvas, pen.centre, pen.unit * 0.8f, pen.inner, 0};
    check(tick);
}

void radio(const Pen& pen, bool on) {
    circle(pen.canvas, pen.centre, 7, pen.colour, on ? 1.8f : 1.5f);
    if (on) disc(pen.canvas, pen.centre, 4, pen.colour);
}

void arrow(const Pen& pen) {
    pen.stroke({{-5.4f, 0}, {5, 0}}, 1.4f);
    pen.stroke({{1.6f, -3.4f}, {5.2f, 0}, {1.6f, 3.4f}}, 1.4f);
}

void square(const Pen& pen) {
    outline(pen.canvas, {pen.at(-5.5f, -5.5f).x, pen.at(-5.5f, -5.5f).y, 11 * pen.unit, 11 * pen.unit},
            pen.colour, 0, 1.6f * pen.unit);
}

void draw_state(const Pen& pen, Icon which) {
    switch (which) {
        case Icon::crown: return crown(pen);
        case Icon::star: return star(pen);
        case Icon::ring: return pen.ring(4.8f);
        case Icon::dashed_ring:
            return dashed_circle(pen.canvas, pen.centre, 4.8f * pen.unit, 8, pen.colour, 1.8f * pen.unit);
        case Icon::cross: return cross(pen);
        case Icon::cut: pen.bar(-6, -1, 4.6f, 1.8f); return pen.bar(1.6f, -1, 4.6f, 1.8f);
        case Icon::triangle:
            return fill_convex(pen.canvas, {pen.at(0, -5.6f), pen.at(6.2f, 5), pen.at(-6.2f, 5)}, pen.colour);
        case Icon::square: return square(pen);
        case Icon::flag: return flag(pen);
        case Icon::check: return check(pen);
        case Icon::question: return question(pen);
        case Icon::bookmark: return bookmark(pen);
        case Icon::branch: return branch(pen);
        case Icon::warning: return warning(pen);
        case Icon::wait:
            arc(pen.canvas, pen.centre, 4.8f * pen.unit, 0, 1, with_alpha(pen.colour, 50), 2 * pen.unit);
            return arc(pen.canvas, pen.centre, 4.8f * pen.unit, 0, 0.45f, pen.colour, 2 * pen.unit);
        case Icon::dot: return disc(pen.canvas, pen.centre, 4.6f * pen.unit, pen.colour);
        case Icon::hatched:
            return hatch(pen.canvas, {pen.at(-6, -5.5f).x, pen.at(-6, -5.5f).y, 12 * pen.unit, 11 * pen.unit},
                         pen.colour, 3.5f, 1);
        case Icon::diamond:
            return fill_convex(pen.canvas, {pen.at(0, -6), pen.at(6, 0), pen.at(0, 6), pen.at(-6, 0)}, pen.colour);
        default: return;
    }
}

void draw_control(const Pen& pen, Icon which) {
    switch (which) {
        case Icon::lens: return lens(pen);
        case Icon::chevron: return pen.stroke({{-2, -4.4f}, {2.6f, 0}, {-2, 4.4f}}, 1.6f);
        case Icon::folded_down: return pen.stroke({{-4.4f, -2}, {0, 2.6f}, {4.4f, -2}}, 1.6f);
        case Icon::arrow: return arrow(pen);
        case Icon::play: return play(pen);
        case Icon::pause: pen.bar(-4.4f, -5.4f, 3, 10.8f); return pen.bar(1.4f, -5.4f, 3, 10.8f);
        case Icon::step_forward: return step_forward(pen, 1);
        case Icon::step_back: return step_forward(pen, -1);
        case Icon::stop_forward: return stop_forward(pen, 1);
        case Icon::stop_back: return stop_forward(pen, -1);
        case Icon::mill: return mill(pen);
        case Icon::radio_on: return radio(pen, true);
        case Icon::radio_off: return radio(pen, false);
        case Icon::check_box: return check_box(pen);
        case Icon::empty_box:
            return outline(pen.canvas, {pen.centre.x - 7, pen.centre.y - 7, 14, 14}, pen.colour, 3, 1.5f);
        default: return draw_state(pen, which);
    }
}

}  // namespace

void icon(Canvas& canvas, Icon which, ImVec2 centre, Colour colour, float size, Colour inner) {
    draw_control({canvas, centre, size / 12, colour, inner}, which);
}

std::string_view meaning(Icon which) {
    switch (which) {
        case Icon::crown: return "leader";
        case Icon::star: return "controller";
        case Icon::ring: return "in sync";
        case Icon::dashed_ring: return "out of sync";
        case Icon::cross: return "dead";
        case Icon::triangle: return "late drop";
        case Icon::square: return "evicted";
        case Icon::flag: return "checkpoint";
        case Icon::check: return "done";
        case Icon::question: return "predict";
        case Icon::bookmark: return "bookmark";
        case Icon::branch: return "branch";
        case Icon::warning: return "warning";
        case Icon::wait: return "wait";
        default: return "";
    }
}

Colour colour_of(const Theme& theme, Icon which) {
    switch (which) {
        case Icon::crown: return theme.leader.edge;
        case Icon::star: return theme.controller;
        case Icon::ring: return theme.in_sync.edge;
        case Icon::dashed_ring: return theme.out_of_sync.edge;
        case Icon::cross: return theme.dead.edge;
        case Icon::triangle: return theme.late.edge;
        case Icon::square: return theme.evicted;
        case Icon::flag: case Icon::check: return theme.good.edge;
        case Icon::question: return theme.now;
        case Icon::warning: return theme.out_of_sync.edge;
        default: return theme.ink;
    }
}

}  // namespace app::ui
