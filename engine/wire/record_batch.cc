#include "engine/wire/record_batch.h"

#include <algorithm>
#include <cstring>

#include "engine/wire/crc32c.h"
#include "sim/base/big_endian.h"

namespace engine::wire {
namespace {

/// The fields of a header in their order on the wire, one behind the other without a gap.
template <class Header, class Visit>
void each_field(Header& header, Visit&& visit) {
    visit(header.base_offset);
    visit(header.batch_length);
    visit(header.partition_leader_epoch);
    visit(header.magic);
    visit(header.crc);
    visit(header.attributes);
    visit(header.last_offset_delta);
    visit(header.base_timestamp);
    visit(header.max_timestamp);
    visit(header.producer_id);
    visit(header.producer_epoch);
    visit(header.base_sequence);
    visit(header.record_count);
}

/// A length of -1 is null; anything below that is malformed.
bool get_sized(Reader& in, std::span<const u8>& bytes, bool& is_null) {
    const i32 length = in.get_zigzag32();
    is_null = length == -1;
    if (length < -1) in.fail();
    else if (length > 0) bytes = in.get_bytes(static_cast<u32>(length));
    return in.ok();
}

bool get_headers(Reader& in, RecordView& record) {
    const i32 count = in.get_zigzag32();
    if (count < 0 || static_cast<u32>(count) > in.remaining()) in.fail();
    for (i32 i = 0; i < count && in.ok(); ++i) {
        RecordHeader& header = record.headers.emplace_back();
        bool key_is_null = false;
        get_sized(in, header.key, key_is_null);
        if (key_is_null) in.fail();
        get_sized(in, header.value, header.value_is_null);
    }
    return in.ok();
}

}  // namespace

i32 BatchHeader::last_sequence() const {
    if (base_sequence < 0) return -1;
    const u32 last = static_cast<u32>(base_sequence) + static_cast<u32>(last_offset_delta);
    static_assert(((static_cast<u32>(INT32_MAX) + 1) & 0x7fffffff) == 0);  // behind the last sequence comes 0
    return static_cast<i32>(last & 0x7fffffff);
}

std::expected<BatchHeader, ErrorCode> read_header(std::span<const u8> bytes) {
    if (bytes.size() < kBatchHeaderBytes) return std::unexpected(ErrorCode::corrupt_message);
    BatchHeader header;
    const u8* at = bytes.data();
    each_field(header, [&at](auto& field) {
        field = sim::load_big_endian<std::remove_reference_t<decltype(field)>>(at);
        at += sizeof(field);
    });
    MR_ASSERT(at == bytes.data() + kBatchHeaderBytes);
    constexpr i32 least = static_cast<i32>(kBatchHeaderBytes - kBatchLengthOffset);
    if (header.batch_length < least || header.magic != kMagic) return std::unexpected(ErrorCode::corrupt_message);
    return header;
}

void write_header(std::span<u8> bytes, const BatchHeader& header) {
    MR_ASSERT(bytes.size() >= kBatchHeaderBytes);
    u8* at = bytes.data();
    each_field(header, [&at](const auto& field) {
        sim::store_big_endian(at, field);
        at += sizeof(field);
    });
    MR_ASSERT(at == bytes.data() + kBatchHeaderBytes);
}

std::expected<BatchHeader, ErrorCode> check_batch(std::span<const u8> bytes) {
    const auto header = read_header(bytes);
    if (!header) return header;
    if (header->total_bytes() != bytes.size()) return std::unexpected(ErrorCode::corrupt_message);
    if (crc32c(bytes.subspan(kCrcCoversFrom)) != header->crc) return std::unexpected(ErrorCode::corrupt_message);
    return header;
}

RecordReader::RecordReader(std::span<const u8> batch) {
    const auto header = read_header(batch);
    if (!header || header->total_bytes() > batch.size()) {
        error_ = ErrorCode::corrupt_message;
        return;
    }
    header_ = *header;
    const auto records = batch.subspan(kBatchHeaderBytes, header_.total_bytes() - kBatchHeaderBytes);
    in_ = Reader(records);
    MR_ASSERT(records.size() == header_.total_bytes() - kBatchHeaderBytes);
    if (header_.codec() == Codec::none) return;
    auto unpacked = decompress(header_.codec(), records);
    if (!unpacked) {
        error_ = unpacked.error();
        return;
    }
    unpacked_ = std::move(*unpacked);
    in_ = Reader(unpacked_);
}

bool RecordReader::fail() {
    error_ = ErrorCode::corrupt_message;
    return false;
}

bool RecordReader::next(RecordView& record) {
    if (failed(error_) || given_ == header_.record_count) return false;
    record = {};
    const u32 start = in_.position();
    const i32 length = in_.get_zigzag32();
    if (!in_.ok() || length < 0) return fail();
    const u32 body = in_.position();
    in_.get_i8();  // attributes: none are defined
    record.timestamp_delta = in_.get_zigzag64();
    record.offset_delta = in_.get_zigzag32();
    get_sized(in_, record.key, record.key_is_null);
    get_sized(in_, record.value, record.value_is_null);
    if (!get_headers(in_, record) || in_.position() != body + static_cast<u32>(length)) return fail();
    record.size = in_.position() - start;
    MR_ASSERT(in_.ok() && record.size > static_cast<u32>(length));
    ++given_;
    return true;
}

ControlType control_type(const RecordView& record) {
    Reader key(record.key);
    key.get_i16();  // version
    const i16 type = key.get_i16();
    if (!key.ok() || type < 0 || type > 2) return ControlType::unknown;
    return static_cast<ControlType>(type);
}

}  // namespace engine::wire
