// What the arithmetic signs mean on dates, timestamps and intervals.
#include <fmt/format.h>

#include "engine/plan/arithmetic.h"
#include "engine/plan/cast.h"
#include "engine/plan/coerce.h"
#include "engine/plan/fn_table.h"
#include "engine/plan/print.h"
#include "engine/sql/decimal.h"
#include "engine/sql/interval.h"
#include "engine/sql/zone.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

// What the signs mean on dates, timestamps and intervals.

i64 sign_of(const Call& c) { return c.e.name == "-" || c.e.name == "try_subtract" ? -1 : 1; }

Value date_plus_months(const Call& c) {
    MR_ASSERT(c.args.size() > 1);
    return int_value(add_months(c.args[0].i, sign_of(c) * c.args[1].i));
}
Value date_plus_days(const Call& c) {
    MR_ASSERT(c.args.size() > 1);
    return int_value(c.args[0].i + sign_of(c) * (c.args[1].i / kMicrosPerDay));
}

/// A timestamp moved by months and days of the calendar, then by microseconds.
i64 moved(i64 at, const DataType& type, i64 months, i64 days, i64 micros, EvalContext& cx) {
    if (cx.bug == SqlBug::day_is_24_hours && months == 0) return at + days * kMicrosPerDay + micros;
    if (months == 0 && days == 0) return at + micros;
    const bool zoned = type.id == TypeId::timestamp;
    i64 local = zoned ? to_local(cx.clock.zone, at) : at;
    const i64 day = floor_div(local, kMicrosPerDay);
    local = (add_months(day, months) + days) * kMicrosPerDay + (local - day * kMicrosPerDay);
    return (zoned ? to_utc(cx.clock.zone, local) : local) + micros;
}

Value shifted(const Call& c, i64 months, i64 days, i64 micros) {
    MR_ASSERT(c.args.size() > 0);
    return int_value(moved(c.args[0].i, c.type(0), months, days, micros, c.cx));
}

Value timestamp_plus_months(const Call& c) {
    MR_ASSERT(c.args.size() > 1);
    return shifted(c, sign_of(c) * c.args[1].i, 0, 0);
}
Column timestamp_plus(const Expr& e, std::vector<Column>& args, i64 rows, EvalContext& cx) {
    MR_ASSERT(args.size() == 2);
    const Column &time = args[0], &span = args[1];
    const i64 sign = e.name == "-" || e.name == "try_subtract" ? -1 : 1;
    const bool constant = time.constant && span.constant;
    Column out = sized_column(e.type, constant ? std::min<i64>(rows, 1) : rows);
    const bool nulls = !time.no_nulls() || !span.no_nulls();
    if (nulls) out.nulls.assign(out.ints.size(), 0);
    for (i64 i = 0; i < out.size; ++i) {
        const auto at = static_cast<std::size_t>(i);
        if (nulls && (time.null(i) || span.null(i))) {
            out.nulls[at] = 1;
            continue;
        }
        // Whole days are days of the calendar, 24 hours among them.
        const i64 by = sign * span.ints[span.at(i)];
        out.ints[at] = moved(time.ints[time.at(i)], time.type, 0, by / kMicrosPerDay, by % kMicrosPerDay, cx);
    }
    out.constant = constant;
    out.size = rows;
    return out;
}

Value timestamp_plus_calendar(const Call& c) {
    MR_ASSERT(c.args.size() > 1);
    const Values& v = items_of(c.args[1]);
    return shifted(c, sign_of(c) * v[0].i, sign_of(c) * v[1].i, sign_of(c) * v[2].i);
}

Value subtract_dates(const Call& c) {
    MR_ASSERT(c.args.size() > 1);
    return int_value((c.args[0].i - c.args[1].i) * kMicrosPerDay);
}
Value subtract_timestamps(const Call& c) {
    MR_ASSERT(c.args.size() > 1);
    return int_value(c.args[0].i - c.args[1].i);
}

bool type_subtract_dates(Typing& t) {
    MR_ASSERT(t.e.fn != nullptr);
    if (!coerce_arguments(t)) return false;
    t.e.type = day_time_type(0, 0);
    t.e.nullable = nullable_by_args(t.e.args);
    return true;
}

bool type_subtract_timestamps(Typing& t) {
    MR_ASSERT(t.e.args.size() > 1);
    for (ExprRef& arg : t.e.args)
        if (!timestamp_like(arg->type)) {
            if (!coerce_to(arg, "T", t.ansi)) return coerce_arguments(t);
        }
    if (t.e.args[0]->type.id != t.e.args[1]->type.id)
        for (ExprRef& arg : t.e.args) arg = implicit(arg, type_of(TypeId::timestamp), t.ansi);
    t.e.type = day_time_type(0, 3);
    t.e.nullable = nullable_by_args(t.e.args);
    return true;
}

bool type_timestamp_plus(Typing& t) {
    MR_ASSERT(t.e.args.size() > 0);
    if (!timestamp_like(t.e.args[0]->type))
        return t.refuse("UNEXPECTED_INPUT_TYPE",
                        fmt::format("Parameter 1 requires the {} type, however \"{}\" has the type \"{}\".",
                                    code_names("T"), pretty(t.e.args[0]), sql_name(t.e.args[0]->type)));
    t.e.type = t.e.args[0]->type;
    t.e.nullable = nullable_by_args(t.e.args);
    return true;
}

