// Mathematics: rounding, powers, trigonometry, bits of numbers, bases.
#include <fmt/format.h>

#include <cmath>

#include "engine/plan/cast.h"
#include "engine/plan/coerce.h"
#include "engine/plan/fdlibm.h"
#include "engine/plan/fn_table.h"
#include "engine/plan/print.h"
#include "engine/sql/decimal.h"
#include "sim/base/ascii.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

template <double (*F)(double)>
Value real1(const Call& c) {
    MR_ASSERT(c.args.size() > 0);
    return real_value(F(c.args[0].d));
}

double cot(double x) { return 1 / std::tan(x); }
double sec(double x) { return 1 / std::cos(x); }
double csc(double x) { return 1 / std::sin(x); }
double degrees(double x) { return x * (180.0 / 3.141592653589793); }
double radians(double x) { return x / 180.0 * 3.141592653589793; }
double signum(double x) { return x > 0 ? 1.0 : x < 0 ? -1.0 : x; }
double java_rint(double x) { return std::nearbyint(x); }
double cube_root(double x) {
    const double r = static_cast<double>(std::cbrt(static_cast<long double>(x))), whole = std::nearbyint(r);
    return whole * whole * whole == x ? whole : r;
}
double asinh_(double x) { return std::isinf(x) ? x : strict_log(x + std::sqrt(x * x + 1.0)); }
double acosh_(double x) { return strict_log(x + std::sqrt(x * x - 1.0)); }
double atanh_(double x) { return 0.5 * (std::log1p(x) - std::log1p(-x)); }
/// As fdlibm has it: through exp() where that is exact enough.
double cosh_(double x) {
    const double size = std::fabs(x);
    if (!(size >= 0.34657359027997264 && size <= 22)) return std::cosh(x);
    const double t = strict_exp(size);
    return 0.5 * t + 0.5 / t;
}
double log2_(double x) { return strict_log(x) / strict_log(2); }

/// Logarithms of what has none are null, not NaN.
template <double (*F)(double)>
Value logarithm(const Call& c) {
    MR_ASSERT(c.args.size() > 0);
    return c.args[0].d <= 0 ? null_value() : real_value(F(c.args[0].d));
}

Value log1p_(const Call& c) {
    MR_ASSERT(c.args.size() > 0);
    return c.args[0].d <= -1 ? null_value() : real_value(std::log1p(c.args[0].d));
}

Value log_base(const Call& c) {
    MR_ASSERT(c.args.size() > 1);
    if (c.args[0].d <= 0 || c.args[1].d <= 0) return null_value();
    return real_value(strict_log(c.args[1].d) / strict_log(c.args[0].d));
}

bool type_log(Typing& t) {
    MR_ASSERT(t.e.fn != nullptr);
    if (t.e.args.size() == 1) {
        Expr base;
        base.kind = ExprKind::call;
        base.name = "e";
        base.fn = find_function("e");
        base.type = type_of(TypeId::double_);
        base.nullable = false;
        base.resolved = true;
        t.e.args.insert(t.e.args.begin(), make(std::move(base)));
    }
    if (!coerce_arguments(t)) return false;
    t.e.type = type_of(TypeId::double_);
    t.e.nullable = true;
    return true;
}

Value power(const Call& c) {
    MR_ASSERT(c.args.size() > 1);
    return real_value(std::pow(c.args[0].d, c.args[1].d));
}
Value atan2_(const Call& c) {
    MR_ASSERT(c.args.size() > 1);
    return real_value(std::atan2(c.args[0].d, c.args[1].d) + 0.0);
}
Value hypot_(const Call& c) {
    MR_ASSERT(c.args.size() > 1);
    return real_value(std::hypot(c.args[0].d, c.args[1].d));
}
Value pi(const Call&) { return real_value(3.141592653589793); }
Value euler(const Call&) { return real_value(2.718281828459045); }

// Rounding.

