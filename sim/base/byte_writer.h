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
    ByteWriter() { head_.reserve(kUsualBytes); }
    void put_u8(u8 value) { head_.push_back(value); }
    void put_i8(i8 value) { put_u8(static_cast<u8>(value)); }
    void put_bool(bool value) { put_u8(value ? 1 : 0); }
    void put_i16(i16 value) { put_big_endian<u16>(static_cast<u16>(value)); }
    void put_u16(u16 value) { put_big_endian<u16>(value); }
    void put_i32(i32 value) { put_big_endian<u32>(static_cast<u32>(value)); }
    void put_u32(u32 value) { put_big_endian<u32>(value); }
    void put_i64(i64 value) { put_big_endian<u64>(static_cast<u64>(value)); }
    void put_uvarint(u64 value) { sim::put_uvarint(head_, value); }
    void put_varint(i32 value) { put_uvarint(zigzag(value)); }
    void put_varlong(i64 value) { put_uvarint(zigzag(value)); }
    void put_bytes(std::span<const u8> bytes) { head_.insert(head_.end(), bytes.begin(), bytes.end()); }
    void put_text(std::string_view text) { put_bytes({reinterpret_cast<const u8*>(text.data()), text.size()}); }
    /// Shared bytes, by reference.
    void put_slice(const Slice& slice);

    /// Overwrites an earlier i32, for lengths that are known afterwards.
    void patch_i32(u32 at, i32 value);
    [[nodiscard]] u32 head_size() const { return static_cast<u32>(head_.size()); }
    /// Bytes written so far, slices included.
    [[nodiscard]] u32 wire_size() const { return head_size() + spliced_; }
    [[nodiscard]] const std::vector<u8>& head() const { return head_; }
    [[nodiscard]] FrameRef frame() const { return make_frame(head_, splices_); }
    void clear();

private:
    template <class T>
    void put_big_endian(T value) {
        const std::size_t at = head_.size();
        head_.resize(at + sizeof(T));
        store_big_endian(head_.data() + at, value);
    }

    static constexpr std::size_t kUsualBytes = 256;  // most heads of frames are shorter

    std::vector<u8> head_;
    SmallVec<Splice, 2> splices_;
    u32 spliced_ = 0;
};

}  // namespace sim
