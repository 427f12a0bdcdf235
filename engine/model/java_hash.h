// Hashes by which Java and Scala order what they keep in maps and sets: what real brokers, tools and drivers print in
// that order is told in it here too.
#pragma once

#include <string_view>

#include "sim/base/types.h"

namespace engine {

using sim::u32;
using sim::u8;

/// String.hashCode(): over the UTF-16 code units of a UTF-8 text.
inline u32 java_hash(std::string_view utf8) {
    constexpr u32 kFactor = 31, kPlane = 0x10000;
    u32 hash = 0;
    const auto add = [&](u32 unit) { hash = hash * kFactor + unit; };
    for (std::size_t i = 0; i < utf8.size();) {
        const auto lead = static_cast<u8>(utf8[i]);
        const u32 length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
        u32 point = length == 1 ? lead : lead & (0xff >> (length + 1));
        for (u32 k = 1; k < length && i + k < utf8.size(); ++k)
            point = point << 6 | (static_cast<u8>(utf8[i + k]) & 0x3f);
        i += length;
        if (point >= kPlane) add(0xd800 + ((point - kPlane) >> 10));
        add(point < kPlane ? point : 0xdc00 + ((point - kPlane) & 0x3ff));
    }
    return hash;
}

/// What java.util.HashMap makes of a hash before it takes the lowest bits.
constexpr u32 java_spread(u32 hash) { return hash ^ hash >> 16; }

/// Where a java.util.HashMap of so many entries keeps a hash: 16 places, twice as many when three in four are taken.
constexpr u32 java_bucket(u32 hash, std::size_t entries) {
    std::size_t buckets = 16;
    while (entries > buckets / 4 * 3) buckets *= 2;
    return java_spread(hash) & static_cast<u32>(buckets - 1);
}

/// scala.collection.Hashing.improve: five bits at a time, the lowest first, lead through the tree of a set or map.
constexpr u32 scala_improved(u32 hash) {
    u32 h = hash + ~(hash << 9);
    h ^= h >> 14;
    h += h << 4;
    return h ^ h >> 10;
}

}  // namespace engine