i64 whole_argument(const ExprRef& e, bool& known) {
    MR_ASSERT(e != nullptr);
    ExprRef v = e;
    while (v->kind == ExprKind::cast) v = v->args[0];
    known = is_literal(v) && !v->value.null && is_integral(v->type);
    if (!known && is_call(v, "negative") && is_literal(v->args[0])) {
        known = true;
        return -v->args[0]->value.i;
    }
    return known ? v->value.i : 0;
}

DataType rounded_decimal(const DataType& type, i64 places) {
    const int p = type.a, s = type.b;
    const int whole = p - s + 1;
    if (places < 0) {
        const int precision = std::max(whole, static_cast<int>(-places) + 1);
        return decimal_type(std::min<int>(precision, kMaxPrecision), 0);
    }
    const int scale = static_cast<int>(std::min<i64>(s, places));
    return decimal_type(std::min<int>(whole + scale, kMaxPrecision), scale);
}

bool type_round(Typing& t) {
    MR_ASSERT(t.e.args.size() > 1);
    ExprRef& a = t.e.args[0];
    if (!coerce_arguments(t)) return false;
    bool known = false;
    const i64 places = whole_argument(t.e.args[1], known);
    if (!known && !is_literal(t.e.args[1]) && t.e.args[1]->kind != ExprKind::cast) {
        return t.refuse("NON_FOLDABLE_INPUT",
                        fmt::format("the input scale should be a foldable \"INT\" expression; however, got \"{}\".",
                                    pretty(t.e.args[1])));
    }
    t.e.type = a->type.id == TypeId::decimal ? rounded_decimal(a->type, places) : a->type;
    t.e.nullable = true;
    return true;
}

double scaled_back(i128 v, i64 places) {
    const std::string text = int128_text(v) + "e" + std::to_string(-places);
    return parse_real(text).value_or(0);
}

/// A double is rounded through its decimal text, as BigDecimal does.
Value round_real(const Call& c, double v, i64 places, Rounding how) {
    if (std::isnan(v) || std::isinf(v)) return real_value(v);
    const auto text = c.e.type.id == TypeId::float_ ? parse_decimal(float_text(v)) : decimal_of_double(v);
    MR_ASSERT(text.has_value());
    if (text->scale <= places) return real_value(v);
    if (places < -308) return real_value(0);
    const auto unscaled = to_unscaled(*text, static_cast<int>(places), how);
    return unscaled ? real_value(scaled_back(*unscaled, places)) : real_value(v);
}

Value round_to(const Call& c, Rounding how) {
    MR_ASSERT(c.args.size() > 1);
    const i64 places = c.args[1].i;
    const Value& v = c.args[0];
    switch (physical_of(c.type(0))) {
        case Physical::reals: return round_real(c, v.d, places, how);
        case Physical::decimals: {
            const int from = c.type(0).b;
            if (places >= from) return decimal_value(rescale(v.dec, from, c.e.type.b).value_or(0));
            auto cut = rescale(v.dec, from, static_cast<int>(std::max<i64>(places, 0)), how);
            if (places < 0) {
                const i128 unit = pow10(static_cast<int>(std::min<i64>(from - places, 38)));
                cut = divide(v.dec, 0, unit, 0, 0);
                if (how != Rounding::half_up)
                    cut = rescale(v.dec, static_cast<int>(std::min<i64>(from - places, 38)), 0, how);
                cut = cut ? std::optional<i128>(*cut * pow10(static_cast<int>(std::min<i64>(-places, 37)))) : cut;
            }
            return cut && fits(*cut, c.e.type.a) ? decimal_value(*cut) : null_value();
        }
        default: break;
    }
    if (places >= 0) return v;
    if (places < -18) return int_value(0);
    const i128 unit = pow10(static_cast<int>(-places));
    const auto cut = rescale(v.i, static_cast<int>(-places), 0, how);
    const i128 back = cut.value_or(0) * unit;
    const i64 narrow = narrow_whole(static_cast<i64>(static_cast<u64>(static_cast<u128>(back))), c.e.type.id);
    if (c.cx.ansi && narrow != back)
        return c.fail("ArithmeticException", "ARITHMETIC_OVERFLOW",
                      "Overflow. If necessary set \"spark.sql.ansi.enabled\" to \"false\" to bypass this error.");
    return int_value(narrow);
}

