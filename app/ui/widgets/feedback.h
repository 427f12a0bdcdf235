// Toasts, long work, empty states, mistakes in a lesson file.
#pragma once

#include "app/ui/ui.h"
#include "app/view_model/lesson_pane.h"
#include "app/view_model/menu.h"

namespace app::ui {

constexpr float kToastWidth = 380;
constexpr float kToastHeight = 44;       // with one line of text
/// A further line of text is program text: monospaced, with its place marked by a caret below it.
float toast_height(const ToastVm& vm);
void toast(Canvas& canvas, const Rect& rect, const ToastVm& vm);

/// A bar from 0 to 1000.
void progress_bar(Canvas& canvas, const Rect& rect, i32 per_mille);
/// `moment_ms` turns the spinner when the length is not known.
void long_work(Canvas& canvas, float x, float top, float width, const WorkVm& vm, i64 moment_ms);
void spinner(Canvas& canvas, ImVec2 centre, float radius, i64 moment_ms);

/// Why there is nothing, and the next act. `verb` empty: no button. Returns whether it was pressed.
struct EmptyState {
    std::string_view title;
    std::string_view text;
    std::string_view verb;
    bool cells = false;    // a row of empty cells instead of a ring
};
bool empty_state(Ui& ui, const Rect& rect, const EmptyState& vm);

/// A mistake with its line, the place in it and the nearest name. Returns the height.
float error_card(Ui& ui, float x, float top, float width, const LessonErrorVm& vm);

}  // namespace app::ui
