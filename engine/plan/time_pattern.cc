#include "engine/plan/time_pattern.h"

#include <fmt/format.h>

#include <array>

#include "engine/sql/calendar.h"
#include "engine/sql/zone.h"
#include "sim/base/ascii.h"
#include "sim/base/assert.h"

namespace engine::spark {

const char* const kMonthNames[12] = {"January", "February", "March",     "April",   "May",      "June",
                                     "July",    "August",   "September", "October", "November", "December"};
const char* const kDayNames[7] = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};

namespace {

bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool one_of(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }

/// What Spark refuses between two quotes before Java sees the pattern: letters of weeks first, then others.
void check_part(TimePattern& p, std::string_view part, bool reading) {
    if (!p.error.empty()) return;
    const auto first_of = [&](std::string_view letters) {
        const std::size_t at = part.find_first_of(letters);
        return at == std::string_view::npos ? '\0' : part[at];
    };
    if (const char week = first_of("YWwuec"))
        p.error = fmt::format(
            "All week-based patterns are unsupported since Spark 3.0, detected: {}, Please use the SQL function "
            "EXTRACT instead",
            week);
    else if (const char other = first_of(reading ? "ABnNpEFqQ" : "ABnNp"))
        p.error = fmt::format("Illegal pattern character: {}", other);
}

void check_letter(TimePattern& p, char c, u32 count) {
    if (!one_of(c, "GyYMLwWDdFEuaHkKhmsSzZX")) p.legacy_knows = false;
    if (!p.error.empty()) return;
    if (!one_of(c, "GyMLdDEFahkKHmsSVzOXxZQq")) p.error = fmt::format("Unknown pattern letter: {}", c);
    else if ((one_of(c, "GMLEQq") && count >= 5) || (c == 'y' && count > 6))
        p.error = fmt::format("Too many pattern letters: {}", c);
    else if ((one_of(c, "dhkKHms") && count > 2) || (c == 'D' && count > 3) || (c == 'a' && count > 1) ||
             (c == 'F' && count > 1) || (c == 'z' && count > 4))
        p.error = fmt::format("Too many pattern letters: {}", c);
    else if (c == 'V' && count != 2) p.error = fmt::format("Pattern letter count must be 2: {}", c);
}

}  // namespace

TimePattern parse_pattern(std::string_view s, bool reading) {
    TimePattern p;
    bool quoted = false;
    for (std::size_t i = 0; i < s.size(); quoted = !quoted) {
        const std::size_t end = std::min(s.find('\'', i), s.size());
        if (!quoted) check_part(p, s.substr(i, end - i), reading);
        i = end + 1;
    }
    for (std::size_t i = 0; i < s.size();) {
        const char c = s[i];
        if (letter(c)) {
            std::size_t end = i;
            while (end < s.size() && s[end] == c) ++end;
            const u32 count = static_cast<u32>(end - i);
            check_letter(p, c, count);
            p.items.push_back({c, count, ""});
            i = end;
        } else if (c == '\'') {
            std::string body;
            std::size_t end = i + 1;
            if (end < s.size() && s[end] == '\'') body = "'", ++end;
            else {
                while (end < s.size()) {
                    if (s[end] == '\'' && end + 1 < s.size() && s[end + 1] == '\'') body += '\'', end += 2;
                    else if (s[end] == '\'') break;
                    else body += s[end++];
                }
                if (end >= s.size()) p.error = "Pattern ends with an incomplete string literal: " + std::string(s);
                ++end;
            }
            p.items.push_back({0, 0, body});
            i = end;
        } else if (c == '[' || c == ']') {
            p.items.push_back({c, 1, ""});
            ++i;
        } else {
            if (one_of(c, "{}#") && p.error.empty())
                p.error = fmt::format("Pattern includes reserved character: '{}'", c);
            p.items.push_back({0, 0, std::string(1, c)});
            ++i;
        }
    }
    return p;
}

