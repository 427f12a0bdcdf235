// Dates: parts, arithmetic, truncation, construction.
#include <fmt/format.h>

#include "engine/plan/cast.h"
#include "engine/plan/coerce.h"
#include "engine/plan/fn_table.h"
#include "engine/plan/print.h"
#include "engine/plan/time_pattern.h"
#include "engine/sql/interval.h"
#include "engine/sql/zone.h"
#include "sim/base/ascii.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

/// Local microseconds of a date, timestamp or timestamp without zone.
i64 local_of(const Call& c, std::size_t i) {
    switch (c.type(i).id) {
        case TypeId::date: return c.args[i].i * kMicrosPerDay;
        case TypeId::timestamp: return to_local(c.cx.clock.zone, c.args[i].i);
        default: return c.args[i].i;
    }
}

i64 day_of(i64 local) { return floor_div(local, kMicrosPerDay); }
i64 time_of(i64 local) { return floor_mod(local, kMicrosPerDay); }

Value year(const Call& c) {
    MR_ASSERT(c.args.size() > 0);
    return int_value(civil_from_days(c.args[0].i).year);
}
Value quarter(const Call& c) {
    MR_ASSERT(c.args.size() > 0);
    return int_value((civil_from_days(c.args[0].i).month - 1) / 3 + 1);
}
Value month(const Call& c) {
    MR_ASSERT(c.args.size() > 0);
    return int_value(civil_from_days(c.args[0].i).month);
}
Value day(const Call& c) {
    MR_ASSERT(c.args.size() > 0);
    return int_value(civil_from_days(c.args[0].i).day);
}
Value dayofyear(const Call& c) {
    MR_ASSERT(c.args.size() > 0);
    return int_value(day_of_year(c.args[0].i));
}
Value dayofweek(const Call& c) {
    MR_ASSERT(c.args.size() > 0);
    return int_value(iso_weekday(c.args[0].i) % 7 + 1);
}
Value weekday(const Call& c) {
    MR_ASSERT(c.args.size() > 0);
    return int_value(iso_weekday(c.args[0].i) - 1);
}
Value weekofyear(const Call& c) {
    MR_ASSERT(c.args.size() > 0);
    return int_value(iso_week(c.args[0].i));
}
Value hour(const Call& c) {
    MR_ASSERT(c.args.size() > 0);
    return int_value(time_of(local_of(c, 0)) / kMicrosPerHour);
}
Value minute(const Call& c) {
    MR_ASSERT(c.args.size() > 0);
    return int_value(time_of(local_of(c, 0)) / kMicrosPerMinute % 60);
}
Value second(const Call& c) {
    MR_ASSERT(c.args.size() > 0);
    return int_value(time_of(local_of(c, 0)) / kMicrosPerSecond % 60);
}

/// Parts of a date take a timestamp too, in ANSI mode as well.
bool type_part(Typing& t) {
    MR_ASSERT(t.e.args.size() > 0);
    if (t.e.args[0]->type.id == TypeId::timestamp || t.e.args[0]->type.id == TypeId::timestamp_ntz)
        t.e.args[0] = implicit(t.e.args[0], type_of(TypeId::date), t.ansi);
    if (!coerce_arguments(t)) return false;
    t.e.type = type_of(TypeId::integer);
    t.e.nullable = t.e.args[0]->nullable;
    return true;
}

/// date_add and date_sub take whole numbers up to INT only; text that is one counts.
bool type_days(Typing& t) {
    MR_ASSERT(t.e.args.size() > 1);
    ExprRef& days = t.e.args[1];
    const TypeId id = days->type.id;
    if (id == TypeId::void_) days = implicit(days, type_of(TypeId::integer), t.ansi);
    if (id == TypeId::string) {
        // Only without ANSI is a literal read at once.
        if (is_literal(days) && !days->value.null && !t.ansi) {
            const auto n = parse_whole(days->value.s, true);
            if (!n || *n != static_cast<i32>(*n)) {
                t.error_class = "SECOND_FUNCTION_ARGUMENT_NOT_INTEGER";
                t.text = fmt::format("The second argument of {} function needs to be an integer.", t.e.fn->name);
                return false;
            }
            days = int_literal(*n, TypeId::integer, days->at);
        } else {
            days = implicit(days, type_of(TypeId::integer), t.ansi);
        }
    }
    const TypeId now = days->type.id;
    ExprRef& date = t.e.args[0];
    if (timestamp_like(date->type)) date = implicit(date, type_of(TypeId::date), t.ansi);
    if (!coerce_to(date, "d", t.ansi)) return coerce_arguments(t);
    if (now != TypeId::integer && now != TypeId::smallint && now != TypeId::tinyint)
        return t.refuse("UNEXPECTED_INPUT_TYPE", fmt::format("Parameter 2 requires the (\"INT\" or \"SMALLINT\" or "
                                                             "\"TINYINT\") type, however \"{}\" has the type \"{}\".",
                                                             pretty(days), sql_name(days->type)));
    t.e.type = type_of(TypeId::date);
    t.e.nullable = nullable_by_args(t.e.args);
    return true;
}

