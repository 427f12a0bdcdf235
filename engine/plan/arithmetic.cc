#include "engine/plan/arithmetic.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/plan/cast.h"
#include "engine/plan/coerce.h"
#include "engine/sql/decimal.h"
#include "sim/base/assert.h"

namespace engine::spark {

DataType decimal_result(Op op, const DataType& a, const DataType& b) {
    MR_ASSERT(a.id == TypeId::decimal && b.id == TypeId::decimal);
    const int p1 = a.a, s1 = a.b, p2 = b.a, s2 = b.b;
    switch (op) {
        case Op::add: case Op::subtract: {
            const int scale = std::max(s1, s2);
            return bounded_decimal(std::max(p1 - s1, p2 - s2) + scale + 1, scale);
        }
        case Op::multiply: return bounded_decimal(p1 + p2 + 1, s1 + s2);
        case Op::divide: {
            const int scale = std::max(6, s1 + p2 + 1);
            return bounded_decimal(p1 - s1 + s2 + scale, scale);
        }
        case Op::remainder: case Op::pmod: {
            const int scale = std::max(s1, s2);
            return bounded_decimal(std::min(p1 - s1, p2 - s2) + scale, scale);
        }
        case Op::whole_divide: return bounded_decimal(std::max(1, p1 - s1 + s2), 0);
    }
    return a;
}

namespace {

void refuse(EvalContext& cx, const Expr& e, const std::string& error_class, const std::string& text,
            bool context = true) {
    Origin nowhere;
    cx.failure.set(run_error("ArithmeticException", error_class, text, context ? e.at : nowhere));
}

constexpr const char* kBypass = "If necessary set \"spark.sql.ansi.enabled\" to \"false\" to bypass this error.";

void division_by_zero(EvalContext& cx, const Expr& e) {
    refuse(cx, e, "DIVIDE_BY_ZERO",
           fmt::format("Division by zero. Use `try_divide` to tolerate divisor being 0 and return NULL instead. {}",
                       kBypass));
}

}  // namespace

void decimal_out_of_range(const Expr& e, const std::string& shown, const DataType& to, EvalContext& cx) {
    refuse(cx, e, "NUMERIC_VALUE_OUT_OF_RANGE",
           fmt::format("{} cannot be represented as Decimal({}, {}). If necessary set \"spark.sql.ansi.enabled\" to "
                       "\"false\" to bypass this error, and return NULL instead.",
                       shown, to.a, to.b));
}

namespace {

const char* symbol_of(Op op) { return op == Op::add ? "+" : op == Op::subtract ? "-" : "*"; }
const char* try_of(Op op) { return op == Op::add ? "try_add" : op == Op::subtract ? "try_subtract" : "try_multiply"; }

void overflow(EvalContext& cx, const Expr& e, Op op, i64 a, i64 b) {
    const TypeId id = e.type.id;
    if (id == TypeId::tinyint || id == TypeId::smallint) {
        const char* suffix = id == TypeId::tinyint ? "S" : "S";
        refuse(cx, e, "BINARY_ARITHMETIC_OVERFLOW",
               fmt::format("{}{} {} {}{} caused overflow.", a, suffix, symbol_of(op), b, suffix), false);
        return;
    }
    refuse(cx, e, "ARITHMETIC_OVERFLOW",
           fmt::format("{} overflow. Use '{}' to tolerate overflow and return NULL instead. {}",
                       id == TypeId::bigint ? "long" : "integer", try_of(op), kBypass));
}

/// The null flags of a result: those of either side. The result of two constants has one row.
void merge_nulls(Column& out, const Column& a, const Column& b) {
    MR_ASSERT(a.size == b.size && (out.size == a.size || (a.constant && b.constant)));
    if (a.no_nulls() && b.no_nulls()) return;
    out.nulls.assign(static_cast<std::size_t>(out.size), 0);
    for (i64 i = 0; i < out.size; ++i) out.nulls[static_cast<std::size_t>(i)] = a.null(i) || b.null(i) ? 1 : 0;
}

template <class T, class F>
void apply(std::vector<T>& out, const Column& a, const std::vector<T>& x, const Column& b, const std::vector<T>& y,
           F f) {
    const std::size_t n = out.size();
    if (a.constant && !b.constant) {
        const T left = x[0];
        for (std::size_t i = 0; i < n; ++i) out[i] = f(left, y[i]);
    } else if (b.constant && !a.constant) {
        const T right = y[0];
        for (std::size_t i = 0; i < n; ++i) out[i] = f(x[i], right);
    } else if (a.constant) {
        for (std::size_t i = 0; i < n; ++i) out[i] = f(x[0], y[0]);
    } else {
        for (std::size_t i = 0; i < n; ++i) out[i] = f(x[i], y[i]);
    }
}

i64 wrap_add(i64 a, i64 b) { return static_cast<i64>(static_cast<u64>(a) + static_cast<u64>(b)); }
i64 wrap_subtract(i64 a, i64 b) { return static_cast<i64>(static_cast<u64>(a) - static_cast<u64>(b)); }
i64 wrap_multiply(i64 a, i64 b) { return static_cast<i64>(static_cast<u64>(a) * static_cast<u64>(b)); }

bool exact(Op op, i64 a, i64 b, i64& out) {
    switch (op) {
        case Op::add: return !__builtin_add_overflow(a, b, &out);
        case Op::subtract: return !__builtin_sub_overflow(a, b, &out);
        default: return !__builtin_mul_overflow(a, b, &out);
    }
}

void checked_whole(Op op, const Expr& e, Column& out, const Column& a, const Column& b, EvalContext& cx) {
    MR_ASSERT(a.size == b.size);
    for (i64 i = 0; i < out.size && cx.ok(); ++i) {
        if (out.null(i)) continue;
        const i64 x = a.ints[a.at(i)], y = b.ints[b.at(i)];
        i64 v = 0;
        if (exact(op, x, y, v) && in_range(v, e.type.id)) {
            out.ints[static_cast<std::size_t>(i)] = v;
            continue;
        }
        if (!e.is_try) return overflow(cx, e, op, x, y);
        if (out.nulls.empty()) out.nulls.assign(static_cast<std::size_t>(out.size), 0);
        out.nulls[static_cast<std::size_t>(i)] = 1;
    }
}

i64 remainder_of(i64 a, i64 b) { return b == -1 ? 0 : a % b; }

i64 positive_modulo(i64 a, i64 b) {
    const i64 r = remainder_of(a, b);
    return r < 0 ? remainder_of(wrap_add(r, b), b) : r;
}

/// Divides by a number known beforehand: one multiplication and a correction a row instead of a division. `magic` is
/// 2^64 / |divisor| rounded down, so that the estimate of a quotient of values below 2^63 is at most one too small.
struct Divisor {
    u64 magnitude = 1, magic = 0;

