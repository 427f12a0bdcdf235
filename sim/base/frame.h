// What one application-level message is on a connection: bytes, some of which are shared chunks.
//
// The head holds the bytes that were written for this message; a splice says "here follows that slice of a
// chunk". So a fetch answer of 1 MB is a few words, while the network charges its full wire size.
#pragma once

#include <span>
#include <vector>

#include "sim/base/chunk.h"
#include "sim/base/small_vec.h"

namespace sim {

struct Splice {
    u32 at = 0;  // position in the head before which the slice stands
    Slice slice;
};

/// Immutable once made; shared by Ref while it is in flight, queued or copied into another world.
class Frame : public Shared {
public:
    Frame(std::span<const u8> head, SmallVec<Splice, 2> splices);

    [[nodiscard]] std::span<const u8> head() const { return {head_.data(), head_.size()}; }
    [[nodiscard]] std::span<const Splice> splices() const { return {splices_.begin(), splices_.end()}; }
    /// Bytes on the wire: head and slices.
    [[nodiscard]] u32 wire_size() const { return wire_size_; }
    /// All bytes in wire order, copied together.
    [[nodiscard]] std::vector<u8> flatten() const;
    void digest(Hasher& hasher) const;

private:
    SmallVec<u8, 128> head_;
    SmallVec<Splice, 2> splices_;
    u32 wire_size_;
    mutable u64 hash_ = 0;  // cache; 0 = not yet computed
};

/// Null for "no frame".
using FrameRef = Ref<Frame>;
FrameRef make_frame(std::span<const u8> head, SmallVec<Splice, 2> splices = {});

}  // namespace sim
