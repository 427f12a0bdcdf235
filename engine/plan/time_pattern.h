// Java's date and time patterns (`yyyy-MM-dd HH:mm:ss`) with what Spark forbids in them: printing and reading.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/sql/types.h"

namespace engine::spark {

struct PatternItem {
    char letter = 0;  ///< 0 = literal; '[' and ']' = optional part
    u32 count = 0;
    std::string text;
};

struct TimePattern {
    std::vector<PatternItem> items;
    std::string error;         ///< what Spark says of a pattern it refuses
    bool legacy_knows = true;  ///< whether the formatter before Spark 3 accepted it
};

TimePattern parse_pattern(std::string_view pattern, bool for_reading);
/// A local moment (microseconds) in a zone by the pattern.
std::string format_time(const TimePattern& pattern, i64 local_micros, const std::string& zone, i64 utc_micros);

struct ParsedTime {
    i64 local_micros = 0;
    std::string zone;  ///< empty = the session's
};

struct ParseFailure {
    std::string reason;          ///< as DateTimeParseException words it
    bool rolls_over = false;     ///< so would the readers of files, which make March of a 30th of February
    bool legacy_accepts = false; ///< the old lenient reader would have taken it
};

std::optional<ParsedTime> parse_time(const TimePattern& pattern, std::string_view text, ParseFailure& failure);

extern const char* const kMonthNames[12];
extern const char* const kDayNames[7];

/// What Java says of a day that does not exist.
std::string invalid_day_text(i64 year, i64 month, i64 day);

}  // namespace engine::spark
