// A tree that folds: znodes, plans, decoded messages.
#pragma once

#include <span>
#include <string>

#include "app/ui/icons.h"
#include "app/ui/ui.h"

namespace app::ui {

struct TreeRow {
    std::string object;
    std::string text;            // "/brokers", "controller"
    std::string note;            // "ephemeral of session 3", at the right edge
    i32 depth = 0;
    bool has_children = false;
    bool open = false;
    bool selected = false;
    Icon symbol = Icon::none;    // after the name
    Colour symbol_colour = 0;
};

constexpr float kTreeRow = 24;

/// Rows are the visible ones, in order; folding comes back as an action.
void tree(Ui& ui, std::string_view name, const Rect& rect, std::span<const TreeRow> rows);

}  // namespace app::ui
