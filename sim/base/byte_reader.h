// Takes one frame apart: bounds-checked, big-endian. A failed read makes the reader fail for good and gives
// zeros, so that decoding code needs one check at the end.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "sim/base/big_endian.h"
#include "sim/base/frame.h"
#include "sim/base/types.h"
#include "sim/base/varint.h"

namespace sim {

/// Record bytes as they travel: slices of shared chunks, in order.
using Slices = SmallVec<Slice, 2>;

inline u32 total_length(const Slices& slices) {
    u32 length = 0;
    for (const Slice& slice : slices) length += slice.length;
    return length;
}

class ByteReader {
public:
    explicit ByteReader(std::span<const u8> head, std::span<const Splice> splices = {})
        : head_(head), splices_(splices) { look_ahead(); }
    explicit ByteReader(const Frame& frame) : ByteReader(frame.head(), frame.splices()) {}

    [[nodiscard]] bool ok() const { return ok_; }
    /// True if everything was read and nothing failed.
    [[nodiscard]] bool done() const { return ok_ && at_ == head_.size() && splices_.empty(); }
    [[nodiscard]] u32 position() const { return at_; }
    [[nodiscard]] u32 remaining() const { return static_cast<u32>(head_.size()) - at_; }
    void fail() { ok_ = false; at_ = end_ = static_cast<u32>(head_.size()); }

    u8 get_u8() { return get_big_endian<u8>(); }
    i8 get_i8() { return static_cast<i8>(get_u8()); }
    /// A byte other than 0 and 1 fails: nobody writes one.
    bool get_bool() {
        const u8 byte = get_u8();
        if (byte > 1) fail();
        return byte == 1;
    }
    i16 get_i16() { return static_cast<i16>(get_big_endian<u16>()); }
    u16 get_u16() { return get_big_endian<u16>(); }
    i32 get_i32() { return static_cast<i32>(get_big_endian<u32>()); }
    u32 get_u32() { return get_big_endian<u32>(); }
    i64 get_i64() { return static_cast<i64>(get_big_endian<u64>()); }
    u64 get_uvarint() { return get_varint(kMostVarintBytes); }
    i32 get_zigzag32() { return unzigzag(static_cast<u32>(get_varint(kMostVarintBytes))); }
    i64 get_zigzag64() { return unzigzag(get_varint(kMostVarlongBytes)); }
    std::span<const u8> get_bytes(u32 count);
    std::string get_text(u32 count);
    void skip(u32 count) { get_bytes(count); }
    /// `count` bytes of records: the splices that stand here, or a copy of bytes of the head.
    Slices get_slices(u32 count);
    /// A reader over the next `count` bytes, which are skipped here. They must not contain splices.
    ByteReader part(u32 count) { return ByteReader(get_bytes(count)); }

private:
    template <class T>
    T get_big_endian() {
        if (!has(sizeof(T))) return 0;
        const T value = load_big_endian<T>(head_.data() + at_);
        at_ += sizeof(T);
        return value;
    }
    u64 get_varint(u32 most_bytes) {
        if (at_ < end_ && head_[at_] < 0x80) return head_[at_++];
        return get_long_varint(most_bytes);
    }
    u64 get_long_varint(u32 most_bytes);
    /// True if `count` bytes follow before the end and before the next splice; fails otherwise.
    bool has(u32 count) {
        if (ok_ && count <= end_ - at_) return true;
        fail();
        return false;
    }
    void look_ahead() { end_ = splices_.empty() ? static_cast<u32>(head_.size()) : splices_.front().at; }

    std::span<const u8> head_;
    std::span<const Splice> splices_;
    u32 at_ = 0;
    u32 end_ = 0;  // of the bytes that may be read in one go: the next splice or the end
    bool ok_ = true;
};

}  // namespace sim
