// Tables: a quiet header, rows of one line, numbers in mono at the right edge of their column.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "app/ui/icons.h"
#include "app/ui/ui.h"

namespace app::ui {

struct TableColumn {
    std::string title;
    float width = 80;
    Align align = Align::left;
    bool mono = false;
};

struct TableCell {
    std::string text;
    Icon symbol = Icon::none;
    Colour symbol_colour = 0;
    bool quiet = false;          // low instead of ink
    bool key = false;            // the number that decides: outlined
};

struct TableRow {
    std::string object;          // "": not clickable
    std::vector<TableCell> cells;
    bool selected = false;
};

constexpr float kTableHeader = 24;
constexpr float kTableRow = 24;

/// Draws header and rows; rows that do not fit scroll. Clicks select the row's object.
void table(Ui& ui, std::string_view name, const Rect& rect, std::span<const TableColumn> columns,
           std::span<const TableRow> rows);

}  // namespace app::ui
