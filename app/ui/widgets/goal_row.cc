#include "app/ui/widgets/goal_row.h"

#include "app/ui/rich_text.h"
#include "app/ui/widgets/button.h"

namespace app::ui {

void goal_symbol(Canvas& canvas, ImVec2 centre, GoalState state) {
    const Theme& theme = *canvas.theme;
    switch (state) {
        case GoalState::open: return icon(canvas, Icon::dashed_ring, centre, theme.low, 12);
        case GoalState::holds: return icon(canvas, Icon::ring, centre, theme.good.edge, 12);
        case GoalState::reached: return icon(canvas, Icon::check, centre, theme.good.edge, 14);
        case GoalState::broken: return icon(canvas, Icon::cross, centre, theme.late.edge, 13);
    }
}

float goal_row(Ui& ui, float x, float top, float width, const GoalVm& vm) {
    const Theme& theme = *ui.canvas.theme;
    const Type note_type{Face::semibold, Size::label};
    const float note = vm.note.empty() ? 0 : text_width(ui.canvas, note_type, vm.note) + 12;
    const Type type{Face::regular, Size::label};
    const float room = width - 22 - note;
    const float height = wrapped(ui.canvas, x + 22, top + 3, room, type, theme.mid, vm.text, false) + 6;
    if (!vm.object.empty() && text_button(ui, {x - 4, top, width + 8, height}, vm.text))
        act(ui, UiVerb::select, vm.object);
    goal_symbol(ui.canvas, {x + 7, top + 12}, vm.state);
    wrapped(ui.canvas, x + 22, top + 3, room, type, theme.mid, vm.text);
    text(ui.canvas, x + width, top + 12, note_type, theme.ink, vm.note, Align::right);
    return height;
}

}  // namespace app::ui
