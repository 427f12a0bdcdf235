// One triangle on a picture, in integers only: the same pixels on every machine and compiler.
//
// Positions are pixels in 24.8 fixed point, a pixel's centre lies at .5; edges follow the top-left rule, so that
// neighbours neither overlap nor leave a gap. Colours are straight alpha and interpolated over the triangle.
#pragma once

#include "app/ui/raster/image.h"

namespace app::ui {

constexpr i32 kSubpixelBits = 8;
constexpr i32 kOnePixel = 1 << kSubpixelBits;

struct RasterVertex {
    i32 x = 0;        // 24.8
    i32 y = 0;        // 24.8
    i32 u = 0;        // texels, 24.8
    i32 v = 0;        // texels, 24.8
    u32 colour = 0;   // 0xAABBGGRR
};

/// What may be drawn on: whole pixels, right and bottom excluded.
struct ClipBox {
    i32 left = 0;
    i32 top = 0;
    i32 right = 0;
    i32 bottom = 0;
};

/// Coverage of the font texture: 255 is opaque.
struct Coverage {
    const u8* texels = nullptr;
    i32 width = 0;
    i32 height = 0;
};

/// `source` over `target` with `alpha` (0..255) instead of its own.
u32 blend(u32 target, u32 source, u32 alpha);
/// Bilinear coverage at a place in texels (24.8), clamped to the texture's edge.
u32 sample(const Coverage& coverage, i32 u, i32 v);
/// Colour of `count` pixels from `target` on.
void blend_run(u32* target, i32 count, u32 colour);

void fill_triangle(Image& image, const ClipBox& clip, const Coverage& coverage, const RasterVertex& a,
                   const RasterVertex& b, const RasterVertex& c);

}  // namespace app::ui
