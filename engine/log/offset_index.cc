#include "engine/log/offset_index.h"

#include "engine/wire/bytes.h"
#include "sim/base/assert.h"
#include "sim/base/big_endian.h"

namespace engine::log {
namespace {

i32 relative(Offset base, Offset offset) {
    MR_ASSERT(offset >= base && offset - base <= INT32_MAX);
    return static_cast<i32>(offset - base);
}

}  // namespace

bool OffsetIndex::append(Offset offset, u32 position) {
    if (offset < base) return false;
    const i32 wanted = relative(base, offset);
    if (!entries.empty() && wanted <= entries.back().relative_offset) return false;
    MR_ASSERT(wanted >= 0 && position <= INT32_MAX);
    entries.push_back({wanted, static_cast<i32>(position)});
    return true;
}

OffsetPosition OffsetIndex::lookup(Offset offset) const {
    const u64 above = entries.partition_point([&](const IndexEntry& e) { return base + e.relative_offset <= offset; });
    if (above == 0) return {base, 0};
    const IndexEntry& entry = entries[above - 1];
    MR_ASSERT(base + entry.relative_offset <= offset && entry.position >= 0);
    return {base + entry.relative_offset, static_cast<u32>(entry.position)};
}

OffsetPosition OffsetIndex::upper_bound(const OffsetPosition& from, u32 bytes) const {
    const u64 target = static_cast<u64>(from.position) + bytes;
    const u64 at = entries.partition_point([&](const IndexEntry& e) { return static_cast<u64>(e.position) < target; });
    if (at == entries.size()) return {kNoOffset, 0};
    MR_ASSERT(base + entries[at].relative_offset >= from.offset);
    return {base + entries[at].relative_offset, static_cast<u32>(entries[at].position)};
}

void OffsetIndex::truncate(Offset end) {
    entries.truncate(entries.partition_point([&](const IndexEntry& e) { return base + e.relative_offset < end; }));
    MR_ASSERT(entries.empty() || base + entries.back().relative_offset < end);
}

std::array<u8, OffsetIndex::kEntryBytes> OffsetIndex::bytes_of(u64 entry) const {
    MR_ASSERT(entry < entries.size());
    std::array<u8, kEntryBytes> bytes{};
    sim::store_big_endian(bytes.data(), entries[entry].relative_offset);
    sim::store_big_endian(bytes.data() + 4, entries[entry].position);
    return bytes;
}

OffsetIndex OffsetIndex::from_bytes(Offset base, std::span<const u8> bytes) {
    OffsetIndex index{base, {}};
    for (wire::Reader in(bytes); in.remaining() >= kEntryBytes;) {
        const i32 relative_offset = in.get_i32();
        const i32 position = in.get_i32();
        if (!index.append(base + relative_offset, static_cast<u32>(position))) break;
    }
    return index;
}

bool TimeIndex::maybe_append(i64 timestamp, Offset offset) {
    if (offset < base || timestamp <= last().timestamp) return false;
    const i32 wanted = relative(base, offset);
    if (!entries.empty() && wanted <= entries.back().relative_offset) return false;
    MR_ASSERT(entries.empty() || entries.back().timestamp < timestamp);
    entries.push_back({timestamp, wanted});
    return true;
}

TimestampOffset TimeIndex::last() const {
    if (entries.empty()) return {-1, base};
    return {entries.back().timestamp, base + entries.back().relative_offset};
}

TimestampOffset TimeIndex::lookup(i64 timestamp) const {
    const u64 above = entries.partition_point([&](const TimeEntry& e) { return e.timestamp <= timestamp; });
    if (above == 0) return {-1, base};
    MR_ASSERT(entries[above - 1].timestamp <= timestamp);
    return {entries[above - 1].timestamp, base + entries[above - 1].relative_offset};
}

void TimeIndex::truncate(Offset end) {
    entries.truncate(entries.partition_point([&](const TimeEntry& e) { return base + e.relative_offset < end; }));
    MR_ASSERT(entries.empty() || last().offset < end);
}

std::array<u8, TimeIndex::kEntryBytes> TimeIndex::bytes_of(u64 entry) const {
    MR_ASSERT(entry < entries.size());
    std::array<u8, kEntryBytes> bytes{};
    sim::store_big_endian(bytes.data(), entries[entry].timestamp);
    sim::store_big_endian(bytes.data() + 8, entries[entry].relative_offset);
    return bytes;
}

TimeIndex TimeIndex::from_bytes(Offset base, std::span<const u8> bytes) {
    TimeIndex index{base, {}};
    for (wire::Reader in(bytes); in.remaining() >= kEntryBytes;) {
        const i64 timestamp = in.get_i64();
        const i32 relative_offset = in.get_i32();
        if (!index.maybe_append(timestamp, base + relative_offset)) break;
    }
    return index;
}

}  // namespace engine::log