Value round_half_up(const Call& c) { return round_to(c, Rounding::half_up); }
Value round_half_even(const Call& c) { return round_to(c, Rounding::half_even); }

bool type_ceil(Typing& t) {
    MR_ASSERT(t.e.fn != nullptr);
    if (t.e.args.size() == 2) {
        if (!coerce_arguments(t)) return false;
        bool known = false;
        const i64 places = whole_argument(t.e.args[1], known);
        if (is_integral(t.e.args[0]->type)) t.e.args[0] = implicit(t.e.args[0], decimal_for(t.e.args[0]->type), t.ansi);
        if (t.e.args[0]->type.id == TypeId::double_ || t.e.args[0]->type.id == TypeId::float_)
            t.e.args[0] = implicit(t.e.args[0], decimal_type(30, 15), t.ansi);
        t.e.type = rounded_decimal(t.e.args[0]->type, places);
        t.e.nullable = true;
        return true;
    }
    ExprRef& a = t.e.args[0];
    if (is_integral(a->type) && a->type.id != TypeId::bigint) a = implicit(a, type_of(TypeId::bigint), t.ansi);
    else if (a->type.id != TypeId::bigint && a->type.id != TypeId::decimal && a->type.id != TypeId::double_ &&
             !coerce_to(a, "D|N|L", t.ansi))
        return coerce_arguments(t);
    t.e.type =
        a->type.id == TypeId::decimal
            ? decimal_type(a->type.b == 0 ? a->type.a : std::min<int>(a->type.a - a->type.b + 1, kMaxPrecision), 0)
            : type_of(TypeId::bigint);
    t.e.nullable = true;
    if (a->type.id == TypeId::bigint) t.e.nullable = true;
    return true;
}

Value whole_part(const Call& c, Rounding how) {
    MR_ASSERT(c.args.size() == c.e.args.size());
    const Value& v = c.args[0];
    if (c.args.size() == 2) return round_to(c, how);
    switch (physical_of(c.type(0))) {
        case Physical::reals:
            return int_value(narrow_real(how == Rounding::floor ? std::floor(v.d) : std::ceil(v.d), TypeId::bigint));
        case Physical::decimals: return decimal_value(rescale(v.dec, c.type(0).b, 0, how).value_or(0));
        default: return v;
    }
}

Value ceil_(const Call& c) { return whole_part(c, Rounding::ceiling); }
Value floor_(const Call& c) { return whole_part(c, Rounding::floor); }

Value factorial(const Call& c) {
    MR_ASSERT(c.args.size() > 0);
    if (c.args[0].i < 0 || c.args[0].i > 20) return null_value();
    i64 out = 1;
    for (i64 i = 2; i <= c.args[0].i; ++i) out *= i;
    return int_value(out);
}

Value width_bucket(const Call& c) {
    MR_ASSERT(c.args.size() > 3);
    const double v = c.args[0].d, low = c.args[1].d, high = c.args[2].d;
    const i64 n = c.args[3].i;
    if (n <= 0 || n == INT64_MAX || std::isnan(v) || low == high || std::isnan(low) || std::isinf(low) ||
        std::isnan(high) || std::isinf(high))
        return null_value();
    const bool up = low < high;
    if (up ? v < low : v > low) return int_value(0);
    if (up ? v >= high : v <= high) return int_value(n + 1);
    return int_value(static_cast<i64>(static_cast<double>(n) * (v - low) / (high - low)) + 1);
}

Value shift_left(const Call& c) {
    MR_ASSERT(c.args.size() > 1);
    const bool wide = c.type(0).id == TypeId::bigint;
    const u64 n = static_cast<u64>(c.args[1].i) & (wide ? 63 : 31);
    return int_value(narrow_whole(static_cast<i64>(static_cast<u64>(c.args[0].i) << n), c.e.type.id));
}

