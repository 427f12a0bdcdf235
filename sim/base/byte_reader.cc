#include "sim/base/byte_reader.h"

namespace sim {

u64 ByteReader::get_long_varint(u32 most_bytes) {
    MR_ASSERT(at_ <= end_ && end_ <= head_.size() && most_bytes >= 2);
    const u8* const bytes = head_.data() + at_;
    if (ok_ && end_ - at_ >= 2 && bytes[1] < 0x80) {  // most numbers that are not one byte are two
        at_ += 2;
        return static_cast<u64>(bytes[0] & 0x7f) | static_cast<u64>(bytes[1]) << 7;
    }
    u64 value = 0;
    const u32 took = ok_ ? sim::get_uvarint({bytes, end_ - at_}, most_bytes, value) : 0;
    MR_ASSERT(took <= most_bytes && took <= end_ - at_);
    if (took == 0) fail();
    else at_ += took;
    return took == 0 ? 0 : value;
}

std::span<const u8> ByteReader::get_bytes(u32 count) {
    if (!has(count)) return {};
    const auto bytes = head_.subspan(at_, count);
    at_ += count;
    MR_ASSERT(bytes.size() == count && at_ <= head_.size());
    return bytes;
}

std::string ByteReader::get_text(u32 count) {
    const auto bytes = get_bytes(count);
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Slices ByteReader::get_slices(u32 count) {
    Slices found;
    while (count > 0 && ok_ && !splices_.empty() && splices_.front().at == at_) {
        const Slice& slice = splices_.front().slice;
        if (slice.length > count) { fail(); break; }
        found.push_back(slice);
        count -= slice.length;
        splices_ = splices_.subspan(1);
        look_ahead();
    }
    if (count == 0 || !ok_) return found;
    if (!found.empty()) { fail(); return found; }
    const auto bytes = get_bytes(count);
    if (ok_) found.push_back(Slice::whole(Chunk::of(bytes)));
    MR_ASSERT(!ok_ || total_length(found) == count);
    return found;
}

}  // namespace sim
