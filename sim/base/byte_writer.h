// Builds one frame: big-endian primitives into a head, record batches spliced in by reference.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "sim/base/big_endian.h"
#include "sim/base/frame.h"
#include "sim/base/types.h"
#include "sim/base/varint.h"

namespace sim {

class ByteWriter {
public:
    void put_u8(u8 value) { *take(1) = value; }
    void put_i8(i8 value) { put_u8(static_cast<u8>(value)); }
    void put_bool(bool value) { put_u8(value ? 1 : 0); }
    void put_i16(i16 value) { put_u16(static_cast<u16>(value)); }
    void put_u16(u16 value) { store_big_endian(take(sizeof value), value); }
    void put_i32(i32 value) { put_u32(static_cast<u32>(value)); }
    void put_u32(u32 value) { store_big_endian(take(sizeof value), value); }
    void put_i64(i64 value) { store_big_endian(take(sizeof value), static_cast<u64>(value)); }
    void put_uvarint(u64 value) {
        if (value < 0x80) *take(1) = static_cast<u8>(value);
        else put_long_uvarint(value);
    }
    void put_varint(i32 value) { put_uvarint(zigzag(value)); }
    void put_varlong(i64 value) { put_uvarint(zigzag(value)); }
    void put_bytes(std::span<const u8> bytes);
    void put_text(std::string_view text) { put_bytes({reinterpret_cast<const u8*>(text.data()), text.size()}); }
    /// Shared bytes, by reference.
    void put_slice(const Slice& slice);

    /// Overwrites an earlier i32, for lengths that are known afterwards.
    void patch_i32(u32 at, i32 value);
    [[nodiscard]] u32 head_size() const { return size_; }
    /// Bytes written so far, slices included.
    [[nodiscard]] u32 wire_size() const { return head_size() + spliced_; }
    /// What was written, without the slices; until something more is.
    [[nodiscard]] std::span<const u8> head() const { return {bytes_.data(), size_}; }
    [[nodiscard]] std::vector<u8> head_copy() const { return {head().begin(), head().end()}; }
    [[nodiscard]] FrameRef frame() const;
    void clear();

private:
    void put_long_uvarint(u64 value);
    /// Room for `count` more bytes.
    u8* take(u32 count) {
        if (count > bytes_.size() - size_) [[unlikely]] grow(count);
        u8* const at = bytes_.data() + size_;
        size_ += count;
        return at;
    }
    void grow(u32 count);

    static constexpr std::size_t kUsualBytes = 256;  // most heads of frames are shorter

    std::vector<u8> bytes_ = std::vector<u8>(kUsualBytes);  // the head, then room
    u32 size_ = 0;                                          // of the head
    SmallVec<Splice, 2> splices_;
    u32 spliced_ = 0;
};

}  // namespace sim
