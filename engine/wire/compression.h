// The codecs of record batches: what Kafka calls compression.type.
#pragma once

#include <expected>
#include <span>
#include <string_view>
#include <vector>

#include "engine/model/error_codes.h"

namespace engine::wire {

/// Bits 0-2 of a batch's attributes.
enum class Codec : u8 { none = 0, gzip = 1, snappy = 2, lz4 = 3, zstd = 4 };

/// Kafka's name of a codec, and back; none for an unknown name.
std::string_view name_of(Codec codec);

/// No batch may unpack to more than this; a bomb is a corrupt message.
constexpr u32 kMostUnpackedBytes = 256u << 20;
static_assert(kMostUnpackedBytes <= 0x7fffffff);

std::vector<u8> compress(Codec codec, std::span<const u8> bytes);
/// Snappy is taken in Java's blocks and as librdkafka's single block; lz4 and zstd as frames.
std::expected<std::vector<u8>, ErrorCode> decompress(Codec codec, std::span<const u8> bytes);

}  // namespace engine::wire
