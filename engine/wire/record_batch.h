// Record batch, magic 2: the unit that is produced, checked, stored, replicated and fetched.
//
//   at field                  at field               at field
//    0 base_offset     i64    21 attributes   i16    51 producer_epoch i16
//    8 batch_length    i32    23 last_offset_delta   53 base_sequence  i32
//   12 partition_leader_epoch 27 base_timestamp i64  57 record_count   i32
//   16 magic            i8    35 max_timestamp  i64  61 records
//   17 crc             u32    43 producer_id    i64
//
// The checksum covers byte 21 to the end, so base_offset and partition_leader_epoch, which the broker writes,
// are outside of it.
#pragma once

#include <expected>
#include <span>
#include <string_view>
#include <vector>

#include "engine/model/error_codes.h"
#include "engine/wire/bytes.h"
#include "engine/wire/compression.h"
#include "sim/base/small_vec.h"

namespace engine::wire {

constexpr u32 kBatchHeaderBytes = 61;
constexpr u32 kBatchLengthOffset = 12;  // total size = batch_length + this
constexpr u32 kCrcCoversFrom = 21;
constexpr i8 kMagic = 2;
static_assert(kBatchLengthOffset == sizeof(i64) + sizeof(i32));
static_assert(kCrcCoversFrom == kBatchLengthOffset + sizeof(i32) + sizeof(i8) + sizeof(u32));
static_assert(kBatchHeaderBytes == kCrcCoversFrom + 2 * sizeof(i16) + 3 * sizeof(i32) + 3 * sizeof(i64));

struct BatchHeader {
    i64 base_offset = 0;
    i32 batch_length = 0;
    i32 partition_leader_epoch = -1;
    i8 magic = kMagic;
    u32 crc = 0;
    i16 attributes = 0;
    i32 last_offset_delta = 0;
    i64 base_timestamp = 0;
    i64 max_timestamp = 0;
    i64 producer_id = -1;
    i16 producer_epoch = -1;
    i32 base_sequence = -1;
    i32 record_count = 0;

    [[nodiscard]] u32 total_bytes() const { return static_cast<u32>(batch_length) + kBatchLengthOffset; }
    [[nodiscard]] i64 last_offset() const { return base_offset + last_offset_delta; }
    [[nodiscard]] i64 next_offset() const { return last_offset() + 1; }
    [[nodiscard]] Codec codec() const { return static_cast<Codec>(attributes & 7); }
    [[nodiscard]] bool log_append_time() const { return (attributes & 0x08) != 0; }
    [[nodiscard]] bool is_transactional() const { return (attributes & 0x10) != 0; }
    [[nodiscard]] bool is_control() const { return (attributes & 0x20) != 0; }
    [[nodiscard]] bool has_delete_horizon() const { return (attributes & 0x40) != 0; }
    [[nodiscard]] bool has_producer() const { return producer_id >= 0; }
    /// Sequence of the last record: wraps from 2147483647 to 0.
    [[nodiscard]] i32 last_sequence() const;
};

/// Reads the header at the front of `bytes`. corrupt_message if it is cut off or its length is impossible.
std::expected<BatchHeader, ErrorCode> read_header(std::span<const u8> bytes);
/// Writes all fields but the checksum's own value, which stays what the header says.
void write_header(std::span<u8> bytes, const BatchHeader& header);
/// Header, length and checksum of one whole batch. Requires that `bytes` holds exactly the batch.
std::expected<BatchHeader, ErrorCode> check_batch(std::span<const u8> bytes);

struct RecordHeader {
    std::span<const u8> key;
    std::span<const u8> value;
    bool value_is_null = false;
};

/// One record, as spans into the bytes that it was read from.
struct RecordView {
    i32 offset_delta = 0;
    i64 timestamp_delta = 0;
    std::span<const u8> key;
    std::span<const u8> value;
    bool key_is_null = true;
    bool value_is_null = true;
    sim::SmallVec<RecordHeader, 1> headers;
    u32 size = 0;  // bytes of the whole record, length prefix included
};

inline std::string_view text_of(std::span<const u8> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
inline std::span<const u8> bytes_of(std::string_view text) {
    return {reinterpret_cast<const u8*>(text.data()), text.size()};
}

/// The records of a batch, unpacked if need be. Keeps the unpacked bytes alive; the views point into them or
/// into the batch.
class RecordReader {
public:
    /// Reads the header; `error()` tells if the batch cannot be read.
    explicit RecordReader(std::span<const u8> batch);
    [[nodiscard]] const BatchHeader& header() const { return header_; }
    [[nodiscard]] ErrorCode error() const { return error_; }
    /// The next record. False at the end or at the first malformed one (then error() is set).
    bool next(RecordView& record);

private:
    bool fail();
    BatchHeader header_;
    std::vector<u8> unpacked_;
    Reader in_{{}};
    i32 given_ = 0;
    ErrorCode error_ = ErrorCode::none;
};

/// What a commit or abort marker says.
enum class ControlType : i16 { abort = 0, commit = 1, leader_change = 2, unknown = -1 };
ControlType control_type(const RecordView& record);

}  // namespace engine::wire
