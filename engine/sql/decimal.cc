#include "engine/sql/decimal.h"

#include <array>
#include <charconv>
#include <cmath>

#include "engine/sql/java_digits.h"
#include "sim/base/ascii.h"
#include "sim/base/assert.h"

namespace engine::spark {

i128 pow10(int n) {
    MR_ASSERT(n >= 0 && n <= 38);
    static const auto kTable = [] {
        std::array<i128, 39> table{};
        table[0] = 1;
        for (std::size_t i = 1; i < 39; ++i) table[i] = table[i - 1] * 10;
        return table;
    }();
    return kTable[static_cast<std::size_t>(n)];
}

int digits_of(i128 v) {
    if (v < 0) v = -v;
    int n = 1;
    while (n < 38 && v >= pow10(n)) ++n;
    return n == 38 && v >= pow10(38) ? 39 : n;
}

bool fits(i128 v, int precision) { return v < pow10(precision) && v > -pow10(precision); }

namespace {

/// 256 bits, enough for the product of two 128-bit numbers.
struct Wide {
    u128 high = 0;
    u128 low = 0;
};

Wide multiply_wide(u128 a, u128 b) {
    const u128 mask = ~u64{0};
    const u128 a0 = a & mask, a1 = a >> 64, b0 = b & mask, b1 = b >> 64;
    const u128 p00 = a0 * b0, p01 = a0 * b1, p10 = a1 * b0, p11 = a1 * b1;
    const u128 middle = (p00 >> 64) + (p01 & mask) + (p10 & mask);
    return {.high = p11 + (p01 >> 64) + (p10 >> 64) + (middle >> 64), .low = (p00 & mask) | (middle << 64)};
}

struct Quotient {
    Wide value;
    u128 rest = 0;
};

Quotient divide_wide(Wide n, u128 by) {
    MR_ASSERT(by != 0 && by < (u128{1} << 127));
    Quotient q;
    for (int bit = 255; bit >= 0; --bit) {
        const u128 next = bit >= 128 ? (n.high >> (bit - 128)) & 1 : (n.low >> bit) & 1;
        q.rest = (q.rest << 1) | next;
        if (q.rest < by) continue;
        q.rest -= by;
        (bit >= 128 ? q.value.high : q.value.low) |= u128{1} << (bit % 128);
    }
    return q;
}

bool rounds_away(u128 rest, u128 by, bool odd, bool negative, Rounding rounding) {
    MR_ASSERT(by != 0 && rest < by);
    if (rest == 0) return false;
    switch (rounding) {
        case Rounding::half_up: return rest >= by - rest;
        case Rounding::half_even: return rest > by - rest || (rest == by - rest && odd);
        case Rounding::floor: return negative;
        case Rounding::ceiling: return !negative;
        case Rounding::down: return false;
    }
    return false;
}

std::optional<i128> divide_rounded(Wide n, u128 by, bool negative, Rounding rounding) {
    MR_ASSERT(by != 0);
    Quotient q = divide_wide(n, by);
    if (q.value.high != 0 || q.value.low >= static_cast<u128>(pow10(38))) return std::nullopt;
    u128 v = q.value.low;
    if (rounds_away(q.rest, by, (v & 1) != 0, negative, rounding)) ++v;
    if (v >= static_cast<u128>(pow10(38))) return std::nullopt;
    return negative ? -static_cast<i128>(v) : static_cast<i128>(v);
}

u128 magnitude(i128 v) { return v < 0 ? static_cast<u128>(-v) : static_cast<u128>(v); }

}  // namespace

std::optional<i128> rescale(i128 v, int from, int to, Rounding rounding) {
    MR_ASSERT(from >= 0 && to >= 0);
    if (from == to) return v;
    if (from > to) {
        if (from - to > 38) return 0;
        return divide_rounded({0, magnitude(v)}, static_cast<u128>(pow10(from - to)), v < 0, rounding);
    }
    if (v == 0) return 0;
    if (to - from > 38) return std::nullopt;
    return divide_rounded(multiply_wide(magnitude(v), static_cast<u128>(pow10(to - from))), 1, v < 0, rounding);
}

std::optional<i128> add(i128 a, int sa, i128 b, int sb, int to) {
    const int scale = std::max(sa, sb);
    MR_ASSERT(to >= 0 && to <= scale && scale <= 38);
    // Whole parts and fractions apart: brought to one scale the numbers themselves may have more than 38 digits.
    i128 whole = 0;
    if (__builtin_add_overflow(a / pow10(sa), b / pow10(sb), &whole)) return std::nullopt;
    const i128 x = a % pow10(sa) * pow10(scale - sa), y = b % pow10(sb) * pow10(scale - sb);
    const i128 one = pow10(scale);
    i128 fraction = 0;
    if ((x < 0) == (y < 0)) {
        u128 sum = magnitude(x) + magnitude(y);
        const i128 sign = x < 0 ? -1 : 1;
        if (sum >= static_cast<u128>(one)) sum -= static_cast<u128>(one), whole += sign;
        fraction = sign * static_cast<i128>(sum);
    } else {
        fraction = x + y;
    }
    // Both parts point the same way, so that rounding the fraction rounds the number.
    if (whole > 0 && fraction < 0) --whole, fraction += one;
    if (whole < 0 && fraction > 0) ++whole, fraction -= one;
    const auto high = rescale(whole, 0, to), low = rescale(fraction, scale, to);
    if (!high || !low) return std::nullopt;
    return *high + *low;
}

std::optional<i128> multiply(i128 a, i128 b, int from, int to) {
    MR_ASSERT(from >= 0 && to >= 0);
    const bool negative = (a < 0) != (b < 0);
    const Wide product = multiply_wide(magnitude(a), magnitude(b));
    if (from > to) return divide_rounded(product, static_cast<u128>(pow10(from - to)), negative, Rounding::half_up);
    const auto whole = divide_rounded(product, 1, negative, Rounding::half_up);
    return whole ? rescale(*whole, from, to) : std::nullopt;
}

std::optional<i128> divide(i128 a, int sa, i128 b, int sb, int to) {
    MR_ASSERT(b != 0);
    const int shift = to - sa + sb;
    const bool negative = (a < 0) != (b < 0);
    if (shift >= 0 && shift <= 38)
        return divide_rounded(multiply_wide(magnitude(a), static_cast<u128>(pow10(shift))), magnitude(b), negative,
                              Rounding::half_up);
    if (shift > 38) {
        const Quotient q = divide_wide(multiply_wide(magnitude(a), static_cast<u128>(pow10(38))), magnitude(b));
        if (q.value.high != 0) return std::nullopt;
        return divide_rounded(multiply_wide(q.value.low, static_cast<u128>(pow10(shift - 38))), 1, negative,
                              Rounding::half_up);
    }
    const auto scaled = rescale(a, sa, sa + shift);
    return scaled ? divide_rounded({0, magnitude(*scaled)}, magnitude(b), negative, Rounding::half_up) : std::nullopt;
}

namespace {

/// Reads `e12`; false if it is no exponent or too large to be one.
bool read_exponent(std::string_view text, i64& scale) {
    text.remove_prefix(1);
    if (!text.empty() && text.front() == '+') text.remove_prefix(1);
    i64 exponent = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), exponent);
    if (error != std::errc{} || end != text.data() + text.size() || exponent > 2'000'000'000 ||
        exponent < -2'000'000'000)
        return false;
    scale -= exponent;
    return true;
}

}  // namespace

