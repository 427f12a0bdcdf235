#include "app/ui/widgets/selectable.h"

namespace app::ui {

void selectable(Ui& ui, const Rect& rect, const std::string& object, bool selected) {
    if (object.empty()) return;
    const Theme& theme = *ui.canvas.theme;
    const Response response = interact(ui, object, rect);
    if (selected) outline(ui.canvas, rect, theme.now_edge, radius::chip, stroke::mark);
    else if (response.hovered) outline(ui.canvas, rect, theme.ctl, radius::chip);
    if (response.focused) focus_ring(ui.canvas, rect, radius::chip);
    if (response.clicked) act(ui, UiVerb::select, object);
    if (response.secondary) act(ui, UiVerb::open_menu, object);
}

}  // namespace app::ui
