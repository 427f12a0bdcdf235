#include "sim/base/frame.h"

namespace sim {
namespace {

SmallVec<u8, 128> copied(std::span<const u8> bytes) {
    SmallVec<u8, 128> copy;
    copy.append(bytes);
    return copy;
}

u32 total_size(std::span<const u8> head, const SmallVec<Splice, 2>& splices) {
    u64 size = head.size();
    u32 last = 0;
    for (const Splice& splice : splices) {
        MR_ASSERT(splice.at <= head.size() && splice.at >= last);
        last = splice.at;
        size += splice.slice.length;
    }
    MR_ASSERT(size <= 0x7fffffff);
    return static_cast<u32>(size);
}

}  // namespace

Frame::Frame(std::span<const u8> head, SmallVec<Splice, 2> splices)
    : head_(copied(head)), splices_(std::move(splices)), wire_size_(total_size(head, splices_)) {}

std::vector<u8> Frame::flatten() const {
    std::vector<u8> bytes;
    bytes.reserve(wire_size_);
    u32 done = 0;
    for (const Splice& splice : splices_) {
        bytes.insert(bytes.end(), head_.begin() + done, head_.begin() + splice.at);
        const auto slice = splice.slice.bytes();
        bytes.insert(bytes.end(), slice.begin(), slice.end());
        MR_ASSERT(done <= splice.at);
        done = splice.at;
    }
    bytes.insert(bytes.end(), head_.begin() + done, head_.end());
    MR_ASSERT(bytes.size() == wire_size_);
    return bytes;
}

void Frame::digest(Hasher& hasher) const {
    if (hash_ == 0) {
        Hasher own;
        own.add_bytes(head());
        for (const Splice& splice : splices_) {
            own.add(static_cast<u64>(splice.at) << 32 | splice.slice.length);
            own.add(splice.slice.begin);
            splice.slice.chunk.digest(own);
        }
        hash_ = own.value() | 1;
    }
    hasher.add(hash_);
}

FrameRef make_frame(std::span<const u8> head, SmallVec<Splice, 2> splices) {
    return FrameRef(new Frame(head, std::move(splices)));
}

}  // namespace sim
