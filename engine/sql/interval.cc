#include "engine/sql/interval.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "engine/sql/calendar.h"
#include "sim/base/ascii.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

bool blank(char c) { return static_cast<u8>(c) <= ' '; }
struct Unit {
    std::string_view name;
    Calendar size;
    int field;
};

constexpr Unit kIntervalUnits[] = {
    {"year", {12, 0, 0}, -1},
    {"month", {1, 0, 0}, -1},
    {"quarter", {3, 0, 0}, -1},
    {"week", {0, 7, 0}, 0},
    {"day", {0, 1, 0}, 0},
    {"hour", {0, 0, kMicrosPerHour}, 1},
    {"minute", {0, 0, kMicrosPerMinute}, 2},
    {"second", {0, 0, kMicrosPerSecond}, 3},
    {"millisecond", {0, 0, 1000}, 3},
    {"microsecond", {0, 0, 1}, 3},
    {"nanosecond", {0, 0, 0}, 3},
};

const Unit* find_unit(std::string_view name) {
    std::string wanted = sim::lower_ascii(name);
    if (wanted.size() > 1 && wanted.back() == 's') wanted.pop_back();
    for (const Unit& unit : kIntervalUnits)
        if (unit.name == wanted) return &unit;
    return nullptr;
}

void skip_blanks(std::string_view& text) {
    while (!text.empty() && blank(text.front())) text.remove_prefix(1);
}

/// The digits after the point as microseconds; more than nine are refused.
std::optional<i64> read_fraction(std::string_view& text) {
    i64 v = 0;
    int n = 0;
    for (; !text.empty() && sim::is_digit(text.front()); text.remove_prefix(1), ++n)
        if (n < 6) v = v * 10 + (text.front() - '0');
    if (n > 9) return std::nullopt;
    for (; n < 6; ++n) v *= 10;
    return v;
}

std::optional<i64> read_number(std::string_view& text) {
    i64 v = 0;
    int n = 0;
    for (; !text.empty() && sim::is_digit(text.front()); text.remove_prefix(1), ++n)
        if (__builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, text.front() - '0', &v)) return std::nullopt;
    return n > 0 ? std::optional(v) : std::nullopt;
}

bool add_unit(Calendar& sum, const Unit& unit, i64 n, i64 fraction) {
    i64 part = 0;
    if (__builtin_mul_overflow(n, unit.size.months, &part) || __builtin_add_overflow(sum.months, part, &sum.months))
        return false;
    if (__builtin_mul_overflow(n, unit.size.days, &part) || __builtin_add_overflow(sum.days, part, &sum.days))
        return false;
    if (__builtin_mul_overflow(n, unit.size.micros, &part) || __builtin_add_overflow(sum.micros, part, &sum.micros))
        return false;
    sum.micros += fraction;
    return true;
}

/// One `-1.5 seconds` off the front of the text.
bool read_part(std::string_view& text, Calendar& sum) {
    bool negative = false;
    if (text.front() == '+' || text.front() == '-') {
        negative = text.front() == '-';
        text.remove_prefix(1);
        skip_blanks(text);
    }
    i64 n = 0, fraction = 0;
    const bool point_first = !text.empty() && text.front() == '.';
    if (!point_first) {
        const auto whole = read_number(text);
        if (!whole) return false;
        n = *whole;
    }
    const bool has_fraction = !text.empty() && text.front() == '.';
    if (has_fraction) {
        text.remove_prefix(1);
        const auto part = read_fraction(text);
        if (!part) return false;
        fraction = *part;
    }
    if (text.empty() || !blank(text.front())) return false;
    skip_blanks(text);
    std::size_t length = 0;
    while (length < text.size() && !blank(text[length])) ++length;
    const Unit* unit = find_unit(text.substr(0, length));
    if (!unit || unit->name == "quarter" || unit->name == "nanosecond" || (has_fraction && unit->name != "second"))
        return false;
    text.remove_prefix(length);
    skip_blanks(text);
    return add_unit(sum, *unit, negative ? -n : n, negative ? -fraction : fraction);
}

}  // namespace

std::optional<Calendar> unit_of(std::string_view name) {
    const Unit* unit = find_unit(name);
    return unit ? std::optional(unit->size) : std::nullopt;
}

int day_time_field(std::string_view name) {
    const Unit* unit = find_unit(name);
    return unit ? unit->field : -2;
}

std::optional<Calendar> parse_interval(std::string_view text) {
    skip_blanks(text);
    while (!text.empty() && blank(text.back())) text.remove_suffix(1);
    if (text.size() > 8 && sim::lower_ascii(text.substr(0, 8)) == "interval" && blank(text[8])) {
        text.remove_prefix(8);
        skip_blanks(text);
    }
    if (text.empty()) return std::nullopt;
    Calendar sum;
    while (!text.empty())
        if (!read_part(text, sum)) return std::nullopt;
    return sum;
}

