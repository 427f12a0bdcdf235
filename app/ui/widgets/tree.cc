#include "app/ui/widgets/tree.h"

namespace app::ui {
namespace {

constexpr float kIndent = 18;

void guides(Canvas& canvas, const Rect& rect, i32 depth) {
    for (i32 i = 0; i < depth; ++i) {
        const float x = rect.x + 9 + static_cast<float>(i) * kIndent;
        line(canvas, {x, rect.y}, {x, rect.bottom()}, canvas.theme->line);
    }
}

void row(Ui& ui, const Rect& rect, const TreeRow& vm) {
    Canvas& canvas = ui.canvas;
    const Theme& theme = *canvas.theme;
    const Response response = interact(ui, vm.object, rect);
    if (vm.selected || response.hovered)
        fill(canvas, rect.inset(0, 1), vm.selected ? theme.raised : mix(theme.panel, theme.raised, 140),
             radius::button);
    if (response.focused) focus_ring(canvas, rect.inset(5), radius::chip);
    guides(canvas, rect, vm.depth);
    float x = rect.x + 4 + static_cast<float>(vm.depth) * kIndent;
    if (vm.has_children) icon(canvas, vm.open ? Icon::folded_down : Icon::chevron, {x + 5, rect.mid_y()}, theme.mid, 9);
    x += 16;
    const float note = text_width(canvas, {Face::regular, Size::label}, vm.note);
    x += text_within(canvas, x, rect.mid_y(), rect.right() - 20 - note - x, {Face::mono, Size::label},
                     theme.ink, vm.text);
    if (vm.symbol != Icon::none) icon(canvas, vm.symbol, {x + 14, rect.mid_y()}, vm.symbol_colour, 12);
    text(canvas, rect.right() - 8, rect.mid_y(), {Face::regular, Size::label}, theme.low, vm.note, Align::right);
    if (response.clicked) act(ui, UiVerb::select, vm.object);
    const bool folds =
        vm.has_children &&
        (response.clicked || (response.focused && take_key(ui, {vm.open ? Key::left : Key::right})));
    if (folds) act(ui, UiVerb::fold, vm.object);
}

}  // namespace

void tree(Ui& ui, std::string_view name, const Rect& rect, std::span<const TreeRow> rows) {
    const Scope scope(ui, name);
    const float need = kTreeRow * static_cast<float>(rows.size());
    const float offset = scroll_offset(ui, "rows", rect, need);
    const Clip clip(ui.canvas, rect, need > rect.h);
    float top = rect.y - offset;
    for (const TreeRow& vm : rows) {
        const Rect line{rect.x, top, rect.w - 8, kTreeRow};
        if (line.bottom() > rect.y && line.y < rect.bottom()) row(ui, line, vm);
        top += kTreeRow;
    }
}

}  // namespace app::ui
