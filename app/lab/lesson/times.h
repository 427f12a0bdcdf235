// Durations, clock times and dates as lessons write them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sim/base/types.h"

namespace app::lab {

/// "12:30:30", "12:30:30.250", "12:30": time since midnight.
std::optional<sim::Nanos> parse_clock(std::string_view text);
/// "2026-01-05T12:00:00Z", with a blank for the T or without the Z: epoch milliseconds (UTC).
std::optional<sim::i64> parse_instant(std::string_view text);

/// Midnight (UTC) of the day in which a moment lies.
sim::i64 day_start_ms(sim::i64 epoch_ms);
/// "2026-01-05 12:00:00".
std::string instant_text(sim::i64 epoch_ms);

/// When lessons start that do not say it: 2026-01-05T12:00:00Z.
constexpr sim::i64 kDefaultStartMs = 1'767'614'400'000;

}  // namespace app::lab
