#include "app/ui/raster/triangle.h"

#include <algorithm>
#include <array>

namespace app::ui {
namespace {

constexpr i32 kHalfPixel = kOnePixel / 2;
constexpr int kColourBits = 12;    // fraction of an interpolated colour
constexpr int kTexelBits = 8;      // further fraction of an interpolated texel place

i64 floor_div(i64 a, i64 b) {
    const i64 quotient = a / b;
    return (a % b != 0 && (a < 0) != (b < 0)) ? quotient - 1 : quotient;
}

/// A pixel x at scanline `y` is inside when value - step * x >= 0.
struct Edge {
    i64 origin = 0;     // at pixel 0 of scanline 0
    i64 step_x = 0;     // taken off per pixel to the right
    i64 step_y = 0;     // added per scanline
};

Edge make_edge(const RasterVertex& a, const RasterVertex& b) {
    const i64 dx = b.x - a.x;
    const i64 dy = b.y - a.y;
    const bool top_left = dy < 0 || (dy == 0 && dx > 0);
    const i64 at_zero = dx * (kHalfPixel - a.y) - dy * (kHalfPixel - a.x);
    return {at_zero - (top_left ? 0 : 1), dy * kOnePixel, dx * kOnePixel};
}

struct Run {
    i32 begin = 0;
    i32 end = 0;   // excluded
};

void narrow(Run& run, const Edge& edge, i32 y) {
    const i64 value = edge.origin + edge.step_y * y;
    if (edge.step_x == 0) {
        if (value < 0) run.end = run.begin;
    } else if (edge.step_x > 0) {
        run.end = static_cast<i32>(std::min<i64>(run.end, floor_div(value, edge.step_x) + 1));
    } else {
        run.begin = static_cast<i32>(std::max<i64>(run.begin, -floor_div(value, -edge.step_x)));
    }
}

/// A quantity that is linear over the triangle.
struct Plane {
    i64 base = 0;      // at the first vertex, with fraction
    i64 by_x = 0;      // numerators over the doubled area
    i64 by_y = 0;
    i64 step = 0;      // per pixel to the right, with fraction
};

struct Geometry {
    RasterVertex a;
    i64 x1, y1, x2, y2;   // edges from a
    i64 area;             // doubled, > 0
};

Plane make_plane(const Geometry& g, i64 at_a, i64 at_b, i64 at_c, int fraction) {
    const i64 d1 = at_b - at_a;
    const i64 d2 = at_c - at_a;
    Plane plane{at_a << fraction, (d1 * g.y2 - d2 * g.y1), (d2 * g.x1 - d1 * g.x2), 0};
    plane.step = floor_div((plane.by_x << kSubpixelBits) * (i64{1} << fraction), g.area);
    return plane;
}

i64 at_pixel(const Plane& plane, const Geometry& g, i32 x, i32 y, int fraction) {
    const i64 dx = i64{x} * kOnePixel + kHalfPixel - g.a.x;
    const i64 dy = i64{y} * kOnePixel + kHalfPixel - g.a.y;
    const i64 numerator = plane.by_x * dx + plane.by_y * dy;
    return plane.base + floor_div(numerator * (i64{1} << fraction), g.area);
}

u32 channel(u32 colour, u32 shift) { return (colour >> shift) & 0xffu; }

u32 to_byte(i64 value) {
    return static_cast<u32>(std::clamp<i64>((value + (1 << (kColourBits - 1))) >> kColourBits, 0, 255));
}

/// Everything that varies from pixel to pixel of one triangle.
struct Shader {
    Geometry geometry;
    std::array<Plane, 4> colour;   // red, green, blue, alpha
    Plane u, v;
    u32 flat = 0;                  // the colour if all vertices agree
    bool same_colour = false;      // of red, green and blue
    bool same_alpha = false;
    bool textured = false;
};

Shader make_shader(const Geometry& g, const RasterVertex& a, const RasterVertex& b, const RasterVertex& c) {
    Shader shader{g, {}, {}, {}, a.colour, false, false, false};
    const u32 differs = (a.colour ^ b.colour) | (a.colour ^ c.colour);
    shader.same_colour = (differs & 0x00ffffffu) == 0;
    shader.same_alpha = (differs >> 24) == 0;
    for (u32 i = 0; i < 4; ++i) {
        shader.colour[i] = make_plane(g, channel(a.colour, i * 8), channel(b.colour, i * 8),
                                      channel(c.colour, i * 8), kColourBits);
    }
    shader.textured = a.u != b.u || a.u != c.u || a.v != b.v || a.v != c.v;
    if (shader.textured) {
        shader.u = make_plane(g, a.u, b.u, c.u, kTexelBits);
        shader.v = make_plane(g, a.v, b.v, c.v, kTexelBits);
    }
    return shader;
}

void shade_alpha(u32* row, const Run& run, i32 y, const Shader& shader) {
    i64 alpha = at_pixel(shader.colour[3], shader.geometry, run.begin, y, kColourBits);
    for (i32 x = run.begin; x < run.end; ++x, alpha += shader.colour[3].step) {
        row[x] = blend(row[x], shader.flat, to_byte(alpha));
    }
}

void shade_any(u32* row, const Run& run, i32 y, const Shader& shader, const Coverage& coverage) {
    for (i32 x = run.begin; x < run.end; ++x) {
        u32 colour = 0;
        for (u32 i = 0; i < 4; ++i)
            colour |= to_byte(at_pixel(shader.colour[i], shader.geometry, x, y, kColourBits)) << (i * 8);
        u32 alpha = colour >> 24;
        if (shader.textured) {
            const i64 u = at_pixel(shader.u, shader.geometry, x, y, kTexelBits) >> kTexelBits;
            const i64 v = at_pixel(shader.v, shader.geometry, x, y, kTexelBits) >> kTexelBits;
            alpha = (alpha * sample(coverage, static_cast<i32>(u), static_cast<i32>(v)) + 127) / 255;
        }
        row[x] = blend(row[x], colour, alpha);
    }
}

void shade(Image& image, const Run& run, i32 y, const Shader& shader, const Coverage& coverage) {
    u32* row = image.row(y);
    if (shader.textured || !shader.same_colour) return shade_any(row, run, y, shader, coverage);
    if (!shader.same_alpha) return shade_alpha(row, run, y, shader);
    blend_run(row + run.begin, run.end - run.begin, shader.flat);
}

ClipBox bounds(const ClipBox& clip, const RasterVertex& a, const RasterVertex& b, const RasterVertex& c) {
    const auto [min_x, max_x] = std::minmax({a.x, b.x, c.x});
    const auto [min_y, max_y] = std::minmax({a.y, b.y, c.y});
    return {std::max(clip.left, min_x >> kSubpixelBits), std::max(clip.top, min_y >> kSubpixelBits),
            std::min(clip.right, (max_x >> kSubpixelBits) + 1), std::min(clip.bottom, (max_y >> kSubpixelBits) + 1)};
}

}  // namespace

u32 blend(u32 target, u32 source, u32 alpha) {
    if (alpha == 255) return source | 0xff000000u;
    const u32 rest = 255 - alpha;
    u32 out = 0xff000000u;
    for (u32 shift = 0; shift < 24; shift += 8) {
        const u32 mixed = channel(source, shift) * alpha + channel(target, shift) * rest + 128;
        out |= ((mixed + (mixed >> 8)) >> 8) << shift;
    }
    return out;
}

void blend_run(u32* target, i32 count, u32 colour) {
    const u32 alpha = colour >> 24;
    if (alpha == 255) {
        std::fill(target, target + count, colour);
    } else if (alpha != 0) {
        for (i32 i = 0; i < count; ++i) target[i] = blend(target[i], colour, alpha);
    }
}

u32 sample(const Coverage& coverage, i32 u, i32 v) {
    const i32 fu = u - kHalfPixel;
    const i32 fv = v - kHalfPixel;
    const i32 x0 = std::clamp(fu >> kSubpixelBits, 0, coverage.width - 1);
    const i32 x1 = std::clamp((fu >> kSubpixelBits) + 1, 0, coverage.width - 1);
    const u8* upper = coverage.texels +
                      std::size_t{1} *
                          static_cast<std::size_t>(std::clamp(fv >> kSubpixelBits, 0, coverage.height - 1)) *
                          static_cast<std::size_t>(coverage.width);
    const u8* lower = coverage.texels +
                      static_cast<std::size_t>(std::clamp((fv >> kSubpixelBits) + 1, 0, coverage.height - 1)) *
                          static_cast<std::size_t>(coverage.width);
    const u32 wx = static_cast<u32>(fu & (kOnePixel - 1));
    const u32 wy = static_cast<u32>(fv & (kOnePixel - 1));
    const u32 top = upper[x0] * (256 - wx) + upper[x1] * wx;
    const u32 bottom = lower[x0] * (256 - wx) + lower[x1] * wx;
    return (top * (256 - wy) + bottom * wy + 32768) >> 16;
}

void fill_triangle(Image& image, const ClipBox& clip, const Coverage& coverage, const RasterVertex& a,
                   const RasterVertex& b, const RasterVertex& c) {
    const ClipBox box = bounds(clip, a, b, c);
    if (box.left >= box.right || box.top >= box.bottom) return;
    const i64 x1 = b.x - a.x, y1 = b.y - a.y, x2 = c.x - a.x, y2 = c.y - a.y;
    const i64 area = x1 * y2 - x2 * y1;
    if (area == 0) return;
    if (area < 0) return fill_triangle(image, clip, coverage, a, c, b);
    const Shader shader = make_shader({a, x1, y1, x2, y2, area}, a, b, c);
    const std::array<Edge, 3> edges{make_edge(a, b), make_edge(b, c), make_edge(c, a)};
    for (i32 y = box.top; y < box.bottom; ++y) {
        Run run{box.left, box.right};
        for (const Edge& edge : edges) narrow(run, edge, y);
        if (run.begin < run.end) shade(image, run, y, shader, coverage);
    }
}

}  // namespace app::ui
