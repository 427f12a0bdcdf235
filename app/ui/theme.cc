#include "app/ui/theme.h"

#include <algorithm>
#include <cmath>

namespace app::ui {
namespace {

float linear(u32 channel) {
    const float c = static_cast<float>(channel & 0xffu) / 255;
    return c <= 0.03928f ? c / 12.92f : std::pow((c + 0.055f) / 1.055f, 2.4f);
}

float luminance(Colour c) { return 0.2126f * linear(c) + 0.7152f * linear(c >> 8) + 0.0722f * linear(c >> 16); }

Theme dark() {
    Theme t;
    t.name = ThemeName::dark;
    t.bg = rgb(0x0E1217), t.panel = rgb(0x131820), t.card = rgb(0x1A202A), t.raised = rgb(0x232B37),
    t.well = rgb(0x0E1217);
    t.line = rgb(0x29323E), t.ctl = rgb(0x6B7888), t.ink = rgb(0xEAEEF3), t.mid = rgb(0xB4BECA), t.low = rgb(0x8E9AA9);
    t.strong = rgb(0xEAEEF3), t.on_strong = rgb(0x0E1217);
    t.leader = {rgb(0x4BA3DD), rgb(0x0072B2), rgb(0xFFFFFF)};
    t.in_sync = {rgb(0x56B4E9), rgb(0x1B3A50), rgb(0xEAEEF3)};
    t.out_of_sync = {rgb(0xE69F00), rgb(0x3A2F17), rgb(0xEAEEF3)};
    t.dead = {rgb(0x7C8794), rgb(0x1E242E), rgb(0xB4BECA)};
    t.good = {rgb(0x1FB88C), rgb(0x15352F), rgb(0xEAEEF3)};
    t.late = {rgb(0xF0803C), rgb(0x3D261D), rgb(0xEAEEF3)};
    t.neutral = {rgb(0x6B7888), rgb(0x232B37), rgb(0xEAEEF3)};
    t.next = {rgb(0x4A5462), 0, rgb(0x8E9AA9)};
    t.evicted = rgb(0x8E9AA9), t.controller = rgb(0xCC79A7), t.watermark = rgb(0xD98BB6);
    t.now = rgb(0xF0E442), t.now_edge = rgb(0xF0E442), t.on_now = rgb(0x1A1A05), t.now_fill = rgb(0x35331F);
    t.hatch_gap = rgb(0x131820);
    t.shadow[0] = 26, t.shadow[1] = 36, t.shadow[2] = 46;
    return t;
}

Theme light() {
    Theme t;
    t.name = ThemeName::light;
    t.bg = rgb(0xF3F4F6), t.panel = rgb(0xFFFFFF), t.card = rgb(0xFFFFFF), t.raised = rgb(0xEEF1F4),
    t.well = rgb(0xF3F4F6);
    t.line = rgb(0xDCE1E7), t.ctl = rgb(0x7F8A97), t.ink = rgb(0x14181D), t.mid = rgb(0x444E5A), t.low = rgb(0x5D6874);
    t.strong = rgb(0x14181D), t.on_strong = rgb(0xFFFFFF);
    t.leader = {rgb(0x005B8F), rgb(0x0072B2), rgb(0xFFFFFF)};
    t.in_sync = {rgb(0x1F84BD), rgb(0xDCEFFB), rgb(0x14181D)};
    t.out_of_sync = {rgb(0xB37400), rgb(0xFCF1D9), rgb(0x14181D)};
    t.dead = {rgb(0x727D89), rgb(0xEEF0F2), rgb(0x444E5A)};
    t.good = {rgb(0x007F5C), rgb(0xDDF2EB), rgb(0x14181D)};
    t.late = {rgb(0xA84300), rgb(0xFCE8DB), rgb(0x14181D)};
    t.neutral = {rgb(0x7F8A97), rgb(0xEEF1F4), rgb(0x14181D)};
    t.next = {rgb(0xAEB6C0), 0, rgb(0x5D6874)};
    t.evicted = rgb(0x6B7683), t.controller = rgb(0xA8507F), t.watermark = rgb(0xA8507F);
    t.now = rgb(0xF0E442), t.now_edge = rgb(0x14181D), t.on_now = rgb(0x1A1A05), t.now_fill = rgb(0xFBF8D0);
    t.hatch_gap = rgb(0xFFFFFF);
    t.shadow[0] = 10, t.shadow[1] = 13, t.shadow[2] = 15;
    return t;
}

Theme projector() {
    Theme t = light();
    t.name = ThemeName::projector;
    t.bg = rgb(0xFFFFFF), t.raised = rgb(0xEDEFF2), t.well = rgb(0xFFFFFF);
    t.line = rgb(0xA4ADB7), t.ctl = rgb(0x4A545F), t.ink = rgb(0x000000), t.mid = rgb(0x1E2329), t.low = rgb(0x3A434D);
    t.strong = rgb(0x000000);
    t.leader = {rgb(0x003F66), rgb(0x005C94), rgb(0xFFFFFF)};
    t.in_sync = {rgb(0x0F6FA6), rgb(0xD3EBFA), rgb(0x000000)};
    t.out_of_sync = {rgb(0x8F5C00), rgb(0xFFEFC7), rgb(0x000000)};
    t.dead = {rgb(0x535D68), rgb(0xE6E9EC), rgb(0x1E2329)};
    t.good = {rgb(0x00664A), rgb(0xD2EEE4), rgb(0x000000)};
    t.late = {rgb(0x843400), rgb(0xFBE1D0), rgb(0x000000)};
    t.neutral = {rgb(0x4A545F), rgb(0xEDEFF2), rgb(0x000000)};
    t.next = {rgb(0x7A848F), 0, rgb(0x3A434D)};
    t.evicted = rgb(0x535D68), t.controller = rgb(0x8C3566), t.watermark = rgb(0x8C3566);
    t.now_edge = rgb(0x000000);
    t.stroke = 1.4f;
    return t;
}

}  // namespace

float contrast(Colour a, Colour b) {
    const float one = luminance(a), other = luminance(b);
    return (std::max(one, other) + 0.05f) / (std::min(one, other) + 0.05f);
}

Colour mix(Colour under, Colour over, u32 amount) {
    Colour out = 0xff000000u;
    for (u32 shift = 0; shift < 24; shift += 8) {
        const u32 a = (under >> shift) & 0xffu;
        const u32 b = (over >> shift) & 0xffu;
        out |= ((a * (255 - amount) + b * amount + 127) / 255) << shift;
    }
    return out;
}

std::optional<ThemeName> theme_named(std::string_view name) {
    for (const ThemeName theme : kThemeNames)
        if (to_string(theme) == name) return theme;
    return std::nullopt;
}

std::string_view to_string(ThemeName name) {
    switch (name) {
        case ThemeName::dark: return "dark";
        case ThemeName::light: return "light";
        case ThemeName::projector: return "projector";
    }
    return "";
}

const Theme& theme_of(ThemeName name) {
    static const Theme themes[] = {dark(), light(), projector()};
    return themes[static_cast<std::size_t>(name)];
}

}  // namespace app::ui
