// Timestamps: the present, patterns, epoch numbers, zones, construction, intervals.
#include <fmt/format.h>

#include <cmath>

#include "engine/plan/cast.h"
#include "engine/plan/coerce.h"
#include "engine/plan/fn_table.h"
#include "engine/plan/print.h"
#include "engine/plan/time_pattern.h"
#include "engine/sql/decimal.h"
#include "engine/sql/interval.h"
#include "engine/sql/zone.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

Value current_timestamp(const Call& c) { return int_value(c.cx.clock.now); }
Value current_date(const Call& c) {
    return int_value(floor_div(to_local(c.cx.clock.zone, c.cx.clock.now), kMicrosPerDay));
}
Value local_timestamp(const Call& c) { return int_value(to_local(c.cx.clock.zone, c.cx.clock.now)); }
Value current_timezone(const Call& c) { return string_value(c.cx.clock.zone); }

/// A pattern Spark refuses fails the statement; whether with the upgrade notice depends on the old formatter.
bool usable(const Call& c, const TimePattern& p, const std::string& text) {
    if (p.error.empty()) return true;
    if (!p.legacy_knows) {
        QueryError error = illegal_argument(p.error);
        error.on_driver = is_literal(c.e.args[1]);
        c.cx.failure.set(std::move(error));
        return false;
    }
    QueryError error = run_error(
        "SparkUpgradeException", "INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_PATTERN_RECOGNITION",
        fmt::format(
            "You may get a different result due to the upgrading to Spark >= 3.0:\nFail to recognize {} pattern in the "
            "DateTimeFormatter. 1) You can set \"spark.sql.legacy.timeParserPolicy\" to \"LEGACY\" to "
            "restore the behavior before Spark 3.0. 2) You can form a valid datetime pattern with the guide from "
            "'https://spark.apache.org/docs/latest/sql-ref-datetime-pattern.html'.",
            sql_quoted(text)),
        {});
    error.on_driver = is_literal(c.e.args[1]);
    c.cx.failure.set(std::move(error));
    return false;
}

Value date_format(const Call& c) {
    MR_ASSERT(c.args.size() > 1);
    const TimePattern p = parse_pattern(c.args[1].s, false);
    if (!usable(c, p, c.args[1].s)) return null_value();
    const i64 v = c.args[0].i;
    const i64 local = c.type(0).id == TypeId::timestamp ? to_local(c.cx.clock.zone, v) : v;
    return string_value(format_time(p, local, c.cx.clock.zone, v));
}

/// Text by a pattern as UTC microseconds (local if not zoned); null or a refusal where it does not fit.
Value read_time(const Call& c, const std::string& text, const std::string& pattern, bool zoned, bool tries) {
    const TimePattern p = parse_pattern(pattern, true);
    if (!usable(c, p, pattern)) return null_value();
    ParseFailure failure;
    const auto out = parse_time(p, text, failure);
    if (out) {
        if (!zoned) return int_value(out->local_micros);
        return int_value(to_utc(out->zone.empty() ? c.cx.clock.zone : out->zone, out->local_micros));
    }
    if (tries) return null_value();
    if (failure.legacy_accepts) {
        return c.fail("SparkUpgradeException", "INCONSISTENT_BEHAVIOR_CROSS_VERSION.PARSE_DATETIME_BY_NEW_PARSER",
                      fmt::format("You may get a different result due to the upgrading to Spark >= 3.0:\nFail to parse "
                                  "'{}' in the new parser. You can set \"spark.sql.legacy.timeParserPolicy\" to "
                                  "\"LEGACY\" to restore the behavior before "
                                  "Spark 3.0, or set to \"CORRECTED\" and treat it as an invalid datetime string.",
                                  text),
                      false);
    }
    if (!c.cx.ansi) return null_value();
    return c.fail("DateTimeException", "CANNOT_PARSE_TIMESTAMP",
                  failure.reason + ". If necessary set \"spark.sql.ansi.enabled\" to \"false\" to bypass this error.",
                  false);
}