namespace {

/// The word that Spark names when it stops at a place: so many words from the end as begin there, an empty one before a
/// blank or at the end included.
std::string word_at(std::string_view text, std::size_t at) {
    MR_ASSERT(at <= text.size());
    std::vector<std::string> words(1);
    std::size_t left = 1;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool begins = blank(text[i]) && (i + 1 == text.size() || !blank(text[i + 1]));
        if (begins) words.emplace_back();
        if (begins && i >= at) ++left;
        if (!blank(text[i])) words.back() += text[i];
    }
    return words[words.size() - std::min(left, words.size())];
}

/// Spark's states while it reads one `-1.5 seconds`: what is wrong with it, "" and the place behind it if nothing is.
std::string refused_part(std::string_view text, std::size_t& at) {
    const auto named = [&](const char* why) { return fmt::format("{} '{}'", why, word_at(text, at)); };
    const auto blanks = [&] {
        while (at < text.size() && blank(text[at])) ++at;
    };
    const auto cut_off = [&](const char* wanted) {
        return fmt::format("expect {} after '{}' but hit EOL", wanted, word_at(text, at));
    };
    if (text[at] == '+' || text[at] == '-') ++at;
    else if (!sim::is_digit(text[at]) && text[at] != '.') return named("unrecognized number");
    blanks();
    if (at == text.size()) return cut_off("a number");
    const bool point_first = text[at] == '.';
    for (i64 n = 0; at < text.size() && sim::is_digit(text[at]); ++at)
        if (__builtin_mul_overflow(n, 10, &n) || __builtin_add_overflow(n, text[at] - '0', &n)) return "long overflow";
    const bool fraction = at < text.size() && text[at] == '.';
    constexpr std::size_t kNanoDigits = 9;
    const std::size_t first = at += fraction ? 1 : 0;
    for (; fraction && at < text.size() && sim::is_digit(text[at]); ++at)
        if (at - first == kNanoDigits)
            return fmt::format("interval can only support nanosecond precision, '{}' is out of range",
                               word_at(text, at));
    if (at == text.size()) return cut_off("a unit name");
    if (!blank(text[at]) || (point_first && at == first)) return named("invalid value");
    blanks();
    if (fraction && text[at] != 's') return fmt::format("'{}' cannot have fractional part", word_at(text, at));
    const Unit* unit = nullptr;
    for (const Unit& u : kIntervalUnits)
        if (text.substr(at).starts_with(u.name) && u.name != "quarter" && u.name != "nanosecond") unit = &u;
    if (unit == nullptr) return named("invalid unit");
    at += unit->name.size();
    if (at < text.size() && text[at] == 's') ++at;
    if (at < text.size() && !blank(text[at])) return named("invalid unit");
    blanks();
    return "";
}

}  // namespace

std::string interval_refusal(std::string_view given) {
    std::string_view trimmed = given;
    skip_blanks(trimmed);
    while (!trimmed.empty() && blank(trimmed.back())) trimmed.remove_suffix(1);
    const std::string text = sim::lower_ascii(trimmed);
    constexpr std::string_view kPrefix = "interval";
    std::size_t at = text.starts_with(kPrefix) ? kPrefix.size() : 0;
    std::string why;
    if (at == text.size()) why = "interval string cannot be empty";
    else if (at > 0 && !blank(text[at])) why = fmt::format("invalid interval prefix {}", word_at(text, 0));
    while (at < text.size() && blank(text[at])) ++at;
    while (why.empty() && at < text.size()) why = refused_part(text, at);
    if (why.empty()) why = "long overflow";  // a sum of units that are right each
    MR_ASSERT(!why.empty());
    return fmt::format("Error parsing '{}' to interval, {}", given, why);
}

namespace {

/// Reads `n` and, if more fields follow, the separator before the next.
std::optional<i64> read_field(std::string_view& text, char separator) {
    const auto v = read_number(text);
    if (!v) return std::nullopt;
    if (separator == '\0') return v;
    if (text.empty() || text.front() != separator) return std::nullopt;
    text.remove_prefix(1);
    if (separator == ' ') skip_blanks(text);
    return v;
}

bool read_sign(std::string_view& text) {
    while (!text.empty() && blank(text.back())) text.remove_suffix(1);
    skip_blanks(text);
    const bool negative = !text.empty() && text.front() == '-';
    if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
    return negative;
}

}  // namespace

