#include "sim/base/byte_writer.h"

#include <algorithm>

namespace sim {

void ByteWriter::grow(u32 count) {
    MR_ASSERT(count <= 0x7fffffff - wire_size());
    bytes_.resize(std::max<std::size_t>(2 * bytes_.size(), size_ + count));
}

void ByteWriter::put_long_uvarint(u64 value) {
    MR_ASSERT(value >= 0x80);
    u8* at = take(uvarint_size(value));
    for (; value >= 0x80; value >>= 7) *at++ = static_cast<u8>(value | 0x80);
    *at = static_cast<u8>(value);
}

void ByteWriter::put_bytes(std::span<const u8> bytes) {
    MR_ASSERT(bytes.size() <= 0x7fffffff);
    std::ranges::copy(bytes, take(static_cast<u32>(bytes.size())));
}

void ByteWriter::put_slice(const Slice& slice) {
    if (slice.length == 0) return;
    MR_ASSERT(slice.length <= 0x7fffffff - wire_size());
    splices_.push_back({head_size(), slice});
    spliced_ += slice.length;
}

void ByteWriter::patch_i32(u32 at, i32 value) {
    MR_ASSERT(at + 4 <= size_);
    store_big_endian(bytes_.data() + at, value);
}

void ByteWriter::clear() {
    size_ = 0;
    splices_.clear();
    spliced_ = 0;
}

FrameRef ByteWriter::frame() const { return make_frame(head(), splices_); }

}  // namespace sim
