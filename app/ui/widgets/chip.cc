#include "app/ui/widgets/chip.h"

namespace app::ui {

float chip_width(const Canvas& canvas, std::string_view words, Type type) {
    return text_width(canvas, type, words) + 16;
}

float chip(Canvas& canvas, float x, float mid_y, std::string_view words, Type type) {
    const Rect rect{x, mid_y - 10, chip_width(canvas, words, type), 20};
    fill(canvas, rect, canvas.theme->raised, radius::chip);
    text(canvas, rect.mid_x(), mid_y, type, canvas.theme->ink, words, Align::centre);
    return rect.w;
}

void key_hint(Canvas& canvas, float right, float mid_y, std::string_view keys, Colour colour) {
    text(canvas, right, mid_y, {Face::mono, Size::hint}, colour, keys, Align::right);
}

void tag(Canvas& canvas, const Rect& rect, std::string_view words) {
    fill(canvas, rect, canvas.theme->panel, radius::chip);
    outline(canvas, rect, canvas.theme->line, radius::chip);
    text(canvas, rect.mid_x(), rect.mid_y(), {Face::mono, Size::hint}, canvas.theme->ink, words, Align::centre);
}

}  // namespace app::ui