std::optional<i64> parse_day_time(std::string_view text, u8 from, u8 to) {
    MR_ASSERT(from <= to && to <= 3);
    const bool negative = read_sign(text);
    static constexpr i64 kSize[] = {kMicrosPerDay, kMicrosPerHour, kMicrosPerMinute, kMicrosPerSecond};
    static constexpr i64 kMost[] = {INT64_MAX, 23, 59, 59};
    i64 sum = 0;
    for (u8 field = from; field <= to; ++field) {
        const auto v = read_field(text, field == to ? '\0' : field == 0 ? ' ' : ':');
        if (!v || (field != from && *v > kMost[field])) return std::nullopt;
        i64 part = 0;
        if (__builtin_mul_overflow(*v, kSize[field], &part) || __builtin_add_overflow(sum, part, &sum))
            return std::nullopt;
    }
    if (to == 3 && !text.empty() && text.front() == '.') {
        text.remove_prefix(1);
        const auto fraction = read_fraction(text);
        if (!fraction) return std::nullopt;
        sum += *fraction;
    }
    if (!text.empty()) return std::nullopt;
    return negative ? -sum : sum;
}

std::optional<i64> parse_year_month(std::string_view text, u8 from, u8 to) {
    MR_ASSERT(from <= to && to <= 1);
    const bool negative = read_sign(text);
    i64 sum = 0;
    for (u8 field = from; field <= to; ++field) {
        const auto v = read_field(text, field == to ? '\0' : '-');
        if (!v || *v > INT32_MAX || (field != from && *v > 11)) return std::nullopt;
        sum += *v * (field == 0 ? 12 : 1);
    }
    if (!text.empty() || sum > INT32_MAX) return std::nullopt;
    return negative ? -sum : sum;
}

namespace {

std::string second_text(i64 micros, bool pad) {
    std::string out = fmt::format(fmt::runtime(pad ? "{:02}" : "{}"), micros / kMicrosPerSecond);
    if (micros % kMicrosPerSecond != 0) {
        out += fmt::format(".{:06}", micros % kMicrosPerSecond);
        while (out.back() == '0') out.pop_back();
    }
    return out;
}

}  // namespace

std::string day_time_body(i64 micros, const DataType& type) {
    MR_ASSERT(type.id == TypeId::day_time);
    if (micros == INT64_MIN) return "-106751991 04:00:54.775808";
    const std::string sign = micros < 0 ? "-" : "";
    i64 rest = micros < 0 ? -micros : micros;
    std::string out = sign;
    static constexpr i64 kSize[] = {kMicrosPerDay, kMicrosPerHour, kMicrosPerMinute, kMicrosPerSecond};
    for (u8 field = type.a; field <= type.b; ++field) {
        if (field > type.a) out += field == 1 ? " " : ":";
        if (field == 3) out += second_text(rest, true);
        else if (field == 0) out += fmt::format("{}", rest / kSize[0]);
        else out += fmt::format("{:02}", rest / kSize[field]);
        rest %= kSize[field];
    }
    return out;
}

namespace {

const char* field_name(TypeId id, u8 field) {
    MR_ASSERT(field <= 3);
    static constexpr const char* kDay[] = {"DAY", "HOUR", "MINUTE", "SECOND"};
    static constexpr const char* kYear[] = {"YEAR", "MONTH"};
    return id == TypeId::day_time ? kDay[field] : kYear[field];
}

std::string with_fields(const std::string& body, const DataType& type) {
    if (type.a == type.b) return fmt::format("INTERVAL '{}' {}", body, field_name(type.id, type.a));
    return fmt::format("INTERVAL '{}' {} TO {}", body, field_name(type.id, type.a), field_name(type.id, type.b));
}

}  // namespace

std::string day_time_text(i64 micros, const DataType& type) { return with_fields(day_time_body(micros, type), type); }

std::string year_month_text(i64 months, const DataType& type) {
    MR_ASSERT(type.id == TypeId::year_month);
    const std::string sign = months < 0 ? "-" : "";
    const i64 v = months < 0 ? -months : months;
    if (type.a == 0 && type.b == 0) return with_fields(fmt::format("{}{}", sign, v / 12), type);
    if (type.a == 1) return with_fields(fmt::format("{}{}", sign, v), type);
    return with_fields(fmt::format("{}{}-{}", sign, v / 12, v % 12), type);
}

std::string calendar_text(const Calendar& interval) {
    std::string out;
    const auto add = [&](i64 v, const char* unit) {
        if (v != 0) out += fmt::format("{}{} {}", out.empty() ? "" : " ", v, unit);
    };
    add(interval.months / 12, "years");
    add(interval.months % 12, "months");
    add(interval.days, "days");
    add(interval.micros / kMicrosPerHour, "hours");
    add(interval.micros / kMicrosPerMinute % 60, "minutes");
    const i64 rest = interval.micros % kMicrosPerMinute;
    if (rest != 0)
        out += (out.empty() ? "" : " ") + std::string(rest < 0 ? "-" : "") +
               second_text(rest < 0 ? -rest : rest, false) + " seconds";
    return out.empty() ? "0 seconds" : out;
}

}  // namespace engine::spark
