// What a query gives back: a table of cells, or why it could not be asked. No SQLite type leaves this folder.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sim/base/types.h"

namespace app::lab {

using Cell = std::variant<std::monostate, sim::i64, double, std::string>;

/// A cell as SQLite writes it; "NULL" for null.
std::string text_of(const Cell& cell);
[[nodiscard]] inline bool is_null(const Cell& cell) { return std::holds_alternative<std::monostate>(cell); }
/// SQL's truth: a number that is not 0. Null and text are not true.
bool is_true(const Cell& cell);

struct Table {
    std::vector<std::string> columns;
    std::vector<std::vector<Cell>> rows;
};

struct SqlError {
    std::string message;
    int offset = -1;  // byte of the text at which it was noticed; -1 = unknown
};

/// The line of the text at which the error was noticed, a caret under the place, and the message.
std::string with_caret(std::string_view sql, const SqlError& error);

}  // namespace app::lab