Value by_cast(const Call& c, const DataType& to, bool tries) {
    MR_ASSERT(c.args.size() > 0);
    return cast_value(c.args[0], c.type(0), to, {c.cx.ansi, tries}, c.cx, {});
}

bool tries(const Call& c) { return std::string_view(c.e.fn->name).starts_with("try_"); }

Value to_timestamp(const Call& c) {
    MR_ASSERT(c.args.size() == c.e.args.size());
    if (c.args.size() == 1 || c.type(0).id != TypeId::string) return by_cast(c, c.e.type, tries(c));
    return read_time(c, c.args[0].s, c.args[1].s, c.e.type.id == TypeId::timestamp, tries(c));
}

Value to_date(const Call& c) {
    MR_ASSERT(c.args.size() == c.e.args.size());
    if (c.args.size() == 1 || c.type(0).id != TypeId::string) return by_cast(c, type_of(TypeId::date), false);
    const Value v = read_time(c, c.args[0].s, c.args[1].s, true, false);
    return v.null ? v : int_value(floor_div(to_local(c.cx.clock.zone, v.i), kMicrosPerDay));
}

bool type_to_time(Typing& t) {
    MR_ASSERT(t.e.fn != nullptr);
    const bool try_one = std::string_view(t.e.fn->name).starts_with("try_");
    Exprs& a = t.e.args;
    if (!is_datetime(a[0]->type) &&
        !(is_numeric(a[0]->type) && a.size() == 1 && std::string_view(t.e.fn->name) != "to_date") &&
        !coerce_to(a[0], "S", t.ansi))
        return coerce_arguments(t);
    if (is_numeric(a[0]->type) && std::string_view(t.e.fn->name) == "to_date")
        return t.refuse("CAST_WITHOUT_SUGGESTION",
                        fmt::format("cannot cast \"{}\" to \"DATE\".", sql_name(a[0]->type)));
    if (a.size() > 1 && !coerce_to(a[1], "S", t.ansi)) return coerce_arguments(t);
    t.e.type = type_of(t.e.fn->result[0] == 'd'   ? TypeId::date
                       : t.e.fn->result[0] == 'U' ? TypeId::timestamp_ntz
                                                  : TypeId::timestamp);
    const bool pattern = a.size() > 1;
    const bool lossy = a[0]->type.id == TypeId::string || number_rank(a[0]->type.id) >= number_rank(TypeId::float_);
    t.e.nullable = nullable_by_args(a) || try_one || (pattern ? !t.ansi : lossy);
    return true;
}

bool type_unix(Typing& t) {
    MR_ASSERT(t.e.fn != nullptr);
    Exprs& a = t.e.args;
    const bool to_unix = std::string_view(t.e.fn->name) == "to_unix_timestamp";
    if (a.empty() && !to_unix) a.push_back(operation("current_timestamp", {}));
    if (!a.empty() && !a[0]->resolved) {
        Expr now;
        now.kind = ExprKind::call;
        now.name = "current_timestamp";
        now.fn = find_function("current_timestamp");
        now.type = type_of(TypeId::timestamp);
        now.nullable = false;
        now.resolved = true;
        a[0] = make(std::move(now));
    }
    if (a.size() == 1) a.push_back(string_literal("yyyy-MM-dd HH:mm:ss"));
    if (!coerce_arguments(t)) return false;
    t.e.type = type_of(TypeId::bigint);
    t.e.nullable = !t.ansi || nullable_by_args(a);
    return true;
}

Value unix_timestamp(const Call& c) {
    MR_ASSERT(c.args.size() > 1);
    i64 micros = c.args[0].i;
    if (c.type(0).id == TypeId::date) micros = to_utc(c.cx.clock.zone, micros * kMicrosPerDay);
    else if (c.type(0).id == TypeId::timestamp_ntz) micros = to_utc(c.cx.clock.zone, micros);
    else if (c.type(0).id == TypeId::string) {
        const Value v = read_time(c, c.args[0].s, c.args[1].s, true, false);
        if (v.null) return v;
        micros = v.i;
    }
    return int_value(floor_div(micros, kMicrosPerSecond));
}

