// The door to the outside as a world has it: the node through which clients of real sockets come in, and how much of
// what they sent has not been worked on.
#pragma once

#include <algorithm>
#include <string_view>

#include "engine/world.h"

namespace engine {

constexpr std::string_view kOutsideDoor = "outside";

/// What a request weighs that waits: its bytes, and at least so much that a few small ones keep a broker from the
/// others.
constexpr u64 outside_weight(u64 bytes) { return std::max(bytes, u64{64} << 10); }

/// Weight of a slot's requests that are on their way, or wait at the broker behind the one it works on. 0 without such
/// a slot.
[[nodiscard]] u64 outside_weight_waiting(const World& world, u32 slot);

}  // namespace engine
