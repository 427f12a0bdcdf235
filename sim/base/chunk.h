// Immutable bytes that are shared instead of copied, and what travels beside them off the wire.
#pragma once

#include <span>
#include <vector>

#include "sim/base/ref.h"
#include "sim/base/small_vec.h"
#include "sim/base/types.h"

namespace sim {

/// Where the payload of a chunk came from: the sending node and which of its sends, one ordinal a record.
/// Never on the wire and never read by the code under simulation; only the lab and the oracles see it.
struct Provenance {
    NodeId sender = kNoNode;
    SmallVec<u32, 2> ordinals;
};

/// A run of immutable bytes in one allocation. Made by `Chunk::of`, shared by Ref, sliced by Slice.
class Chunk : public Shared {
public:
    static Ref<Chunk> of(std::span<const u8> bytes, Provenance provenance = {});
    static void destroy(const Chunk* chunk);

    [[nodiscard]] std::span<const u8> bytes() const { return {data(), size_}; }
    [[nodiscard]] u32 size() const { return size_; }
    [[nodiscard]] const Provenance& provenance() const { return provenance_; }
    void digest(Hasher& hasher) const;

private:
    Chunk(u32 size, Provenance provenance) : size_(size), provenance_(std::move(provenance)) {}
    ~Chunk() = default;
    [[nodiscard]] const u8* data() const { return reinterpret_cast<const u8*>(this + 1); }

    u32 size_;
    mutable u64 hash_ = 0;  // cache; 0 = not yet computed
    Provenance provenance_;
};

/// A part of a chunk, kept alive by it.
struct Slice {
    Ref<Chunk> chunk;
    u32 begin = 0;
    u32 length = 0;

    static Slice whole(Ref<Chunk> chunk);
    [[nodiscard]] std::span<const u8> bytes() const;
    /// Bytes [from, from + count) of this slice. Requires them to lie inside.
    [[nodiscard]] Slice part(u32 from, u32 count) const;
};

}  // namespace sim