Value date_add(const Call& c) {
    MR_ASSERT(c.args.size() > 1);
    return int_value(static_cast<i32>(c.args[0].i + c.args[1].i));
}
Value date_sub(const Call& c) {
    MR_ASSERT(c.args.size() > 1);
    return int_value(static_cast<i32>(c.args[0].i - c.args[1].i));
}
Value datediff(const Call& c) {
    MR_ASSERT(c.args.size() > 1);
    return int_value(c.args[0].i - c.args[1].i);
}
Value add_months_(const Call& c) {
    MR_ASSERT(c.args.size() > 1);
    return int_value(add_months(c.args[0].i, c.args[1].i));
}

Value last_day(const Call& c) {
    MR_ASSERT(c.args.size() > 0);
    const Civil d = civil_from_days(c.args[0].i);
    return int_value(days_from_civil(d.year, d.month, days_in_month(d.year, d.month)));
}

Value next_day(const Call& c) {
    MR_ASSERT(c.args.size() > 1);
    const std::string name = sim::upper_ascii(c.args[1].s);
    for (int i = 0; i < 7; ++i) {
        const std::string full = sim::upper_ascii(kDayNames[i]);
        if (name != full && name != full.substr(0, 3) && name != full.substr(0, 2)) continue;
        const i64 ahead = floor_mod(i + 1 - iso_weekday(c.args[0].i) - 1, 7) + 1;
        return int_value(c.args[0].i + ahead);
    }
    if (c.cx.ansi)
        return c.fail("IllegalArgumentException", "_LEGACY_ERROR_TEMP_2000",
                      fmt::format("Illegal input for day of week: {}. If necessary set \"spark.sql.ansi.enabled\" to "
                                  "false to bypass this error.",
                                  c.args[1].s),
                      false);
    return null_value();
}

Value months_between(const Call& c) {
    MR_ASSERT(c.args.size() > 2);
    const i64 a = local_of(c, 0), b = local_of(c, 1);
    const Civil x = civil_from_days(day_of(a)), y = civil_from_days(day_of(b));
    const double months = static_cast<double>((x.year - y.year) * 12 + x.month - y.month);
    const bool last = x.day == days_in_month(x.year, x.month) && y.day == days_in_month(y.year, y.month);
    if (x.day == y.day || last) return real_value(months);
    const double seconds = static_cast<double>((x.day - y.day) * 86400) +
                           static_cast<double>(time_of(a) / kMicrosPerSecond - time_of(b) / kMicrosPerSecond);
    const double out = months + seconds / (31 * 86400.0);
    if (c.args[2].i == 0) return real_value(out);
    return real_value(static_cast<double>(static_cast<i64>(out < 0 ? out * 1e8 - 0.5 : out * 1e8 + 0.5)) / 1e8);
}

/// Start of the unit a local moment lies in; none for an unknown unit. `level`: finest unit allowed.
std::optional<i64> truncated(i64 local, const std::string& unit, bool date_only) {
    const i64 d = day_of(local);
    const Civil c = civil_from_days(d);
    const auto is = [&](std::initializer_list<const char*> names) {
        for (const char* n : names)
            if (unit == n) return true;
        return false;
    };
    if (is({"YEAR", "YYYY", "YY"})) return days_from_civil(c.year, 1, 1) * kMicrosPerDay;
    if (is({"QUARTER"})) return days_from_civil(c.year, (c.month - 1) / 3 * 3 + 1, 1) * kMicrosPerDay;
    if (is({"MONTH", "MON", "MM"})) return days_from_civil(c.year, c.month, 1) * kMicrosPerDay;
    if (is({"WEEK"})) return (d - iso_weekday(d) + 1) * kMicrosPerDay;
    if (date_only) return std::nullopt;
    if (is({"DAY", "DD"})) return d * kMicrosPerDay;
    if (is({"HOUR"})) return local - floor_mod(local, kMicrosPerHour);
    if (is({"MINUTE"})) return local - floor_mod(local, kMicrosPerMinute);
    if (is({"SECOND"})) return local - floor_mod(local, kMicrosPerSecond);
    if (is({"MILLISECOND"})) return local - floor_mod(local, 1000);
    if (is({"MICROSECOND"})) return local;
    return std::nullopt;
}

