// Mistakes in Spark SQL on purpose, each behind a switch that only tests turn on: they show that the tests find what
// they are there to find.
#pragma once

#include "sim/base/types.h"

namespace engine::spark {

enum class SqlBug : sim::u8 {
    none,
    in_forgets_null,         ///< x IN (1, NULL) is false, not null, when 1 is not x
    overflow_wraps,          ///< a sum that is too large wraps with ANSI, too
    decimal_truncates,       ///< digits beyond the scale are cut, not rounded
    day_is_24_hours,         ///< adding a day ignores that the clocks change
    right_join_takes_left,   ///< the column of USING comes from the left of a right join
    first_is_last,           ///< first() keeps the newest value
    ordinal_from_zero,       ///< GROUP BY 2 means the third item
    outer_filter_pushed,     ///< a filter on the side that may be missing sinks below an outer join
    distinct_forgotten,      ///< count(DISTINCT x) counts every x
    limit_before_sort,       ///< rows are cut off before they are in order
    null_safe_is_plain,      ///< NULL <=> NULL is null
    names_by_case,           ///< a column is found only as it is written
    union_by_name,           ///< UNION takes columns of equal names together
    frame_one_less,          ///< a frame ends a row early
    nulls_last,              ///< nulls are the largest in ascending order
};
inline constexpr int kSqlBugs = 16;
static_assert(static_cast<int>(SqlBug::nulls_last) + 1 == kSqlBugs);

}  // namespace engine::spark
