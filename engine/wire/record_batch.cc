#include "engine/wire/record_batch.h"

#include <algorithm>
#include <cstring>

#include "engine/wire/crc32c.h"
#include "sim/base/big_endian.h"

namespace engine::wire {
namespace {

template <class T>
T load(std::span<const u8> bytes, u32 at) {
    MR_ASSERT(at + sizeof(T) <= bytes.size());
    return sim::load_big_endian<T>(bytes.data() + at);
}

template <class T>
void store(std::span<u8> bytes, u32 at, T value) {
    MR_ASSERT(at + sizeof(T) <= bytes.size());
    sim::store_big_endian(bytes.data() + at, value);
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
    header.base_offset = load<i64>(bytes, 0);
    header.batch_length = load<i32>(bytes, 8);
    header.partition_leader_epoch = load<i32>(bytes, 12);
    header.magic = load<i8>(bytes, 16);
    header.crc = load<u32>(bytes, 17);
    header.attributes = load<i16>(bytes, 21);
    header.last_offset_delta = load<i32>(bytes, 23);
    header.base_timestamp = load<i64>(bytes, 27);
    header.max_timestamp = load<i64>(bytes, 35);
    header.producer_id = load<i64>(bytes, 43);
    header.producer_epoch = load<i16>(bytes, 51);
    header.base_sequence = load<i32>(bytes, 53);
    header.record_count = load<i32>(bytes, 57);
    constexpr i32 least = static_cast<i32>(kBatchHeaderBytes - kBatchLengthOffset);
    if (header.batch_length < least || header.magic != kMagic) return std::unexpected(ErrorCode::corrupt_message);
    return header;
}

void write_header(std::span<u8> bytes, const BatchHeader& header) {
    MR_ASSERT(bytes.size() >= kBatchHeaderBytes);
    store(bytes, 0, header.base_offset);
    store(bytes, 8, header.batch_length);
    store(bytes, 12, header.partition_leader_epoch);
    store(bytes, 16, header.magic);
    store(bytes, 17, header.crc);
    store(bytes, 21, header.attributes);
    store(bytes, 23, header.last_offset_delta);
    store(bytes, 27, header.base_timestamp);
    store(bytes, 35, header.max_timestamp);
    store(bytes, 43, header.producer_id);
    store(bytes, 51, header.producer_epoch);
    store(bytes, 53, header.base_sequence);
    store(bytes, 57, header.record_count);
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