Value from_unixtime(const Call& c) {
    MR_ASSERT(c.args.size() > 1);
    const TimePattern p = parse_pattern(c.args[1].s, false);
    if (!usable(c, p, c.args[1].s)) return null_value();
    const i64 utc = c.args[0].i * kMicrosPerSecond;
    return string_value(format_time(p, to_local(c.cx.clock.zone, utc), c.cx.clock.zone, utc));
}

bool type_epoch(Typing& t) {
    MR_ASSERT(t.e.args.size() > 0);
    if (!coerce_arguments(t)) return false;
    t.e.type = type_of(TypeId::timestamp);
    t.e.nullable =
        t.e.args[0]->nullable || t.e.args[0]->type.id == TypeId::double_ || t.e.args[0]->type.id == TypeId::float_;
    return true;
}

Value timestamp_seconds(const Call& c) {
    MR_ASSERT(c.args.size() > 0);
    if (physical_of(c.type(0)) == Physical::reals) {
        if (std::isnan(c.args[0].d) || std::isinf(c.args[0].d)) return null_value();
        return int_value(narrow_real(c.args[0].d * 1e6, TypeId::bigint));
    }
    if (c.type(0).id == TypeId::decimal) {
        const auto v = rescale(c.args[0].dec, c.type(0).b, 6, Rounding::down);
        return v ? int_value(static_cast<i64>(*v)) : null_value();
    }
    i64 out = 0;
    if (__builtin_mul_overflow(c.args[0].i, kMicrosPerSecond, &out)) {
        QueryError error{"ArithmeticException", "java.lang.ArithmeticException", "", "", "long overflow"};
        c.cx.failure.set(std::move(error));
        return null_value();
    }
    return int_value(out);
}

Value timestamp_millis(const Call& c) {
    MR_ASSERT(c.args.size() > 0);
    i64 out = 0;
    if (!__builtin_mul_overflow(c.args[0].i, 1000, &out)) return int_value(out);
    QueryError error{"ArithmeticException", "java.lang.ArithmeticException", "", "", "long overflow"};
    c.cx.failure.set(std::move(error));
    return null_value();
}
Value timestamp_micros(const Call& c) {
    MR_ASSERT(c.args.size() > 0);
    return c.args[0];
}
Value unix_seconds(const Call& c) {
    MR_ASSERT(c.args.size() > 0);
    return int_value(floor_div(c.args[0].i, kMicrosPerSecond));
}
Value unix_millis(const Call& c) {
    MR_ASSERT(c.args.size() > 0);
    return int_value(floor_div(c.args[0].i, 1000));
}
Value unix_micros(const Call& c) {
    MR_ASSERT(c.args.size() > 0);
    return c.args[0];
}

bool zone_ok(const Call& c, const std::string& zone) {
    if (known_zone(zone)) return true;
    const bool offset = !zone.empty() && (zone[0] == '+' || zone[0] == '-');
    QueryError error{"DateTimeException", offset ? "java.time.DateTimeException" : "java.time.zone.ZoneRulesException",
                     "", "",
                     offset ? fmt::format("Invalid ID for ZoneOffset, invalid format: {}", zone)
                            : fmt::format("Unknown time-zone ID: {}", zone)};
    c.cx.failure.set(std::move(error));
    return false;
}

Value from_utc(const Call& c) {
    MR_ASSERT(c.args.size() > 1);
    return zone_ok(c, c.args[1].s)
               ? int_value(to_utc(c.cx.clock.zone, to_local(c.args[1].s, to_local("UTC", c.args[0].i))))
               : null_value();
}
Value to_utc_(const Call& c) {
    MR_ASSERT(c.args.size() > 1);
    return zone_ok(c, c.args[1].s) ? int_value(to_utc(c.args[1].s, to_local(c.cx.clock.zone, c.args[0].i)))
                                   : null_value();
}

