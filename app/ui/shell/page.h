// A view that takes the room of lesson, stage and timeline: title, chips and sentence, the tabs, and below them its
// own drawing. The lesson keeps a line at the bottom: the open question never goes.
#pragma once

#include "app/ui/ui.h"
#include "app/view_model/screen.h"

namespace app::ui {

/// Whether a view is one of these, by its title.
bool is_page(std::string_view title);
/// What the page of a view says above its tabs.
const PageHeadVm& page_head(const ScreenVm& vm, std::string_view title);
/// Draws the page of the view in `rect`.
void page(Ui& ui, const Rect& rect, const ScreenVm& vm, const std::string& title);
/// The view itself, without head and tabs.
void page_body(Ui& ui, const Rect& rect, const ScreenVm& vm, std::string_view title);

}  // namespace app::ui
