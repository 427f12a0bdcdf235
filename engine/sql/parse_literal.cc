// Literals: numbers with their suffixes, strings, typed literals (DATE'..') and intervals.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>

#include "engine/sql/calendar.h"
#include "engine/sql/decimal.h"
#include "engine/sql/interval.h"
#include "engine/sql/parser_state.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

struct Suffix {
    std::string_view text;
    TypeId id;
    std::string_view name;
    std::string_view least;
    std::string_view most;
};

constexpr Suffix kSuffixes[] = {
    {"BD", TypeId::decimal, "decimal", "", ""},
    {"L", TypeId::bigint, "bigint", "-9223372036854775808", "9223372036854775807"},
    {"S", TypeId::smallint, "smallint", "-32768", "32767"},
    {"Y", TypeId::tinyint, "tinyint", "-128", "127"},
    {"F", TypeId::float_, "float", "-3.4028234663852886E+38", "3.4028234663852886E+38"},
    {"D", TypeId::double_, "double", "-1.7976931348623157E+308", "1.7976931348623157E+308"},
};

const Suffix* suffix_of(const std::string& digits) {
    for (const Suffix& suffix : kSuffixes) {
        if (digits.size() <= suffix.text.size()) continue;
        std::string tail = digits.substr(digits.size() - suffix.text.size());
        for (char& c : tail) c = static_cast<char>(c & ~32);
        if (tail == suffix.text) return &suffix;
    }
    return nullptr;
}

void out_of_range(Parser& p, const std::string& shown, const Suffix& type, u32 first) {
    MR_ASSERT(first < p.tokens.size());
    p.fail("INVALID_NUMERIC_LITERAL_RANGE",
           fmt::format("Numeric literal {} is outside the valid range for {} with minimum value of {} and maximum "
                       "value of {}. Please adjust the value accordingly.",
                       shown, type.name, type.least, type.most),
           p.from(first));
}

/// `marked`: a number that says of itself that it is a decimal; what is wrong with it is a fault of the text.
ExprRef decimal_literal(Parser& p, const std::string& text, const Origin& at, bool marked) {
    const auto parsed = parse_decimal(text);
    if (!parsed) {
        p.fail_here();
        return null_literal();
    }
    const i64 scale = std::max<i64>(parsed->scale, 0);
    const i64 digits = static_cast<i64>(std::max<std::size_t>(parsed->digits.size(), 1)) +
                       (parsed->scale < 0 && !parsed->digits.empty() ? -parsed->scale : 0);
    const i64 precision = std::max(digits, scale);
    if (precision > kMaxPrecision) {
        const std::string text_of = fmt::format(
            "[DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION] Decimal precision {} exceeds max precision 38.", precision);
        if (marked) p.failure.set(parse_error("_LEGACY_ERROR_TEMP_0061", text_of + ".", at));
        else
            p.failure.set({"ArithmeticException", "org.apache.spark.SparkArithmeticException",
                           "DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION", "22003", text_of});
        p.at = static_cast<u32>(p.tokens.size() - 1);
        return null_literal();
    }
    const auto v = to_unscaled(*parsed, static_cast<int>(scale));
    return literal(decimal_value(v.value_or(0)), decimal_type(static_cast<int>(precision), static_cast<int>(scale)),
                   at);
}

ExprRef real_literal(Parser& p, const std::string& body, const std::string& shown, const Suffix& type, u32 first,
                     const Origin& at) {
    MR_ASSERT(first < p.tokens.size());
    double v = 0;
    const auto [end, error] = std::from_chars(body.data(), body.data() + body.size(), v);
    const bool single = type.id == TypeId::float_;
    if (error == std::errc::result_out_of_range && body.find("e-") == std::string::npos &&
        body.find("E-") == std::string::npos)
        out_of_range(p, shown, type, first);
    if (single && std::fabs(v) > 3.4028234663852886E38) out_of_range(p, shown, type, first);
    return literal(real_value(single ? static_cast<double>(static_cast<float>(v)) : v), type_of(type.id), at);
}

}  // namespace

