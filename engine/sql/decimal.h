// Decimal arithmetic up to 38 digits on 128-bit unscaled numbers, rounding half up as Spark does, and
// the text of numbers as Java prints and reads them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/sql/types.h"

namespace engine::spark {

enum class Rounding : u8 { half_up, half_even, floor, ceiling, down };

/// 10^n. Requires 0 <= n <= 38.
i128 pow10(int n);
/// Decimal digits of |v|; 1 for zero.
int digits_of(i128 v);
/// Whether v has at most `precision` digits.
bool fits(i128 v, int precision);

/// v at scale `from` brought to scale `to`; none if it leaves 38 digits.
std::optional<i128> rescale(i128 v, int from, int to, Rounding rounding = Rounding::half_up);
/// a / 10^sa + b / 10^sb at scale `to`, rounded once; none if it leaves 128 bits. Requires to <= max(sa, sb) <= 38.
std::optional<i128> add(i128 a, int sa, i128 b, int sb, int to);
/// a * b at scale sa + sb, brought to scale `to`.
std::optional<i128> multiply(i128 a, i128 b, int from, int to);
/// (a / 10^sa) / (b / 10^sb) at scale `to`. Requires b != 0.
std::optional<i128> divide(i128 a, int sa, i128 b, int sb, int to);

/// A decimal as text says it: digits * 10^-scale.
struct DecimalText {
    bool negative = false;
    std::string digits;  ///< without leading zeros; empty = 0
    i64 scale = 0;
};

/// Java's BigDecimal grammar; surrounding blanks allowed.
std::optional<DecimalText> parse_decimal(std::string_view text);
/// The number at scale `scale`, rounded; none if more than 38 digits.
std::optional<i128> to_unscaled(const DecimalText& text, int scale, Rounding rounding = Rounding::half_up);

/// BigDecimal.toString (exponent form for small numbers), or toPlainString.
std::string decimal_text(i128 v, int scale, bool plain = false);
double decimal_to_double(i128 v, int scale);
/// Through the shortest text of the double, as BigDecimal.valueOf does.
std::optional<DecimalText> decimal_of_double(double v);

std::string double_text(double v);  ///< Java's Double.toString
std::string float_text(double v);   ///< Java's Float.toString of a float kept in a double
std::string int128_text(i128 v);

}  // namespace engine::spark
