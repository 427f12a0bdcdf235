// Letters and digits of ASCII, the same whatever the locale; every other byte stays as it is.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace sim {

constexpr char lower_ascii(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
constexpr char upper_ascii(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }
static_assert(lower_ascii('Z') == 'z' && upper_ascii('a') == 'A' && lower_ascii('[') == '[' && upper_ascii('`') == '`');

inline std::string lower_ascii(std::string_view text) {
    std::string lower(text);
    for (char& c : lower) c = lower_ascii(c);
    return lower;
}

inline std::string upper_ascii(std::string_view text) {
    std::string upper(text);
    for (char& c : upper) c = upper_ascii(c);
    return upper;
}

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// What a hexadecimal digit counts; -1 if it is none.
constexpr int hex_digit(char c) {
    if (is_digit(c)) return c - '0';
    const char lower = lower_ascii(c);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}
static_assert(hex_digit('f') == 15 && hex_digit('A') == 10 && hex_digit('g') == -1);

/// A number without a sign: at least one digit, and nothing else.
constexpr bool all_digits(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// Without what Java's trim() and Spark's casts leave out at both ends: blanks and control characters.
constexpr std::string_view trim_controls(std::string_view text) {
    const auto is_blank = [](char c) { return static_cast<unsigned char>(c) <= ' '; };
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    return text;
}

/// Without blanks at both ends, and nothing else.
constexpr std::string_view trim_blanks(std::string_view text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    return text;
}

}  // namespace sim
