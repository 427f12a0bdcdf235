// The proleptic Gregorian calendar on day and microsecond counts from 1970-01-01, and the text of dates and
// timestamps as Spark's casts read and print them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/sql/types.h"

namespace engine::spark {

inline constexpr i64 kMicrosPerSecond = 1'000'000;
inline constexpr i64 kMicrosPerMinute = 60 * kMicrosPerSecond;
inline constexpr i64 kMicrosPerHour = 60 * kMicrosPerMinute;
inline constexpr i64 kMicrosPerDay = 24 * kMicrosPerHour;

struct Civil {
    i64 year = 1970;
    int month = 1;
    int day = 1;
};

i64 days_from_civil(i64 year, int month, int day);
Civil civil_from_days(i64 days);
bool leap_year(i64 year);
int days_in_month(i64 year, int month);
bool valid_civil(i64 year, int month, int day);
/// Monday 1 .. Sunday 7.
int iso_weekday(i64 days);
int day_of_year(i64 days);
/// ISO 8601 week of the year, 1..53.
int iso_week(i64 days);
i64 iso_week_year(i64 days);

i64 floor_div(i64 a, i64 b);
i64 floor_mod(i64 a, i64 b);

/// days + n months, the day clipped to the length of the month.
i64 add_months(i64 days, i64 months);

struct Instant {
    i64 zone_offset = 0;
    i64 micros = 0;
};

/// What a cast of text needs to know: the session's zone and the statement's moment (microseconds UTC).
struct Clock {
    std::string zone = "UTC";
    i64 now = 0;
};

std::optional<i64> parse_date(std::string_view text);
/// `zoned` = true reads a timestamp in the session's zone (text may name another); false reads a
/// timestamp without zone, which refuses text that has one unless `allow_zone`.
std::optional<i64> parse_timestamp(std::string_view text, const Clock& clock, bool zoned, bool allow_zone = true);
/// epoch, now, today, tomorrow, yesterday: at midnight of the session's zone.
std::optional<i64> special_timestamp(std::string_view text, const Clock& clock);

std::string date_text(i64 days);
/// `2024-01-01 10:00:00.5`: of local microseconds.
std::string timestamp_text(i64 local_micros);

}  // namespace engine::spark
