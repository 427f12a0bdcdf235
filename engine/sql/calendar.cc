#include "engine/sql/calendar.h"

#include <array>

#include "engine/sql/zone.h"
#include "sim/base/ascii.h"
#include "sim/base/assert.h"

namespace engine::spark {

i64 floor_div(i64 a, i64 b) { return a / b - ((a % b != 0 && (a < 0) != (b < 0)) ? 1 : 0); }
i64 floor_mod(i64 a, i64 b) { return a - floor_div(a, b) * b; }

// Days by eras of 400 years that start in March, so that the leap day is the last of its year.
i64 days_from_civil(i64 year, int month, int day) {
    MR_ASSERT(month >= 1 && month <= 12);
    year -= month <= 2 ? 1 : 0;
    const i64 era = floor_div(year, 400);
    const i64 year_of_era = year - era * 400;
    const i64 day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

Civil civil_from_days(i64 days) {
    days += 719468;
    const i64 era = floor_div(days, 146097);
    const i64 day_of_era = days - era * 146097;
    const i64 year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    const i64 day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const i64 shifted = (5 * day_of_year + 2) / 153;
    const int month = static_cast<int>(shifted < 10 ? shifted + 3 : shifted - 9);
    return {.year = year_of_era + era * 400 + (month <= 2 ? 1 : 0),
            .month = month,
            .day = static_cast<int>(day_of_year - (153 * shifted + 2) / 5 + 1)};
}

bool leap_year(i64 year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

int days_in_month(i64 year, int month) {
    constexpr std::array<int, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && leap_year(year) ? 29 : kDays[static_cast<std::size_t>(month - 1)];
}

bool valid_civil(i64 year, int month, int day) {
    return month >= 1 && month <= 12 && day >= 1 && day <= days_in_month(year, month);
}

int iso_weekday(i64 days) { return static_cast<int>(floor_mod(days + 3, 7)) + 1; }
int day_of_year(i64 days) { return static_cast<int>(days - days_from_civil(civil_from_days(days).year, 1, 1)) + 1; }
i64 iso_week_year(i64 days) { return civil_from_days(days - iso_weekday(days) + 4).year; }
int iso_week(i64 days) { return (day_of_year(days - iso_weekday(days) + 4) - 1) / 7 + 1; }

i64 add_months(i64 days, i64 months) {
    const Civil c = civil_from_days(days);
    const i64 total = c.year * 12 + c.month - 1 + months;
    const i64 year = floor_div(total, 12);
    const int month = static_cast<int>(floor_mod(total, 12)) + 1;
    return days_from_civil(year, month, std::min(c.day, days_in_month(year, month)));
}

namespace {

/// Reads a run of digits; -1 if it is not within the lengths.
i64 read_digits(std::string_view text, std::size_t& at, std::size_t least, std::size_t most) {
    MR_ASSERT(least <= most && at <= text.size());
    i64 v = 0;
    std::size_t n = 0;
    for (; at < text.size() && sim::is_digit(text[at]); ++at, ++n)
        if (n < 10) v = v * 10 + (text[at] - '0');
    return n >= least && n <= most ? v : -1;
}

}  // namespace

std::optional<i64> parse_date(std::string_view text) {
    text = sim::trim_controls(text);
    if (text.empty()) return std::nullopt;
    std::size_t at = 0;
    const bool negative = text[0] == '-';
    if (negative || text[0] == '+') ++at;
    const i64 year = read_digits(text, at, 4, 7);
    if (year < 0) return std::nullopt;
    i64 month = 1, day = 1;
    if (at < text.size()) {
        if (text[at++] != '-' || (month = read_digits(text, at, 1, 2)) < 0) return std::nullopt;
        if (at < text.size()) {
            if (text[at++] != '-' || (day = read_digits(text, at, 1, 2)) < 0) return std::nullopt;
            if (at < text.size() && text[at] != ' ' && text[at] != 'T') return std::nullopt;
        }
    }
    const i64 signed_year = negative ? -year : year;
    if (!valid_civil(signed_year, static_cast<int>(month), static_cast<int>(day))) return std::nullopt;
    return days_from_civil(signed_year, static_cast<int>(month), static_cast<int>(day));
}

namespace {

/// year, month, day, hour, minute, second, microsecond as text gives them.
struct Segments {
    std::array<i64, 7> v = {1, 1, 1, 0, 0, 0, 0};
    std::string_view zone;
    bool time_only = false;
};

bool valid_length(std::size_t segment, int digits) {
    if (segment == 6) return true;
    if (segment == 0) return digits >= 4 && digits <= 6;
    return digits >= 1 && digits <= 2;
}

/// The separator that ends `segment`; 0 = none does.
char next_separator(std::size_t segment, char c) {
    if (segment < 2) return c == '-' ? c : '\0';
    if (segment == 2) return c == ' ' || c == 'T' ? c : '\0';
    if (segment < 5) return c == ':' ? c : '\0';
    return c;
}

/// One pass with a segment counter, as Spark's own reader: it decides which odd texts are accepted.
std::optional<Segments> read_segments(std::string_view text) {
    Segments out;
    std::size_t i = 0, at = 0;
    i64 value = 0;
    int digits = 0, fraction = 0;
    bool negative = false, has_sign = false;
    if (text[0] == '-' || text[0] == '+') {
        has_sign = true;
        negative = text[0] == '-';
        ++at;
    }
    for (; at < text.size(); ++at) {
        const char c = text[at];
        if (sim::is_digit(c)) {
            if (i == 6) ++fraction;
            if (i != 6 || digits < 6) value = value * 10 + (c - '0');
            if (++digits > 9 && i != 6) return std::nullopt;
            continue;
        }
        if (at == 0 && c == 'T') {
            out.time_only = true;
            i = 3;
            continue;
        }
        std::size_t segment = i;
        if (i == 0 && c == ':' && !has_sign) {
            out.time_only = true;
            segment = 3;
        } else if (next_separator(i, c) == '\0') {
            return std::nullopt;
        }
        if (!valid_length(segment, digits)) return std::nullopt;
        out.v[segment] = value;
        value = digits = 0;
        i = segment + 1;
        if (segment == 6 || (segment == 5 && c != '.')) {
            out.zone = sim::trim_controls(text.substr(at));
            i = 7;
            break;
        }
    }
    if (i < 7) {
        if (!valid_length(i, digits)) return std::nullopt;
        out.v[i] = value;
    }
    for (; fraction < 6; ++fraction) out.v[6] *= 10;
    if (negative) out.v[0] = -out.v[0];
    return out;
}

std::optional<i64> local_micros(const Segments& s, i64 today) {
    if (s.v[3] > 23 || s.v[4] > 59 || s.v[5] > 59) return std::nullopt;
    if (!s.time_only && !valid_civil(s.v[0], static_cast<int>(s.v[1]), static_cast<int>(s.v[2]))) return std::nullopt;
    const i64 days = s.time_only ? today : days_from_civil(s.v[0], static_cast<int>(s.v[1]), static_cast<int>(s.v[2]));
    const i64 of_day = s.v[3] * kMicrosPerHour + s.v[4] * kMicrosPerMinute + s.v[5] * kMicrosPerSecond + s.v[6];
    i64 micros = 0;
    // Microseconds reach from the year -290308 to 294247.
    if (__builtin_mul_overflow(days, kMicrosPerDay, &micros) || __builtin_add_overflow(micros, of_day, &micros))
        return std::nullopt;
    return micros;
}

}  // namespace

std::optional<i64> parse_timestamp(std::string_view text, const Clock& clock, bool zoned, bool allow_zone) {
    text = sim::trim_controls(text);
    if (text.empty()) return std::nullopt;
    const auto segments = read_segments(text);
    if (!segments) return std::nullopt;
    if (!segments->zone.empty() && (!known_zone(segments->zone) || (!zoned && !allow_zone))) return std::nullopt;
    if (!zoned && segments->time_only) return std::nullopt;
    const std::string zone = segments->zone.empty() ? clock.zone : std::string(segments->zone);
    const auto local = local_micros(*segments, floor_div(to_local(zone, clock.now), kMicrosPerDay));
    if (!local) return std::nullopt;
    return zoned ? to_utc(zone, *local) : *local;
}

std::optional<i64> special_timestamp(std::string_view text, const Clock& clock) {
    const std::string name = sim::lower_ascii(sim::trim_controls(text));
    const i64 today = floor_div(to_local(clock.zone, clock.now), kMicrosPerDay);
    if (name == "epoch") return 0;
    if (name == "now") return clock.now;
    if (name == "today") return to_utc(clock.zone, today * kMicrosPerDay);
    if (name == "tomorrow") return to_utc(clock.zone, (today + 1) * kMicrosPerDay);
    if (name == "yesterday") return to_utc(clock.zone, (today - 1) * kMicrosPerDay);
    return std::nullopt;
}

namespace {

void append_padded(std::string& out, i64 v, std::size_t width) {
    MR_ASSERT(width > 0);
    const std::string digits = std::to_string(v);
    if (digits.size() < width) out.append(width - digits.size(), '0');
    out += digits;
}

}  // namespace

std::string date_text(i64 days) {
    const Civil c = civil_from_days(days);
    std::string out;
    if (c.year < 0) out += "-";
    else if (c.year > 9999) out += "+";
    append_padded(out, c.year < 0 ? -c.year : c.year, 4);
    out += "-";
    append_padded(out, c.month, 2);
    out += "-";
    append_padded(out, c.day, 2);
    return out;
}

std::string timestamp_text(i64 local) {
    const i64 days = floor_div(local, kMicrosPerDay);
    const i64 rest = local - days * kMicrosPerDay;
    std::string out = date_text(days) + " ";
    append_padded(out, rest / kMicrosPerHour, 2);
    out += ":";
    append_padded(out, rest / kMicrosPerMinute % 60, 2);
    out += ":";
    append_padded(out, rest / kMicrosPerSecond % 60, 2);
    if (const i64 fraction = rest % kMicrosPerSecond; fraction != 0) {
        out += ".";
        append_padded(out, fraction, 6);
        while (out.back() == '0') out.pop_back();
    }
    return out;
}

}  // namespace engine::spark
