// Hashing for traces and digests: the same numbers on every machine, compiler and run.
#pragma once

#include <span>
#include <string_view>

#include "sim/base/types.h"

namespace sim {

/// Finaliser of splitmix64: every input bit reaches every output bit.
constexpr u64 mix64(u64 x) {
    x ^= x >> 30;
    x *= 0xbf58476d1ce4e5b9ULL;
    x ^= x >> 27;
    x *= 0x94d049bb133111ebULL;
    return x ^ (x >> 31);
}

/// FNV-1a, for short names known at compile time.
constexpr u64 fnv1a(std::string_view text) {
    u64 hash = 0xcbf29ce484222325ULL;
    for (char c : text) {
        hash ^= static_cast<u8>(c);
        hash *= 0x100000001b3ULL;
    }
    return hash;
}

/// XXH3-64 of a byte string.
u64 hash_bytes(std::span<const u8> bytes);

/// Order-dependent accumulator. What was added, and in which order, decides the value.
class Hasher {
public:
    constexpr void add(u64 value) { state_ = (state_ ^ mix64(value + 0x9e3779b97f4a7c15ULL)) * 0xff51afd7ed558ccdULL; }
    void add_bytes(std::span<const u8> bytes) { add(bytes.size()); add(hash_bytes(bytes)); }
    [[nodiscard]] constexpr u64 value() const { return mix64(state_); }

private:
    u64 state_ = 0x2545f4914f6cdd1dULL;
};

static_assert(fnv1a("") == 0xcbf29ce484222325ULL);
static_assert(fnv1a("a") == 0xaf63dc4c8601ec8cULL);
static_assert(mix64(1) != mix64(2) && Hasher{}.value() != 0);

}  // namespace sim
