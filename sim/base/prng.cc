#include "sim/base/prng.h"

#include <algorithm>
#include <bit>
#include <functional>

namespace sim {
namespace {

__extension__ using u128 = unsigned __int128;

u64 splitmix(u64& x) {
    x += 0x9e3779b97f4a7c15ULL;
    return mix64(x);
}

// -ln((i + 0.5) / 64) in 1/1024, for i = 0..63: inverse of the exponential distribution by table.
constexpr std::array<i64, 64> kMinusLog1024 = {
    4968, 3843, 3320, 2976, 2718, 2513, 2342, 2195, 2067, 1953, 1850, 1757, 1672, 1593, 1520, 1451,
    1387, 1327, 1270, 1216, 1165, 1116, 1069, 1025, 982,  941,  902,  864,  827,  792,  758,  725,
    693,  662,  632,  602,  574,  546,  519,  493,  467,  442,  418,  394,  371,  348,  326,  304,
    283,  262,  241,  221,  202,  182,  163,  145,  127,  109,  91,   74,   57,   40,   24,   8};
static_assert(std::ranges::is_sorted(kMinusLog1024, std::greater{}));
static_assert(kMinusLog1024.front() < 8 * 1024 && kMinusLog1024.back() > 0);  // at most 8 times the mean

}  // namespace

Prng Prng::forked(u64 seed, std::string_view purpose, u64 index) {
    u64 x = mix64(seed ^ fnv1a(purpose)) ^ mix64(index + 1);
    Prng prng;
    for (u64& word : prng.state) word = splitmix(x);
    return prng;
}

u64 Prng::next() {
    auto& s = state;
    MR_ASSERT((s[0] | s[1] | s[2] | s[3]) != 0);  // an unseeded stream would only give zeros
    const u64 result = std::rotl(s[0] + s[3], 23) + s[0];
    const u64 t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = std::rotl(s[3], 45);
    return result;
}

u64 Prng::below(u64 bound) {
    MR_ASSERT(bound > 0);
    u128 product = static_cast<u128>(next()) * bound;
    auto low = static_cast<u64>(product);
    if (low < bound) {
        const u64 threshold = (0 - bound) % bound;
        while (low < threshold) {
            product = static_cast<u128>(next()) * bound;
            low = static_cast<u64>(product);
        }
    }
    const auto drawn = static_cast<u64>(product >> 64);
    MR_ASSERT(drawn < bound);
    return drawn;
}

i64 Prng::between(i64 low, i64 high) {
    MR_ASSERT(low <= high);
    const u64 width = static_cast<u64>(high) - static_cast<u64>(low) + 1;
    const auto drawn = static_cast<i64>(static_cast<u64>(low) + (width == 0 ? next() : below(width)));
    MR_ASSERT(low <= drawn && drawn <= high);
    return drawn;
}

Nanos Prng::exponential(Nanos mean) {
    MR_ASSERT(mean.count >= 0 && mean <= kForever / kMinusLog1024.front());
    return mean * kMinusLog1024[below(64)] / 1024;
}

}  // namespace sim
