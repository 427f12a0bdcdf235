#include "app/ui/shell/top_bar.h"

#include "app/ui/icons.h"
#include "app/ui/widgets/button.h"
#include "app/ui/widgets/chip.h"
#include "app/ui/widgets/transport.h"

namespace app::ui {
namespace {

constexpr Type kQuiet{Face::regular, Size::label};
constexpr Type kName{Face::semibold, Size::body};

/// Logo and name; clicking goes home. Returns where they end.
float brand(Ui& ui, const Rect& rect, bool with_name) {
    Canvas& canvas = ui.canvas;
    const Theme& theme = *canvas.theme;
    const float width = with_name ? text_width(canvas, kName, "Millrace") + 46 : 40;
    const Rect target{rect.x + 6, rect.y + 8, width, 28};
    const Response response = interact(ui, "home", target);
    if (response.hovered) fill(canvas, target, theme.raised, radius::button);
    if (response.focused) focus_ring(canvas, target.inset(3), radius::chip);
    icon(canvas, Icon::mill, {rect.x + 25, rect.mid_y()}, theme.ink, 19);
    if (with_name) text(canvas, rect.x + 46, rect.mid_y(), kName, theme.ink, "Millrace");
    if (response.clicked) act(ui, UiVerb::go_home);
    return rect.x + width;
}

/// What does not fit is left out from the right: pace, seed, step.
struct Facts {
    Ui& ui;
    float x, right, mid_y;

    [[nodiscard]] bool room(float width) const { return x + width <= right; }
    void labelled(std::string_view label, std::string_view value) {
        Canvas& canvas = ui.canvas;
        const Type number{Face::mono_bold, Size::label};
        const float wide = text_width(canvas, kQuiet, label) + 6 + text_width(canvas, number, value);
        if (value.empty() || !room(wide)) return;
        x += text(canvas, x, mid_y, kQuiet, canvas.theme->low, label) + 6;
        x += text(canvas, x, mid_y, number, canvas.theme->ink, value) + 16;
    }
    void branch(const std::string& name) {
        Canvas& canvas = ui.canvas;
        if (name.empty() || !room(60)) return;
        const Type type{Face::semibold, Size::label};
        const std::string shown = elide(canvas, type, name, std::min(160.0f, right - x - 20));
        icon(canvas, Icon::branch, {x + 6, mid_y}, canvas.theme->mid, 14);
        x += 18 + text(canvas, x + 18, mid_y, type, canvas.theme->ink, shown) + 14;
    }
    void pace(const TopBarVm& vm) {
        Canvas& canvas = ui.canvas;
        const float words = text_width(canvas, kQuiet, vm.pace), chip_wide = chip_width(canvas, vm.speed);
        if (room(words + 16 + chip_wide)) x += text(canvas, x, mid_y, kQuiet, canvas.theme->low, vm.pace) + 8;
        else if (!room(chip_wide)) return;
        const Rect rect{x, mid_y - 12, chip_wide, 24};
        const Response response = interact(ui, "speed", rect);
        chip(canvas, x, mid_y, vm.speed);
        if (response.focused) focus_ring(canvas, rect.inset(0, 2), radius::chip);
        if (response.clicked) act(ui, UiVerb::open_menu, "speed");
        x = rect.right() + 12;
    }
};

/// The field that opens the palette, or a key cap where there is little room. Returns its left edge.
float search(Ui& ui, const Rect& rect, float room) {
    Canvas& canvas = ui.canvas;
    const Theme& theme = *canvas.theme;
    const bool wide = room >= 186;
    const float width = wide ? 186.0f : 60.0f;
    const Rect field{rect.right() - 16 - width, rect.mid_y() - 14, width, 28};
    const Response response = interact(ui, "palette", field);
    if (!wide) fill(canvas, field, theme.raised, radius::button);
    else fill(canvas, field, theme.well, radius::button);
    outline(canvas, field, response.hovered ? theme.ctl : theme.line, radius::button);
    if (response.focused) focus_ring(canvas, field, radius::button);
    if (wide) {
        icon(canvas, Icon::lens, {field.x + 14, field.mid_y()}, theme.low, 14);
        text(canvas, field.x + 28, field.mid_y(), kQuiet, theme.low, "Find or do");
    }
    text(canvas, wide ? field.right() - 6 : field.right() - 9, field.mid_y(), {Face::mono, Size::hint},
         theme.mid, "Ctrl K", Align::right);
    if (response.clicked) act(ui, UiVerb::open_palette);
    return field.x;
}

}  // namespace

void top_bar(Ui& ui, const Rect& rect, const TopBarVm& vm) {
    const Scope scope(ui, "top bar");
    Canvas& canvas = ui.canvas;
    const Theme& theme = *canvas.theme;
    fill(canvas, rect, theme.panel);
    rule(canvas, rect.x, rect.right(), rect.bottom() - 1, theme.line);
    const bool roomy = rect.w >= 760;
    float x = brand(ui, rect, roomy || vm.home);
    if (roomy && !vm.home) line(canvas, {x + 15, rect.y + 12}, {x + 15, rect.bottom() - 12}, theme.line);
    const float right = search(ui, rect, vm.home || rect.w >= 1000 ? 186 : 60);
    const Rect help{right - 12 - 28, rect.mid_y() - 14, 28, 28};
    if (icon_button(ui, help, Icon::none, "keys", ButtonLook::bare)) act(ui, UiVerb::open_help);
    text(canvas, help.mid_x(), help.mid_y(), {Face::semibold, Size::label}, theme.ink, "?", Align::centre);
    if (vm.home) return;
    x = transport(ui, x + (roomy ? 30.0f : 8.0f), rect.mid_y() - kTransportHeight / 2, vm) + 16;
    x += text(canvas, x, rect.mid_y(), {Face::mono_bold, Size::question}, theme.ink, vm.time) + 15;
    Facts facts{ui, x, help.x - 12, rect.mid_y()};
    facts.labelled("step", vm.step);
    facts.labelled("seed", vm.seed);
    facts.branch(vm.branch);
    facts.pace(vm);
    if (vm.diverged.empty() || !facts.room(140)) return;
    icon(canvas, Icon::warning, {facts.x + 7, rect.mid_y()}, theme.late.edge, 14);
    text_within(canvas, facts.x + 20, rect.mid_y(), facts.right - facts.x - 20, {Face::semibold, Size::label},
                theme.ink, vm.diverged);
}

}  // namespace app::ui
