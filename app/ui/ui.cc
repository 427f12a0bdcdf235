#include "app/ui/ui.h"

#include <algorithm>
#include <utility>

namespace app::ui {
namespace {

constexpr float kWheelStep = 48;

u64 hash_name(u64 seed, std::string_view name) {
    u64 hash = seed ^ 0xcbf29ce484222325u;
    for (const char c : name) hash = (hash ^ static_cast<u8>(c)) * 0x100000001b3u;
    return (hash ^ 0xffu) * 0x100000001b3u;   // so that "a" in "b" is not "ba"
}

u64 id_of(const Ui& ui, std::string_view name) {
    return hash_name(ui.scopes.empty() ? 0 : ui.scopes.back().first, name);
}

std::string path_of(const Ui& ui, std::string_view name) {
    return ui.scopes.empty() ? std::string(name) : ui.scopes.back().second + "/" + std::string(name);
}

/// The last of the highest layer: what was drawn on top.
u64 topmost(const Interaction& state, ImVec2 at) {
    const Target* best = nullptr;
    for (const Target& target : state.targets) {
        if (target.layer < state.modal_layer || !target.rect.contains(at)) continue;
        if (best == nullptr || target.layer >= best->layer) best = &target;
    }
    return best == nullptr ? 0 : best->id;
}

std::vector<u64> tab_order(const Interaction& state) {
    std::vector<u64> order;
    for (const Target& target : state.targets) {
        if (target.takes_keyboard && target.layer >= state.modal_layer) order.push_back(target.id);
    }
    return order;
}

void move_focus(Interaction& state, bool backwards) {
    const std::vector<u64> order = tab_order(state);
    if (order.empty()) return;
    const auto found = std::find(order.begin(), order.end(), state.focused);
    const auto size = static_cast<std::ptrdiff_t>(order.size());
    std::ptrdiff_t at = found - order.begin();
    if (found == order.end()) at = backwards ? size - 1 : 0;
    else if (state.focus_visible) at = (at + (backwards ? size - 1 : 1)) % size;
    state.focused = order[static_cast<std::size_t>(at)];
    state.focus_visible = true;
}

ScrollState& scroll_of(Interaction& state, u64 id) {
    for (ScrollState& scroll : state.scrolls) {
        if (scroll.id == id) return scroll;
    }
    state.scrolls.push_back({id, 0, 0});
    return state.scrolls.back();
}

bool has_keyboard(const Ui& ui, u64 id) {
    return ui.state->focused == id && ui.state->focus_visible && ui.canvas.layer >= ui.state->modal_layer;
}

void press(Ui& ui, u64 id, bool keyboard) {
    ui.state->active = id;
    ui.state->pressed_at = ui.input.mouse;
    if (keyboard) ui.state->focused = id;
    ui.state->focus_visible = false;
}

void use_mouse(Ui& ui, Response& response, Reach reach) {
    Interaction& state = *ui.state;
    response.hovered = state.hot == response.id && (state.active == 0 || state.active == response.id);
    if (response.hovered && ui.input.pressed) press(ui, response.id, reach.keyboard);
    response.held = state.active == response.id && ui.input.down;
    response.secondary = response.hovered && ui.input.right_pressed;
    response.double_clicked = response.hovered && ui.input.double_clicked;
    if (state.active == response.id && ui.input.released) response.clicked = response.hovered;
}

void use_keyboard(Ui& ui, Response& response) {
    if (!has_keyboard(ui, response.id)) return;
    response.focused = true;
    if (take_key(ui, {Key::enter}) || take_key(ui, {Key::space})) response.clicked = true;
    if (take_key(ui, {Key::menu})) response.secondary = true;
}

}  // namespace

void begin_frame(Ui& ui) {
    Interaction& state = *ui.state;
    state.hot = topmost(state, ui.input.mouse);
    if (ui.input.pressed && state.hot == 0) state.focus_visible = false;
    if (take_key(ui, {Key::tab})) move_focus(state, false);
    if (take_key(ui, {Key::tab, false, true})) move_focus(state, true);
}

void end_frame(Ui& ui) {
    Interaction& state = *ui.state;
    if (ui.input.released || !ui.input.down) state.active = 0;
    state.targets = ui.targets;
    state.modal_layer = ui.next_modal_layer;
}

Response interact(Ui& ui, std::string_view name, const Rect& rect, Reach reach) {
    Response response;
    response.id = id_of(ui, name);
    const Rect visible = ui.canvas.clips.empty() ? rect : intersect(rect, ui.canvas.clips.back());
    ui.targets.push_back({response.id, path_of(ui, name), std::string(name), visible, ui.canvas.layer, reach.keyboard});
    if (!reach.enabled) {
        response.hovered = ui.state->hot == response.id;
        response.focused = has_keyboard(ui, response.id);
        return response;
    }
    use_mouse(ui, response, reach);
    if (reach.keyboard) use_keyboard(ui, response);
    return response;
}

bool take_key(Ui& ui, KeyPress wanted) {
    const auto found = std::find(ui.input.keys.begin(), ui.input.keys.end(), wanted);
    if (found == ui.input.keys.end()) return false;
    ui.input.keys.erase(found);
    return true;
}

bool take_free_key(Ui& ui, KeyPress wanted) {
    const bool in_front = ui.canvas.layer >= ui.state->modal_layer;
    return in_front && !ImGui::GetIO().WantTextInput && take_key(ui, wanted);
}

void claim_modal(Ui& ui, i32 layer) { ui.next_modal_layer = std::max(ui.next_modal_layer, layer); }

void act(Ui& ui, UiVerb verb, std::string object, std::string argument, i64 number) {
    ui.actions->push_back({verb, std::move(object), std::move(argument), number});
}

Scope::Scope(Ui& ui, std::string_view name) : ui_(ui) { ui.scopes.emplace_back(id_of(ui, name), path_of(ui, name)); }
Scope::~Scope() { ui_.scopes.pop_back(); }

float scroll_offset(Ui& ui, std::string_view name, const Rect& pane, float content_height) {
    float& offset = scroll_of(*ui.state, id_of(ui, name)).offset;
    if (pane.contains(ui.input.mouse)) offset -= ui.input.wheel * kWheelStep;
    const float most = std::max(0.0f, content_height - pane.h);
    offset = std::clamp(offset, 0.0f, most);
    if (most > 0) {
        const float length = std::max(24.0f, pane.h * pane.h / content_height);
        const float top = pane.y + (pane.h - length) * offset / most;
        fill(ui.canvas, {pane.right() - 5, top, 3, length}, ui.canvas.theme->next.edge, 1.5f);
    }
    return offset;
}

ScrollPane::ScrollPane(Ui& ui, std::string_view name, const Rect& pane)
    : ui_(ui),
      id_(id_of(ui, name)),
      top_(pane.y - scroll_offset(ui, name, pane, scroll_of(*ui.state, id_).content)),
      clip_(ui.canvas, pane, scroll_of(*ui.state, id_).content > pane.h) {}

void ScrollPane::used(float height) { scroll_of(*ui_.state, id_).content = height; }

void ScrollPane::follow(u64 end) {
    ScrollState& state = scroll_of(*ui_.state, id_);
    if (std::exchange(state.end, end) != end) state.offset = state.content;   // the next frame stops at the last line
}

void focus_ring(Canvas& canvas, const Rect& rect, float radius) {
    const Theme& theme = *canvas.theme;
    const Rect ring = rect.inset(-5);
    if (theme.now_edge != theme.now) outline(canvas, ring.inset(-1), theme.now_edge, radius + 6, 4);
    outline(canvas, ring, theme.now, radius + 5, stroke::mark);
}

}  // namespace app::ui
