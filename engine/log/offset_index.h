// The sparse indexes of a segment: offset -> byte position, and timestamp -> offset. Their entries are what
// stands in `.index` (8 bytes each) and `.timeindex` (12 bytes each).
#pragma once

#include <array>
#include <span>
#include <vector>

#include "engine/model/ids.h"
#include "sim/base/persistent_vec.h"

namespace engine::log {

struct IndexEntry {
    i32 relative_offset = 0;  // largest offset of the append that it was made for, minus the base offset
    i32 position = 0;         // of the first byte of that append
};
static_assert(sizeof(IndexEntry) == 8);

/// Where an offset lookup begins to scan.
struct OffsetPosition {
    Offset offset;
    u32 position = 0;
    friend bool operator==(const OffsetPosition&, const OffsetPosition&) = default;
};

struct OffsetIndex {
    static constexpr u32 kEntryBytes = 8;
    static_assert(kEntryBytes == sizeof(IndexEntry::relative_offset) + sizeof(IndexEntry::position));
    Offset base;
    sim::PersistentVec<IndexEntry> entries;

    /// Adds an entry. False, and nothing is added, if the offset does not ascend.
    bool append(Offset offset, u32 position);
    /// The greatest entry at or below an offset; the segment's start if there is none.
    [[nodiscard]] OffsetPosition lookup(Offset offset) const;
    /// The first entry at least `bytes` behind a position; kNoOffset if there is none.
    [[nodiscard]] OffsetPosition upper_bound(const OffsetPosition& from, u32 bytes) const;
    /// Drops entries for offsets at or above `end`.
    void truncate(Offset end);
    [[nodiscard]] std::array<u8, kEntryBytes> bytes_of(u64 entry) const;
    static OffsetIndex from_bytes(Offset base, std::span<const u8> bytes);
};

struct TimeEntry {
    i64 timestamp = -1;
    i32 relative_offset = 0;
};

struct TimestampOffset {
    i64 timestamp = -1;
    Offset offset;
    friend bool operator==(const TimestampOffset&, const TimestampOffset&) = default;
};

struct TimeIndex {
    static constexpr u32 kEntryBytes = 12;
    static_assert(kEntryBytes == sizeof(TimeEntry::timestamp) + sizeof(TimeEntry::relative_offset));
    Offset base;
    sim::PersistentVec<TimeEntry> entries;

    /// Adds an entry if its timestamp is above the last one's. True if it was added.
    bool maybe_append(i64 timestamp, Offset offset);
    /// The last entry with a timestamp at or below this; (-1, base) if there is none.
    [[nodiscard]] TimestampOffset lookup(i64 timestamp) const;
    [[nodiscard]] TimestampOffset last() const;
    void truncate(Offset end);
    [[nodiscard]] std::array<u8, kEntryBytes> bytes_of(u64 entry) const;
    static TimeIndex from_bytes(Offset base, std::span<const u8> bytes);
};

}  // namespace engine::log
