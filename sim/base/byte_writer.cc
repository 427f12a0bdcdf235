#include "sim/base/byte_writer.h"

namespace sim {

void ByteWriter::put_slice(const Slice& slice) {
    if (slice.length == 0) return;
    MR_ASSERT(slice.length <= 0x7fffffff - wire_size());
    splices_.push_back({head_size(), slice});
    spliced_ += slice.length;
}

void ByteWriter::patch_i32(u32 at, i32 value) {
    MR_ASSERT(at + 4 <= head_.size());
    store_big_endian(head_.data() + at, value);
}

void ByteWriter::clear() {
    head_.clear();
    splices_.clear();
    spliced_ = 0;
}

}  // namespace sim
