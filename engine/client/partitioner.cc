#include "engine/client/partitioner.h"

#include <array>

#include "sim/base/assert.h"

namespace engine::client {
namespace {

constexpr u32 kMultiplier = 0x5bd1e995;
constexpr u32 kSeed = 0x9747b28c;

constexpr auto kCrcTable = [] {
    std::array<u32, 256> table{};
    for (u32 byte = 0; byte < 256; ++byte) {
        u32 crc = byte;
        for (int bit = 0; bit < 8; ++bit) crc = (crc & 1) != 0 ? crc >> 1 ^ 0xedb88320u : crc >> 1;
        table[byte] = crc;
    }
    return table;
}();
static_assert(kCrcTable[1] == 0x77073096 && kCrcTable[255] == 0x2d02ef8d);

u32 little_endian(std::span<const u8> bytes, std::size_t at) {
    MR_ASSERT(at + 4 <= bytes.size());
    return static_cast<u32>(bytes[at]) | static_cast<u32>(bytes[at + 1]) << 8 | static_cast<u32>(bytes[at + 2]) << 16 |
           static_cast<u32>(bytes[at + 3]) << 24;
}

}  // namespace

i32 murmur2(std::span<const u8> bytes) {
    u32 hash = kSeed ^ static_cast<u32>(bytes.size());
    std::size_t at = 0;
    for (; at + 4 <= bytes.size(); at += 4) {
        u32 word = little_endian(bytes, at) * kMultiplier;
        word ^= word >> 24;
        hash = hash * kMultiplier ^ word * kMultiplier;
    }
    const std::size_t rest = bytes.size() - at;
    MR_ASSERT(rest < 4);
    for (std::size_t i = rest; i > 0; --i) hash ^= static_cast<u32>(bytes[at + i - 1]) << (8 * (i - 1));
    if (rest > 0) hash *= kMultiplier;
    hash ^= hash >> 13;
    hash *= kMultiplier;
    return static_cast<i32>(hash ^ hash >> 15);
}

u32 crc32_ieee(std::span<const u8> bytes) {
    u32 crc = ~0u;
    for (const u8 byte : bytes) crc = crc >> 8 ^ kCrcTable[(crc ^ byte) & 0xff];
    return ~crc;
}

u32 fnv1a_32(std::span<const u8> bytes) {
    u32 hash = 0x811c9dc5;
    for (const u8 byte : bytes) hash = (hash ^ byte) * 0x01000193;
    return static_cast<i32>(hash) < 0 ? 0 - hash : hash;
}

i32 java_partition(std::span<const u8> key, i32 partitions) {
    MR_ASSERT(partitions > 0);
    return positive(murmur2(key)) % partitions;
}

i32 librdkafka_partition(std::span<const u8> key, i32 partitions) {
    MR_ASSERT(partitions > 0);
    return static_cast<i32>(crc32_ieee(key) % static_cast<u32>(partitions));
}

i32 fnv1a_partition(std::span<const u8> key, i32 partitions) {
    MR_ASSERT(partitions > 0);
    return positive(static_cast<i32>(fnv1a_32(key))) % partitions;
}

i32 sticky_partition(StickyPartition& sticky, sim::Prng& rng, const TopicInfo& topic) {
    if (sticky.partition >= 0 && static_cast<std::size_t>(sticky.partition) < topic.partitions.size())
        return sticky.partition;
    std::vector<i32> available;
    for (std::size_t i = 0; i < topic.partitions.size(); ++i)
        if (topic.partitions[i].leader != kNoBroker) available.push_back(static_cast<i32>(i));
    MR_ASSERT(!topic.partitions.empty());
    const u64 choice = rng.below(available.empty() ? topic.partitions.size() : available.size());
    sticky.partition = available.empty() ? static_cast<i32>(choice) : available[choice];
    sticky.produced_bytes = 0;
    MR_ASSERT(static_cast<std::size_t>(sticky.partition) < topic.partitions.size());
    return sticky.partition;
}

void note_produced(StickyPartition& sticky, i64 bytes, i64 sticky_bytes, bool batch_complete) {
    MR_ASSERT(bytes >= 0);
    sticky.produced_bytes += bytes;
    const bool enough = sticky.produced_bytes >= sticky_bytes && batch_complete;
    if (enough || sticky.produced_bytes >= 2 * sticky_bytes) sticky = {};
}

}  // namespace engine::client
