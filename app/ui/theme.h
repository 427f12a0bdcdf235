// The look as numbers: colours of the three themes, type, spacing, radii, strokes, motion. One place; every widget
// takes its numbers from here. All lengths are design pixels: the canvas multiplies them by the scale.
#pragma once

#include <optional>
#include <string_view>

#include "app/view_model/base.h"

namespace app::ui {

using Colour = u32;   // 0xAABBGGRR, straight alpha

constexpr Colour rgb(u32 hex) {
    return 0xff000000u | ((hex & 0xffu) << 16) | (hex & 0xff00u) | (hex >> 16);
}
constexpr Colour with_alpha(Colour colour, u32 alpha) { return (colour & 0x00ffffffu) | (alpha << 24); }
/// `amount` of 255 parts of `over`, the rest `under`.
Colour mix(Colour under, Colour over, u32 amount);
/// WCAG contrast of two opaque colours, 1 to 21.
float contrast(Colour a, Colour b);

enum class ThemeName : u8 { dark, light, projector };
constexpr ThemeName kThemeNames[] = {ThemeName::dark, ThemeName::light, ThemeName::projector};
std::string_view to_string(ThemeName name);
/// Nothing if there is no theme of this name.
std::optional<ThemeName> theme_named(std::string_view name);

/// A meaning that has an edge colour and a fill for cells and bars.
struct Tone {
    Colour edge = 0;
    Colour fill = 0;
    Colour text = 0;   // readable on the fill
};

struct Theme {
    ThemeName name = ThemeName::dark;
    // Surfaces, from the back to the front.
    Colour bg = 0, panel = 0, card = 0, raised = 0, well = 0;
    // Lines and text.
    Colour line = 0, ctl = 0, ink = 0, mid = 0, low = 0;
    // The strongest surface: primary button, chosen menu row, HW flag.
    Colour strong = 0, on_strong = 0;
    // Meanings.
    Tone leader, in_sync, out_of_sync, dead, good, late, neutral, next;
    Colour evicted = 0, controller = 0, watermark = 0;
    Colour now = 0, now_edge = 0, on_now = 0, now_fill = 0;
    Colour hatch_gap = 0;        // what lies between the hatch lines of a cell that is not committed
    float stroke = 1.0f;         // factor on all strokes
    u32 shadow[3] = {};          // alpha of the three rects of a shadow, outermost first
};

const Theme& theme_of(ThemeName name);

namespace space {
constexpr float chip = 4, sibling = 8, card = 12, edge = 16, group = 24;
}
namespace radius {
constexpr float mark = 2, cell = 3, chip = 4, button = 6, card = 8, palette = 10;
}
namespace stroke {
constexpr float rule = 1, axis = 1.4f, link = 1.5f, mark = 2, log_start = 3;
}
namespace motion {
constexpr i32 cause_ms = 80, message_ms = 160, effect_ms = 80, panel_ms = 120, fading_outline_ms = 600;
constexpr i32 step_ms = cause_ms + message_ms + effect_ms;
}
namespace layout {
constexpr float top_bar = 44, lesson = 272, inspector = 280, timeline = 156, stage_min = 560;
constexpr float target_min = 24, cell_w = 18, cell_h = 20, broker_w = 340, broker_h = 62, lane = 15;
}

}  // namespace app::ui