ExprRef Parser::number(bool negative, u32 first) {
    MR_ASSERT(at < tokens.size());
    const std::string token = next().text;
    const Origin origin = from(first);
    const std::string shown = (negative ? "-" : "") + token;
    if (const Suffix* suffix = suffix_of(token)) {
        std::string body = shown.substr(0, shown.size() - suffix->text.size());
        if (suffix->id == TypeId::decimal) return decimal_literal(*this, body, origin, true);
        if (suffix->id == TypeId::float_ || suffix->id == TypeId::double_)
            return real_literal(*this, body, body, *suffix, first, origin);
        i64 v = 0;
        const auto [end, error] = std::from_chars(body.data(), body.data() + body.size(), v);
        const bool fits_type = suffix->id == TypeId::bigint ||
                               (suffix->id == TypeId::smallint ? v >= -32768 && v <= 32767 : v >= -128 && v <= 127);
        if (error != std::errc{} || !fits_type) out_of_range(*this, body, *suffix, first);
        return int_literal(v, suffix->id, origin);
    }
    if (token.find_first_of("eE") != std::string::npos)
        return real_literal(*this, shown, shown, kSuffixes[5], first, origin);
    if (token.find('.') != std::string::npos) return decimal_literal(*this, shown, origin, false);
    i64 v = 0;
    const auto [end, error] = std::from_chars(shown.data(), shown.data() + shown.size(), v);
    if (error != std::errc{}) return decimal_literal(*this, shown, origin, false);
    return int_literal(v, v >= INT32_MIN && v <= INT32_MAX ? TypeId::integer : TypeId::bigint, origin);
}

ExprRef Parser::string_run() {
    MR_ASSERT(at < tokens.size());
    const u32 first = at;
    std::string body;
    while (peek().kind == TokenKind::string) body += next().text;
    return string_literal(std::move(body), from(first));
}

namespace {

std::optional<std::string> hex_bytes(std::string text) {
    if (text.size() % 2 == 1) text.insert(0, "0");
    std::string out;
    for (std::size_t i = 0; i < text.size(); i += 2) {
        int v = 0;
        const auto [end, error] = std::from_chars(text.data() + i, text.data() + i + 2, v, 16);
        if (error != std::errc{} || end != text.data() + i + 2) return std::nullopt;
        out += static_cast<char>(v);
    }
    return out;
}

/// Whether the text names a zone, so that a TIMESTAMP literal is of the zoned type. Reads as both kinds.
std::optional<Value> typed_value(const std::string& type, const std::string& body, const Clock& clock) {
    if (type == "DATE") {
        if (const auto special = special_timestamp(body, clock)) return int_value(floor_div(*special, kMicrosPerDay));
        if (const auto days = parse_date(body)) return int_value(*days);
    } else if (type == "TIMESTAMP_NTZ") {
        if (const auto v = parse_timestamp(body, clock, false, false)) return int_value(*v);
    } else if (type == "TIMESTAMP" || type == "TIMESTAMP_LTZ") {
        if (const auto special = special_timestamp(body, clock)) return int_value(*special);
        if (const auto v = parse_timestamp(body, clock, true)) return int_value(*v);
    } else if (type == "X") {
        if (const auto bytes = hex_bytes(body)) return string_value(*bytes);
    }
    return std::nullopt;
}

TypeId typed_id(const std::string& type) {
    if (type == "DATE") return TypeId::date;
    if (type == "TIMESTAMP_NTZ") return TypeId::timestamp_ntz;
    return type == "X" ? TypeId::binary : TypeId::timestamp;
}

}  // namespace

ExprRef Parser::typed_literal() {
    MR_ASSERT(at < tokens.size());
    const u32 first = at;
    const std::string type = next().upper;
    const std::string body = next().text;
    if (type != "DATE" && type != "TIMESTAMP" && type != "TIMESTAMP_NTZ" && type != "TIMESTAMP_LTZ" && type != "X") {
        if (type == "INTERVAL") return interval_of_calendar_text(body, first, false);
        fail("UNSUPPORTED_TYPED_LITERAL",
             fmt::format("Literals of the type \"{}\" are not supported. Supported types are \"DATE\", "
                         "\"TIMESTAMP_NTZ\", \"TIMESTAMP_LTZ\", \"TIMESTAMP\", \"INTERVAL\", \"X\".",
                         type),
             from(first));
        return null_literal();
    }
    const auto v = typed_value(type, body, {options.zone, options.now});
    if (!v) {
        fail("INVALID_TYPED_LITERAL",
             fmt::format("The value of the typed literal \"{}\" is invalid: '{}'.", type, body), from(first));
        return null_literal();
    }
    return literal(*v, type_of(typed_id(type)), from(first));
}