bool type_intervals_sum(Typing& t) {
    MR_ASSERT(t.e.args.size() > 1);
    const auto common = tightest_common_type(t.e.args[0]->type, t.e.args[1]->type);
    MR_ASSERT(common.has_value());
    for (ExprRef& arg : t.e.args) arg = implicit(arg, *common, t.ansi);
    t.e.type = *common;
    t.e.nullable = nullable_by_args(t.e.args);
    return true;
}

Value intervals_sum(const Call& c) {
    MR_ASSERT(c.args.size() > 1);
    i64 out = 0;
    if (__builtin_add_overflow(c.args[0].i, sign_of(c) * c.args[1].i, &out))
        return c.fail("ArithmeticException", "INTERVAL_ARITHMETIC_OVERFLOW",
                      "long overflow. Use \"try_add\" to tolerate overflow and return NULL instead.");
    return int_value(out);
}

bool type_interval_scaled(Typing& t) {
    MR_ASSERT(t.e.args.size() > 1);
    if (!coerce_to(t.e.args[1], "n", t.ansi)) return coerce_arguments(t);
    t.e.type = t.e.args[0]->type.id == TypeId::day_time ? day_time_type(0, 3) : year_month_type(0, 1);
    t.e.nullable = nullable_by_args(t.e.args);
    return true;
}

i64 half_up(double v) { return static_cast<i64>(v < 0 ? v - 0.5 : v + 0.5); }

Value interval_times(const Call& c) {
    MR_ASSERT(c.args.size() > 1);
    if (is_integral(c.type(1))) {
        i64 out = 0;
        if (__builtin_mul_overflow(c.args[0].i, c.args[1].i, &out))
            return c.fail("ArithmeticException", "INTERVAL_ARITHMETIC_OVERFLOW", "long overflow.");
        return int_value(out);
    }
    if (c.type(1).id == TypeId::decimal) {
        const auto v = multiply(c.args[0].i, c.args[1].dec, c.type(1).b, 0);
        return v ? int_value(static_cast<i64>(*v)) : null_value();
    }
    return int_value(half_up(static_cast<double>(c.args[0].i) * number_of(c.args[1], c.type(1))));
}

Value interval_divided(const Call& c) {
    MR_ASSERT(c.args.size() > 1);
    if (number_of(c.args[1], c.type(1)) == 0)
        return c.fail("ArithmeticException", "INTERVAL_DIVIDED_BY_ZERO",
                      "Division by zero. Use `try_divide` to tolerate divisor being 0 and return NULL instead.");
    if (is_integral(c.type(1))) {
        const auto v = divide(c.args[0].i, 0, c.args[1].i, 0, 0);
        return v ? int_value(static_cast<i64>(*v)) : null_value();
    }
    return int_value(half_up(static_cast<double>(c.args[0].i) / number_of(c.args[1], c.type(1))));
}

const FunctionInfo kIntervalFunctions[] = {
    {"date_plus_months", "d,m", "d", NullRule::strict, date_plus_months, "A date moved by months.", nullptr, nullptr,
     nullptr, K, true, true},
    {"date_plus_days", "d,v", "d", NullRule::strict, date_plus_days, "A date moved by days.", nullptr, nullptr, nullptr,
     K, true, true},
    {"timestamp_plus_months", "T,m", "=0", NullRule::strict, timestamp_plus_months, "A timestamp moved by months.",
     type_timestamp_plus, nullptr, nullptr, K, true, true},
    {"timestamp_plus", "T,v", "=0", NullRule::strict, nullptr, "A timestamp moved by a span.", type_timestamp_plus,
     timestamp_plus, nullptr, K, true, true},
    {"timestamp_plus_calendar", "T,c", "=0", NullRule::strict, timestamp_plus_calendar,
     "A timestamp moved by a calendar interval.", type_timestamp_plus, nullptr, nullptr, K, true, true},
    {"subtract_dates", "d,d", "v", NullRule::strict, subtract_dates, "Days between two dates.", type_subtract_dates,
     nullptr, nullptr, K, true, true},
    {"subtract_timestamps", "T,T", "v", NullRule::strict, subtract_timestamps, "The span between two timestamps.",
     type_subtract_timestamps, nullptr, nullptr, K, true, true},
    {"intervals_sum", "x,x", "=0", NullRule::strict, intervals_sum, "Sum of two intervals.", type_intervals_sum,
     nullptr, nullptr, K, true, true},
    {"interval_times", "x,n", "=0", NullRule::strict, interval_times, "An interval times a number.",
     type_interval_scaled, nullptr, nullptr, K, true, true},
    {"interval_divided", "x,n", "=0", NullRule::strict_null, interval_divided, "An interval divided by a number.",
     type_interval_scaled, nullptr, nullptr, K, true, true},
};

}  // namespace

std::span<const FunctionInfo> interval_functions() { return kIntervalFunctions; }

}  // namespace engine::spark
