#include "app/ui/widgets/wire.h"

#include <algorithm>

#include "app/ui/icons.h"
#include "app/ui/patterns.h"
#include "app/ui/widgets/chip.h"

namespace app::ui {
namespace {

constexpr float kRadius = 7;

float progress_of(const MessageVm& message) {
    return static_cast<float>(std::clamp(message.per_mille, 0, 1000)) / 1000;
}

void arrow_head(Canvas& canvas, ImVec2 at, ImVec2 heading, Colour colour, float size) {
    const ImVec2 side{-heading.y, heading.x};
    const auto place = [&](float along, float across) {
        return ImVec2{at.x + heading.x * along * size + side.x * across * size,
                      at.y + heading.y * along * size + side.y * across * size};
    };
    fill_convex(canvas, {place(1, 0), place(-0.8f, 0.9f), place(-0.8f, -0.9f)}, colour);
}

void request(Canvas& canvas, ImVec2 at, ImVec2 heading, Colour colour) {
    disc(canvas, at, kRadius, colour);
    arrow_head(canvas, at, heading, canvas.theme->bg, 2.8f);
}

void reply(Canvas& canvas, ImVec2 at, ImVec2 heading, Colour colour) {
    disc(canvas, at, kRadius, canvas.theme->bg);
    circle(canvas, at, kRadius - 0.5f, colour, 2);
    arrow_head(canvas, at, heading, colour, 2.4f);
}

Path backwards(std::span<const ImVec2> path) { return {path.rbegin(), path.rend()}; }

Rect label_place(ImVec2 at, float width, float side) {
    if (side < 0) return {at.x - width - 4, at.y + 17, width, 18};
    if (side > 0) return {at.x - width / 2, at.y + 13, width, 18};
    return {at.x - width / 2, at.y - 32, width, 18};
}

bool is_free(const Canvas& canvas, const Rect& label, std::span<const Rect> taken) {
    const Rect seen = intersect(label, canvas.clips.back());
    const bool whole = seen.w >= label.w - 0.5f && seen.h >= label.h - 0.5f;
    return whole &&
           std::ranges::none_of(taken, [&label](const Rect& other) { return !intersect(label, other).empty(); });
}

/// Beside the message, where it covers neither a card nor another label; without such a place the tooltip has it.
void label(Canvas& canvas, ImVec2 at, std::string_view words, float side, std::vector<Rect>& taken) {
    const float width = text_width(canvas, {Face::mono, Size::hint}, words) + 12;
    const Rect beside{at.x - width - 14, at.y - 9, width, 18}, after{at.x + 14, at.y - 9, width, 18};
    for (const Rect& rect : {label_place(at, width, side), label_place(at, width, -1), label_place(at, width, 0),
                             label_place(at, width, 1), beside, after}) {
        if (!is_free(canvas, rect, taken)) continue;
        taken.push_back(rect);
        return tag(canvas, rect, words);
    }
}

void message_on(Ui& ui, std::span<const ImVec2> path, const MessageVm& vm, Colour colour, float label_side,
                std::vector<Rect>& taken) {
    const Path way = vm.backwards ? backwards(path) : Path(path.begin(), path.end());
    busy_link(ui.canvas, way, vm, colour);
    const ImVec2 at = point_on(way, progress_of(vm));
    const Response response = interact(ui, vm.object, {at.x - 12, at.y - 12, 24, 24});
    if (vm.selected || response.hovered)
        circle(ui.canvas, at, kRadius + 4, vm.selected ? ui.canvas.theme->now : ui.canvas.theme->ink,
               stroke::mark);
    if (response.focused) focus_ring(ui.canvas, {at.x - 7, at.y - 7, 14, 14}, 7);
    if (!vm.label.empty()) label(ui.canvas, at, vm.label, label_side, taken);
    if (response.clicked) act(ui, UiVerb::select, vm.object);
    if (response.secondary) act(ui, UiVerb::open_menu, vm.object);
}

}  // namespace

void quiet_link(Canvas& canvas, std::span<const ImVec2> path, bool cut) {
    const Colour colour = mix(canvas.theme->bg, canvas.theme->next.edge, 170);
    if (cut) dashed_polyline(canvas, path, kDashed, colour, stroke::axis);
    else polyline(canvas, path, colour, stroke::axis);
}

void busy_link(Canvas& canvas, std::span<const ImVec2> path, const MessageVm& message, Colour colour) {
    if (message.state == MessageState::arrived) colour = canvas.theme->ctl;
    const float done = progress_of(message);
    polyline(canvas, part_of(path, 0, done), colour, stroke::link + 0.3f);
    if (done < 1) dashed_polyline(canvas, part_of(path, done, 1), {3, 3}, with_alpha(colour, 170), stroke::link);
    message_disc(canvas, point_on(path, done), heading_on(path, done), message, colour);
    if (message.state == MessageState::duplicate) {
        dashed_circle(canvas, point_on(path, std::max(0.0f, done - 0.25f)), kRadius - 1, 8, colour, stroke::link);
    }
}

void message_disc(Canvas& canvas, ImVec2 at, ImVec2 heading, const MessageVm& message, Colour colour) {
    const Theme& theme = *canvas.theme;
    if (message.state == MessageState::lost) return icon(canvas, Icon::cross, at, theme.late.edge, 16);
    if (message.state == MessageState::arrived) return disc(canvas, at, 3.5f, colour);
    if (message.kind == MessageKind::request) request(canvas, at, heading, colour);
    else reply(canvas, at, heading, colour);
    if (message.state == MessageState::delayed) {
        arc(canvas, at, kRadius + 4, 0, 1, with_alpha(theme.ink, 50), 2.5f);
        arc(canvas, at, kRadius + 4, 0, 0.55f, theme.ink, 2.5f);
    }
    if (message.state == MessageState::duplicate)
        text(canvas, at.x + 10, at.y - 11, {Face::mono_bold, Size::hint}, theme.ink, "x2");
    if (message.state == MessageState::held) {
        if (theme.now_edge != theme.now) outline(canvas, {at.x - 12, at.y - 12, 24, 24}, theme.now_edge, 6, 4);
        outline(canvas, {at.x - 11, at.y - 11, 22, 22}, theme.now, 5, stroke::mark);
    }
}

void link(Ui& ui, std::span<const ImVec2> path, const LinkVm& vm, float label_side, std::vector<Rect>& taken) {
    const Scope scope(ui, vm.object);
    const Theme& theme = *ui.canvas.theme;
    if (vm.messages.empty()) return quiet_link(ui.canvas, path, vm.cut);
    const Colour colour = vm.replication ? theme.in_sync.edge : theme.mid;
    for (const MessageVm& message : vm.messages) message_on(ui, path, message, colour, label_side, taken);
}

}  // namespace app::ui