std::optional<DecimalText> parse_decimal(std::string_view text) {
    text = sim::trim_controls(text);
    DecimalText out;
    if (!text.empty() && (text.front() == '+' || text.front() == '-')) {
        out.negative = text.front() == '-';
        text.remove_prefix(1);
    }
    bool point = false, any = false;
    while (!text.empty() && (sim::is_digit(text.front()) || (text.front() == '.' && !point))) {
        if (text.front() == '.') point = true;
        else {
            any = true;
            if (point) ++out.scale;
            if (text.front() != '0' || !out.digits.empty()) out.digits.push_back(text.front());
        }
        text.remove_prefix(1);
    }
    if (!any) return std::nullopt;
    if (text.empty()) return out;
    if (text.front() != 'e' && text.front() != 'E') return std::nullopt;
    if (!read_exponent(text, out.scale)) return std::nullopt;
    return out;
}

std::optional<i128> to_unscaled(const DecimalText& text, int scale, Rounding rounding) {
    MR_ASSERT(scale >= 0);
    if (text.digits.empty()) return 0;
    std::string digits = text.digits;
    const i64 drop = text.scale - scale;
    if (static_cast<i64>(digits.size()) - drop > 39) return std::nullopt;
    if (drop < 0) digits.append(static_cast<std::size_t>(-drop), '0');
    const i64 keep = static_cast<i64>(digits.size()) - (drop > 0 ? drop : 0);
    if (keep < 0) return 0;
    i128 v = 0;
    for (i64 i = 0; i < keep; ++i) {
        if (v >= pow10(38)) return std::nullopt;
        v = v * 10 + (digits[static_cast<std::size_t>(i)] - '0');
    }
    if (drop > 0) {
        const u128 first = static_cast<u128>(digits[static_cast<std::size_t>(keep)] - '0');
        const bool more = digits.find_first_not_of('0', static_cast<std::size_t>(keep) + 1) != std::string::npos;
        const u128 rest = first * 2 + (more ? 1 : 0);
        if (rounds_away(rest, 20, (v & 1) != 0, text.negative, rounding)) ++v;
    }
    if (v >= pow10(38)) return std::nullopt;
    return text.negative ? -v : v;
}