namespace {

std::string offset_by(char letter_, u32 count, i64 seconds) {
    const i64 a = seconds < 0 ? -seconds : seconds;
    const char sign = seconds < 0 ? '-' : '+';
    if (letter_ == 'X' && seconds == 0) return "Z";
    if (letter_ == 'Z' && count < 4) return fmt::format("{}{:02}{:02}", sign, a / 3600, a / 60 % 60);
    if (letter_ == 'Z' && count == 5)
        return seconds == 0 ? "Z" : fmt::format("{}{:02}:{:02}", sign, a / 3600, a / 60 % 60);
    if (letter_ == 'O' || letter_ == 'Z') {
        if (seconds == 0) return "GMT";
        if (count == 1)
            return a / 60 % 60 == 0 ? fmt::format("GMT{}{}", sign, a / 3600)
                                    : fmt::format("GMT{}{}:{:02}", sign, a / 3600, a / 60 % 60);
        return fmt::format("GMT{}{:02}:{:02}", sign, a / 3600, a / 60 % 60);
    }
    if (count == 1)
        return a / 60 % 60 == 0 ? fmt::format("{}{:02}", sign, a / 3600)
                                : fmt::format("{}{:02}{:02}", sign, a / 3600, a / 60 % 60);
    if (count == 2 || count == 4) return fmt::format("{}{:02}{:02}", sign, a / 3600, a / 60 % 60);
    return fmt::format("{}{:02}:{:02}", sign, a / 3600, a / 60 % 60);
}

std::string padded(i64 v, u32 width) {
    return v < 0 ? "-" + fmt::format("{:0{}}", -v, width) : fmt::format("{:0{}}", v, width);
}

std::string year_text(i64 year, u32 count) {
    MR_ASSERT(count > 0);
    if (count == 2) return fmt::format("{:02}", floor_mod(year, 100));
    const i64 shown = year > 0 ? year : 1 - year;
    if (count >= 4 && shown >= (count == 4 ? 10000 : count == 5 ? 100000 : 1000000)) return "+" + std::to_string(shown);
    return padded(shown, count);
}

std::string item_text(const PatternItem& item, i64 days, i64 rest, const std::string& zone, i64 utc) {
    const Civil c = civil_from_days(days);
    const i64 hour = rest / kMicrosPerHour;
    const i64 offset = zone_offset(zone, utc).value_or(0);
    switch (item.letter) {
        case 'G': return item.count == 4 ? (c.year > 0 ? "Anno Domini" : "Before Christ") : c.year > 0 ? "AD" : "BC";
        case 'y': return year_text(c.year, item.count);
        case 'M': case 'L':
            if (item.count == 3) return std::string(kMonthNames[c.month - 1]).substr(0, 3);
            return item.count >= 4 ? kMonthNames[c.month - 1] : padded(c.month, item.count);
        case 'd': return padded(c.day, item.count);
        case 'D': return padded(day_of_year(days), item.count);
        case 'E':
            return item.count <= 3 ? std::string(kDayNames[iso_weekday(days) - 1]).substr(0, 3)
                                   : kDayNames[iso_weekday(days) - 1];
        case 'F': return padded((c.day - 1) % 7 + 1, item.count);
        case 'a': return hour < 12 ? "AM" : "PM";
        case 'h': return padded(hour % 12 == 0 ? 12 : hour % 12, item.count);
        case 'H': return padded(hour, item.count);
        case 'k': return padded(hour == 0 ? 24 : hour, item.count);
        case 'K': return padded(hour % 12, item.count);
        case 'm': return padded(rest / kMicrosPerMinute % 60, item.count);
        case 's': return padded(rest / kMicrosPerSecond % 60, item.count);
        case 'S':
            return fmt::format("{:09}", rest % kMicrosPerSecond * 1000).substr(0, item.count) +
                   std::string(item.count > 9 ? item.count - 9 : 0, '0');
        case 'V': return zone;
        case 'z': return zone == "UTC" || zone == "Z" ? (item.count == 4 ? "Coordinated Universal Time" : "UTC") : zone;
        case 'O': case 'X': case 'x': case 'Z': return offset_by(item.letter, item.count, offset);
        case 'Q': case 'q': {
            const int quarter = (c.month - 1) / 3 + 1;
            static constexpr const char* kOrdinal[] = {"1st", "2nd", "3rd", "4th"};
            if (item.count == 3) return fmt::format("Q{}", quarter);
            return item.count == 4 ? fmt::format("{} quarter", kOrdinal[quarter - 1]) : padded(quarter, item.count);
        }
        default: return "";
    }
}

}  // namespace

std::string format_time(const TimePattern& p, i64 local, const std::string& zone, i64 utc) {
    const i64 days = floor_div(local, kMicrosPerDay);
    std::string out;
    for (const PatternItem& item : p.items) {
        if (item.letter == 0) out += item.text;
        else if (item.letter != '[' && item.letter != ']')
            out += item_text(item, days, local - days * kMicrosPerDay, zone, utc);
    }
    return out;
}