Value trunc(const Call& c) {
    MR_ASSERT(c.args.size() > 1);
    const auto v = truncated(c.args[0].i * kMicrosPerDay, sim::upper_ascii(c.args[1].s), true);
    return v ? int_value(day_of(*v)) : null_value();
}

Value date_trunc(const Call& c) {
    MR_ASSERT(c.args.size() > 1);
    const auto v = truncated(local_of(c, 1), sim::upper_ascii(c.args[0].s), false);
    if (!v) return null_value();
    return int_value(c.e.type.id == TypeId::timestamp ? to_utc(c.cx.clock.zone, *v) : *v);
}

bool type_date_trunc(Typing& t) {
    MR_ASSERT(t.e.args.size() > 1);
    if (!coerce_arguments(t)) return false;
    t.e.type = t.e.args[1]->type;
    t.e.nullable = true;
    return true;
}

bool type_make_date(Typing& t) {
    MR_ASSERT(t.e.fn != nullptr);
    if (!coerce_arguments(t)) return false;
    t.e.type = type_of(TypeId::date);
    t.e.nullable = !t.ansi || nullable_by_args(t.e.args);
    return true;
}

Value refuse_date(const Call& c, const std::string& why) {
    if (!c.cx.ansi) return null_value();
    return c.fail("DateTimeException", "_LEGACY_ERROR_TEMP_2000",
                  fmt::format("{}. If necessary set \"spark.sql.ansi.enabled\" to false to bypass this error.", why),
                  false);
}

Value make_date(const Call& c) {
    MR_ASSERT(c.args.size() > 2);
    const i64 y = c.args[0].i, m = c.args[1].i, d = c.args[2].i;
    if (m < 1 || m > 12 || d < 1 || d > 31 || !valid_civil(y, static_cast<int>(m), static_cast<int>(d)))
        return refuse_date(c, invalid_day_text(y, m, d));
    return int_value(days_from_civil(y, static_cast<int>(m), static_cast<int>(d)));
}

Value date_from_unix_date(const Call& c) {
    MR_ASSERT(c.args.size() > 0);
    return c.args[0];
}
Value unix_date(const Call& c) {
    MR_ASSERT(c.args.size() > 0);
    return c.args[0];
}

// EXTRACT and date_part become the function of the part.

struct Part {
    std::string_view names;  ///< space-separated
    const char* function;
};

constexpr Part kParts[] = {
    {"YEAR Y YEARS YR YRS", "year"},
    {"YEAROFWEEK", "yearofweek"},
    {"QUARTER QTR", "quarter"},
    {"MONTH MON MONS MONTHS", "month"},
    {"WEEK W WEEKS", "weekofyear"},
    {"DAY D DAYS", "day"},
    {"DAYOFWEEK DOW", "dayofweek"},
    {"DAYOFWEEK_ISO DOW_ISO", "weekday_iso"},
    {"DOY", "dayofyear"},
    {"HOUR H HOURS HR HRS", "hour"},
    {"MINUTE M MIN MINS MINUTES", "minute"},
    {"SECOND S SEC SECONDS SECS", "second_with_fraction"},
};

const char* part_function(const std::string& name) {
    for (const Part& part : kParts) {
        const std::string padded = " " + std::string(part.names) + " ";
        if (padded.find(" " + sim::upper_ascii(name) + " ") != std::string::npos) return part.function;
    }
    return nullptr;
}

bool interval_part(Typing& t, const std::string& unit) {
    MR_ASSERT(t.e.args.size() > 1);
    const DataType& type = t.e.args[1]->type;
    const std::string_view f = unit;
    t.e.nullable = t.e.args[1]->nullable;
    if (type.id == TypeId::year_month) {
        if (f != "year" && f != "month") return false;
        t.e.type = type_of(f == "year" ? TypeId::integer : TypeId::tinyint);
        return true;
    }
    if (f == "day") t.e.type = type_of(TypeId::integer);
    else if (f == "hour" || f == "minute") t.e.type = type_of(TypeId::tinyint);
    else if (f == "second_with_fraction") t.e.type = decimal_type(8, 6);
    else return false;
    return true;
}

bool type_extract(Typing& t) {
    MR_ASSERT(t.e.fn != nullptr);
    Exprs& a = t.e.args;
    const std::string field = a[0]->kind == ExprKind::name ? a[0]->parts.back() : is_literal(a[0]) ? a[0]->value.s : "";
    const char* function = part_function(field);
    const auto refused = [&] {
        t.error_class = "INVALID_EXTRACT_FIELD";
        t.text = fmt::format("Cannot extract `{}` from \"{}\".", field, pretty(a[1]));
        return false;
    };
    if (is_literal(a[0]) && a[0]->value.null) {
        t.e.type = type_of(TypeId::double_);
        t.e.nullable = true;
        return true;
    }
    if (!function) return refused();
    if (is_interval(a[1]->type)) return interval_part(t, function) || refused();
    if (!coerce_to(a[1],
                   std::string_view(function) == "hour" || std::string_view(function) == "minute" ||
                           std::string_view(function) == "second_with_fraction"
                       ? "T"
                       : "d|T",
                   t.ansi))
        return coerce_arguments(t);
    t.e.type = std::string_view(function) == "second_with_fraction" ? decimal_type(8, 6) : type_of(TypeId::integer);
    t.e.nullable = a[1]->nullable;
    return true;
}