Value convert_timezone(const Call& c) {
    MR_ASSERT(c.args.size() > 2);
    if (!zone_ok(c, c.args[0].s) || !zone_ok(c, c.args[1].s)) return null_value();
    return int_value(to_local(c.args[1].s, to_utc(c.args[0].s, c.args[2].i)));
}

bool type_convert_timezone(Typing& t) {
    MR_ASSERT(t.e.fn != nullptr);
    if (t.e.args.size() == 2) t.e.args.insert(t.e.args.begin(), [&] {
        Expr e;
        e.kind = ExprKind::call;
        e.name = "current_timezone";
        e.fn = find_function("current_timezone");
        e.type = type_of(TypeId::string);
        e.nullable = false;
        e.resolved = true;
        return make(std::move(e));
    }());
    if (!coerce_to(t.e.args[0], "S", t.ansi) || !coerce_to(t.e.args[1], "S", t.ansi) ||
        !coerce_to(t.e.args[2], "U", t.ansi))
        return coerce_arguments(t);
    t.e.type = type_of(TypeId::timestamp_ntz);
    t.e.nullable = nullable_by_args(t.e.args);
    return true;
}

Value refuse_time(const Call& c, const std::string& why) {
    if (!c.cx.ansi || tries(c)) return null_value();
    return c.fail("DateTimeException", "_LEGACY_ERROR_TEMP_2000",
                  fmt::format("{}. If necessary set \"spark.sql.ansi.enabled\" to false to bypass this error.", why),
                  false);
}

Value make_timestamp(const Call& c) {
    MR_ASSERT(c.args.size() == c.e.args.size());
    const i64 y = c.args[0].i, mo = c.args[1].i, d = c.args[2].i, h = c.args[3].i, mi = c.args[4].i;
    i64 us = static_cast<i64>(c.args[5].dec);
    if (mo < 1 || mo > 12)
        return refuse_time(c, fmt::format("Invalid value for MonthOfYear (valid values 1 - 12): {}", mo));
    if (d < 1 || d > 31)
        return refuse_time(c, fmt::format("Invalid value for DayOfMonth (valid values 1 - 28/31): {}", d));
    if (!valid_civil(y, static_cast<int>(mo), static_cast<int>(d))) return refuse_time(c, invalid_day_text(y, mo, d));
    if (h < 0 || h > 23) return refuse_time(c, fmt::format("Invalid value for HourOfDay (valid values 0 - 23): {}", h));
    if (mi < 0 || mi > 59)
        return refuse_time(c, fmt::format("Invalid value for MinuteOfHour (valid values 0 - 59): {}", mi));
    if (us > 60 * kMicrosPerSecond && us < 61 * kMicrosPerSecond && c.cx.ansi && !tries(c))
        return c.fail("DateTimeException", "INVALID_FRACTION_OF_SECOND",
                      "The fraction of sec must be zero. Valid range is [0, 60]. If necessary set "
                      "\"spark.sql.ansi.enabled\" to \"false\" to bypass this error.",
                      false);
    if (us > 60 * kMicrosPerSecond || us < 0)
        return refuse_time(
            c, fmt::format("Invalid value for SecondOfMinute (valid values 0 - 59): {}", us / kMicrosPerSecond));
    const i64 local = days_from_civil(y, static_cast<int>(mo), static_cast<int>(d)) * kMicrosPerDay +
                      h * kMicrosPerHour + mi * kMicrosPerMinute + us;
    if (c.e.type.id == TypeId::timestamp_ntz) return int_value(local);
    const std::string zone = c.args.size() > 6 ? c.args[6].s : c.cx.clock.zone;
    return zone_ok(c, zone) ? int_value(to_utc(zone, local)) : null_value();
}