Value shift_right(const Call& c) {
    MR_ASSERT(c.args.size() > 1);
    return int_value(c.args[0].i >> (c.args[1].i & (c.type(0).id == TypeId::bigint ? 63 : 31)));
}

Value shift_right_unsigned(const Call& c) {
    MR_ASSERT(c.args.size() > 1);
    if (c.type(0).id == TypeId::bigint)
        return int_value(static_cast<i64>(static_cast<u64>(c.args[0].i) >> (c.args[1].i & 63)));
    return int_value(static_cast<i32>(static_cast<u32>(c.args[0].i) >> (c.args[1].i & 31)));
}

bool type_shift(Typing& t) {
    MR_ASSERT(t.e.args.size() > 1);
    if (t.e.args[0]->type.id != TypeId::bigint && !coerce_to(t.e.args[0], "I", t.ansi)) return coerce_arguments(t);
    if (!coerce_to(t.e.args[1], "I", t.ansi)) return coerce_arguments(t);
    t.e.type = t.e.args[0]->type;
    t.e.nullable = t.e.args[0]->nullable || t.e.args[1]->nullable;
    return true;
}

Value bit_count(const Call& c) {
    MR_ASSERT(c.args.size() > 0);
    return int_value(__builtin_popcountll(static_cast<u64>(c.args[0].i)));
}

/// A bitmap holds the numbers of one bucket: 4096 bytes, a bit each.
constexpr i64 kBitmapBits = 4096 * 8;

Value bitmap_bit_position(const Call& c) {
    MR_ASSERT(c.args.size() == 1);
    const i64 v = c.args[0].i;
    return int_value(v > 0 ? (v - 1) % kBitmapBits : -(v % kBitmapBits));
}

Value bitmap_bucket_number(const Call& c) {
    MR_ASSERT(c.args.size() == 1);
    const i64 v = c.args[0].i;
    return int_value(v > 0 ? 1 + (v - 1) / kBitmapBits : v / kBitmapBits);
}

bool type_bitmap_count(Typing& t) {
    MR_ASSERT(t.e.args.size() == 1);
    const ExprRef& arg = t.e.args[0];
    // 3.5 counts this one parameter from nought.
    if (arg->type.id != TypeId::binary && arg->type.id != TypeId::void_)
        return t.refuse("UNEXPECTED_INPUT_TYPE",
                        fmt::format("Parameter 0 requires the \"BINARY\" type, however \"{}\" has the type \"{}\".",
                                    pretty(arg), sql_name(arg->type)));
    t.e.type = type_of(TypeId::bigint);
    t.e.nullable = arg->nullable;
    return true;
}

Value bitmap_count(const Call& c) {
    MR_ASSERT(c.args.size() == 1);
    i64 bits = 0;
    for (const char byte : c.text(0)) bits += __builtin_popcount(static_cast<u8>(byte));
    return int_value(bits);
}

Value bit_get(const Call& c) {
    MR_ASSERT(c.args.size() > 1);
    const i64 width = c.type(0).id == TypeId::bigint     ? 64
                      : c.type(0).id == TypeId::integer  ? 32
                      : c.type(0).id == TypeId::smallint ? 16
                                                         : 8;
    if (c.args[1].i < 0 || c.args[1].i >= width)
        return c.fail("IllegalArgumentException", "",
                      fmt::format("Invalid bit position: {} {}", c.args[1].i,
                                  c.args[1].i < 0 ? "is less than zero" : "exceeds the bit upper limit"),
                      false);
    return int_value((c.args[0].i >> c.args[1].i) & 1);
}