Value extract_interval(const Call& c, std::string_view f) {
    MR_ASSERT(c.args.size() > 1);
    const i64 v = c.args[1].i;
    if (f == "year") return int_value(v / 12);
    if (f == "month") return int_value(v % 12);
    if (f == "day") return int_value(v / kMicrosPerDay);
    if (f == "hour") return int_value(v % kMicrosPerDay / kMicrosPerHour);
    if (f == "minute") return int_value(v % kMicrosPerHour / kMicrosPerMinute);
    return decimal_value(v % kMicrosPerMinute);
}

Value extract(const Call& c) {
    MR_ASSERT(c.args.size() > 1);
    const std::string_view f = part_function(c.args[0].s);
    if (is_interval(c.type(1))) return extract_interval(c, f);
    const i64 local = local_of(c, 1), d = day_of(local);
    const Civil v = civil_from_days(d);
    if (f == "year") return int_value(v.year);
    if (f == "yearofweek") return int_value(iso_week_year(d));
    if (f == "quarter") return int_value((v.month - 1) / 3 + 1);
    if (f == "month") return int_value(v.month);
    if (f == "weekofyear") return int_value(iso_week(d));
    if (f == "day") return int_value(v.day);
    if (f == "dayofweek") return int_value(iso_weekday(d) % 7 + 1);
    if (f == "weekday_iso") return int_value(iso_weekday(d));
    if (f == "dayofyear") return int_value(day_of_year(d));
    if (f == "hour") return int_value(time_of(local) / kMicrosPerHour);
    if (f == "minute") return int_value(time_of(local) / kMicrosPerMinute % 60);
    return decimal_value(time_of(local) % kMicrosPerMinute);
}

const FunctionInfo kDateFunctions[] = {
    {"year", "d", "I", ST, year, "Year of a date.", type_part},
    {"quarter", "d", "I", ST, quarter, "Quarter of the year, 1 to 4.", type_part},
    {"month", "d", "I", ST, month, "Month, 1 to 12.", type_part},
    {"day", "d", "I", ST, day, "Day of the month.", type_part},
    {"dayofyear", "d", "I", ST, dayofyear, "Day of the year.", type_part},
    {"dayofweek", "d", "I", ST, dayofweek, "Day of the week, Sunday 1.", type_part},
    {"weekday", "d", "I", ST, weekday, "Day of the week, Monday 0.", type_part},
    {"weekofyear", "d", "I", ST, weekofyear, "ISO week of the year.", type_part},
    {"hour", "T", "I", ST, hour, "Hour of the day."},
    {"minute", "T", "I", ST, minute, "Minute of the hour."},
    {"second", "T", "I", ST, second, "Second of the minute."},
    {"date_add", "d,I|H|Y", "d", ST, date_add, "A date days later.", type_days},
    {"date_sub", "d,I|H|Y", "d", ST, date_sub, "A date days earlier.", type_days},
    {"datediff", "d,d", "I", ST, datediff, "Days from the second date to the first."},
    {"add_months", "d,I", "d", ST, add_months_, "A date months later, clipped to the month's length."},
    {"last_day", "d", "d", ST, last_day, "Last day of the month."},
    {"next_day", "d,S", "d", SN, next_day, "First later date on a day of the week."},
    {"months_between", "t,t,Z=true", "D", ST, months_between, "Months between two moments, fractional."},
    {"trunc", "d,S", "d", SN, trunc, "Start of the year, quarter, month or week of a date."},
    {"date_trunc", "S,T", "", SN, date_trunc, "Start of the unit a timestamp lies in.", type_date_trunc},
    {"make_date", "I,I,I", "", SN, make_date, "A date of year, month and day.", type_make_date},
    {"date_from_unix_date", "I", "d", ST, date_from_unix_date, "The date days after 1970-01-01."},
    {"unix_date", "d!", "I", ST, unix_date, "Days since 1970-01-01."},
    {"extract", "x,x", "", ST, extract, "A part of a date, timestamp or interval.", type_extract},
    {"date_part", "x,x", "", ST, extract, "A part of a date, timestamp or interval.", type_extract},
};

}  // namespace

std::span<const FunctionInfo> date_functions() { return kDateFunctions; }

}  // namespace engine::spark
