// What floats above the screen: verbs of an object, the palette, tooltips, toasts, long work.
#pragma once

#include <string>
#include <vector>

#include "app/view_model/base.h"

namespace app {

struct MenuItemVm {
    std::string verb;            // id: what UiAction::argument carries
    std::string text;            // "Kill"
    std::string key;             // "Enter"; "" none
    std::string why_not;         // "already dead"; not empty: the verb is off
    std::string effect;          // "will leave ISR {2}": what it would do, told beforehand

    [[nodiscard]] bool enabled() const { return why_not.empty(); }
};

struct MenuVm {
    std::string object;          // "broker 1"; "" no menu is open
    std::vector<MenuItemVm> items;
};

struct PaletteRowVm {
    std::string kind;            // "Do", "Go", "Lesson", "Help"
    std::string text;            // "Kill broker 2"
    std::string note;            // key, time, level, or the reason why it is off
    std::string id;              // what choosing it does
    bool enabled = true;
};

struct PaletteVm {
    bool open = false;
    std::string query;
    std::vector<PaletteRowVm> rows;   // best first
    i32 chosen = 0;
};

/// What hovering over an object tells. `object` says for which one it was made.
struct HoverVm {
    std::string object;          // "orders-0/2 offset 9"; "" none
    std::string title;           // "offset 9, order 9"
    std::string mono;            // "epoch 0, sequence 9"
    std::string text;            // "Not committed: broker 3 has not asked for offset 10 yet."
};

struct ToastVm {
    std::string title;           // "New branch: acks=1"
    std::string text;
    bool alarm = false;          // DIVERGED and the like
};

/// Work that takes more than a moment. `per_mille` below 0: how long is not known.
struct WorkVm {
    std::string title;           // "Running to the first answer of lesson 2.3"
    i32 per_mille = -1;
    std::string done;            // "step 301 400 of about 486 000"
};

struct KeyHelpVm {
    std::string keys;            // "Ctrl K"
    std::string what;            // "find or do"
    std::string group;           // "Time", "Screen"
};

}  // namespace app
