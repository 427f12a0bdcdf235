#include "engine/sql/zone.h"

#include <array>
#include <cstdlib>

#include "engine/sql/calendar.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

enum class Daylight : u8 { none, europe, united_states, australia, new_zealand };

struct Region {
    std::string_view name;
    i64 minutes;
    Daylight daylight;
};

constexpr Daylight N = Daylight::none, E = Daylight::europe, U = Daylight::united_states, A = Daylight::australia;

constexpr Region kRegions[] = {
    {"UTC", 0, N},
    {"GMT", 0, N},
    {"UT", 0, N},
    {"Z", 0, N},
    {"Etc/UTC", 0, N},
    {"Etc/GMT", 0, N},
    {"Universal", 0, N},
    {"Zulu", 0, N},
    {"Europe/London", 0, E},
    {"Europe/Dublin", 0, E},
    {"Europe/Lisbon", 0, E},
    {"Atlantic/Reykjavik", 0, N},
    {"Europe/Paris", 60, E},
    {"Europe/Berlin", 60, E},
    {"Europe/Madrid", 60, E},
    {"Europe/Rome", 60, E},
    {"Europe/Amsterdam", 60, E},
    {"Europe/Brussels", 60, E},
    {"Europe/Vienna", 60, E},
    {"Europe/Zurich", 60, E},
    {"Europe/Warsaw", 60, E},
    {"Europe/Prague", 60, E},
    {"Europe/Budapest", 60, E},
    {"Europe/Stockholm", 60, E},
    {"Europe/Oslo", 60, E},
    {"Europe/Copenhagen", 60, E},
    {"Europe/Belgrade", 60, E},
    {"CET", 60, E},
    {"ECT", 60, E},
    {"Europe/Luxembourg", 60, E},
    {"Europe/Athens", 120, E},
    {"Europe/Helsinki", 120, E},
    {"Europe/Kiev", 120, E},
    {"Europe/Kyiv", 120, E},
    {"Europe/Bucharest", 120, E},
    {"Europe/Sofia", 120, E},
    {"EET", 120, E},
    {"Europe/Istanbul", 180, N},
    {"Europe/Moscow", 180, N},
    {"Europe/Minsk", 180, N},
    {"Africa/Cairo", 120, N},
    {"Africa/Johannesburg", 120, N},
    {"Africa/Lagos", 60, N},
    {"Africa/Nairobi", 180, N},
    {"Africa/Algiers", 60, N},
    {"Asia/Jerusalem", 120, N},
    {"Asia/Riyadh", 180, N},
    {"Asia/Baghdad", 180, N},
    {"Asia/Dubai", 240, N},
    {"Asia/Tehran", 210, N},
    {"Asia/Karachi", 300, N},
    {"Asia/Kolkata", 330, N},
    {"Asia/Calcutta", 330, N},
    {"IST", 330, N},
    {"Asia/Kathmandu", 345, N},
    {"Asia/Dhaka", 360, N},
    {"Asia/Bangkok", 420, N},
    {"Asia/Jakarta", 420, N},
    {"Asia/Ho_Chi_Minh", 420, N},
    {"Asia/Shanghai", 480, N},
    {"CTT", 480, N},
    {"PRC", 480, N},
    {"Asia/Hong_Kong", 480, N},
    {"Asia/Singapore", 480, N},
    {"Asia/Taipei", 480, N},
    {"Asia/Manila", 480, N},
    {"Australia/Perth", 480, N},
    {"Asia/Tokyo", 540, N},
    {"JST", 540, N},
    {"Japan", 540, N},
    {"Asia/Seoul", 540, N},
    {"Australia/Darwin", 570, N},
    {"Australia/Adelaide", 570, A},
    {"Australia/Brisbane", 600, N},
    {"Australia/Sydney", 600, A},
    {"Australia/Melbourne", 600, A},
    {"AET", 600, A},
    {"Pacific/Auckland", 720, Daylight::new_zealand},
    {"NZ", 720, Daylight::new_zealand},
    {"America/New_York", -300, U},
    {"US/Eastern", -300, U},
    {"EST5EDT", -300, U},
    {"America/Toronto", -300, U},
    {"America/Detroit", -300, U},
    {"America/Chicago", -360, U},
    {"US/Central", -360, U},
    {"CST", -360, U},
    {"CST6CDT", -360, U},
    {"America/Denver", -420, U},
    {"US/Mountain", -420, U},
    {"America/Phoenix", -420, N},
    {"America/Los_Angeles", -480, U},
    {"US/Pacific", -480, U},
    {"PST", -480, U},
    {"PST8PDT", -480, U},
    {"America/Vancouver", -480, U},
    {"America/Anchorage", -540, U},
    {"Pacific/Honolulu", -600, N},
    {"HST", -600, N},
    {"EST", -300, N},
    {"MST", -420, N},
    {"America/Sao_Paulo", -180, N},
    {"America/Argentina/Buenos_Aires", -180, N},
    {"America/Bogota", -300, N},
    {"America/Lima", -300, N},
    {"America/Mexico_City", -360, N},
    {"America/Caracas", -240, N},
    {"America/Halifax", -240, U},
    {"America/St_Johns", -210, U},
};

const Region* find_region(std::string_view name) {
    for (const Region& region : kRegions)
        if (region.name == name) return &region;
    return nullptr;
}