/// Digits of `text` in base `from`, unsigned 64 bits with saturation, printed in base `to`.
Value conv(const Call& c) {
    MR_ASSERT(c.args.size() > 2);
    const i64 from = c.args[1].i, to = c.args[2].i;
    const i64 to_size = to < 0 ? -to : to;
    if (from < 2 || from > 36 || to_size < 2 || to_size > 36) return null_value();
    std::string_view text = sim::trim_controls(c.args[0].s);
    if (text.empty()) return null_value();
    const bool negative = text.front() == '-';
    if (negative) text.remove_prefix(1);
    u128 v = 0;
    for (const char raw : text) {
        const int digit = raw >= '0' && raw <= '9'   ? raw - '0'
                          : raw >= 'a' && raw <= 'z' ? raw - 'a' + 10
                          : raw >= 'A' && raw <= 'Z' ? raw - 'A' + 10
                                                     : 99;
        if (digit >= from) break;
        v = v * static_cast<u128>(from) + static_cast<u128>(digit);
        if (v > UINT64_MAX) {
            if (c.cx.ansi)
                return c.fail("ArithmeticException", "ARITHMETIC_OVERFLOW",
                              "Overflow in function conv(). If necessary set \"spark.sql.ansi.enabled\" to \"false\" "
                              "to bypass this error.");
            v = UINT64_MAX;
            break;
        }
    }
    u64 n = static_cast<u64>(v);
    if (negative && to > 0) n = static_cast<i64>(n) < 0 ? UINT64_MAX : 0 - n;
    const bool sign = to < 0 && (negative || static_cast<i64>(n) < 0);
    if (to < 0 && !negative && static_cast<i64>(n) < 0) n = 0 - n;
    std::string out;
    do out.insert(out.begin(), "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[n % static_cast<u64>(to_size)]);
    while ((n /= static_cast<u64>(to_size)) != 0);
    return string_value(sign ? "-" + out : out);
}

Value bin(const Call& c) {
    MR_ASSERT(c.args.size() > 0);
    std::string out;
    u64 v = static_cast<u64>(c.args[0].i);
    do out.insert(out.begin(), static_cast<char>('0' + (v & 1)));
    while ((v >>= 1) != 0);
    return string_value(out);
}

Value isnan_(const Call& c) {
    MR_ASSERT(c.args.size() > 0);
    return bool_value(!c.args[0].null && std::isnan(c.args[0].d));
}
Value nanvl(const Call& c) {
    MR_ASSERT(c.args.size() > 1);
    return std::isnan(c.args[0].d) ? c.args[1] : c.args[0];
}

Value unscaled_value(const Call& c) {
    MR_ASSERT(c.type(0).id == TypeId::decimal);
    return int_value(static_cast<i64>(c.args[0].dec));
}

bool type_made_decimal(Typing& t) {
    MR_ASSERT(t.e.args.size() == 3 && is_literal(t.e.args[1]) && is_literal(t.e.args[2]));
    t.e.type = decimal_type(static_cast<int>(t.e.args[1]->value.i), static_cast<int>(t.e.args[2]->value.i));
    t.e.nullable = true;
    return true;
}

Value made_decimal(const Call& c) {
    MR_ASSERT(c.args.size() == 3);
    i128 most = 1;
    for (i64 i = 0; i < c.args[1].i; ++i) most *= 10;
    const i128 v = c.args[0].i;
    return v >= most || -v >= most ? null_value() : decimal_value(v);
}

bool type_greatest(Typing& t) {
    MR_ASSERT(t.e.fn != nullptr);
    // Text is not compared with anything else here.
    bool text = false, other = false;
    std::string types;
    for (const ExprRef& a : t.e.args) {
        text = text || a->type.id == TypeId::string;
        other = other || (a->type.id != TypeId::string && a->type.id != TypeId::void_);
        types += (types.empty() ? "" : ", ") + std::string("\"") + sql_name(a->type) + "\"";
    }
    if (text && other)
        return t.refuse("DATA_DIFF_TYPES",
                        fmt::format("Input to `{}` should all be the same type, but it's [{}].", t.e.fn->name, types));
    if (!type_same_arguments(t)) return false;
    t.e.nullable = true;
    for (const ExprRef& a : t.e.args) t.e.nullable = t.e.nullable && a->nullable;
    return true;
}

Value extreme(const Call& c, int sign) {
    MR_ASSERT(!c.args.empty() && sign != 0);
    Value best;
    for (const Value& v : c.args)
        if (!v.null && (best.null || compare(v, best, c.e.type) * sign > 0)) best = v;
    return best;
}

Value greatest(const Call& c) {
    MR_ASSERT(c.args.size() > 1);
    return extreme(c, 1);
}
Value least(const Call& c) { return extreme(c, -1); }

bool type_signum(Typing& t) {
    MR_ASSERT(t.e.args.size() > 0);
    if (is_interval(t.e.args[0]->type)) {
        t.e.type = type_of(TypeId::double_);
        t.e.nullable = true;
        return true;
    }
    if (!coerce_arguments(t)) return false;
    t.e.type = type_of(TypeId::double_);
    t.e.nullable = true;
    return true;
}

Value signum_(const Call& c) {
    MR_ASSERT(c.args.size() > 0);
    if (is_interval(c.type(0))) return real_value(c.args[0].i > 0 ? 1 : c.args[0].i < 0 ? -1 : 0);
    return real_value(signum(c.args[0].d));
}

const FunctionInfo kMathFunctions[] = {
    {"sqrt", "D", "D", SN, real1<std::sqrt>, "Square root; NaN below zero.", nullptr, nullptr, "SQRT"},
    {"cbrt", "D", "D", SN, real1<cube_root>, "Cube root.", nullptr, nullptr, "CBRT"},
    {"exp", "D", "D", SN, real1<strict_exp>, "e to the power.", nullptr, nullptr, "EXP"},
    {"expm1", "D", "D", SN, real1<std::expm1>, "e to the power, minus one.", nullptr, nullptr, "EXPM1"},
    {"ln", "D", "D", SN, logarithm<strict_log>, "Natural logarithm; null at or below zero."},
    {"log", "D,D?", "", SN, log_base, "Logarithm to a base (first argument), natural with one argument.", type_log,
     nullptr, "LOG"},
    {"log2", "D", "D", SN, logarithm<log2_>, "Logarithm to base 2.", nullptr, nullptr, "LOG2"},
    {"log10", "D", "D", SN, logarithm<strict_log10>, "Logarithm to base 10.", nullptr, nullptr, "LOG10"},
    {"log1p", "D", "D", SN, log1p_, "Natural logarithm of one plus the number.", nullptr, nullptr, "LOG1P"},
    {"pow", "D,D", "D", ST, power, "First argument to the power of the second."},
    {"sin", "D", "D", SN, real1<std::sin>, "Sine.", nullptr, nullptr, "SIN"},
    {"cos", "D", "D", SN, real1<std::cos>, "Cosine.", nullptr, nullptr, "COS"},
    {"tan", "D", "D", SN, real1<std::tan>, "Tangent.", nullptr, nullptr, "TAN"},
    {"cot", "D", "D", SN, real1<cot>, "Cotangent.", nullptr, nullptr, "COT"},
    {"sec", "D", "D", SN, real1<sec>, "Secant.", nullptr, nullptr, "SEC"},
    {"csc", "D", "D", SN, real1<csc>, "Cosecant.", nullptr, nullptr, "CSC"},
    {"asin", "D", "D", SN, real1<std::asin>, "Arc sine.", nullptr, nullptr, "ASIN"},
    {"acos", "D", "D", SN, real1<std::acos>, "Arc cosine.", nullptr, nullptr, "ACOS"},
    {"atan", "D", "D", SN, real1<std::atan>, "Arc tangent.", nullptr, nullptr, "ATAN"},
    {"atan2", "D,D", "D", ST, atan2_, "Angle of the point (x, y), y first.", nullptr, nullptr, "ATAN2"},
    {"sinh", "D", "D", SN, real1<std::sinh>, "Hyperbolic sine.", nullptr, nullptr, "SINH"},
    {"cosh", "D", "D", SN, real1<cosh_>, "Hyperbolic cosine.", nullptr, nullptr, "COSH"},
    {"tanh", "D", "D", SN, real1<std::tanh>, "Hyperbolic tangent.", nullptr, nullptr, "TANH"},
    {"asinh", "D", "D", SN, real1<asinh_>, "Inverse hyperbolic sine.", nullptr, nullptr, "ASINH"},
    {"acosh", "D", "D", SN, real1<acosh_>, "Inverse hyperbolic cosine.", nullptr, nullptr, "ACOSH"},
    {"atanh", "D", "D", SN, real1<atanh_>, "Inverse hyperbolic tangent.", nullptr, nullptr, "ATANH"},
    {"hypot", "D,D", "D", ST, hypot_, "Length of the hypotenuse.", nullptr, nullptr, "HYPOT"},
    {"degrees", "D", "D", SN, real1<degrees>, "Radians to degrees.", nullptr, nullptr, "DEGREES"},
    {"radians", "D", "D", SN, real1<radians>, "Degrees to radians.", nullptr, nullptr, "RADIANS"},
    {"signum", "D", "D", SN, signum_, "Sign as -1.0, 0.0 or 1.0.", type_signum, nullptr, "SIGNUM"},
    {"rint", "D", "D", SN, real1<java_rint>, "Nearest whole number as a double, ties to even."},
    {"pi", "", "D", NullRule::never, pi, "The number pi.", nullptr, nullptr, "PI"},
    {"e", "", "D", NullRule::never, euler, "The number e.", nullptr, nullptr, "E"},
    {"unscaledvalue", "x", "L", ST, unscaled_value, "The digits of a decimal as a whole number.", nullptr, nullptr,
     "UnscaledValue", K, true, true},
    {"makedecimal", "L,I,I", "", SN, made_decimal, "A decimal of digits.", type_made_decimal, nullptr, "MakeDecimal", K,
     true, true},
    {"round", "n,I=0", "", SN, round_half_up, "Rounds to places after the point, ties away from zero.", type_round},
    {"bround", "n,I=0", "", SN, round_half_even, "Rounds to places after the point, ties to even.", type_round},
    {"ceil", "n,I?", "", SN, ceil_, "The smallest whole number not below.", type_ceil, nullptr, "CEIL"},
    {"floor", "n,I?", "", SN, floor_, "The largest whole number not above.", type_ceil, nullptr, "FLOOR"},
    {"factorial", "I", "L", SN, factorial, "Product of 1 to n; null outside 0 to 20."},
    {"width_bucket", "D,D,D,L", "L", SN, width_bucket, "Number of the equal-width bucket a value falls into."},
    {"shiftleft", "x,x", "", ST, shift_left, "Bits moved to the left.", type_shift},
    {"shiftright", "x,x", "", ST, shift_right, "Bits moved to the right, keeping the sign.", type_shift},
    {"shiftrightunsigned", "x,x", "", ST, shift_right_unsigned, "Bits moved to the right, filling with zero.",
     type_shift},
    {"bit_count", "i|Z", "I", ST, bit_count, "Number of bits set."},
    {"bitmap_bit_position", "L", "L", ST, bitmap_bit_position, "The bit of a number in the bitmap of its bucket."},
    {"bitmap_bucket_number", "L", "L", ST, bitmap_bucket_number, "The bucket whose bitmap holds a number."},
    {"bitmap_count", "x", "L", ST, bitmap_count, "Number of bits set in a bitmap.", type_bitmap_count},
    {"bit_get", "i,I", "Y", ST, bit_get, "One bit, counted from the right."},
    {"getbit", "i,I", "Y", ST, bit_get, "One bit, counted from the right."},
    {"conv", "S,I,I", "S", SN, conv, "A number's text from one base to another."},
    {"bin", "L", "S", ST, bin, "Binary digits of a whole number."},
    {"isnan", "D|F", "Z", NullRule::never, isnan_, "Whether a number is NaN."},
    {"nanvl", "D,D", "D", ST, nanvl, "The second number where the first is NaN."},
    {"greatest", "x,x+", "", NullRule::any, greatest, "The largest argument; nulls are skipped.", type_greatest},
    {"least", "x,x+", "", NullRule::any, least, "The smallest argument; nulls are skipped.", type_greatest},
};

}  // namespace

std::span<const FunctionInfo> math_functions() { return kMathFunctions; }

}  // namespace engine::spark
