#include "app/ui/views/events.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/ui/icons.h"
#include "app/ui/widgets/control.h"
#include "app/ui/widgets/feedback.h"

namespace app::ui {
namespace {

constexpr float kEventRow = 22;
constexpr float kHead = 36;

void head(Ui& ui, const Rect& rect, const EventsVm& vm) {
    Canvas& canvas = ui.canvas;
    const Theme& theme = *canvas.theme;
    const Rect field{rect.x + 12, rect.y + 4, std::min(240.0f, rect.w / 2), 28};
    fill(canvas, field, theme.well, radius::button);
    outline(canvas, field, theme.ctl, radius::button);
    std::string words = vm.filter;
    if (text_field(ui, "filter", field, words, "Filter: broker 2, ISR, lost", false))
        act(ui, UiVerb::filter, "events", words);
    const std::string count = vm.filter.empty() ? fmt::format("{} events", vm.total)
                                                : fmt::format("{} of {} events", vm.matching, vm.total);
    const float wide = text(canvas, rect.right() - 16, field.mid_y(), {Face::mono, Size::hint}, theme.low,
                            count, Align::right);
    const float x = field.right() + 14;
    const float room = rect.right() - 28 - wide - x;
    if (room > 80) text_within(canvas, x, field.mid_y(), room, {Face::regular, Size::label}, theme.mid, vm.sentence);
}

void row(Ui& ui, const Rect& rect, const EventRowVm& vm) {
    Canvas& canvas = ui.canvas;
    const Theme& theme = *canvas.theme;
    const Response response = interact(ui, vm.object, rect);
    if (vm.here || response.hovered)
        fill(canvas, rect, vm.here ? theme.raised : mix(theme.panel, theme.raised, 140), radius::chip);
    if (vm.here) fill(canvas, {rect.x, rect.y + 3, 3, rect.h - 6}, theme.now_edge, 1);
    if (response.focused) focus_ring(canvas, rect.inset(5), radius::chip);
    const Type number{Face::mono, Size::hint};
    text(canvas, rect.x + 66, rect.mid_y(), number, theme.mid, vm.time, Align::right);
    text(canvas, rect.x + 116, rect.mid_y(), number, theme.low, vm.step, Align::right);
    if (vm.broken) icon(canvas, Icon::cross, {rect.x + 130, rect.mid_y()}, theme.late.edge, 11);
    text_within(canvas, rect.x + 142, rect.mid_y(), 86, {Face::semibold, Size::label}, theme.ink, vm.node);
    text_within(canvas, rect.x + 234, rect.mid_y(), rect.right() - 12 - rect.x - 234,
                {Face::regular, Size::label}, vm.here ? theme.ink : theme.mid, vm.text);
    if (response.clicked) act(ui, UiVerb::select, vm.object);
}

/// How many more there are above or below what is shown.
void more(Canvas& canvas, const Rect& rect, u64 count, std::string_view where) {
    text(canvas, rect.x + 142, rect.mid_y(), {Face::regular, Size::hint}, canvas.theme->low,
         fmt::format("{} more {}", count, where));
}

}  // namespace

void events_view(Ui& ui, std::string_view name, const Rect& rect, const EventsVm& vm) {
    const Scope scope(ui, name);
    head(ui, rect, vm);
    const Rect body = from_edges(rect.x + 8, rect.y + kHead, rect.right() - 8, rect.bottom() - 2);
    if (vm.rows.empty()) {
        const bool filtered = !vm.filter.empty();
        const EmptyState nothing{
            filtered ? "No event has these words" : "Nothing has happened yet",
            filtered ? "Clear the filter to see all." : "Step forward to see the first event.",
            {},
            false};
        if (body.h > 70) empty_state(ui, {body.mid_x() - 150, body.y + 4, 300, std::min(100.0f, body.h - 8)}, nothing);
        return;
    }
    const Scope rows_scope(ui, "rows");
    ScrollPane pane(ui, "pane", body);
    float y = pane.top();
    if (vm.rows_before > 0) more(ui.canvas, {body.x, y, body.w, kEventRow}, vm.rows_before, "before"), y += kEventRow;
    for (const EventRowVm& entry : vm.rows) {
        if (y + kEventRow > body.y && y < body.bottom()) row(ui, {body.x, y, body.w - 8, kEventRow}, entry);
        y += kEventRow;
    }
    if (vm.rows_after > 0) more(ui.canvas, {body.x, y, body.w, kEventRow}, vm.rows_after, "after"), y += kEventRow;
    // Of another moment the rows come to the middle: for `follow` the content ends half a pane above them.
    const u64 above = vm.rows_now + (vm.rows_before > 0 ? 1 : 0);
    pane.used(std::max(0.0f, kEventRow * static_cast<float>(above) - body.h / 2));
    pane.follow(vm.cursor + 1);
    pane.used(y - pane.top());
}

}  // namespace app::ui
