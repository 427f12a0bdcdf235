// Bytes as tests write them.
#pragma once

#include <fmt/format.h>

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/byte_reader.h"

namespace tests {

inline std::vector<sim::u8> bytes(std::string_view text) { return {text.begin(), text.end()}; }
inline std::string text(std::span<const sim::u8> bytes) { return {bytes.begin(), bytes.end()}; }
inline sim::Slice slice(std::string_view text) { return sim::Slice::whole(sim::Chunk::of(bytes(text))); }
inline std::string hex(std::span<const sim::u8> bytes) {
    std::string digits;
    for (const sim::u8 byte : bytes) digits += fmt::format("{:02x}", byte);
    return digits;
}
/// Pairs of digits; what is between them is ignored.
inline std::vector<sim::u8> from_hex(std::string_view digits) {
    std::vector<sim::u8> bytes;
    int high = -1;
    for (const char c : digits) {
        const int value = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
        if (value < 0) continue;
        if (high >= 0) bytes.push_back(static_cast<sim::u8>(high << 4 | value));
        high = high >= 0 ? -1 : value;
    }
    return bytes;
}

}  // namespace tests
