// Base-128 numbers: unsigned in flexible message fields, zigzag inside record batches.
// Groups of 7 bits, least significant first, high bit set on all but the last byte.
#pragma once

#include <bit>
#include <span>
#include <vector>

#include "sim/base/types.h"

namespace sim {

constexpr u32 kMostVarintBytes = 5;
constexpr u32 kMostVarlongBytes = 10;

constexpr u32 zigzag(i32 value) { return (static_cast<u32>(value) << 1) ^ static_cast<u32>(value >> 31); }
constexpr u64 zigzag(i64 value) { return (static_cast<u64>(value) << 1) ^ static_cast<u64>(value >> 63); }
constexpr i32 unzigzag(u32 value) { return static_cast<i32>(value >> 1) ^ -static_cast<i32>(value & 1); }
constexpr i64 unzigzag(u64 value) { return static_cast<i64>(value >> 1) ^ -static_cast<i64>(value & 1); }
static_assert(zigzag(i32{-1}) == 1 && unzigzag(zigzag(i64{INT64_MIN})) == INT64_MIN);
static_assert(zigzag(i32{1}) == 2 && unzigzag(zigzag(i32{INT32_MIN})) == INT32_MIN);

template <class Out>
void put_uvarint(Out& out, u64 value) {
    while (value >= 0x80) {
        out.push_back(static_cast<u8>(value | 0x80));
        value >>= 7;
    }
    out.push_back(static_cast<u8>(value));
}

constexpr u32 uvarint_size(u64 value) {
    return (static_cast<u32>(std::bit_width(value | 1)) + 6) / 7;
}

static_assert(uvarint_size(0x7f) == 1 && uvarint_size(0x80) == 2);
static_assert(uvarint_size(UINT32_MAX) == kMostVarintBytes && uvarint_size(UINT64_MAX) == kMostVarlongBytes);

/// Reads one number of at most `most_bytes` groups from the front of `bytes`. Returns how many bytes it took,
/// 0 if it is cut off or too long.
constexpr u32 get_uvarint(std::span<const u8> bytes, u32 most_bytes, u64& value) {
    value = 0;
    for (u32 i = 0; i < most_bytes && i < bytes.size(); ++i) {
        value |= static_cast<u64>(bytes[i] & 0x7f) << (7 * i);
        if ((bytes[i] & 0x80) == 0) return i + 1;
    }
    return 0;
}

}  // namespace sim
