#include "app/ui/views/znodes.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/ui/icons.h"
#include "app/ui/rich_text.h"
#include "app/ui/widgets/feedback.h"
#include "app/ui/widgets/section.h"
#include "app/ui/widgets/tree.h"
#include "app/ui/widgets/wait.h"

namespace app::ui {
namespace {

std::string note_of(const ZnodeRowVm& vm) {
    std::string note = vm.kind == ZnodeKind::ephemeral    ? "ephemeral, " + vm.owner
                       : vm.kind == ZnodeKind::sequential ? "sequential"
                                                          : "";
    if (vm.watches > 0)
        note +=
            fmt::format("{}{} {}", note.empty() ? "" : ", ", vm.watches, vm.watches == 1 ? "watch" : "watches");
    return note;
}

std::vector<TreeRow> rows_of(const Theme& theme, const ZnodesVm& vm) {
    std::vector<TreeRow> out;
    for (const ZnodeRowVm& row : vm.rows) {
        TreeRow tree_row{row.object, row.name,     note_of(row), row.depth, row.has_children,
                         row.open,   row.selected, Icon::none,   0};
        if (row.changed) tree_row.symbol = Icon::dot, tree_row.symbol_colour = theme.ink;
        out.push_back(std::move(tree_row));
    }
    return out;
}

float node_detail(Canvas& canvas, float x, float top, float width, const ZnodesVm& vm) {
    const Theme& theme = *canvas.theme;
    text_within(canvas, x, top + 12, width, {Face::mono_bold, Size::label}, theme.ink, vm.path);
    float y = top + 24;
    y += wrapped(canvas, x, y, width, {Face::mono, Size::label}, theme.mid, vm.data) + 2;
    text_within(canvas, x, y + 9, width, {Face::regular, Size::label}, theme.low, vm.version);
    y += 20;
    for (const std::string& watcher : vm.watchers) {
        icon(canvas, Icon::lens, {x + 6, y + 10}, theme.mid, 12);
        text_within(canvas, x + 18, y + 10, width - 18, {Face::regular, Size::label}, theme.mid, watcher + " watches");
        y += 20;
    }
    return y - top + 8;
}

void session_row(Ui& ui, const Rect& row, const ZkSessionVm& vm) {
    Canvas& canvas = ui.canvas;
    const Theme& theme = *canvas.theme;
    const Response response = interact(ui, vm.object, row);
    if (response.hovered) fill(canvas, row.inset(-6, 0), theme.raised, radius::chip);
    if (response.focused) focus_ring(canvas, row.inset(0, 4), radius::chip);
    if (vm.alive) wait_arc(canvas, {row.x + 8, row.mid_y()}, 6, vm.left_per_mille);
    else icon(canvas, Icon::cross, {row.x + 8, row.mid_y()}, theme.dead.edge, 12);
    const float left = text_width(canvas, {Face::mono, Size::hint}, vm.left);
    text_within(canvas, row.x + 24, row.mid_y() - 7, row.w - 30 - left, {Face::semibold, Size::label},
                vm.alive ? theme.ink : theme.mid, vm.name);
    text_within(canvas, row.x + 24, row.mid_y() + 8, row.w - 24, {Face::regular, Size::hint}, theme.low, vm.note);
    text(canvas, row.right(), row.mid_y() - 7, {Face::mono, Size::hint}, theme.mid, vm.left, Align::right);
    if (response.clicked) act(ui, UiVerb::select, vm.object);
}

void side(Ui& ui, const Rect& rect, const ZnodesVm& vm) {
    const Scope scope(ui, "side");
    ScrollPane pane(ui, "pane", rect);
    const float x = rect.x + 14, width = rect.w - 28;
    float y = pane.top();
    if (!vm.path.empty()) y += node_detail(ui.canvas, x, y, width, vm);
    section_label(ui.canvas, x, x + width, y + 12, "SESSIONS");
    y += 22;
    for (const ZkSessionVm& session : vm.sessions) {
        session_row(ui, {x, y, width, 36}, session);
        y += 38;
    }
    pane.used(y - pane.top());
}

}  // namespace

void znodes_view(Ui& ui, const Rect& rect, const ZnodesVm& vm) {
    const Scope scope(ui, "znodes");
    if (!vm.empty_title.empty()) {
        empty_state(ui, {rect.mid_x() - 150, rect.y + 8, 300, std::min(110.0f, rect.h - 16)},
                    {vm.empty_title, vm.empty_text, {}, false});
        return;
    }
    const bool with_side = rect.w >= 520;
    const float split = with_side ? rect.right() - std::min(260.0f, rect.w * 0.4f) : rect.right();
    text_within(ui.canvas, rect.x + 16, rect.y + 13, split - rect.x - 32, {Face::regular, Size::label},
                ui.canvas.theme->mid, vm.sentence);
    const std::vector<TreeRow> rows = rows_of(*ui.canvas.theme, vm);
    tree(ui, "tree", from_edges(rect.x + 8, rect.y + 26, split - 4, rect.bottom() - 2), rows);
    if (!with_side) return;
    line(ui.canvas, {split, rect.y + 6}, {split, rect.bottom()}, ui.canvas.theme->line);
    side(ui, from_edges(split, rect.y + 2, rect.right(), rect.bottom()), vm);
}

}  // namespace app::ui
