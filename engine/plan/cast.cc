#include "engine/plan/cast.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "engine/plan/print.h"
#include "engine/sql/decimal.h"
#include "engine/sql/interval.h"
#include "engine/sql/zone.h"
#include "sim/base/ascii.h"
#include "sim/base/assert.h"

namespace engine::spark {

std::optional<i64> parse_whole(std::string_view text, bool strict) {
    text = sim::trim_controls(text);
    if (text.empty()) return std::nullopt;
    bool negative = false;
    if (text.front() == '+' || text.front() == '-') {
        negative = text.front() == '-';
        text.remove_prefix(1);
    }
    i64 v = 0;
    std::size_t i = 0;
    for (; i < text.size() && text[i] >= '0' && text[i] <= '9'; ++i)
        if (__builtin_mul_overflow(v, 10, &v) || __builtin_sub_overflow(v, text[i] - '0', &v)) return std::nullopt;
    if (i == 0 && (text.size() < 2 || text[0] != '.' || strict)) return std::nullopt;
    if (i < text.size()) {
        if (strict || text[i] != '.') return std::nullopt;
        for (++i; i < text.size(); ++i)
            if (text[i] < '0' || text[i] > '9') return std::nullopt;
    }
    if (negative) return v;
    if (v == INT64_MIN) return std::nullopt;
    return -v;
}

std::optional<double> parse_real(std::string_view text) {
    std::string lower = sim::lower_ascii(sim::trim_controls(text));
    if (lower == "infinity" || lower == "+infinity" || lower == "inf" || lower == "+inf") return HUGE_VAL;
    if (lower == "-infinity" || lower == "-inf") return -HUGE_VAL;
    if (lower == "nan") return std::nan("");
    if (!lower.empty() && lower.front() == '+') lower.erase(0, 1);
    if (lower.size() > 1 && (lower.back() == 'd' || lower.back() == 'f')) lower.pop_back();
    if (lower.empty() || (lower[0] != '-' && lower[0] != '.' && (lower[0] < '0' || lower[0] > '9')))
        return std::nullopt;
    if (lower.find_first_not_of("0123456789.e+-") != std::string::npos) return std::nullopt;
    double v = 0;
    const auto [end, error] = std::from_chars(lower.data(), lower.data() + lower.size(), v);
    if (end != lower.data() + lower.size()) return std::nullopt;
    if (error == std::errc::result_out_of_range)
        return lower.find("e-") != std::string::npos ? 0.0 : lower[0] == '-' ? -HUGE_VAL : HUGE_VAL;
    return error == std::errc{} ? std::optional(v) : std::nullopt;
}

std::optional<bool> parse_boolean(std::string_view text) {
    const std::string lower = sim::lower_ascii(sim::trim_controls(text));
    for (const char* yes : {"t", "true", "y", "yes", "1"})
        if (lower == yes) return true;
    for (const char* no : {"f", "false", "n", "no", "0"})
        if (lower == no) return false;
    return std::nullopt;
}

i64 narrow_whole(i64 v, TypeId to) {
    MR_ASSERT(to != TypeId::string && to != TypeId::decimal && to != TypeId::double_);
    switch (to) {
        case TypeId::tinyint: return static_cast<i8>(v);
        case TypeId::smallint: return static_cast<i16>(v);
        case TypeId::integer: case TypeId::year_month: return static_cast<i32>(v);
        default: return v;
    }
}

bool in_range(i64 v, TypeId to) { return narrow_whole(v, to) == v; }

i64 narrow_real(double v, TypeId to) {
    if (std::isnan(v)) return 0;
    if (to == TypeId::bigint)
        return v >= 9223372036854775808.0 ? INT64_MAX : v <= -9223372036854775808.0 ? INT64_MIN : static_cast<i64>(v);
    const i64 whole = v >= 2147483647.0 ? INT32_MAX : v <= -2147483648.0 ? INT32_MIN : static_cast<i64>(v);
    return narrow_whole(whole, to);
}

namespace {

struct Caster {
    const DataType& from;
    const DataType& to;
    CastMode mode;
    EvalContext& cx;
    const Origin& at;
};

std::string shown_value(const Value& v, const DataType& type) {
    switch (type.id) {
        case TypeId::string: return "'" + v.s + "'";
        case TypeId::bigint: return std::to_string(v.i) + "L";
        case TypeId::smallint: return std::to_string(v.i) + "S";
        case TypeId::tinyint: return std::to_string(v.i) + "Y";
        case TypeId::double_: return double_text(v.d) + (std::isnan(v.d) || std::isinf(v.d) ? "" : "D");
        case TypeId::float_: return float_text(v.d);
        case TypeId::decimal: return decimal_text(v.dec, type.b) + "BD";
        default: return literal_sql(v, type);
    }
}

Value malformed(const Caster& c, const Value& v, const char* exception) {
    if (!c.mode.ansi || c.mode.is_try) return null_value();
    c.cx.failure.set(
        run_error(exception, "CAST_INVALID_INPUT",
                  fmt::format("The value {} of the type \"{}\" cannot be cast to \"{}\" because it is malformed. "
                              "Correct the value as per the syntax, or change its target type. "
                              "Use `try_cast` to tolerate malformed input and return NULL instead. If necessary set "
                              "\"spark.sql.ansi.enabled\" to \"false\" to bypass this error.",
                              shown_value(v, c.from), sql_name(c.from), sql_name(c.to)),
                  c.at));
    return null_value();
}

Value overflow(const Caster& c, const Value& v, i64 wrapped) {
    if (c.mode.is_try) return null_value();
    if (!c.mode.ansi) return int_value(wrapped);
    Origin nowhere;
    c.cx.failure.set(
        run_error("ArithmeticException", "CAST_OVERFLOW",
                  fmt::format("The value {} of the type \"{}\" cannot be cast to \"{}\" due to an overflow. Use "
                              "`try_cast` to tolerate overflow and return NULL instead. If necessary "
                              "set \"spark.sql.ansi.enabled\" to \"false\" to bypass this error.",
                              shown_value(v, c.from), sql_name(c.from), sql_name(c.to)),
                  nowhere));
    return null_value();
}

Value decimal_overflow(const Caster& c, const std::string& shown) {
    if (!c.mode.ansi || c.mode.is_try) return null_value();
    c.cx.failure.set(
        run_error("ArithmeticException", "NUMERIC_VALUE_OUT_OF_RANGE",
                  fmt::format("{} cannot be represented as Decimal({}, {}). If necessary set "
                              "\"spark.sql.ansi.enabled\" to \"false\" to bypass this error, and return NULL instead.",
                              shown, c.to.a, c.to.b),
                  c.at));
    return null_value();
}

Value to_text(const Caster& c, const Value& v) {
    MR_ASSERT(!v.null);
    if (c.from.id == TypeId::decimal) return string_value(decimal_text(v.dec, c.from.b, c.mode.ansi));
    if (c.from.id != TypeId::binary) return string_value(cast_text(v, c.from, c.cx.clock.zone, c.mode.ansi));
    return string_value(v.s);
}

Value to_boolean(const Caster& c, const Value& v) {
    MR_ASSERT(!v.null);
    switch (c.from.id) {
        case TypeId::string: {
            const auto b = parse_boolean(v.s);
            return b ? bool_value(*b) : malformed(c, v, "SparkRuntimeException");
        }
        case TypeId::float_: case TypeId::double_: return bool_value(v.d != 0);
        case TypeId::decimal: return bool_value(v.dec != 0);
        case TypeId::date: return null_value();
        default: return bool_value(v.i != 0);
    }
}

i64 seconds_of(i64 micros) { return floor_div(micros, kMicrosPerSecond); }

Value to_whole(const Caster& c, const Value& v) {
    MR_ASSERT(!v.null);
    const TypeId to = c.to.id;
    switch (c.from.id) {
        case TypeId::string: {
            const auto n = parse_whole(v.s, c.mode.ansi || c.mode.is_try);
            if (!n || !in_range(*n, to)) return malformed(c, v, "NumberFormatException");
            return int_value(*n);
        }
        case TypeId::float_: case TypeId::double_: {
            const double limit = to == TypeId::bigint     ? 9223372036854775808.0
                                 : to == TypeId::integer  ? 2147483648.0
                                 : to == TypeId::smallint ? 32768.0
                                                          : 128.0;
            const double cut = std::trunc(v.d);
            const bool fits_type = !std::isnan(v.d) && cut < limit && cut >= -limit;
            return fits_type ? int_value(static_cast<i64>(cut)) : overflow(c, v, narrow_real(v.d, to));
        }
        case TypeId::decimal: {
            const i128 whole = v.dec / pow10(c.from.b);
            const i64 wrapped = narrow_whole(static_cast<i64>(static_cast<u64>(static_cast<u128>(whole))), to);
            return whole == wrapped ? int_value(wrapped) : overflow(c, v, wrapped);
        }
        case TypeId::timestamp: {
            const i64 s = seconds_of(v.i);
            return in_range(s, to) ? int_value(s) : overflow(c, v, narrow_whole(s, to));
        }
        case TypeId::date: return null_value();
        case TypeId::day_time: {
            static constexpr i64 kUnit[] = {kMicrosPerDay, kMicrosPerHour, kMicrosPerMinute, kMicrosPerSecond};
            const i64 n = v.i / kUnit[c.from.b];
            return in_range(n, to) ? int_value(n) : overflow(c, v, narrow_whole(n, to));
        }
        case TypeId::year_month: return int_value(c.from.b == 0 ? v.i / 12 : v.i);
        default: return in_range(v.i, to) ? v : overflow(c, v, narrow_whole(v.i, to));
    }
}

Value to_real(const Caster& c, const Value& v) {
    MR_ASSERT(!v.null);
    const auto made = [&](double d) {
        return real_value(c.to.id == TypeId::float_ ? static_cast<double>(static_cast<float>(d)) : d);
    };
    switch (c.from.id) {
        case TypeId::string: {
            const auto d = parse_real(v.s);
            return d ? made(*d) : malformed(c, v, "NumberFormatException");
        }
        case TypeId::float_: case TypeId::double_: return made(v.d);
        case TypeId::decimal: return made(decimal_to_double(v.dec, c.from.b));
        case TypeId::timestamp: return made(static_cast<double>(v.i) / 1e6);
        case TypeId::date: return null_value();
        default: return made(static_cast<double>(v.i));
    }
}

/// A number of few digits without an exponent, however large.
std::string plain_text(const DecimalText& text) {
    if (text.scale > 0)
        if (const auto v = to_unscaled(text, static_cast<int>(text.scale)))
            return decimal_text(*v, static_cast<int>(text.scale), true);
    const std::string digits = text.digits.empty() ? "0" : text.digits;
    const auto zeros = static_cast<std::size_t>(-std::min<i64>(text.scale, 0));
    return (text.negative ? "-" : "") + digits + std::string(zeros, '0');
}

Value decimal_from_text(const Caster& c, const DecimalText& text, const std::string& shown) {
    const auto unscaled = to_unscaled(text, c.to.b);
    if (!unscaled || !fits(*unscaled, c.to.a)) return decimal_overflow(c, shown);
    return decimal_value(*unscaled);
}

Value decimal_from_scaled(const Caster& c, i128 unscaled, int scale) {
    MR_ASSERT(scale >= 0);
    const auto v = rescale(unscaled, scale, c.to.b);
    if (!v || !fits(*v, c.to.a)) return decimal_overflow(c, decimal_text(unscaled, scale));
    return decimal_value(*v);
}

Value to_decimal(const Caster& c, const Value& v) {
    MR_ASSERT(!v.null);
    switch (c.from.id) {
        case TypeId::string: {
            const auto text = parse_decimal(v.s);
            if (!text) return malformed(c, v, "NumberFormatException");
            return decimal_from_text(c, *text, std::string(sim::trim_controls(v.s)));
        }
        case TypeId::float_: case TypeId::double_: {
            const auto text = decimal_of_double(v.d);
            if (!text) return null_value();
            return decimal_from_text(c, *text, plain_text(*text));
        }
        case TypeId::decimal: return decimal_from_scaled(c, v.dec, c.from.b);
        case TypeId::timestamp: {
            // Spark goes through a double, whose text has no trailing zeros.
            i64 unscaled = v.i;
            int scale = 6;
            for (; scale > 0 && unscaled % 10 == 0; --scale) unscaled /= 10;
            return decimal_from_scaled(c, unscaled, scale);
        }
        case TypeId::date: return null_value();
        case TypeId::day_time: {
            // In units of the last field; only seconds have parts.
            static constexpr i64 kUnit[] = {kMicrosPerDay, kMicrosPerHour, kMicrosPerMinute};
            if (c.from.b < 3) return decimal_from_scaled(c, v.i / kUnit[c.from.b], 0);
            return decimal_from_scaled(c, v.i, 6);
        }
        default: return decimal_from_scaled(c, v.i, 0);
    }
}

Value to_date(const Caster& c, const Value& v) {
    MR_ASSERT(!v.null);
    if (c.from.id == TypeId::timestamp) return int_value(floor_div(to_local(c.cx.clock.zone, v.i), kMicrosPerDay));
    if (c.from.id == TypeId::timestamp_ntz) return int_value(floor_div(v.i, kMicrosPerDay));
    if (const auto special = special_timestamp(v.s, c.cx.clock)) return int_value(floor_div(*special, kMicrosPerDay));
    const auto days = parse_date(v.s);
    return days ? int_value(*days) : malformed(c, v, "DateTimeException");
}

Value timestamp_from_real(const Caster& c, double seconds, const Value& v) {
    if (std::isnan(seconds) || std::isinf(seconds))
        return c.mode.ansi ? malformed(c, v, "DateTimeException") : null_value();
    return int_value(narrow_real(seconds * 1e6, TypeId::bigint));
}

Value to_timestamp(const Caster& c, const Value& v) {
    MR_ASSERT(!v.null);
    const bool zoned = c.to.id == TypeId::timestamp;
    switch (c.from.id) {
        case TypeId::string: {
            if (const auto special = special_timestamp(v.s, c.cx.clock))
                return int_value(zoned ? *special : to_local(c.cx.clock.zone, *special));
            const auto micros = parse_timestamp(v.s, c.cx.clock, zoned);
            return micros ? int_value(*micros) : malformed(c, v, "DateTimeException");
        }
        case TypeId::date: return int_value(zoned ? to_utc(c.cx.clock.zone, v.i * kMicrosPerDay) : v.i * kMicrosPerDay);
        case TypeId::timestamp: return int_value(zoned ? v.i : to_local(c.cx.clock.zone, v.i));
        case TypeId::timestamp_ntz: return int_value(zoned ? to_utc(c.cx.clock.zone, v.i) : v.i);
        case TypeId::float_: case TypeId::double_: return timestamp_from_real(c, v.d, v);
        case TypeId::decimal: {
            const auto micros = rescale(v.dec, c.from.b, 6, Rounding::down);
            return micros ? int_value(static_cast<i64>(*micros)) : null_value();
        }
        case TypeId::boolean: return int_value(v.i);
        default: {
            i64 micros = 0;
            if (__builtin_mul_overflow(v.i, kMicrosPerSecond, &micros)) micros = v.i < 0 ? INT64_MIN : INT64_MAX;
            return int_value(micros);
        }
    }
}

/// `INTERVAL '1' DAY`, the text of an interval itself, as an interval of the type.
std::optional<i64> interval_literal_text(std::string_view text, const DataType& type) {
    const std::size_t open = text.find('\''), close = text.rfind('\'');
    if (open == std::string_view::npos || close <= open) return std::nullopt;
    std::string head(sim::trim_controls(text.substr(0, open))), tail(sim::trim_controls(text.substr(close + 1)));
    for (std::string* s : {&head, &tail})
        for (char& c : *s)
            if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
    const bool minus = head.ends_with('-');
    if (minus) head = std::string(sim::trim_controls(std::string_view(head).substr(0, head.size() - 1)));
    if (head != "INTERVAL" || tail != sql_name(type).substr(9)) return std::nullopt;
    const std::string_view body = text.substr(open + 1, close - open - 1);
    const auto v =
        type.id == TypeId::day_time ? parse_day_time(body, type.a, type.b) : parse_year_month(body, type.a, type.b);
    return v && minus ? std::optional(-*v) : v;
}

Value to_interval(const Caster& c, const Value& v) {
    MR_ASSERT(!v.null);
    const bool day_time = c.to.id == TypeId::day_time;
    if (c.from.id == c.to.id) {
        // What is finer than the last field is cut off.
        static constexpr i64 kField[] = {kMicrosPerDay, kMicrosPerHour, kMicrosPerMinute, 1};
        const i64 unit = day_time ? kField[c.to.b] : c.to.b == 0 ? 12 : 1;
        return int_value(v.i - v.i % unit);
    }
    if (c.from.id == TypeId::string) {
        if (const auto inner = interval_literal_text(v.s, c.to)) return int_value(*inner);
        if (const auto sum = parse_interval(v.s))
            return int_value(day_time ? sum->days * kMicrosPerDay + sum->micros : sum->months);
        const auto n = day_time ? parse_day_time(v.s, c.to.a, c.to.b) : parse_year_month(v.s, c.to.a, c.to.b);
        return n ? int_value(*n) : malformed(c, v, "SparkRuntimeException");
    }
    static constexpr i64 kUnit[] = {kMicrosPerDay, kMicrosPerHour, kMicrosPerMinute, kMicrosPerSecond};
    i64 out = 0;
    if (__builtin_mul_overflow(v.i, day_time ? kUnit[c.to.b] : (c.to.b == 0 ? 12 : 1), &out)) return overflow(c, v, 0);
    return int_value(out);
}

Value to_nested(const Caster& c, const Value& v) {
    MR_ASSERT(!v.null);
    Values items = items_of(v);
    const auto& from = child_fields(c.from);
    const auto& to = child_fields(c.to);
    for (std::size_t i = 0; i < items.size(); ++i) {
        const std::size_t k = c.to.id == TypeId::structure ? i : i % from.size();
        items[i] = cast_value(items[i], from[k].type, to[k].type, c.mode, c.cx, c.at);
    }
    return list_value(std::move(items));
}

std::string whole_bytes(i64 v, TypeId id) {
    const int width = id == TypeId::tinyint ? 1 : id == TypeId::smallint ? 2 : id == TypeId::integer ? 4 : 8;
    std::string out;
    for (int i = width - 1; i >= 0; --i) out += static_cast<char>(static_cast<u64>(v) >> (i * 8));
    return out;
}

}  // namespace

Value cast_value(const Value& v, const DataType& from, const DataType& to, CastMode mode, EvalContext& cx,
                 const Origin& at) {
    if (v.null || from.id == TypeId::void_) return null_value();
    const Caster c{from, to, mode, cx, at};
    switch (to.id) {
        case TypeId::void_: return null_value();
        case TypeId::string: return to_text(c, v);
        case TypeId::binary:
            return from.id == TypeId::string || from.id == TypeId::binary ? v : string_value(whole_bytes(v.i, from.id));
        case TypeId::boolean: return to_boolean(c, v);
        case TypeId::tinyint: case TypeId::smallint: case TypeId::integer: case TypeId::bigint: return to_whole(c, v);
        case TypeId::float_: case TypeId::double_: return to_real(c, v);
        case TypeId::decimal: return to_decimal(c, v);
        case TypeId::date: return from.id == TypeId::date ? v : to_date(c, v);
        case TypeId::timestamp: case TypeId::timestamp_ntz: return to_timestamp(c, v);
        case TypeId::year_month: case TypeId::day_time: return to_interval(c, v);
        case TypeId::calendar: {
            if (from.id == TypeId::calendar) return v;
            const auto sum = parse_interval(v.s);
            return sum ? list_value({int_value(sum->months), int_value(sum->days), int_value(sum->micros)})
                       : null_value();
        }
        case TypeId::array: case TypeId::map: case TypeId::structure: return to_nested(c, v);
    }
    return null_value();
}

namespace {

bool plain_whole(const DataType& t) { return is_integral(t) || t.id == TypeId::boolean; }

/// Casts between whole numbers and doubles that cannot fail, without a visit to each value.
bool fast_cast(const Column& c, const DataType& to, Column& out, CastMode mode) {
    const bool widening = plain_whole(c.type) && is_integral(to) && (c.type.id <= to.id);
    const bool to_real_column = plain_whole(c.type) && to.id == TypeId::double_;
    const bool float_up = c.type.id == TypeId::float_ && to.id == TypeId::double_;
    const bool narrowing = plain_whole(c.type) && is_integral(to) && !mode.ansi && !mode.is_try;
    if (!widening && !to_real_column && !float_up && !narrowing) return false;
    out = c;
    out.type = to;
    if (to_real_column) {
        out.reals.assign(c.ints.begin(), c.ints.end());
        out.ints.clear();
    } else if (narrowing && !widening) {
        for (i64& v : out.ints) v = narrow_whole(v, to.id);
    }
    return true;
}

}  // namespace

Column cast_column(const Column& c, const DataType& to, CastMode mode, EvalContext& cx, const Origin& at) {
    MR_ASSERT(c.size >= 0);
    Column out;
    if (same_type(c.type, to, true) && physical_of(to) != Physical::fields && physical_of(to) != Physical::list) {
        out = c;
        out.type = to;
        return out;
    }
    if (fast_cast(c, to, out, mode)) return out;
    Builder builder(to, c.stored());
    for (i64 i = 0; i < c.stored() && cx.ok(); ++i) builder.add(cast_value(get(c, i), c.type, to, mode, cx, at));
    while (builder.column.size < c.stored()) builder.add_null();
    out = builder.finish();
    out.constant = c.constant;
    out.size = c.size;
    return out;
}

}  // namespace engine::spark
