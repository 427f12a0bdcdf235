// Which partition a record goes to: by its key, or sticky when it has none.
#pragma once

#include <span>
#include <string_view>

#include "engine/client/cluster_client.h"

namespace engine::client {

/// Kafka's murmur2: 32 bits, seed 0x9747b28c.
i32 murmur2(std::span<const u8> bytes);
/// CRC-32 (zlib's), which librdkafka's default partitioner uses.
u32 crc32_ieee(std::span<const u8> bytes);
/// librdkafka's FNV-1a: the absolute value of the signed hash, as Sarama has it.
u32 fnv1a_32(std::span<const u8> bytes);

/// A hash without its sign bit.
constexpr i32 positive(i32 hash) { return hash & 0x7fffffff; }
static_assert(positive(-1) == INT32_MAX && positive(INT32_MIN) == 0 && positive(5) == 5);

/// Java: (murmur2(key) & 0x7fffffff) mod n.
i32 java_partition(std::span<const u8> key, i32 partitions);
/// librdkafka `consistent`: crc32(key) mod n.
i32 librdkafka_partition(std::span<const u8> key, i32 partitions);
/// librdkafka `fnv1a`.
i32 fnv1a_partition(std::span<const u8> key, i32 partitions);

/// Java's built-in partitioner for records without a key (KIP-794): stays with a partition until batch.size
/// bytes went to it, then takes another one at random among those that have a leader.
struct StickyPartition {
    i32 partition = -1;
    i64 produced_bytes = 0;
};
/// The partition for the next record; chooses one if none is chosen.
i32 sticky_partition(StickyPartition& sticky, sim::Prng& rng, const TopicInfo& topic);
/// Notes bytes that went to it; leaves it once `sticky_bytes` are reached and the batch is complete.
void note_produced(StickyPartition& sticky, i64 bytes, i64 sticky_bytes, bool batch_complete);

}  // namespace engine::client
