// Checkpoint files of a broker's log directory: version 0, a count, and lines of `topic partition offset`.
#pragma once

#include <string>
#include <string_view>

#include "engine/model/ids.h"
#include "sim/base/flat_map.h"

namespace engine::broker {

constexpr std::string_view kCleanedCheckpoint = "cleaner-offset-checkpoint";

using Checkpoint = sim::FlatMap<std::string, i64>;  // "topic partition" -> offset

std::string checkpoint_key(std::string_view topic, i32 partition);
/// Lines that are none are passed over.
Checkpoint parse_checkpoint(std::string_view text);
std::string to_text(const Checkpoint& checkpoint);

}  // namespace engine::broker
