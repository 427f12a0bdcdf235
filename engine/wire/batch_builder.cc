#include "engine/wire/batch_builder.h"

#include <algorithm>
#include <cstring>

#include "engine/wire/bytes.h"
#include "engine/wire/crc32c.h"

namespace engine::wire {
namespace {

constexpr i16 kLogAppendTimeBit = 0x08;
constexpr i16 kTransactionalControlBits = 0x30;
constexpr i16 kControlVersion = 0;
constexpr u32 kMostRecordOverhead = 21;
static_assert(kMostRecordOverhead == 1 + 2 * sim::kMostVarintBytes + sim::kMostVarlongBytes);  // as Java counts it
static_assert((kLogAppendTimeBit & kTransactionalControlBits) == 0 && (kTransactionalControlBits & 7) == 0);

/// Writes into room that was made before: growing byte by byte is what a batch would spend its time on.
struct Pen {
    u8* at;
    void push_back(u8 byte) { *at++ = byte; }
    void sized(std::optional<std::string_view> text) {
        put_uvarint(*this, zigzag(text ? static_cast<i32>(text->size()) : -1));
        if (!text || text->empty()) return;
        std::memcpy(at, text->data(), text->size());
        at += text->size();
    }
};

u32 sized_bytes(std::optional<std::string_view> text) {
    const i32 length = text ? static_cast<i32>(text->size()) : -1;
    return uvarint_size(zigzag(length)) + (text ? static_cast<u32>(text->size()) : 0);
}

u32 body_bytes(const NewRecord& record, i64 timestamp_delta, i32 offset_delta) {
    u32 bytes = 1 + uvarint_size(zigzag(timestamp_delta)) + uvarint_size(zigzag(offset_delta)) +
                sized_bytes(record.key) + sized_bytes(record.value) +
                uvarint_size(zigzag(static_cast<i32>(record.headers.size())));
    for (const auto& [key, value] : record.headers) bytes += sized_bytes(key) + sized_bytes(value);
    return bytes;
}

}  // namespace

void BatchBuilder::append(const NewRecord& record, std::optional<i32> offset_delta) {
    const bool first = header_.record_count == 0;
    if (first && !base_timestamp_pinned_) header_.base_timestamp = record.timestamp;
    if (first) header_.max_timestamp = record.timestamp;
    const i32 delta = offset_delta.value_or(first ? 0 : header_.last_offset_delta + 1);
    MR_ASSERT(first || delta > header_.last_offset_delta);
    const i64 timestamp_delta = record.timestamp - header_.base_timestamp;
    const u32 bytes = body_bytes(record, timestamp_delta, delta);
    const std::size_t begin = records_.size();
    records_.resize(begin + uvarint_size(zigzag(static_cast<i32>(bytes))) + bytes);
    Pen pen{records_.data() + begin};
    put_uvarint(pen, zigzag(static_cast<i32>(bytes)));
    pen.push_back(0);  // attributes
    put_uvarint(pen, zigzag(timestamp_delta));
    put_uvarint(pen, zigzag(delta));
    pen.sized(record.key);
    pen.sized(record.value);
    put_uvarint(pen, zigzag(static_cast<i32>(record.headers.size())));
    for (const auto& [key, value] : record.headers) {
        pen.sized(key);
        pen.sized(value);
    }
    MR_ASSERT(pen.at == records_.data() + records_.size());
    header_.last_offset_delta = delta;
    header_.max_timestamp = std::max(header_.max_timestamp, record.timestamp);
    ++header_.record_count;
}

void BatchBuilder::pin_base_timestamp(i64 timestamp) {
    MR_ASSERT(header_.record_count == 0);
    header_.base_timestamp = timestamp;
    base_timestamp_pinned_ = true;
}

void BatchBuilder::extend_to(i32 last_offset_delta) {
    MR_ASSERT(header_.record_count == 0 || last_offset_delta >= header_.last_offset_delta);
    header_.last_offset_delta = last_offset_delta;
}

std::vector<u8> BatchBuilder::finish() {
    std::vector<u8> batch(kBatchHeaderBytes);
    if (header_.codec() == Codec::none) batch.insert(batch.end(), records_.begin(), records_.end());
    else {
        const auto packed = compress(header_.codec(), records_);
        batch.insert(batch.end(), packed.begin(), packed.end());
    }
    MR_ASSERT(batch.size() <= INT32_MAX && header_.record_count >= 0);
    header_.batch_length = static_cast<i32>(batch.size() - kBatchLengthOffset);
    write_header(batch, header_);
    header_.crc = crc32c(std::span<const u8>(batch).subspan(kCrcCoversFrom));
    write_header(batch, header_);
    MR_VALIDATE(check_batch(batch).has_value());
    return batch;
}

void BatchBuilder::digest(sim::Hasher& hasher) const {
    sim::digest(hasher, header_);
    hasher.add_bytes(records_);
    hasher.add(base_timestamp_pinned_);
}

std::vector<u8> control_batch(BatchHeader header, ControlType type, i32 coordinator_epoch, i64 timestamp) {
    MR_ASSERT(header.has_producer() && (type == ControlType::abort || type == ControlType::commit));
    header.attributes = kTransactionalControlBits;
    header.base_sequence = -1;
    Writer key, value;
    key.put_i16(kControlVersion);
    key.put_i16(static_cast<i16>(type));
    value.put_i16(kControlVersion);
    value.put_i32(coordinator_epoch);
    BatchBuilder builder(header);
    builder.append({timestamp, text_of(key.head()), text_of(value.head()), {}});
    return builder.finish();
}

u32 record_size_bound(std::optional<std::string_view> key, std::optional<std::string_view> value) {
    const auto size = [](std::optional<std::string_view> text) { return text ? static_cast<u32>(text->size()) : 0u; };
    return kMostRecordOverhead + size(key) + size(value);
}

void assign_producer(std::span<u8> batch, i64 producer_id, i16 producer_epoch, i32 base_sequence) {
    auto header = read_header(batch);
    MR_ASSERT(header.has_value() && producer_id >= 0 && base_sequence >= 0);
    MR_ASSERT(producer_epoch >= 0 && batch.size() == header->total_bytes());
    header->producer_id = producer_id;
    header->producer_epoch = producer_epoch;
    header->base_sequence = base_sequence;
    write_header(batch, *header);
    header->crc = crc32c(batch.subspan(kCrcCoversFrom));
    write_header(batch, *header);
}

void assign_offsets(std::span<u8> batch, i64 base_offset, i32 leader_epoch, i64 log_append_time_ms) {
    auto header = read_header(batch);
    MR_ASSERT(header.has_value() && base_offset >= 0);
    MR_ASSERT(batch.size() == header->total_bytes() && base_offset <= INT64_MAX - header->last_offset_delta);
    header->base_offset = base_offset;
    header->partition_leader_epoch = leader_epoch;
    if (log_append_time_ms >= 0) {
        header->max_timestamp = log_append_time_ms;
        header->attributes |= kLogAppendTimeBit;
    }
    write_header(batch, *header);
    if (log_append_time_ms < 0) return;
    header->crc = crc32c(batch.subspan(kCrcCoversFrom));
    write_header(batch, *header);
}

}  // namespace engine::wire