/// `+2`, `+02`, `+02:00`, `-0230`, `+2:30:00`.
std::optional<i64> parse_offset(std::string_view text) {
    if (text.empty() || (text[0] != '+' && text[0] != '-')) return std::nullopt;
    const i64 sign = text[0] == '-' ? -1 : 1;
    text.remove_prefix(1);
    std::array<i64, 3> parts{};
    std::size_t part = 0, digits = 0;
    for (const char c : text) {
        if (c == ':' && digits > 0 && part < 2) {
            ++part;
            digits = 0;
            continue;
        }
        if (c < '0' || c > '9') return std::nullopt;
        if (digits == 2 && part < 2) {
            ++part;
            digits = 0;
        }
        if (++digits > 2) return std::nullopt;
        parts[part] = parts[part] * 10 + (c - '0');
    }
    if (digits == 0 || parts[1] > 59 || parts[2] > 59) return std::nullopt;
    const i64 seconds = parts[0] * 3600 + parts[1] * 60 + parts[2];
    if (seconds > 18 * 3600) return std::nullopt;
    return sign * seconds;
}

std::optional<i64> fixed_offset(std::string_view zone) {
    for (const std::string_view prefix : {"UTC", "GMT", "UT"})
        if (zone.size() > prefix.size() && zone.starts_with(prefix)) return parse_offset(zone.substr(prefix.size()));
    return parse_offset(zone);
}

/// The nth Sunday of a month; 0 = the last.
i64 sunday(i64 year, int month, int nth) {
    const i64 first = days_from_civil(year, month, 1);
    const i64 first_sunday = first + (7 - iso_weekday(first)) % 7;
    if (nth > 0) return first_sunday + 7 * (nth - 1);
    const i64 last = first + days_in_month(year, month) - 1;
    return last - iso_weekday(last) % 7;
}

struct Summer {
    i64 from = 0;  ///< microseconds UTC
    i64 to = 0;
};

Summer united_states(i64 year, i64 standard) {
    const bool new_rule = year >= 2007;
    const i64 from = new_rule ? sunday(year, 3, 2) : year >= 1987 ? sunday(year, 4, 1) : sunday(year, 4, 0);
    const i64 to = new_rule ? sunday(year, 11, 1) : sunday(year, 10, 0);
    return {from * kMicrosPerDay + (7200 - standard) * kMicrosPerSecond,
            to * kMicrosPerDay + (3600 - standard) * kMicrosPerSecond};
}

/// South of the equator summer spans the new year: here `from`..`to` is winter.
Summer southern_winter(i64 year, i64 standard, bool new_zealand) {
    const i64 to = new_zealand ? sunday(year, 9, 0) : sunday(year, 10, 1);
    return {sunday(year, 4, 1) * kMicrosPerDay + (7200 - standard) * kMicrosPerSecond,
            to * kMicrosPerDay + (7200 - standard) * kMicrosPerSecond};
}

bool in_summer(const Region& region, i64 utc) {
    const i64 standard = region.minutes * 60;
    const i64 year = civil_from_days(floor_div(utc + standard * kMicrosPerSecond, kMicrosPerDay)).year;
    if (year < 1970) return false;
    Summer span;
    switch (region.daylight) {
        case Daylight::none: return false;
        case Daylight::europe:
            if (year < 1981) return false;
            span = {sunday(year, 3, 0) * kMicrosPerDay + kMicrosPerHour,
                    (year < 1996 ? sunday(year, 9, 0) : sunday(year, 10, 0)) * kMicrosPerDay + kMicrosPerHour};
            return utc >= span.from && utc < span.to;
        case Daylight::united_states: span = united_states(year, standard); return utc >= span.from && utc < span.to;
        case Daylight::australia: case Daylight::new_zealand:
            span = southern_winter(year, standard, region.daylight == Daylight::new_zealand);
            return !(utc >= span.from && utc < span.to);
    }
    return false;
}

}  // namespace

bool known_zone(std::string_view zone) { return find_region(zone) != nullptr || fixed_offset(zone).has_value(); }

std::optional<i64> zone_offset(std::string_view zone, i64 utc_micros) {
    if (const Region* region = find_region(zone))
        return region->minutes * 60 + (in_summer(*region, utc_micros) ? 3600 : 0);
    return fixed_offset(zone);
}

i64 to_local(std::string_view zone, i64 utc_micros) {
    return utc_micros + zone_offset(zone, utc_micros).value_or(0) * kMicrosPerSecond;
}

i64 to_utc(std::string_view zone, i64 local_micros) {
    MR_ASSERT(!zone.empty());
    if (zone == "UTC") return local_micros;
    const i64 before = zone_offset(zone, local_micros - kMicrosPerDay).value_or(0) * kMicrosPerSecond;
    const i64 after = zone_offset(zone, local_micros + kMicrosPerDay).value_or(0) * kMicrosPerSecond;
    if (before == after) return local_micros - before;
    if (to_local(zone, local_micros - before) == local_micros) return local_micros - before;
    if (to_local(zone, local_micros - after) == local_micros) return local_micros - after;
    return local_micros - before;
}

std::string offset_text(i64 seconds) {
    if (seconds == 0) return "Z";
    const i64 minutes = std::abs(seconds) / 60;
    const auto two = [](i64 v) { return (v < 10 ? "0" : "") + std::to_string(v); };
    return (seconds < 0 ? "-" : "+") + two(minutes / 60) + ":" + two(minutes % 60);
}

}  // namespace engine::spark