    explicit Divisor(i64 divisor)
        : magnitude(divisor < 0 ? 0 - static_cast<u64>(divisor) : static_cast<u64>(divisor)),
          magic(UINT64_MAX / magnitude) {
        MR_ASSERT(divisor != 0);
    }
    /// What is left of x, with the sign of x.
    [[nodiscard]] i64 remainder(i64 x) const {
        const u64 size = x < 0 ? 0 - static_cast<u64>(x) : static_cast<u64>(x);
        const auto quotient = static_cast<u64>(static_cast<u128>(size) * magic >> 64);
        u64 left = size - quotient * magnitude;
        while (left >= magnitude) left -= magnitude;
        return x < 0 ? static_cast<i64>(0 - left) : static_cast<i64>(left);
    }
};

/// Remainders of a column by one number that is not 0.
void remainders(Op op, const Expr& e, Column& out, const Column& a, i64 divisor) {
    MR_ASSERT(op == Op::remainder || op == Op::pmod);
    const Divisor d(divisor);
    for (std::size_t i = 0; i < out.ints.size(); ++i) {
        const i64 r = d.remainder(a.ints[i]);
        out.ints[i] = op == Op::pmod && r < 0 ? remainder_of(wrap_add(r, divisor), divisor) : r;
    }
    if (e.type.id != TypeId::bigint)
        for (i64& v : out.ints) v = narrow_whole(v, e.type.id);
}

void division_whole(Op op, const Expr& e, Column& out, const Column& a, const Column& b, EvalContext& cx) {
    MR_ASSERT(a.size == b.size);
    const bool by_one = b.constant && b.no_nulls() && !a.constant && b.ints[0] != 0;
    if (by_one && op != Op::whole_divide) return remainders(op, e, out, a, b.ints[0]);
    if (out.nulls.empty()) out.nulls.assign(static_cast<std::size_t>(out.size), 0);
    for (i64 i = 0; i < out.size && cx.ok(); ++i) {
        const std::size_t k = static_cast<std::size_t>(i);
        if (out.nulls[k] != 0) continue;
        const i64 x = a.ints[a.at(i)], y = b.ints[b.at(i)];
        if (y == 0) {
            if (cx.ansi && !e.is_try) return division_by_zero(cx, e);
            out.nulls[k] = 1;
        } else if (op == Op::whole_divide) {
            if (x == INT64_MIN && y == -1 && cx.ansi && !e.is_try)
                return refuse(cx, e, "ARITHMETIC_OVERFLOW",
                              fmt::format("Overflow in integral divide. Use 'try_divide' to tolerate overflow and "
                                          "return NULL instead. {}",
                                          kBypass));
            out.ints[k] = y == -1 ? wrap_subtract(0, x) : x / y;
        } else {
            out.ints[k] = narrow_whole(op == Op::pmod ? positive_modulo(x, y) : remainder_of(x, y), e.type.id);
        }
    }
}

void whole(Op op, const Expr& e, Column& out, const Column& a, const Column& b, EvalContext& cx) {
    MR_ASSERT(a.size == b.size);
    if (op == Op::remainder || op == Op::pmod || op == Op::whole_divide) return division_whole(op, e, out, a, b, cx);
    if ((cx.ansi && cx.bug != SqlBug::overflow_wraps) || e.is_try) return checked_whole(op, e, out, a, b, cx);
    switch (op) {
        // Lambdas, not functions: each loop is then one of its own, with the operation in it.
        case Op::add: apply(out.ints, a, a.ints, b, b.ints, [](i64 x, i64 y) { return wrap_add(x, y); }); break;
        case Op::subtract:
            apply(out.ints, a, a.ints, b, b.ints, [](i64 x, i64 y) { return wrap_subtract(x, y); });
            break;
        default: apply(out.ints, a, a.ints, b, b.ints, [](i64 x, i64 y) { return wrap_multiply(x, y); }); break;
    }
    if (e.type.id != TypeId::bigint)
        for (i64& v : out.ints) v = narrow_whole(v, e.type.id);
}

void real(Op op, const Expr& e, Column& out, const Column& a, const Column& b, EvalContext& cx) {
    MR_ASSERT(a.size == b.size);
    switch (op) {
        case Op::add: apply(out.reals, a, a.reals, b, b.reals, [](double x, double y) { return x + y; }); break;
        case Op::subtract: apply(out.reals, a, a.reals, b, b.reals, [](double x, double y) { return x - y; }); break;
        case Op::multiply: apply(out.reals, a, a.reals, b, b.reals, [](double x, double y) { return x * y; }); break;
        case Op::divide: apply(out.reals, a, a.reals, b, b.reals, [](double x, double y) { return x / y; }); break;
        case Op::pmod:
            apply(out.reals, a, a.reals, b, b.reals, [](double x, double y) {
                const double r = std::fmod(x, y);
                return r < 0 ? std::fmod(r + y, y) : r;
            });
            break;
        case Op::remainder:
        case Op::whole_divide:
            apply(out.reals, a, a.reals, b, b.reals, [](double x, double y) { return std::fmod(x, y); });
            break;
    }
    if (op == Op::divide || op == Op::remainder || op == Op::pmod) {
        for (i64 i = 0; i < out.size; ++i) {
            if (out.null(i) || b.reals[b.at(i)] != 0) continue;
            if (cx.ansi && !e.is_try) return division_by_zero(cx, e);
            if (out.nulls.empty()) out.nulls.assign(static_cast<std::size_t>(out.size), 0);
            out.nulls[static_cast<std::size_t>(i)] = 1;
        }
    }
    if (e.type.id == TypeId::float_)
        for (double& v : out.reals) v = static_cast<double>(static_cast<float>(v));
}

std::optional<i128> decimal_exact(Op op, i128 x, const DataType& a, i128 y, const DataType& b, const DataType& to) {
    const int scale = std::max<int>(a.b, b.b);
    if (op == Op::multiply) return multiply(x, y, a.b + b.b, to.b);
    if (op == Op::divide) {
        // First with the digits a decimal keeps while dividing, then to the scale of the result.
        return divide(x, a.b, y, b.b, to.b);
    }
    if (op == Op::add || op == Op::subtract)
        return add(x, a.b, op == Op::add ? y : -y, b.b, std::min<int>(to.b, scale));
    const auto p = rescale(x, a.b, scale), q = rescale(y, b.b, scale);
    if (!p || !q) return std::nullopt;
    i128 r = *p % *q;
    if (op == Op::pmod && r < 0) r = (r + *q) % *q;
    return rescale(r, scale, to.b);
}

/// |a| * |b| in digits, however many.
std::string product_digits(u128 a, u128 b) {
    std::string out(80, '\0');
    std::size_t shift = 0;
    for (; b != 0; b /= 10, ++shift) {
        u32 carry = 0;
        std::size_t i = shift;
        for (u128 rest = a; rest != 0 || carry != 0; rest /= 10, ++i) {
            const u32 sum = static_cast<u32>(out[i]) + static_cast<u32>(rest % 10) * static_cast<u32>(b % 10) + carry;
            out[i] = static_cast<char>(sum % 10);
            carry = sum / 10;
        }
    }
    while (out.size() > 1 && out.back() == 0) out.pop_back();
    for (char& digit : out) digit = static_cast<char>(digit + '0');
    std::ranges::reverse(out);
    return out;
}

u128 size_of(i128 v) { return v < 0 ? static_cast<u128>(-v) : static_cast<u128>(v); }

std::string with_point(std::string digits, std::size_t scale) {
    if (digits.size() <= scale) digits.insert(0, scale + 1 - digits.size(), '0');
    if (scale > 0) digits.insert(digits.size() - scale, ".");
    return digits;
}

/// A product as Java computes it, rounded to the 38 digits that its decimals keep.
std::string product_text(i128 a, i128 b, int scale) {
    std::string digits = product_digits(size_of(a), size_of(b));
    if (digits.size() > kMaxPrecision) {
        const auto dropped = static_cast<int>(digits.size()) - kMaxPrecision;
        u128 kept = 0;
        for (std::size_t i = 0; i < kMaxPrecision; ++i) kept = kept * 10 + static_cast<u128>(digits[i] - '0');
        if (digits[kMaxPrecision] >= '5') ++kept;
        digits = product_digits(kept, 1) + std::string(static_cast<std::size_t>(std::max(0, dropped - scale)), '0');
        scale = std::max(0, scale - dropped);
    }
    return ((a < 0) != (b < 0) ? "-" : "") + with_point(std::move(digits), static_cast<std::size_t>(scale));
}

/// What does not fit is told as the number that it is.
void decimal_overflow(Op op, const Expr& e, i128 x, const DataType& a, i128 y, const DataType& b, EvalContext& cx) {
    MR_ASSERT(e.type.id == TypeId::decimal);
    const i128 right = op == Op::subtract ? -y : y;
    const bool sums = op == Op::add || op == Op::subtract;
    std::string shown;
    // Numbers of one sign and one scale leave even 128 bits.
    if (sums && a.b == b.b && (x < 0) == (right < 0))
        shown = (x < 0 ? "-" : "") + with_point(product_digits(size_of(x) + size_of(right), 1), a.b);
    else if (const auto full = decimal_exact(op, x, a, y, b, decimal_type(kMaxPrecision, e.type.b)))
        shown = decimal_text(*full, e.type.b, true);
    else if (op == Op::multiply) shown = product_text(x, y, a.b + b.b);
    else shown = decimal_text(x + right, e.type.b, true);
    decimal_out_of_range(e, shown, e.type, cx);
}

void decimals(Op op, const Expr& e, Column& out, const Column& a, const Column& b, EvalContext& cx) {
    MR_ASSERT(a.size == b.size);
    if (out.nulls.empty()) out.nulls.assign(static_cast<std::size_t>(out.size), 0);
    const bool divides = op != Op::add && op != Op::subtract && op != Op::multiply;
    for (i64 i = 0; i < out.size && cx.ok(); ++i) {
        const std::size_t k = static_cast<std::size_t>(i);
        if (out.nulls[k] != 0) continue;
        const i128 x = a.decimals[a.at(i)], y = b.decimals[b.at(i)];
        if (divides && y == 0) {
            if (cx.ansi && !e.is_try) return division_by_zero(cx, e);
            out.nulls[k] = 1;
            continue;
        }
        auto v = decimal_exact(op, x, a.type, y, b.type, e.type);
        if (cx.bug == SqlBug::decimal_truncates && op == Op::divide) v = x * pow10(e.type.b + b.type.b - a.type.b) / y;
        if (v && fits(*v, e.type.a)) {
            out.decimals[k] = *v;
            continue;
        }
        if (cx.ansi && !e.is_try) return decimal_overflow(op, e, x, a.type, y, b.type, cx);
        out.nulls[k] = 1;
    }
}

void whole_of_decimals(const Expr& e, Column& out, const Column& a, const Column& b, EvalContext& cx) {
    MR_ASSERT(a.size == b.size);
    if (out.nulls.empty()) out.nulls.assign(static_cast<std::size_t>(out.size), 0);
    for (i64 i = 0; i < out.size && cx.ok(); ++i) {
        const std::size_t k = static_cast<std::size_t>(i);
        if (out.nulls[k] != 0) continue;
        const i128 y = b.decimals[b.at(i)];
        const int scale = std::max<int>(a.type.b, b.type.b);
        const auto p = rescale(a.decimals[a.at(i)], a.type.b, scale), q = rescale(y, b.type.b, scale);
        if (y == 0 || !p || !q) {
            if (y == 0 && cx.ansi && !e.is_try) return division_by_zero(cx, e);
            out.nulls[k] = 1;
            continue;
        }
        out.ints[k] = static_cast<i64>(*p / *q);
    }
}

}  // namespace

Column arithmetic(Op op, const Expr& e, std::vector<Column>& args, i64 rows, EvalContext& cx) {
    MR_ASSERT(args.size() == 2);
    if (args[0].type.id == TypeId::void_ || args[1].type.id == TypeId::void_) return null_column(e.type, rows);
    const Column& a = args[0];
    const Column& b = args[1];
    Column out = sized_column(e.type, rows);
    if (rows == 0) return out;
    const bool constant = a.constant && b.constant;
    if (constant) {
        out = sized_column(e.type, 1);
        out.constant = false;
    }
    merge_nulls(out, a, b);
    switch (physical_of(a.type)) {
        case Physical::ints: whole(op, e, out, a, b, cx); break;
        case Physical::reals: real(op, e, out, a, b, cx); break;
        case Physical::decimals:
            op == Op::whole_divide ? whole_of_decimals(e, out, a, b, cx) : decimals(op, e, out, a, b, cx);
            break;
        default: MR_ASSERT(false);
    }
    if (constant) {
        out.constant = true;
        out.size = rows;
    }
    return out;
}

double number_of(const Value& v, const DataType& type) {
    switch (physical_of(type)) {
        case Physical::reals: return v.d;
        case Physical::decimals: return decimal_to_double(v.dec, type.b);
        default: return static_cast<double>(v.i);
    }
}

}  // namespace engine::spark