bool type_make_timestamp(Typing& t) {
    MR_ASSERT(t.e.args.size() > 5);
    if (!coerce_arguments(t)) return false;
    t.e.args[5] = implicit(t.e.args[5], decimal_type(16, 6), t.ansi);
    t.e.type = type_of(t.e.fn->result[0] == 'U' ? TypeId::timestamp_ntz : TypeId::timestamp);
    t.e.nullable = !t.ansi || nullable_by_args(t.e.args);
    return true;
}

bool type_make_interval(Typing& t) {
    MR_ASSERT(t.e.fn != nullptr);
    const std::string_view name = t.e.fn->name;
    const std::size_t most = name == "make_interval" ? 7 : name == "make_dt_interval" ? 4 : 2;
    const std::size_t last = name == "make_ym_interval" ? 99 : most - 1;
    for (std::size_t i = t.e.args.size(); i < most; ++i)
        t.e.args.push_back(i == last ? literal(decimal_value(0), decimal_type(i == 6 ? 8 : 8, 6)) : int_literal(0));
    if (!coerce_arguments(t)) return false;
    if (last < most) t.e.args[last] = implicit(t.e.args[last], decimal_type(18, 6), t.ansi);
    t.e.type = name == "make_interval"      ? type_of(TypeId::calendar)
               : name == "make_dt_interval" ? day_time_type(0, 3)
                                            : year_month_type(0, 1);
    t.e.nullable = nullable_by_args(t.e.args) || (name == "make_interval" && !t.ansi);
    return true;
}

Value make_interval(const Call& c) {
    const auto& a = c.args;
    const i64 micros = a[4].i * kMicrosPerHour + a[5].i * kMicrosPerMinute + static_cast<i64>(a[6].dec);
    return list_value({int_value(a[0].i * 12 + a[1].i), int_value(a[2].i * 7 + a[3].i), int_value(micros)});
}

Value make_dt_interval(const Call& c) {
    MR_ASSERT(c.args.size() > 3);
    return int_value(c.args[0].i * kMicrosPerDay + c.args[1].i * kMicrosPerHour + c.args[2].i * kMicrosPerMinute +
                     static_cast<i64>(c.args[3].dec));
}
Value make_ym_interval(const Call& c) {
    MR_ASSERT(c.args.size() > 1);
    return int_value(c.args[0].i * 12 + c.args[1].i);
}

// timestampadd, timestampdiff

i64 unit_micros(const std::string& unit) {
    if (unit == "MICROSECOND") return 1;
    if (unit == "MILLISECOND") return 1000;
    if (unit == "SECOND") return kMicrosPerSecond;
    if (unit == "MINUTE") return kMicrosPerMinute;
    if (unit == "HOUR") return kMicrosPerHour;
    if (unit == "DAY" || unit == "DAYOFYEAR") return kMicrosPerDay;
    return unit == "WEEK" ? 7 * kMicrosPerDay : 0;
}

i64 unit_months(const std::string& unit) { return unit == "MONTH" ? 1 : unit == "QUARTER" ? 3 : 12; }

bool type_timestampadd(Typing& t) {
    MR_ASSERT(t.e.args.size() > 2);
    if (!coerce_to(t.e.args[1], "I", t.ansi) || !coerce_to(t.e.args[2], "T", t.ansi)) return coerce_arguments(t);
    t.e.type = t.e.args[2]->type;
    t.e.nullable = nullable_by_args(t.e.args);
    return true;
}

Value timestampadd(const Call& c) {
    MR_ASSERT(c.args.size() > 2);
    const std::string& unit = c.args[0].s;
    const bool zoned = c.e.type.id == TypeId::timestamp;
    i64 local = zoned ? to_local(c.cx.clock.zone, c.args[2].i) : c.args[2].i;
    if (unit_micros(unit) > 0 && unit_micros(unit) < kMicrosPerDay)
        return int_value(c.args[2].i + c.args[1].i * unit_micros(unit));
    if (unit_micros(unit) > 0) local += c.args[1].i * unit_micros(unit);
    else
        local = add_months(floor_div(local, kMicrosPerDay), c.args[1].i * unit_months(unit)) * kMicrosPerDay +
                floor_mod(local, kMicrosPerDay);
    return int_value(zoned ? to_utc(c.cx.clock.zone, local) : local);
}

