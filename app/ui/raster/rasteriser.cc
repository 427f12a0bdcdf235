#include "app/ui/raster/rasteriser.h"

#include <imgui.h>

#include <algorithm>
#include <cmath>
#include <span>

namespace app::ui {
namespace {

i32 to_fixed(float pixels) {
    return static_cast<i32>(std::floor(static_cast<double>(pixels) * kOnePixel + 0.5));
}

RasterVertex to_raster(const ImDrawVert& vertex, ImVec2 origin, const Coverage& font) {
    return {to_fixed(vertex.pos.x - origin.x), to_fixed(vertex.pos.y - origin.y),
            to_fixed(vertex.uv.x * static_cast<float>(font.width)),
            to_fixed(vertex.uv.y * static_cast<float>(font.height)), vertex.col};
}

ClipBox to_clip(const ImVec4& rect, ImVec2 origin, const Image& image) {
    const auto whole = [](float edge) { return static_cast<i32>(std::floor(edge + 0.5f)); };
    return {std::max(0, whole(rect.x - origin.x)), std::max(0, whole(rect.y - origin.y)),
            std::min(image.width, whole(rect.z - origin.x)), std::min(image.height, whole(rect.w - origin.y))};
}

/// Pixels whose centre lies in [low, high).
struct Extent {
    i32 begin = 0;
    i32 end = 0;
};

Extent extent(i32 low, i32 high, i32 clip_low, i32 clip_high) {
    const auto first = [](i32 edge) { return (edge + kOnePixel / 2 - 1) >> kSubpixelBits; };
    return {std::max(clip_low, first(low)), std::min(clip_high, first(high))};
}

/// Corners 0 and 2 of two triangles that make an upright rectangle of one colour.
bool is_rectangle(const RasterVertex& a, const RasterVertex& b, const RasterVertex& c, const RasterVertex& d) {
    return a.y == b.y && b.x == c.x && c.y == d.y && d.x == a.x && a.x < c.x && a.y < c.y &&
           a.colour == b.colour && a.colour == c.colour && a.colour == d.colour &&
           a.v == b.v && b.u == c.u && c.v == d.v && d.u == a.u;
}

void fill_rectangle(Image& image, const ClipBox& clip, const RasterVertex& a, const RasterVertex& c) {
    const Extent columns = extent(a.x, c.x, clip.left, clip.right);
    const Extent rows = extent(a.y, c.y, clip.top, clip.bottom);
    if (columns.begin >= columns.end) return;
    for (i32 y = rows.begin; y < rows.end; ++y) {
        blend_run(image.row(y) + columns.begin, columns.end - columns.begin, a.colour);
    }
}

/// Where in the texture the centre of pixel `at` lies, between two corners.
i32 texel_at(i32 at, i32 low, i32 high, i32 texel_low, i32 texel_high) {
    const i64 distance = i64{at} * kOnePixel + kOnePixel / 2 - low;
    return texel_low + static_cast<i32>(distance * (texel_high - texel_low) / (high - low));
}

void fill_glyph(Image& image, const ClipBox& clip, const Coverage& font, const RasterVertex& a,
                const RasterVertex& c) {
    const Extent columns = extent(a.x, c.x, clip.left, clip.right);
    const Extent rows = extent(a.y, c.y, clip.top, clip.bottom);
    const u32 alpha = a.colour >> 24;
    for (i32 y = rows.begin; y < rows.end; ++y) {
        u32* row = image.row(y);
        const i32 v = texel_at(y, a.y, c.y, a.v, c.v);
        for (i32 x = columns.begin; x < columns.end; ++x) {
            const u32 covered = sample(font, texel_at(x, a.x, c.x, a.u, c.u), v);
            if (covered != 0) row[x] = blend(row[x], a.colour, (covered * alpha + 127) / 255);
        }
    }
}

/// One draw command: its part of the indexes, its clip, the vertices it names.
struct Batch {
    const ImDrawList& list;
    std::span<const ImDrawIdx> indexes;
    unsigned vertex_offset;
    ClipBox clip;
    ImVec2 origin;

    [[nodiscard]] RasterVertex vertex(std::size_t i, const Coverage& font) const {
        return to_raster(list.VtxBuffer[static_cast<int>(indexes[i] + vertex_offset)], origin, font);
    }
    /// Whether the next six indexes have the shape that rectangles and glyphs have.
    [[nodiscard]] bool quad_at(std::size_t i) const {
        return i + 6 <= indexes.size() && indexes[i + 3] == indexes[i] && indexes[i + 4] == indexes[i + 2];
    }
};

/// Draws six indexes at once if they are an upright rectangle.
bool try_quad(Image& image, const Coverage& font, const Batch& batch, std::size_t i) {
    if (!batch.quad_at(i)) return false;
    const RasterVertex a = batch.vertex(i, font), b = batch.vertex(i + 1, font);
    const RasterVertex c = batch.vertex(i + 2, font), d = batch.vertex(i + 5, font);
    if (!is_rectangle(a, b, c, d)) return false;
    if (a.u == c.u && a.v == c.v) fill_rectangle(image, batch.clip, a, c);
    else fill_glyph(image, batch.clip, font, a, c);
    return true;
}

void draw_batch(Image& image, const Coverage& font, const Batch& batch) {
    for (std::size_t i = 0; i + 3 <= batch.indexes.size();) {
        if (try_quad(image, font, batch, i)) {
            i += 6;
            continue;
        }
        fill_triangle(image, batch.clip, font, batch.vertex(i, font), batch.vertex(i + 1, font),
                      batch.vertex(i + 2, font));
        i += 3;
    }
}

void draw_list(const ImDrawList& list, ImVec2 origin, const Coverage& font, Image& image) {
    for (const ImDrawCmd& command : list.CmdBuffer) {
        if (command.UserCallback != nullptr || command.ElemCount == 0) continue;
        const Batch batch{list, {list.IdxBuffer.Data + command.IdxOffset, command.ElemCount},
                          command.VtxOffset, to_clip(command.ClipRect, origin, image), origin};
        draw_batch(image, font, batch);
    }
}

}  // namespace

void rasterise(const ImDrawData& data, const Coverage& font, Image& image) {
    for (int i = 0; i < data.CmdListsCount; ++i) draw_list(*data.CmdLists[i], data.DisplayPos, font, image);
}

}  // namespace app::ui
