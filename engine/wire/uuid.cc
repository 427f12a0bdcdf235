#include "engine/wire/uuid.h"

#include <algorithm>

#include "sim/base/assert.h"

namespace engine::wire {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr u32 kTextLength = 22;
static_assert(kAlphabet.size() == 64 && kTextLength == (8 * sizeof(Uuid) + 5) / 6);
constexpr u32 kDashedLength = 36;
static_assert(kDashedLength == 2 * sizeof(Uuid) + 4);

/// The six bits of place `index`; the last place is filled up with zeros.
u32 six_bits(const Uuid& id, u32 index) {
    MR_ASSERT(index < kTextLength);
    u32 value = 0;
    for (u32 bit = index * 6; bit < index * 6 + 6; ++bit) {
        const u32 set = bit < 128 ? (id.bytes[bit / 8] >> (7 - bit % 8)) & 1u : 0u;
        value = value << 1 | set;
    }
    return value;
}

}  // namespace

std::string to_text(const Uuid& id) {
    std::string text;
    for (u32 i = 0; i < kTextLength; ++i) text += kAlphabet[six_bits(id, i)];
    MR_ASSERT(text.size() == kTextLength);
    return text;
}

Uuid uuid_from_text(std::string_view text) {
    Uuid id;
    if (text.size() != kTextLength) return {};
    for (u32 i = 0; i < kTextLength; ++i) {
        const auto value = kAlphabet.find(text[i]);
        if (value == std::string_view::npos) return {};
        for (u32 bit = 0; bit < 6 && i * 6 + bit < 128; ++bit) {
            const u32 at = i * 6 + bit;
            if ((value >> (5 - bit) & 1) != 0) id.bytes[at / 8] |= static_cast<u8>(0x80u >> (at % 8));
        }
    }
    return id;
}

std::string to_dashed_hex(const Uuid& id) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (u32 i = 0; i < id.bytes.size(); ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
        text += digits[id.bytes[i] >> 4];
        text += digits[id.bytes[i] & 15];
    }
    MR_ASSERT(text.size() == kDashedLength);
    return text;
}

}  // namespace engine::wire
