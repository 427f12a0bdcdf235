#include "engine/wire/crc32c.h"

#include <array>
#include <cstring>

#include "sim/base/assert.h"

namespace engine::wire {
namespace {

constexpr u32 kPolynomial = 0x82f63b78;  // reflected

/// table[k][b]: effect of byte b followed by k zero bytes, for eight bytes at a step.
constexpr auto kTables = [] {
    std::array<std::array<u32, 256>, 8> tables{};
    for (u32 byte = 0; byte < 256; ++byte) {
        u32 crc = byte;
        for (int bit = 0; bit < 8; ++bit) crc = (crc & 1) != 0 ? crc >> 1 ^ kPolynomial : crc >> 1;
        tables[0][byte] = crc;
    }
    for (u32 k = 1; k < 8; ++k)
        for (u32 byte = 0; byte < 256; ++byte)
            tables[k][byte] = tables[k - 1][byte] >> 8 ^ tables[0][tables[k - 1][byte] & 0xff];
    return tables;
}();
static_assert(kTables[0][0] == 0 && kTables[0][1] == 0xf26b8303 && kTables[0][128] == kPolynomial);

constexpr u32 step(u32 crc, u8 byte) { return crc >> 8 ^ kTables[0][(crc ^ byte) & 0xff]; }

#if defined(__x86_64__)

/// The instruction has a latency of three cycles and can begin each cycle: three lanes run side by side.
constexpr std::size_t kLaneBytes = 512;
static_assert(kLaneBytes % 8 == 0);

/// kBehindLane[k][b]: what byte k of a checksum with value b becomes when a lane of zeros follows.
constexpr auto kBehindLane = [] {
    std::array<u32, 32> of_bit{};
    for (u32 bit = 0; bit < 32; ++bit) {
        u32 crc = u32{1} << bit;
        for (std::size_t i = 0; i < kLaneBytes; ++i) crc = step(crc, 0);
        of_bit[bit] = crc;
    }
    std::array<std::array<u32, 256>, 4> tables{};
    for (u32 k = 0; k < 4; ++k)
        for (u32 byte = 0; byte < 256; ++byte)
            for (u32 bit = 0; bit < 8; ++bit)
                if ((byte >> bit & 1) != 0) tables[k][byte] ^= of_bit[8 * k + bit];
    return tables;
}();

static_assert(kBehindLane[0][0] == 0 && kBehindLane[1][3] == (kBehindLane[1][1] ^ kBehindLane[1][2]));  // linear

u32 behind_lane(u64 crc) {
    MR_ASSERT(crc <= UINT32_MAX);
    u32 out = 0;
    for (u32 k = 0; k < 4; ++k) out ^= kBehindLane[k][crc >> (8 * k) & 0xff];
    return out;
}

u64 word_at(const u8* at) {
    u64 word = 0;
    std::memcpy(&word, at, sizeof(word));
    return word;
}

__attribute__((target("sse4.2"))) u32 crc32c_by_instruction(std::span<const u8> bytes) {
    u64 crc = ~0u;
    const u8* at = bytes.data();
    std::size_t left = bytes.size();
    for (; left >= 3 * kLaneBytes; left -= 3 * kLaneBytes, at += 3 * kLaneBytes) {
        u64 second = 0, third = 0;
        for (std::size_t i = 0; i < kLaneBytes; i += 8) {
            crc = __builtin_ia32_crc32di(crc, word_at(at + i));
            second = __builtin_ia32_crc32di(second, word_at(at + kLaneBytes + i));
            third = __builtin_ia32_crc32di(third, word_at(at + 2 * kLaneBytes + i));
        }
        crc = behind_lane(behind_lane(crc) ^ second) ^ third;
    }
    for (; left >= 8; left -= 8, at += 8) crc = __builtin_ia32_crc32di(crc, word_at(at));
    auto low = static_cast<u32>(crc);
    for (; left > 0; --left) low = __builtin_ia32_crc32qi(low, *at++);
    return ~low;
}
#endif

}  // namespace

u32 crc32c_by_table(std::span<const u8> bytes) {
    u32 crc = ~0u;
    std::size_t at = 0;
    for (; at + 8 <= bytes.size(); at += 8) {
        u32 low = crc;
        for (u32 i = 0; i < 4; ++i) low ^= static_cast<u32>(bytes[at + i]) << (8 * i);
        crc = 0;
        for (u32 i = 0; i < 4; ++i) crc ^= kTables[7 - i][(low >> (8 * i)) & 0xff];
        for (u32 i = 4; i < 8; ++i) crc ^= kTables[7 - i][bytes[at + i]];
    }
    for (; at < bytes.size(); ++at) crc = step(crc, bytes[at]);
    return ~crc;
}

u32 crc32c(std::span<const u8> bytes) {
#if defined(__x86_64__)
    static const bool has_instruction = __builtin_cpu_supports("sse4.2") != 0;
    if (has_instruction) return crc32c_by_instruction(bytes);
#endif
    return crc32c_by_table(bytes);
}

}  // namespace engine::wire