namespace {

constexpr std::string_view kUnits[] = {"YEAR",    "YEARS",       "QUARTER",      "QUARTERS",    "MONTH",
                                       "MONTHS",  "WEEK",        "WEEKS",        "DAY",         "DAYS",
                                       "HOUR",    "HOURS",       "MINUTE",       "MINUTES",     "SECOND",
                                       "SECONDS", "MILLISECOND", "MILLISECONDS", "MICROSECOND", "MICROSECONDS"};

bool at_unit(const Parser& p) {
    MR_ASSERT(p.at < p.tokens.size());
    for (const std::string_view unit : kUnits)
        if (p.is_word(unit)) return true;
    return false;
}

std::string with_plural_less(std::string unit) {
    if (unit.size() > 1 && unit.back() == 'S') unit.pop_back();
    return unit;
}

/// The type that covers the units used: from the largest to the smallest.
std::optional<DataType> type_of_units(const std::vector<std::string>& units) {
    int first = 9, last = -1;
    bool months = false, year = false, month = false;
    for (const std::string& unit : units) {
        const int field = day_time_field(unit);
        if (field < 0) {
            months = true;
            (with_plural_less(unit) == "YEAR" ? year : month) = true;
            continue;
        }
        first = std::min(first, field);
        last = std::max(last, field);
    }
    if (months && last >= 0) return std::nullopt;
    if (months) return year_month_type(year ? 0 : 1, month ? 1 : 0);
    return day_time_type(static_cast<u8>(first), static_cast<u8>(last));
}

ExprRef interval_literal(Parser& p, const Calendar& sum, const std::optional<DataType>& type, bool negative,
                         u32 first) {
    MR_ASSERT(first < p.tokens.size());
    const i64 sign = negative ? -1 : 1;
    if (!type) {
        const Origin at = p.from(first);
        p.fail("_LEGACY_ERROR_TEMP_0029",
               fmt::format("Cannot mix year-month and day-time fields: {}.",
                           p.text->substr(at.start, at.stop + 1 - at.start)),
               at);
        return null_literal();
    }
    if (type->id == TypeId::year_month) return literal(int_value(sign * sum.months), *type, p.from(first));
    return literal(int_value(sign * (sum.days * kMicrosPerDay + sum.micros)), *type, p.from(first));
}

void invalid_interval(Parser& p, const std::string& body, u32 first) {
    p.fail("INVALID_TYPED_LITERAL", fmt::format("The value of the typed literal \"INTERVAL\" is invalid: '{}'.", body),
           p.from(first));
}

}  // namespace

ExprRef Parser::interval_of_calendar_text(const std::string& body, u32 first, bool negative) {
    MR_ASSERT(at < tokens.size());
    const auto sum = parse_interval(body);
    if (!sum) {
        invalid_interval(*this, body, first);
        return null_literal();
    }
    std::vector<std::string> units;
    std::string word;
    for (const char c : body + " ") {
        const char up = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
        if (up >= 'A' && up <= 'Z') word += up;
        else if (!word.empty()) {
            if (word != "INTERVAL") units.push_back(word);
            word.clear();
        }
    }
    return interval_literal(*this, *sum, type_of_units(units), negative, first);
}

ExprRef Parser::interval_units(u32 first, bool negative) {
    MR_ASSERT(at < tokens.size());
    Calendar sum;
    std::vector<std::string> units;
    while (!failure.failed) {
        std::string body;
        if (accept_symbol("-")) body = "-";
        else accept_symbol("+");
        if (peek().kind != TokenKind::number && peek().kind != TokenKind::string) break;
        const u32 value = at;
        body += next().text;
        if (std::ranges::any_of(body, [](unsigned char c) { return std::isalpha(c) != 0; })) {
            fail("_LEGACY_ERROR_TEMP_0026",
                 "Can only use numbers in the interval value part for multiple unit value pairs interval form, but got "
                 "invalid value: " + body + ".",
                 origin_of(text, tokens[value].start, tokens[value].stop));
            break;
        }
        if (!at_unit(*this)) {
            fail_here();
            break;
        }
        const std::string unit = next().upper;
        units.push_back(unit);
        if (const std::size_t point = body.find('.');
            point != std::string::npos && with_plural_less(unit) != "SECOND") {
            std::string field = unit;
            for (char& c : field) c = static_cast<char>(c | 32);
            fail(
                "_LEGACY_ERROR_TEMP_0062",
                fmt::format("Error parsing ' {} {}' to interval, '{}' cannot have fractional part.", body, unit, field),
                origin_of(text, tokens[first + 1].start, tokens[first + 1].stop));
            break;
        }
        const auto part = parse_interval(body + " " + (with_plural_less(unit) == "QUARTER" ? "MONTH" : unit));
        if (!part) {
            fail("INVALID_INTERVAL_FORMAT.INVALID_VALUE",
                 fmt::format("Error parsing '{} {}' to interval. Please ensure that the value provided is in a valid "
                             "format for defining an interval. You can reference the documentation for the correct "
                             "format. Please ensure that interval value is valid.",
                             body, unit),
                 from(first));
            break;
        }
        sum.months += part->months * (with_plural_less(unit) == "QUARTER" ? 3 : 1);
        sum.days += part->days;
        sum.micros += part->micros;
        const bool more = peek().kind == TokenKind::number || peek().kind == TokenKind::string ||
                          ((is_symbol("-") || is_symbol("+")) &&
                           (peek(1).kind == TokenKind::number || peek(1).kind == TokenKind::string) &&
                           peek(2).kind == TokenKind::word);
        if (!more) break;
    }
    if (failure.failed || units.empty()) {
        fail_here();
        return null_literal();
    }
    return interval_literal(*this, sum, type_of_units(units), negative, first);
}