i64 whole_months(i64 from, i64 to) {
    const Civil a = civil_from_days(floor_div(from, kMicrosPerDay)), b = civil_from_days(floor_div(to, kMicrosPerDay));
    i64 months = (b.year - a.year) * 12 + b.month - a.month;
    const i64 rest_a = (a.day - 1) * kMicrosPerDay + floor_mod(from, kMicrosPerDay),
              rest_b = (b.day - 1) * kMicrosPerDay + floor_mod(to, kMicrosPerDay);
    if (months > 0 && rest_b < rest_a) --months;
    if (months < 0 && rest_b > rest_a) ++months;
    return months;
}

Value timestampdiff(const Call& c) {
    MR_ASSERT(c.args.size() > 2);
    const i64 a = to_local(c.cx.clock.zone, c.args[1].i), b = to_local(c.cx.clock.zone, c.args[2].i);
    const i64 size = unit_micros(c.args[0].s);
    return int_value(size > 0 ? (b - a) / size : whole_months(a, b) / unit_months(c.args[0].s));
}

Value window_time(const Call& c) {
    MR_ASSERT(c.args.size() > 0);
    return int_value(items_of(c.args[0])[1].i - 1);
}

bool type_window_time(Typing& t) {
    MR_ASSERT(t.e.args.size() > 0);
    const ExprRef& a = t.e.args[0];
    const bool window =
        a->type.id == TypeId::structure && a->type.fields->size() == 2 && timestamp_like((*a->type.fields)[1].type);
    if (!window)
        return t.refuse("UNEXPECTED_INPUT_TYPE",
                        fmt::format("Parameter 1 requires the \"STRUCT\" type, however \"{}\" has the type \"{}\".",
                                    pretty(a), sql_name(a->type)));
    t.e.type = (*a->type.fields)[1].type;
    t.e.nullable = a->nullable || (*a->type.fields)[1].nullable;
    return true;
}

// What the analyser makes of window(): exact numbers of timestamps and back.

Value precise(const Call& c) {
    MR_ASSERT(c.args.size() > 0);
    return c.args[0];
}

bool type_precise(Typing& t) {
    MR_ASSERT(t.e.args.size() > 0);
    t.e.type = t.e.k == 1 ? type_of(TypeId::bigint) : type_of(t.e.k == 2 ? TypeId::timestamp : TypeId::timestamp_ntz);
    t.e.nullable = t.e.args[0]->nullable;
    return true;
}

Column precise_column(const Expr& e, std::vector<Column>& args, i64, EvalContext&) {
    MR_ASSERT(args.size() > 0);
    Column out = args[0];
    out.type = e.type;
    return out;
}

bool type_known(Typing& t) {
    MR_ASSERT(t.e.args.size() > 0);
    t.e.type = t.e.args[0]->type;
    t.e.nullable = std::string_view(t.e.fn->name) == "knownnullable";
    return true;
}

