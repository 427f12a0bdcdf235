#include "app/ui/widgets/tabs.h"

#include "app/ui/icons.h"

namespace app::ui {
namespace {

constexpr float kTabGap = 18;
constexpr float kMore = 60;

Type type_of(bool open) { return {open ? Face::semibold : Face::regular, Size::label}; }

bool tab(Ui& ui, const Rect& rect, std::string_view title, bool open) {
    const Theme& theme = *ui.canvas.theme;
    const Response response = interact(ui, title, rect.inset(-kTabGap / 2 + 1, 2));
    const Colour colour = open ? theme.ink : response.hovered ? theme.mid : theme.low;
    text(ui.canvas, rect.mid_x(), rect.mid_y(), type_of(open), colour, title, Align::centre);
    if (open) fill(ui.canvas, {rect.x - 1, rect.bottom() - 2, rect.w + 2, 2}, theme.ink, 1);
    if (response.focused) focus_ring(ui.canvas, rect.inset(0, 7), radius::chip);
    return response.clicked;
}

bool more(Ui& ui, const Rect& rect) {
    const Response response = interact(ui, "more views", rect.inset(-4, 4));
    text(ui.canvas, rect.x, rect.mid_y(), type_of(false), ui.canvas.theme->mid, "More");
    icon(ui.canvas, Icon::folded_down, {rect.x + 40, rect.mid_y()}, ui.canvas.theme->mid, 10);
    if (response.focused) focus_ring(ui.canvas, rect.inset(0, 7), radius::chip);
    return response.clicked;
}

}  // namespace

i32 tabs(Ui& ui, const Rect& rect, std::span<const std::string> titles, std::string_view open, bool& overflow_clicked) {
    float need = 0;
    for (const std::string& title : titles) need += text_width(ui.canvas, type_of(true), title) + kTabGap;
    const float limit = need <= rect.w ? rect.right() : rect.right() - kMore;
    float x = rect.x;
    i32 clicked = -1;
    bool hidden = false;
    // The open one is always seen: those before it leave it its room.
    float kept = 0;
    for (const std::string& title : titles)
        if (title == open) kept = text_width(ui.canvas, type_of(true), title) + kTabGap;
    for (std::size_t i = 0; i < titles.size(); ++i) {
        const bool is_open = titles[i] == open;
        const float width = text_width(ui.canvas, type_of(is_open), titles[i]);
        if (is_open) kept = 0;
        const bool fits = x + width + kept <= limit && (!hidden || is_open);
        hidden = hidden || !fits;
        if (!fits) continue;
        if (tab(ui, {x, rect.y, width, rect.h}, titles[i], is_open)) clicked = static_cast<i32>(i);
        x += width + kTabGap;
    }
    if (hidden) overflow_clicked = more(ui, {rect.right() - kMore + 4, rect.y, kMore - 8, rect.h});
    return clicked;
}

}  // namespace app::ui
