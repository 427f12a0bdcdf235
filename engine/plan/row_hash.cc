#include "engine/plan/row_hash.h"
#include "sim/base/assert.h"

#include <bit>
#include <cstring>

namespace engine::spark {

namespace {

u32 rotate(u32 v, int n) { return std::rotl(v, n); }
u32 mix_k1(u32 k) { return rotate(k * 0xcc9e2d51u, 15) * 0x1b873593u; }
u32 mix_h1(u32 h, u32 k) { return rotate(h ^ k, 13) * 5 + 0xe6546b64u; }

u32 finish(u32 h, u32 length) {
    h ^= length;
    h = (h ^ (h >> 16)) * 0x85ebca6bu;
    h = (h ^ (h >> 13)) * 0xc2b2ae35u;
    return h ^ (h >> 16);
}

u32 word_at(std::string_view s, std::size_t at) {
    MR_ASSERT(at + 4 <= s.size());
    u32 w = 0;
    std::memcpy(&w, s.data() + at, 4);
    return w;
}

u64 long_at(std::string_view s, std::size_t at) {
    MR_ASSERT(at + 8 <= s.size());
    u64 w = 0;
    std::memcpy(&w, s.data() + at, 8);
    return w;
}

}  // namespace

i32 murmur_int(i32 v, i32 seed) {
    return static_cast<i32>(finish(mix_h1(static_cast<u32>(seed), mix_k1(static_cast<u32>(v))), 4));
}

i32 murmur_long(i64 v, i32 seed) {
    u32 h = mix_h1(static_cast<u32>(seed), mix_k1(static_cast<u32>(v)));
    h = mix_h1(h, mix_k1(static_cast<u32>(static_cast<u64>(v) >> 32)));
    return static_cast<i32>(finish(h, 8));
}

i32 murmur_bytes(std::string_view s, i32 seed) {
    u32 h = static_cast<u32>(seed);
    std::size_t at = 0;
    for (; at + 4 <= s.size(); at += 4) h = mix_h1(h, mix_k1(word_at(s, at)));
    for (; at < s.size(); ++at) h = mix_h1(h, mix_k1(static_cast<u32>(static_cast<i32>(static_cast<i8>(s[at])))));
    return static_cast<i32>(finish(h, static_cast<u32>(s.size())));
}

u32 murmur_standard(std::string_view s, u32 seed) {
    u32 h = seed;
    std::size_t at = 0;
    for (; at + 4 <= s.size(); at += 4) h = mix_h1(h, mix_k1(word_at(s, at)));
    u32 k = 0;
    for (std::size_t i = s.size(); i > at; --i) k = (k << 8) | static_cast<u8>(s[i - 1]);
    if (at < s.size()) h ^= mix_k1(k);
    return finish(h, static_cast<u32>(s.size()));
}

namespace {

/// Big-endian two's complement of an unscaled decimal, in the fewest bytes.
std::string big_integer(i128 v) {
    std::string out;
    for (int i = 15; i >= 0; --i) out += static_cast<char>(static_cast<u128>(v) >> (8 * i));
    while (out.size() > 1 && ((out[0] == 0 && static_cast<i8>(out[1]) >= 0) ||
                              (out[0] == static_cast<char>(-1) && static_cast<i8>(out[1]) < 0)))
        out.erase(0, 1);
    return out;
}

template <class H, class Int, class Long, class Bytes>
H fold(const Value& v, const DataType& type, H seed, Int of_int, Long of_long, Bytes of_bytes) {
    if (v.null) return seed;
    switch (type.id) {
        case TypeId::void_: return seed;
        case TypeId::boolean: case TypeId::tinyint: case TypeId::smallint: case TypeId::integer:
        case TypeId::date: case TypeId::year_month: return of_int(static_cast<i32>(v.i), seed);
        case TypeId::bigint: case TypeId::timestamp: case TypeId::timestamp_ntz: case TypeId::day_time:
            return of_long(v.i, seed);
        case TypeId::float_:
            return of_int(v.d == 0 ? 0 : v.d != v.d ? 0x7fc00000 : std::bit_cast<i32>(static_cast<float>(v.d)), seed);
        case TypeId::double_:
            return of_long(v.d == 0 ? 0 : v.d != v.d ? 0x7ff8000000000000LL : std::bit_cast<i64>(v.d), seed);
        case TypeId::decimal:
            return type.a <= 18 ? of_long(static_cast<i64>(v.dec), seed) : of_bytes(big_integer(v.dec), seed);
        case TypeId::string: case TypeId::binary: return of_bytes(v.s, seed);
        case TypeId::calendar:
            return of_int(static_cast<i32>(items_of(v)[0].i),
                          of_int(static_cast<i32>(items_of(v)[1].i), of_long(items_of(v)[2].i, seed)));
        case TypeId::array: case TypeId::map: case TypeId::structure: {
            const Values& items = items_of(v);
            for (std::size_t i = 0; i < items.size(); ++i) {
                const std::size_t k = type.id == TypeId::structure ? i : i % type.fields->size();
                seed = fold<H>(items[i], (*type.fields)[k].type, seed, of_int, of_long, of_bytes);
            }
            return seed;
        }
    }
    return seed;
}

}  // namespace

i32 murmur_value(const Value& v, const DataType& type, i32 seed) {
    return fold<i32>(v, type, seed, murmur_int, murmur_long,
                     [](std::string_view s, i32 h) { return murmur_bytes(s, h); });
}

void murmur_column(const Column& c, std::span<i32> hashes) {
    MR_ASSERT(static_cast<i64>(hashes.size()) == c.size);
    const auto each = [&](auto&& hashed) {
        for (std::size_t i = 0; i < hashes.size(); ++i)
            if (!c.null(static_cast<i64>(i))) hashes[i] = hashed(static_cast<i64>(i), hashes[i]);
    };
    switch (c.type.id) {
        case TypeId::void_: return;
        case TypeId::boolean: case TypeId::tinyint: case TypeId::smallint: case TypeId::integer:
        case TypeId::date: case TypeId::year_month:
            return each([&](i64 i, i32 h) { return murmur_int(static_cast<i32>(c.ints[c.at(i)]), h); });
        case TypeId::bigint: case TypeId::timestamp: case TypeId::timestamp_ntz: case TypeId::day_time:
            return each([&](i64 i, i32 h) { return murmur_long(c.ints[c.at(i)], h); });
        case TypeId::string: case TypeId::binary:
            return each([&](i64 i, i32 h) { return murmur_bytes(c.strings[c.at(i)], h); });
        default: return each([&](i64 i, i32 h) { return murmur_value(get(c, i), c.type, h); });
    }
}

namespace {

constexpr u64 P1 = 0x9E3779B185EBCA87ull, P2 = 0xC2B2AE3D27D4EB4Full, P3 = 0x165667B19E3779F9ull,
              P4 = 0x85EBCA77C2B2AE63ull, P5 = 0x27D4EB2F165667C5ull;
static_assert((P1 & P2 & P3 & 1) == 1);  // odd, so that multiplying loses nothing

u64 avalanche(u64 h) {
    h = (h ^ (h >> 33)) * P2;
    h = (h ^ (h >> 29)) * P3;
    return h ^ (h >> 32);
}

}  // namespace

i64 xxhash_int(i32 v, i64 seed) {
    u64 h = static_cast<u64>(seed) + P5 + 4;
    h = std::rotl(h ^ (static_cast<u64>(static_cast<u32>(v)) * P1), 23) * P2 + P3;
    return static_cast<i64>(avalanche(h));
}

i64 xxhash_long(i64 v, i64 seed) {
    u64 h = static_cast<u64>(seed) + P5 + 8;
    h = std::rotl(h ^ (std::rotl(static_cast<u64>(v) * P2, 31) * P1), 27) * P1 + P4;
    return static_cast<i64>(avalanche(h));
}

i64 xxhash_bytes(std::string_view s, i64 signed_seed) {
    const u64 seed = static_cast<u64>(signed_seed);
    std::size_t at = 0;
    u64 h = seed + P5;
    if (s.size() >= 32) {
        u64 v[4] = {seed + P1 + P2, seed + P2, seed, seed - P1};
        for (; at + 32 <= s.size(); at += 32)
            for (std::size_t i = 0; i < 4; ++i) v[i] = std::rotl(v[i] + long_at(s, at + 8 * i) * P2, 31) * P1;
        h = std::rotl(v[0], 1) + std::rotl(v[1], 7) + std::rotl(v[2], 12) + std::rotl(v[3], 18);
        for (const u64 x : v) h = (h ^ (std::rotl(x * P2, 31) * P1)) * P1 + P4;
    }
    h += s.size();
    for (; at + 8 <= s.size(); at += 8) h = std::rotl(h ^ (std::rotl(long_at(s, at) * P2, 31) * P1), 27) * P1 + P4;
    if (at + 4 <= s.size()) {
        h = std::rotl(h ^ (static_cast<u64>(word_at(s, at)) * P1), 23) * P2 + P3;
        at += 4;
    }
    for (; at < s.size(); ++at) h = std::rotl(h ^ (static_cast<u8>(s[at]) * P5), 11) * P1;
    return static_cast<i64>(avalanche(h));
}

i64 xxhash_value(const Value& v, const DataType& type, i64 seed) {
    return fold<i64>(v, type, seed, xxhash_int, xxhash_long,
                     [](std::string_view s, i64 h) { return xxhash_bytes(s, h); });
}

}  // namespace engine::spark