namespace {

struct Fields {
    i64 year = 1970, month = 1, day = 1, day_of_year = 0, hour = 0, minute = 0, second = 0, micro = 0, half_hour = -1;
    int pm = -1;
    bool bc = false;
    std::string zone;
    std::string bad;  ///< a field out of range
};

struct PatternReader {
    const TimePattern& p;
    std::string_view s;
    std::size_t at = 0;
    std::size_t item = 0;
    bool lenient = false;
    Fields f;
};

bool numeric(const PatternItem& item) {
    return one_of(item.letter, "yDdhHkKmsS") || (one_of(item.letter, "ML") && item.count < 3);
}

bool read_digits(PatternReader& r, std::size_t least, std::size_t most, i64& v) {
    MR_ASSERT(least <= most);
    std::size_t n = 0;
    v = 0;
    while (r.at + n < r.s.size() && n < most && sim::is_digit(r.s[r.at + n])) v = v * 10 + (r.s[r.at + n++] - '0');
    if (n < least) return false;
    r.at += n;
    return true;
}

void range(Fields& f, i64 v, i64 low, i64 high, const char* field) {
    if (f.bad.empty() && (v < low || v > high))
        f.bad = fmt::format("Invalid value for {} (valid values {} - {}): {}", field, low, high, v);
}

bool word(PatternReader& r, const std::string& wanted) {
    if (r.s.size() - r.at < wanted.size()) return false;
    for (std::size_t i = 0; i < wanted.size(); ++i)
        if ((r.s[r.at + i] | 32) != (wanted[i] | 32)) return false;
    r.at += wanted.size();
    return true;
}

bool read_month_name(PatternReader& r, bool full) {
    for (int m = 0; m < 12; ++m)
        if (word(r, full ? kMonthNames[m] : std::string(kMonthNames[m]).substr(0, 3))) {
            r.f.month = m + 1;
            return true;
        }
    return false;
}

bool read_zone(PatternReader& r, const PatternItem& item) {
    std::size_t end = r.at;
    const auto part = [&](char c) { return letter(c) || sim::is_digit(c) || one_of(c, "/_+-:"); };
    while (end < r.s.size() && part(r.s[end])) ++end;
    for (; end > r.at; --end) {
        const std::string name(r.s.substr(r.at, end - r.at));
        if (!known_zone(name)) continue;
        if (one_of(item.letter, "Xx") && letter(name[0]) && name != "Z") return false;
        r.f.zone = name;
        r.at = end;
        return true;
    }
    return false;
}

bool read_number(PatternReader& r, const PatternItem& item) {
    const bool adjacent = r.item + 1 < r.p.items.size() && numeric(r.p.items[r.item + 1]);
    const std::size_t least = r.lenient ? 1 : item.count == 1 ? 1 : item.count;
    std::size_t most = item.letter == 'y' ? (item.count == 2 ? 2
                                             : adjacent      ? item.count
                                                             : 10)
                       : adjacent         ? item.count
                       : item.count == 1  ? 19
                                          : item.count;
    if (r.lenient && !adjacent) most = 10;
    if (item.letter == 'S') {
        const std::size_t start = r.at;
        i64 v = 0;
        if (!read_digits(r, 1, 9, v)) return false;
        for (std::size_t n = r.at - start; n < 9; ++n) v *= 10;
        r.f.micro = v / 1000;
        return true;
    }
    const bool minus = item.letter == 'y' && r.at < r.s.size() && r.s[r.at] == '-' && item.count != 2;
    const bool plus = item.letter == 'y' && r.at < r.s.size() && r.s[r.at] == '+' && item.count > 3;
    if (minus || plus) ++r.at;
    i64 v = 0;
    if (!read_digits(r, least, most, v)) return false;
    Fields& f = r.f;
    switch (item.letter) {
        case 'y': f.year = minus ? -v : item.count == 2 && v < 100 ? 2000 + v : v; break;
        case 'M': case 'L': f.month = v, range(f, v, 1, 12, "MonthOfYear"); break;
        case 'd': f.day = v, range(f, v, 1, 31, "DayOfMonth"); break;
        case 'D': f.day_of_year = v, range(f, v, 1, 366, "DayOfYear"); break;
        case 'H': f.hour = v, range(f, v, 0, 23, "HourOfDay"); break;
        case 'k': f.hour = v % 24, range(f, v, 1, 24, "ClockHourOfDay"); break;
        case 'h': f.half_hour = v % 12, range(f, v, 1, 12, "ClockHourOfAmPm"); break;
        case 'K': f.half_hour = v, range(f, v, 0, 11, "HourOfAmPm"); break;
        case 'm': f.minute = v, range(f, v, 0, 59, "MinuteOfHour"); break;
        case 's': f.second = v, range(f, v, 0, 59, "SecondOfMinute"); break;
        default: return false;
    }
    return true;
}

bool read_item(PatternReader& r, const PatternItem& item) {
    if (item.letter == 0) {
        if (!r.s.substr(r.at).starts_with(item.text)) return false;
        r.at += item.text.size();
        return true;
    }
    if (numeric(item)) return read_number(r, item);
    switch (item.letter) {
        case 'M': case 'L': return read_month_name(r, item.count == 4) || (r.lenient && read_month_name(r, false));
        case 'a':
            if (word(r, "AM")) return r.f.pm = 0, true;
            if (word(r, "PM")) return r.f.pm = 1, true;
            return false;
        case 'G':
            if (word(r, "AD")) return true;
            return word(r, "BC") ? (r.f.bc = true) : false;
        default: return read_zone(r, item);
    }
}

/// Items from..; an optional part that does not fit is passed over.
bool read_all(PatternReader& r) {
    for (r.item = 0; r.item < r.p.items.size(); ++r.item) {
        const PatternItem& item = r.p.items[r.item];
        if (item.letter == ']') continue;
        if (item.letter != '[') {
            if (!read_item(r, item)) return false;
            continue;
        }
        const PatternReader saved{r.p, r.s, r.at, r.item, r.lenient, r.f};
        std::size_t end = r.item + 1;
        int depth = 1;
        for (; end < r.p.items.size() && depth > 0; ++end)
            depth += r.p.items[end].letter == '[' ? 1 : r.p.items[end].letter == ']' ? -1 : 0;
        bool ok = true;
        for (++r.item; ok && r.item + 1 < end; ++r.item)
            ok = one_of(r.p.items[r.item].letter == 0 ? ' ' : r.p.items[r.item].letter, "[]") ||
                 read_item(r, r.p.items[r.item]);
        if (!ok) {
            r.at = saved.at;
            r.f = saved.f;
        }
        r.item = end - 1;
    }
    return true;
}

std::string invalid_date(const Fields& f) {
    if (f.day == 29) return fmt::format("Invalid date 'February 29' as '{}' is not a leap year", f.year);
    std::string month = kMonthNames[f.month - 1];
    for (char& c : month) c = static_cast<char>(c & ~32);
    return fmt::format("Invalid date '{} {}'", month, f.day);
}

std::optional<ParsedTime> resolved(Fields& f, std::string& bad) {
    if (f.bc) f.year = 1 - f.year;
    if (f.half_hour >= 0) f.hour = f.half_hour + (f.pm == 1 ? 12 : 0);
    bad = f.bad;
    if (!bad.empty()) return std::nullopt;
    if (!valid_civil(f.year, static_cast<int>(f.month), static_cast<int>(f.day))) {
        bad = invalid_date(f);
        return std::nullopt;
    }
    i64 days = days_from_civil(f.year, static_cast<int>(f.month), static_cast<int>(f.day));
    if (f.day_of_year > 0) days = days_from_civil(f.year, 1, 1) + f.day_of_year - 1;
    return ParsedTime{days * kMicrosPerDay + f.hour * kMicrosPerHour + f.minute * kMicrosPerMinute +
                          f.second * kMicrosPerSecond + f.micro,
                      f.zone};
}

bool legacy_accepts(const TimePattern& p, std::string_view text) {
    PatternReader r{.p = p, .s = text, .lenient = true, .f = {}};
    std::string bad;
    return p.legacy_knows && read_all(r) && resolved(r.f, bad).has_value();
}

}  // namespace

