// One frame of the interface: what is drawn on, what the person did, and what they meant by it.
//
// Widgets call `interact` for every place that can be clicked or reached with Tab. Hit testing looks at the places of
// the frame before, topmost layer first, so that a menu covers what lies below it. An id that occurs twice in a frame
// is a mistake that `targets` shows.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/ui/canvas.h"
#include "app/view_model/ui_action.h"

namespace app::ui {

enum class Key : u8 {
    none,
    space,
    enter,
    escape,
    tab,
    left,
    right,
    up,
    down,
    home,
    end,
    page_up,
    page_down,
    backspace,
    del,
    a,
    b,
    c,
    d,
    e,
    f,
    g,
    h,
    i,
    j,
    k,
    l,
    m,
    n,
    o,
    p,
    q,
    r,
    s,
    t,
    u,
    v,
    w,
    x,
    y,
    z,
    digit_0,
    digit_1,
    digit_2,
    digit_3,
    digit_4,
    digit_5,
    digit_6,
    digit_7,
    digit_8,
    digit_9,
    plus,
    minus,
    period,
    comma,
    question,
    left_bracket,
    right_bracket,
    f1,
    menu,
};

struct KeyPress {
    Key key = Key::none;
    bool ctrl = false;
    bool shift = false;
    friend bool operator==(const KeyPress&, const KeyPress&) = default;
};

/// What the mouse and the keyboard did since the last frame. Places in design pixels.
struct Input {
    ImVec2 mouse{-1, -1};
    bool down = false;              // left button
    bool pressed = false;
    bool released = false;
    bool right_pressed = false;
    bool double_clicked = false;
    bool middle_down = false;
    float wheel = 0;                // lines, up is positive
    std::vector<KeyPress> keys;
};

/// A place that reacts.
struct Target {
    u64 id = 0;
    std::string name;       // path of names, for tests and for the transcript of focus
    std::string leaf;       // the name alone: of things in the world it is their object
    Rect rect;              // what is visible of it
    i32 layer = 0;
    bool takes_keyboard = true;
};

struct ScrollState {
    u64 id = 0;
    float offset = 0;
    float content = 0;   // height of what the pane held in the frame before
    u64 end = 0;         // what its end was, of a pane that follows it
};

/// What lives from frame to frame.
struct Interaction {
    std::vector<Target> targets;    // of the frame before
    u64 hot = 0;                    // under the mouse
    u64 active = 0;                 // pressed and not yet released
    u64 focused = 0;                // has the keyboard
    bool focus_visible = false;     // the keyboard was used last
    i32 modal_layer = 0;            // below it nothing reacts
    ImVec2 pressed_at{0, 0};
    std::vector<ScrollState> scrolls;
};

struct Ui {
    Canvas canvas;
    Interaction* state = nullptr;
    Input input;
    UiActions* actions = nullptr;
    std::vector<Target> targets;    // of this frame
    std::vector<std::pair<u64, std::string>> scopes;
    i32 next_modal_layer = 0;
};

struct Response {
    u64 id = 0;
    bool hovered = false;
    bool held = false;
    bool clicked = false;           // released over it, or Enter or Space while it has the keyboard
    bool secondary = false;         // right button, or the menu key
    bool double_clicked = false;
    bool focused = false;           // draw the focus ring
};

struct Reach {
    bool keyboard = true;
    bool enabled = true;
};

/// Call first: finds what is under the mouse, moves the focus on Tab.
void begin_frame(Ui& ui);
/// Call last: remembers this frame's places.
void end_frame(Ui& ui);

Response interact(Ui& ui, std::string_view name, const Rect& rect, Reach reach = {});
/// Whether a key was pressed and nobody used it. Uses it up.
bool take_key(Ui& ui, KeyPress wanted);
/// The same for what works wherever the keyboard stands: not while words are typed, nor below what lies in front.
bool take_free_key(Ui& ui, KeyPress wanted);
/// Nothing below `layer` reacts while this is called every frame.
void claim_modal(Ui& ui, i32 layer);

void act(Ui& ui, UiVerb verb, std::string object = {}, std::string argument = {}, i64 number = 0);

/// Places named inside belong to `name`: equal names in two scopes are two places.
class Scope {
public:
    Scope(Ui& ui, std::string_view name);
    ~Scope();
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

private:
    Ui& ui_;
};

/// What is drawn inside lies on a higher layer.
class Raised {
public:
    Raised(Ui& ui, i32 layer) : ui_(ui), before_(ui.canvas.layer) { ui.canvas.layer = layer; }
    ~Raised() { ui_.canvas.layer = before_; }
    Raised(const Raised&) = delete;
    Raised& operator=(const Raised&) = delete;

private:
    Ui& ui_;
    i32 before_;
};

/// A pane whose content may be taller than the pane. `offset` is how far it is scrolled.
float scroll_offset(Ui& ui, std::string_view name, const Rect& pane, float content_height);

/// The same for a pane whose height is known only after drawing: that of the frame before decides how far one can
/// scroll. Draw from `top()` down, then say how much was used.
class ScrollPane {
public:
    ScrollPane(Ui& ui, std::string_view name, const Rect& pane);
    [[nodiscard]] float top() const { return top_; }
    void used(float height);
    /// The end comes in sight whenever it is another one.
    void follow(u64 end);

private:
    Ui& ui_;
    u64 id_;
    float top_;
    Clip clip_;
};

/// Two pixels wide, three pixels away, never removed.
void focus_ring(Canvas& canvas, const Rect& rect, float radius);

}  // namespace app::ui