namespace {

/// What java says of a field of an interval that is too large: months to 11, hours to 23, minutes and seconds to 59.
std::string field_out_of_range(const std::string& body, const DataType& type) {
    MR_ASSERT(type.id == TypeId::day_time || type.id == TypeId::year_month);
    std::vector<i64> numbers;
    for (std::size_t i = 0; i < body.size();) {
        if (body[i] == '.') break;
        if (body[i] < '0' || body[i] > '9') {
            ++i;
            continue;
        }
        i64 v = 0;
        for (; i < body.size() && body[i] >= '0' && body[i] <= '9'; ++i)
            v = std::min<i64>(v * 10 + (body[i] - '0'), 1'000'000'000);
        numbers.push_back(v);
    }
    const std::size_t fields = static_cast<std::size_t>(type.b - type.a) + 1;
    if (numbers.size() != fields || fields < 2) return "";
    static constexpr struct {
        const char* name;
        i64 most;
    } kDayTime[] = {{"day", 106751991}, {"hour", 23}, {"minute", 59}, {"second", 59}};
    if (type.id == TypeId::year_month)
        return numbers[1] > 11 ? fmt::format(
                                     "Error parsing interval year-month string: requirement failed: month {} outside "
                                     "range [0, 11].",
                                     numbers[1])
                               : "";
    for (std::size_t i = 1; i < fields; ++i) {
        const auto& field = kDayTime[static_cast<std::size_t>(type.a) + i];
        if (numbers[i] > field.most)
            return fmt::format("requirement failed: {} {} outside range [0, {}].", field.name, numbers[i], field.most);
    }
    return "";
}

/// Which texts an interval of several fields may have, and that this is none of them.
std::string format_unmatched(const std::string& body, const DataType& type) {
    MR_ASSERT(type.a >= 0 && type.a <= type.b && type.b <= 3);
    const bool months = type.id == TypeId::year_month;
    static constexpr const char* kFields[] = {"d", "h", "m", "s.n"};
    std::string format = months ? "y-m" : "";
    for (int i = type.a; !months && i <= type.b; ++i)
        format += std::string(i == type.a ? "" : i == 1 ? " " : ":") + kFields[i];
    // INTERVAL DAY TO HOUR: the fields of the type's name.
    const std::string name = sql_name(type);
    std::string lower = name;
    for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return fmt::format("Interval string does not match {0} format of `[+|-]{1}`, `INTERVAL [+|-]'[+|-]{1}' {2}` when "
                       "cast to {3}: {4}{5}",
                       months ? "year-month" : "day-time", format, name.substr(name.find(' ') + 1), lower, body,
                       months ? "."
                              : ", set spark.sql.legacy.fromDayTimeString.enabled to true to restore the behavior "
                                "before Spark 3.0..");
}

}  // namespace

ExprRef Parser::interval() {
    MR_ASSERT(at < tokens.size());
    const u32 first = at;
    next();
    const bool negative = is_symbol("-") && peek(1).kind == TokenKind::string && accept_symbol("-");
    if (peek().kind != TokenKind::string) return interval_units(first, negative);
    const std::string body = peek().text;
    if (!(peek(1).kind == TokenKind::word) ) {
        next();
        return interval_of_calendar_text(body, first, negative);
    }
    if (is_word("TO", 2)) {
        next();
        const DataType type = interval_type();
        if (failure.failed) return null_literal();
        const auto v =
            type.id == TypeId::day_time ? parse_day_time(body, type.a, type.b) : parse_year_month(body, type.a, type.b);
        if (const std::string why = field_out_of_range(body, type); !v && !why.empty()) {
            const u32 value = is_symbol("-", 0) ? first + 2 : first + 1;
            fail("_LEGACY_ERROR_TEMP_0063", why, origin_of(text, tokens[value].start, tokens[value].stop));
            return null_literal();
        }
        if (!v) {
            const u32 value = is_symbol("-", 0) ? first + 2 : first + 1;
            fail("_LEGACY_ERROR_TEMP_0063", format_unmatched(body, type),
                 origin_of(text, tokens[value].start, tokens[value].stop));
            return null_literal();
        }
        return literal(int_value(negative ? -*v : *v), type, from(first));
    }
    const u32 saved = at;
    next();
    const bool unit = at_unit(*this);
    at = saved;
    if (!unit) {
        next();
        return interval_of_calendar_text(body, first, negative);
    }
    return interval_units(first, negative);
}

}  // namespace engine::spark