std::optional<ParsedTime> parse_time(const TimePattern& p, std::string_view text, ParseFailure& failure) {
    PatternReader r{.p = p, .s = text, .f = {}};
    const bool read = read_all(r);
    std::string bad;
    if (read && r.at == text.size()) {
        if (auto out = resolved(r.f, bad)) return out;
        failure.reason = fmt::format("Text '{}' could not be parsed: {}", text, bad);
    } else if (read) {
        failure.reason = fmt::format("Text '{}' could not be parsed, unparsed text found at index {}", text, r.at);
    } else {
        failure.reason = fmt::format("Text '{}' could not be parsed at index {}", text, r.at);
    }
    failure.legacy_accepts = legacy_accepts(p, text);
    PatternReader lenient{.p = p, .s = text, .lenient = true, .f = {}};
    failure.rolls_over = p.legacy_knows && read_all(lenient);
    return std::nullopt;
}

std::string invalid_day_text(i64 y, i64 m, i64 d) {
    if (m < 1 || m > 12) return fmt::format("Invalid value for MonthOfYear (valid values 1 - 12): {}", m);
    if (d < 1 || d > 31) return fmt::format("Invalid value for DayOfMonth (valid values 1 - 28/31): {}", d);
    if (d == 29) return fmt::format("Invalid date 'February 29' as '{}' is not a leap year", y);
    std::string month = kMonthNames[m - 1];
    for (char& c : month)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
    return fmt::format("Invalid date '{} {}'", month, d);
}

}  // namespace engine::spark
