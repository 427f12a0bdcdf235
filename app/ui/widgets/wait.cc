#include "app/ui/widgets/wait.h"

#include <algorithm>

namespace app::ui {

void wait_arc(Canvas& canvas, ImVec2 centre, float radius, i32 left_per_mille) {
    const float left = static_cast<float>(std::clamp(left_per_mille, 0, 1000)) / 1000;
    circle(canvas, centre, radius, with_alpha(canvas.theme->ink, 50), 3);
    if (left > 0) arc(canvas, centre, radius, 1 - left, 1, canvas.theme->ink, 3);
}

void wait_row(Ui& ui, const Rect& row, const WaitVm& vm) {
    const Theme& theme = *ui.canvas.theme;
    const Response response = interact(ui, vm.object, row);
    if (response.hovered) fill(ui.canvas, row.inset(-6, 0), theme.raised, radius::chip);
    if (response.focused) focus_ring(ui.canvas, row.inset(0, 3), radius::chip);
    wait_arc(ui.canvas, {row.x + 8, row.mid_y()}, 7, vm.left_per_mille);
    const float left_width = text_width(ui.canvas, {Face::mono, Size::hint}, vm.left);
    text_within(ui.canvas, row.x + 24, row.mid_y(), row.w - 36 - left_width, {Face::semibold, Size::label},
                theme.ink, vm.what);
    text(ui.canvas, row.right(), row.mid_y(), {Face::mono, Size::hint}, theme.mid, vm.left, Align::right);
    if (response.clicked) act(ui, UiVerb::select, vm.object);
}

}  // namespace app::ui
