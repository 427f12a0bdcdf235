// Digests that SQL offers: MD5, SHA-1, SHA-2, CRC-32.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/sql/types.h"

namespace engine::spark {

std::string md5(std::string_view data);     ///< 16 bytes
std::string sha1(std::string_view data);    ///< 20 bytes
/// bits: 224, 256, 384 or 512; empty otherwise.
std::string sha2(std::string_view data, i64 bits);
u32 crc32(std::string_view data);
std::string hex_lower(std::string_view bytes);
std::string hex_upper(std::string_view bytes);

/// Bytes of hexadecimal digits; none if there is another character. An odd number of digits gets a zero in front.
std::optional<std::string> unhexed(std::string s);

}  // namespace engine::spark
