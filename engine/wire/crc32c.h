// CRC-32C (Castagnoli), the checksum of record batches and producer snapshots. Written here because
// Debian 12 packages no library for it. Uses the processor's instruction where there is one.
#pragma once

#include <span>

#include "engine/model/ids.h"

namespace engine::wire {

u32 crc32c(std::span<const u8> bytes);
/// The portable way, for tests: gives the same numbers.
u32 crc32c_by_table(std::span<const u8> bytes);

}  // namespace engine::wire
