#include "app/ui/views/transcript.h"

#include <algorithm>

#include "app/ui/rich_text.h"

namespace app::ui {
namespace {

constexpr float kTimeWidth = 100, kLineGap = 4;

/// Returns the height.
float words(Ui& ui, const Rect& pane, float y, const TranscriptRowVm& row) {
    Canvas& canvas = ui.canvas;
    const Theme& theme = *canvas.theme;
    const bool heading = row.kind == TranscriptKind::heading, deed = row.kind == TranscriptKind::deed;
    const Type type{heading || deed ? Face::semibold : Face::regular, Size::label};
    const float x = pane.x + (heading ? 0 : kTimeWidth), width = std::min(pane.right() - 16 - x, 900.0f);
    if (!row.time.empty()) text(canvas, x - 10, y + 9, {Face::mono, Size::hint}, theme.low, row.time, Align::right);
    return std::max(18.0f, wrapped(canvas, x, y, width, type, heading || deed ? theme.ink : theme.mid, row.text));
}

void row(Ui& ui, const Rect& pane, float& y, const TranscriptRowVm& vm) {
    const float top = y;
    if (vm.kind == TranscriptKind::heading) y += kLineGap * 2;
    y += words(ui, pane, y, vm) + kLineGap;
    if (vm.object.empty() || top > pane.bottom() || y < pane.y) return;
    const Rect rect{pane.x, top, pane.w - 12, y - top};
    const Response response = interact(ui, vm.object, rect);
    if (response.hovered) outline(ui.canvas, rect, ui.canvas.theme->line, radius::chip);
    if (response.focused) focus_ring(ui.canvas, rect.inset(5), radius::chip);
    if (response.clicked) act(ui, UiVerb::select, vm.object);
}

}  // namespace

void transcript_view(Ui& ui, const Rect& rect, const TranscriptVm& vm) {
    const Scope scope(ui, "transcript");
    const Rect body = from_edges(rect.x + 16, rect.y + 2, rect.right() - 8, rect.bottom() - 2);
    ScrollPane pane(ui, "pane", body);
    float y = pane.top();
    if (vm.cut)
        row(ui, body, y,
            {TranscriptKind::words, "", "", "What came before is left out; \"Write the transcript\" keeps all of it."});
    for (const TranscriptRowVm& entry : vm.rows) row(ui, body, y, entry);
    pane.used(y - pane.top());
    pane.follow(vm.end);
}

}  // namespace app::ui
