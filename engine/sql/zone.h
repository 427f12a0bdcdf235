// Time zones by name: fixed offsets and a table of regions with the daylight rule they follow today. Rules
// of the past are kept for the United States (1987, 2007) only; what is older than 1970 has the standard offset.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/sql/types.h"

namespace engine::spark {

/// Whether the name is a zone we know. Accepts `Z`, `UTC`, `GMT+1`, `+2`, `+02:00`, regions, and Java's short names.
bool known_zone(std::string_view zone);
/// Seconds east of UTC at an instant.
std::optional<i64> zone_offset(std::string_view zone, i64 utc_micros);
/// Microseconds UTC of a local time; in a gap the later, in an overlap the earlier instant, as Java does.
i64 to_utc(std::string_view zone, i64 local_micros);
i64 to_local(std::string_view zone, i64 utc_micros);
/// `+02:00`, `Z` for zero.
std::string offset_text(i64 seconds);

}  // namespace engine::spark
