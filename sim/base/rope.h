// The content of an append-mostly file: slices of shared chunks, found by byte position.
#pragma once

#include <vector>

#include "sim/base/chunk.h"
#include "sim/base/persistent_vec.h"

namespace sim {

class Rope {
public:
    [[nodiscard]] u64 size() const { return extents_.empty() ? 0 : extents_.back().end; }

    void append(Slice slice);
    /// Drops the bytes from `size` on. Requires size <= size().
    void truncate(u64 size);
    /// The slices that hold [position, position + length), cut to it and to the end of the rope.
    [[nodiscard]] SmallVec<Slice, 2> slices(u64 position, u64 length) const;
    /// What was appended at once and holds this position, from the position on. Requires position < size().
    [[nodiscard]] Slice extent_at(u64 position) const;
    /// What was appended last. Requires size() > 0.
    [[nodiscard]] const Slice& last_extent() const { return extents_.back().slice; }
    /// One copy of [position, position + length), cut to the end of the rope.
    [[nodiscard]] std::vector<u8> read(u64 position, u64 length) const;
    /// Position of the first extent (what was appended at once) that is not `before(bytes)`; size() if there
    /// is none. The extents must be partitioned by it. O(log n).
    template <class Before>
    [[nodiscard]] u64 find_extent(Before&& before) const {
        const u64 at = extents_.partition_point([&](const Extent& extent) { return before(extent.slice.bytes()); });
        return at == 0 ? 0 : extents_[at - 1].end;
    }
    void digest(Hasher& hasher) const;

private:
    struct Extent {
        Slice slice;
        u64 end = 0;  // position behind the last byte of this extent
    };
    [[nodiscard]] u64 index_of(u64 position) const;

    PersistentVec<Extent> extents_;
};

}  // namespace sim
