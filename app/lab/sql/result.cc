#include "app/lab/sql/result.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <array>

namespace app::lab {
namespace {

std::string real_text(double value) {
    std::array<char, 64> buffer{};
    sqlite3_snprintf(static_cast<int>(buffer.size()), buffer.data(), "%!.15g", value);
    return buffer.data();
}

/// Characters, not bytes: what follows the first byte of a UTF-8 character takes no place.
std::size_t width_of(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (c & 0xc0) != 0x80; }));
}

}  // namespace

std::string text_of(const Cell& cell) {
    if (const auto* number = std::get_if<sim::i64>(&cell)) return fmt::format("{}", *number);
    if (const auto* real = std::get_if<double>(&cell)) return real_text(*real);
    if (const auto* text = std::get_if<std::string>(&cell)) return *text;
    return "NULL";
}

bool is_true(const Cell& cell) {
    if (const auto* number = std::get_if<sim::i64>(&cell)) return *number != 0;
    if (const auto* real = std::get_if<double>(&cell)) return *real != 0;
    return false;
}

std::string with_caret(std::string_view sql, const SqlError& error) {
    if (error.offset < 0 || static_cast<std::size_t>(error.offset) > sql.size()) return error.message;
    const auto place = static_cast<std::size_t>(error.offset);
    const std::size_t before = place == 0 ? std::string_view::npos : sql.rfind('\n', place - 1);
    const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
    const std::string_view line = sql.substr(begin, sql.find('\n', place) - begin);
    return fmt::format("{}\n{:>{}}\n{}", line, '^', width_of(sql.substr(begin, place - begin)) + 1, error.message);
}

}  // namespace app::lab
