#include "app/ui/canvas.h"

#include <algorithm>
#include <cmath>

namespace app::ui {
namespace {

constexpr float kCapHeight = 0.727f;   // of an em; both fonts agree within 1 %

ImVec2 corner(const Canvas& canvas, float x, float y) { return {snap(canvas, x), snap(canvas, y)}; }

std::vector<ImVec2> to_device(const Canvas& canvas, std::span<const ImVec2> points) {
    std::vector<ImVec2> out;
    out.reserve(points.size());
    for (const ImVec2 point : points) out.push_back(to_device(canvas, point));
    return out;
}

int arc_steps(const Canvas& canvas, float radius, float turns) {
    return std::clamp(static_cast<int>(std::ceil(std::abs(turns) * (12 + radius * canvas.scale * 1.5f))), 4, 96);
}

float aligned(float x, float width, Align align) {
    switch (align) {
        case Align::left: return x;
        case Align::centre: return x - width / 2;
        case Align::right: return x - width;
    }
    return x;
}

void mark(Canvas& canvas, std::string_view text, Rect box) {
    if (canvas.marks == nullptr || text.empty()) return;
    const Rect clip = canvas.clips.empty() ? box : canvas.clips.back();
    canvas.marks->push_back({std::string(text), box, clip, canvas.layer, canvas.scroll_depth > 0});
}

}  // namespace

float snap(const Canvas& canvas, float units) { return std::floor(units * canvas.scale + 0.5f); }

ImVec2 to_device(const Canvas& canvas, ImVec2 point) { return {point.x * canvas.scale, point.y * canvas.scale}; }

float stroke_width(const Canvas& canvas, float width) {
    const float device = width * canvas.scale * canvas.theme->stroke;
    return width == stroke::rule ? std::max(1.0f, std::floor(device + 0.5f)) : std::max(1.0f, device);
}

Colour faded(const Canvas& canvas, Colour colour) {
    return canvas.dim == 255 ? colour : with_alpha(colour, ((colour >> 24) * canvas.dim + 127) / 255);
}

Colour faded_text(const Canvas& canvas, Colour colour) {
    if (canvas.dim == 255) return colour;
    constexpr float kReadable = 3.1f;
    constexpr u32 kStep = 15;
    const Colour surface = canvas.theme->card;
    u32 alpha = canvas.dim;
    while (alpha < 255 - kStep && contrast(mix(surface, colour, alpha), surface) < kReadable) alpha += kStep;
    return with_alpha(colour, alpha);
}

void fill(Canvas& canvas, const Rect& rect, Colour colour, float radius) {
    if (rect.empty()) return;
    canvas.list->AddRectFilled(corner(canvas, rect.x, rect.y), corner(canvas, rect.right(), rect.bottom()),
                               faded(canvas, colour), radius * canvas.scale);
}

void outline(Canvas& canvas, const Rect& rect, Colour colour, float radius, float width) {
    if (rect.empty()) return;
    const float thick = stroke_width(canvas, width);
    const ImVec2 low = corner(canvas, rect.x, rect.y);
    const ImVec2 high = corner(canvas, rect.right(), rect.bottom());
    const float half = thick / 2;
    canvas.list->PathRect({low.x + half, low.y + half}, {high.x - half, high.y - half},
                          std::max(0.0f, radius * canvas.scale - half));
    canvas.list->PathStroke(faded(canvas, colour), ImDrawFlags_Closed, thick);
}

void line(Canvas& canvas, ImVec2 from, ImVec2 to, Colour colour, float width) {
    const float thick = stroke_width(canvas, width);
    ImVec2 a = to_device(canvas, from), b = to_device(canvas, to);
    const auto straighten = [thick](float& p, float& q) {   // upright lines lie on whole pixels
        p = q = std::floor(p - thick / 2 + 0.5f) + thick / 2;
    };
    if (from.x == to.x) straighten(a.x, b.x);
    if (from.y == to.y) straighten(a.y, b.y);
    canvas.list->PathLineTo(a);
    canvas.list->PathLineTo(b);
    canvas.list->PathStroke(faded(canvas, colour), 0, thick);
}

void rule(Canvas& canvas, float left, float right, float y, Colour colour) {
    const float top = snap(canvas, y);
    canvas.list->AddRectFilled({snap(canvas, left), top},
                               {snap(canvas, right), top + stroke_width(canvas, stroke::rule)},
                               faded(canvas, colour));
}

void disc(Canvas& canvas, ImVec2 centre, float radius, Colour colour) {
    canvas.list->AddCircleFilled(to_device(canvas, centre), radius * canvas.scale, faded(canvas, colour),
                                 arc_steps(canvas, radius, 1));
}

void circle(Canvas& canvas, ImVec2 centre, float radius, Colour colour, float width) {
    canvas.list->AddCircle(to_device(canvas, centre), radius * canvas.scale, faded(canvas, colour),
                           arc_steps(canvas, radius, 1), stroke_width(canvas, width));
}

void arc(Canvas& canvas, ImVec2 centre, float radius, float from, float to, Colour colour, float width) {
    canvas.list->PathArcTo(to_device(canvas, centre), radius * canvas.scale, (from - 0.25f) * kTurn,
                           (to - 0.25f) * kTurn, arc_steps(canvas, radius, to - from));
    canvas.list->PathStroke(faded(canvas, colour), 0, stroke_width(canvas, width));
}

void polyline(Canvas& canvas, std::span<const ImVec2> points, Colour colour, float width, bool closed) {
    if (points.size() < 2) return;
    const std::vector<ImVec2> device = to_device(canvas, points);
    canvas.list->AddPolyline(device.data(), static_cast<int>(device.size()), faded(canvas, colour),
                             closed ? ImDrawFlags_Closed : ImDrawFlags_None, stroke_width(canvas, width));
}

void fill_star_shaped(Canvas& canvas, ImVec2 centre, std::span<const ImVec2> points, Colour colour) {
    const std::vector<ImVec2> device = to_device(canvas, points);
    const ImVec2 middle = to_device(canvas, centre);
    const Colour shade = faded(canvas, colour);
    const ImDrawListFlags before = canvas.list->Flags;
    canvas.list->Flags &= ~ImDrawListFlags_AntiAliasedFill;
    for (std::size_t i = 0; i < device.size(); ++i) {
        canvas.list->AddTriangleFilled(middle, device[i], device[(i + 1) % device.size()], shade);
    }
    canvas.list->Flags = before;
    canvas.list->AddPolyline(device.data(), static_cast<int>(device.size()), shade, ImDrawFlags_Closed, 1.0f);
}

void fill_convex(Canvas& canvas, std::initializer_list<ImVec2> points, Colour colour) {
    const std::vector<ImVec2> device = to_device(canvas, std::span(points.begin(), points.size()));
    canvas.list->AddConvexPolyFilled(device.data(), static_cast<int>(device.size()), faded(canvas, colour));
}

void shadow(Canvas& canvas, const Rect& rect, float radius) {
    constexpr float kGrow[] = {6, 3, 1};
    constexpr float kDown[] = {10, 6, 2};
    for (std::size_t i = 0; i < 3; ++i) {
        fill(canvas, rect.inset(-kGrow[i]).moved(0, kDown[i]), with_alpha(rgb(0), canvas.theme->shadow[i]),
             radius + kGrow[i]);
    }
}

float text_width(const Canvas& canvas, Type type, std::string_view text) {
    if (text.empty()) return 0;
    const LoadedFont& loaded = canvas.fonts->of(type);
    const ImVec2 size = loaded.font->CalcTextSizeA(loaded.line, FLT_MAX, 0, text.data(), text.data() + text.size());
    return size.x / canvas.scale;
}

float text(Canvas& canvas, float x, float mid_y, Type type, Colour colour, std::string_view text, Align align) {
    if (text.empty()) return 0;
    const LoadedFont& loaded = canvas.fonts->of(type);
    const float width = text_width(canvas, type, text);
    const float left = aligned(x, width, align);
    const float baseline = snap(canvas, mid_y + em(type.size) * kCapHeight / 2);
    const ImVec2 at{snap(canvas, left), baseline - std::round(loaded.ascent)};
    canvas.list->AddText(loaded.font, loaded.line, at, faded_text(canvas, colour), text.data(),
                         text.data() + text.size());
    const float bottom = baseline / canvas.scale;
    mark(canvas, text, from_edges(left, bottom - em(type.size) * kCapHeight, left + width, bottom));
    return width;
}

std::string elide(const Canvas& canvas, Type type, std::string_view text, float width) {
    if (text_width(canvas, type, text) <= width + 0.5f) return std::string(text);
    const std::string ellipsis = "\u2026";
    std::size_t keep = text.size();
    while (keep > 0) {
        --keep;
        if ((static_cast<unsigned char>(text[keep]) & 0xc0u) == 0x80u) continue;   // inside a letter
        std::string cut(text.substr(0, keep));
        while (!cut.empty() && cut.back() == ' ') cut.pop_back();
        cut += ellipsis;
        if (text_width(canvas, type, cut) <= width) return cut;
    }
    return ellipsis;
}

float text_within(Canvas& canvas, float x, float mid_y, float width, Type type, Colour colour, std::string_view words,
                  Align align) {
    return text(canvas, x, mid_y, type, colour, elide(canvas, type, words, width), align);
}

void slant(Canvas& canvas, int first_vertex, float baseline) {
    for (int i = first_vertex; i < canvas.list->VtxBuffer.Size; ++i) {
        ImDrawVert& vertex = canvas.list->VtxBuffer[i];
        vertex.pos.x += (baseline - vertex.pos.y) * 0.19f;
    }
}

Clip::Clip(Canvas& canvas, const Rect& rect, bool scrolls) : canvas_(canvas), scrolls_(scrolls) {
    const Rect inner = canvas.clips.empty() ? rect : intersect(canvas.clips.back(), rect);
    canvas.clips.push_back(inner);
    canvas.list->PushClipRect(corner(canvas, inner.x, inner.y), corner(canvas, inner.right(), inner.bottom()));
    if (scrolls_) ++canvas_.scroll_depth;
}

Clip::~Clip() {
    if (scrolls_) --canvas_.scroll_depth;
    canvas_.clips.pop_back();
    canvas_.list->PopClipRect();
}

}  // namespace app::ui