const FunctionInfo kTimeFunctions[] = {
    {"current_timestamp", "", "t", NV, current_timestamp, "The moment the statement began."},
    {"current_date", "", "d", NV, current_date, "The day the statement began."},
    {"localtimestamp", "", "U", NV, local_timestamp, "The moment the statement began, without zone."},
    {"current_timezone", "", "S", NV, current_timezone, "The session's time zone."},
    {"date_format", "t,S", "S", ST, date_format, "A timestamp in a pattern such as yyyy-MM-dd HH:mm."},
    {"to_timestamp", "x,S?", "t", SN, to_timestamp, "A timestamp of text, perhaps by a pattern.", type_to_time},
    {"try_to_timestamp", "x,S?", "t", SN, to_timestamp, "to_timestamp, null where it does not fit.", type_to_time},
    {"to_timestamp_ltz", "x,S?", "t", SN, to_timestamp, "A timestamp of text, in the session's zone.", type_to_time},
    {"to_timestamp_ntz", "x,S?", "U", SN, to_timestamp, "A timestamp without zone of text.", type_to_time},
    {"to_date", "x,S?", "d", SN, to_date, "A date of text, perhaps by a pattern.", type_to_time},
    {"unix_timestamp", "S|d|T?,S?", "L", SN, unix_timestamp, "Seconds since 1970 of a moment or text.", type_unix},
    {"to_unix_timestamp", "S|d|T,S?", "L", SN, unix_timestamp, "Seconds since 1970 of a moment or text.", type_unix},
    {"from_unixtime", "L,S=yyyy-MM-dd HH:mm:ss", "S", SN, from_unixtime, "Text of seconds since 1970."},
    {"timestamp_seconds", "n!", "", SN, timestamp_seconds, "The moment seconds after 1970.", type_epoch},
    {"timestamp_millis", "i!", "", ST, timestamp_millis, "The moment milliseconds after 1970.", type_epoch},
    {"timestamp_micros", "i!", "", ST, timestamp_micros, "The moment microseconds after 1970.", type_epoch},
    {"unix_seconds", "t!", "L", ST, unix_seconds, "Seconds since 1970."},
    {"unix_millis", "t!", "L", ST, unix_millis, "Milliseconds since 1970."},
    {"unix_micros", "t!", "L", ST, unix_micros, "Microseconds since 1970."},
    {"from_utc_timestamp", "t,S", "t", ST, from_utc, "A UTC time shown in a zone."},
    {"to_utc_timestamp", "t,S", "t", ST, to_utc_, "A zone's time in UTC."},
    {"convert_timezone", "x,x,x?", "", ST, convert_timezone, "A time without zone moved between zones.",
     type_convert_timezone},
    {"make_timestamp", "I,I,I,I,I,n,S?", "t", SN, make_timestamp, "A timestamp of its parts.", type_make_timestamp},
    {"make_timestamp_ltz", "I,I,I,I,I,n,S?", "t", SN, make_timestamp, "A timestamp of its parts.", type_make_timestamp},
    {"make_timestamp_ntz", "I,I,I,I,I,n", "U", SN, make_timestamp, "A timestamp without zone of its parts.",
     type_make_timestamp},
    {"make_interval", "I?,I?,I?,I?,I?,I?,n?", "c", SN, make_interval, "A calendar interval of its parts.",
     type_make_interval},
    {"make_dt_interval", "I?,I?,I?,n?", "v", SN, make_dt_interval, "A day-time interval of its parts.",
     type_make_interval},
    {"make_ym_interval", "I?,I?", "m", SN, make_ym_interval, "A year-month interval of its parts.", type_make_interval},
    {"timestampadd", "S,I,T", "", ST, timestampadd, "A timestamp units later.", type_timestampadd, nullptr, nullptr, K,
     true, false},
    {"timestampdiff", "S,t,t", "L", ST, timestampdiff, "Whole units between two timestamps."},
    {"window_time", "P", "t", ST, window_time, "The last moment inside a window.", type_window_time},
    {"precisetimestampconversion", "x", "", ST, precise, "A timestamp as its microseconds and back.", type_precise,
     precise_column, nullptr, K, true, true},
    {"knownnullable", "x", "", ST, precise, "The argument, marked nullable.", type_known, precise_column, nullptr, K,
     true, true},
    {"knownnotnull", "x", "", ST, precise, "The argument, marked as never null.", type_known, precise_column, nullptr,
     K, true, true},
};

}  // namespace

std::span<const FunctionInfo> time_functions() { return kTimeFunctions; }

}  // namespace engine::spark
