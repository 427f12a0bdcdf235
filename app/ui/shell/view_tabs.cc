#include "app/ui/shell/view_tabs.h"

#include "app/ui/widgets/tabs.h"

namespace app::ui {

void view_tabs(Ui& ui, const Rect& rect, const ScreenVm& vm, const std::vector<std::string>& extra,
               const std::string& open) {
    const Scope scope(ui, "views");
    std::vector<std::string> titles = extra;
    for (const ViewTabVm& view : vm.views) titles.push_back(view.title);
    rule(ui.canvas, rect.x, rect.right(), rect.bottom() - 1, ui.canvas.theme->line);
    bool more = false;
    const i32 clicked = tabs(ui, {rect.x + 13, rect.y + 3, rect.w - 26, rect.h - 4}, titles, open, more);
    if (clicked >= 0) act(ui, UiVerb::open_view, {}, titles[static_cast<std::size_t>(clicked)]);
    if (more) act(ui, UiVerb::open_menu, "views");
}

}  // namespace app::ui
