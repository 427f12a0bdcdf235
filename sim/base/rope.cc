#include "sim/base/rope.h"

#include <algorithm>

namespace sim {

u64 Rope::index_of(u64 position) const {
    return extents_.partition_point([&](const Extent& extent) { return extent.end <= position; });
}

void Rope::append(Slice slice) {
    if (slice.length == 0) return;
    const u64 end = size() + slice.length;
    extents_.push_back({std::move(slice), end});
    MR_ASSERT(size() == end);
}

void Rope::truncate(u64 size) {
    MR_ASSERT(size <= this->size());
    if (size == this->size()) return;
    const u64 index = index_of(size);
    const u64 start = index == 0 ? 0 : extents_[index - 1].end;
    const auto kept = static_cast<u32>(size - start);
    const Slice cut = extents_[index].slice;
    extents_.truncate(index);
    if (kept > 0) append(cut.part(0, kept));
    MR_ASSERT(this->size() == size);
}

SmallVec<Slice, 2> Rope::slices(u64 position, u64 length) const {
    MR_ASSERT(length <= UINT64_MAX - position);
    SmallVec<Slice, 2> found;
    const u64 stop = std::min(size(), position + length);
    for (u64 i = index_of(position); i < extents_.size() && position < stop; ++i) {
        const Extent& extent = extents_[i];
        MR_ASSERT(extent.slice.length > 0 && extent.end > position);
        const u64 start = extent.end - extent.slice.length;
        const u64 count = std::min(extent.end, stop) - position;
        found.push_back(extent.slice.part(static_cast<u32>(position - start), static_cast<u32>(count)));
        position += count;
    }
    return found;
}

Slice Rope::extent_at(u64 position) const {
    MR_ASSERT(position < size());
    const Extent& extent = extents_[index_of(position)];
    const auto into = static_cast<u32>(position - (extent.end - extent.slice.length));
    return extent.slice.part(into, extent.slice.length - into);
}

std::vector<u8> Rope::read(u64 position, u64 length) const {
    std::vector<u8> bytes;
    for (const Slice& slice : slices(position, length)) {
        const auto part = slice.bytes();
        bytes.insert(bytes.end(), part.begin(), part.end());
    }
    MR_ASSERT(bytes.size() <= length);
    return bytes;
}

void Rope::digest(Hasher& hasher) const { extents_.digest(hasher); }

}  // namespace sim
