// Intervals: year-month (months), day-time (microseconds) and the calendar form that window durations use.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/sql/types.h"

namespace engine::spark {

struct Calendar {
    i64 months = 0;
    i64 days = 0;
    i64 micros = 0;
};

/// `1 day 2 hours`, `interval -1.5 seconds`: any units, each with a sign of its own. Refuses abbreviations.
std::optional<Calendar> parse_interval(std::string_view text);
/// What Spark says of a text that parse_interval refuses, where it stops reading.
std::string interval_refusal(std::string_view text);
/// One unit by name, singular or plural: its months, days and microseconds.
std::optional<Calendar> unit_of(std::string_view name);
/// The field a unit belongs to: `first` of an interval type (weeks are days; milliseconds seconds). -1 = year-month
/// unit.
int day_time_field(std::string_view unit);

/// `1 02:03:04.5` with fields from..to (day 0 .. second 3).
std::optional<i64> parse_day_time(std::string_view text, u8 from, u8 to);
std::optional<i64> parse_year_month(std::string_view text, u8 from, u8 to);

/// `INTERVAL '1 02:03:04' DAY TO SECOND`.
std::string day_time_text(i64 micros, const DataType& type);
std::string year_month_text(i64 months, const DataType& type);
/// The quoted part alone.
std::string day_time_body(i64 micros, const DataType& type);
/// `1 years 2 months 3 days 4 hours 5.5 seconds`.
std::string calendar_text(const Calendar& interval);

}  // namespace engine::spark
