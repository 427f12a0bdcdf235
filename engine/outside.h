// The door to the outside as a world has it: the node through which clients of real sockets come in, and how much of
// what they sent has not been worked on.
#pragma once

#include <string_view>

#include "engine/world.h"

namespace engine {

constexpr std::string_view kOutsideDoor = "outside";

/// Bytes of a slot's requests that are on their way, or wait at the broker behind the one it works on. 0 without such a slot.
[[nodiscard]] u64 outside_bytes_waiting(const World& world, u32 slot);

}  // namespace engine