std::string int128_text(i128 v) {
    if (v == 0) return "0";
    std::string out;
    for (u128 rest = magnitude(v); rest != 0; rest /= 10)
        out.insert(out.begin(), static_cast<char>('0' + static_cast<int>(rest % 10)));
    return v < 0 ? "-" + out : out;
}

std::string decimal_text(i128 v, int scale, bool plain) {
    MR_ASSERT(scale >= 0);
    std::string digits = int128_text(v < 0 ? -v : v);
    const std::string sign = v < 0 ? "-" : "";
    if (scale <= 0) return sign + digits;
    const int adjusted = static_cast<int>(digits.size()) - 1 - scale;
    if (!plain && adjusted < -6) {
        std::string out = sign + digits.substr(0, 1);
        if (digits.size() > 1) out += "." + digits.substr(1);
        return out + "E" + std::to_string(adjusted);
    }
    if (static_cast<int>(digits.size()) <= scale)
        digits.insert(0, static_cast<std::size_t>(scale) + 1 - digits.size(), '0');
    digits.insert(digits.size() - static_cast<std::size_t>(scale), ".");
    return sign + digits;
}

double decimal_to_double(i128 v, int scale) {
    MR_ASSERT(scale >= 0);
    if (magnitude(v) < (u128{1} << 53) && scale <= 22)
        return static_cast<double>(static_cast<i64>(v)) / static_cast<double>(pow10(scale));
    const std::string text = int128_text(v) + "e-" + std::to_string(scale);
    double out = 0;
    std::from_chars(text.data(), text.data() + text.size(), out);
    return out;
}

namespace {

/// Plain between 1e-3 and 1e7, else one digit before the point and E.
std::string java_form(const JavaDigits& d) {
    MR_ASSERT(!d.digits.empty());
    const int exponent = d.point - 1;
    std::string digits = d.digits;
    if (exponent >= -3 && exponent < 7) {
        if (exponent < 0) return "0." + std::string(static_cast<std::size_t>(-exponent - 1), '0') + digits;
        const auto whole = static_cast<std::size_t>(exponent) + 1;
        if (digits.size() < whole) digits.append(whole - digits.size(), '0');
        return digits.substr(0, whole) + "." + (digits.size() > whole ? digits.substr(whole) : "0");
    }
    return digits.substr(0, 1) + "." + (digits.size() > 1 ? digits.substr(1) : "0") + "E" + std::to_string(exponent);
}

template <class T>
std::string real_text(T v) {
    if (std::isnan(v)) return "NaN";
    if (std::isinf(v)) return v < 0 ? "-Infinity" : "Infinity";
    if (v == 0) return std::signbit(v) ? "-0.0" : "0.0";
    return (v < 0 ? "-" : "") + java_form(java_digits(std::abs(v)));
}

}  // namespace

std::string double_text(double v) { return real_text(v); }
std::string float_text(double v) { return real_text(static_cast<float>(v)); }

std::optional<DecimalText> decimal_of_double(double v) {
    if (std::isnan(v) || std::isinf(v)) return std::nullopt;
    return parse_decimal(double_text(v));
}

}  // namespace engine::spark
