// Builds record batches: the producer's side, control markers, and rebuilding with another codec.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "engine/wire/record_batch.h"
#include "sim/base/chunk.h"

namespace engine::wire {

/// A record to be written. A null key or value is an empty optional.
struct NewRecord {
    i64 timestamp = 0;
    std::optional<std::string_view> key;
    std::optional<std::string_view> value;
    std::vector<std::pair<std::string, std::optional<std::string>>> headers;
};

class BatchBuilder {
public:
    /// `header` gives everything that the records do not decide: offset, epochs, producer, attributes.
    explicit BatchBuilder(const BatchHeader& header) : header_(header) { header_.record_count = 0; }

    /// Adds a record; its offset is the next one unless `offset_delta` says otherwise.
    void append(const NewRecord& record, std::optional<i32> offset_delta = {});
    /// What a batch that is written again keeps of its former self: the time that its records' times count from,
    /// and its last offset, whether or not the record there is still in it.
    void pin_base_timestamp(i64 timestamp);
    void extend_to(i32 last_offset_delta);
    [[nodiscard]] i32 count() const { return header_.record_count; }
    /// Bytes of the batch so far, uncompressed.
    [[nodiscard]] u32 size() const { return kBatchHeaderBytes + static_cast<u32>(records_.size()); }
    /// The finished batch: compressed, with length and checksum. An empty one keeps the header's times.
    [[nodiscard]] std::vector<u8> finish();

    void digest(sim::Hasher& hasher) const;

private:
    BatchHeader header_;
    std::vector<u8> records_;
    bool base_timestamp_pinned_ = false;
};

/// A commit or abort marker: one control record that says which coordinator ended the producer's transaction.
/// `header` gives the producer; the attributes are set here.
std::vector<u8> control_batch(BatchHeader header, ControlType type, i32 coordinator_epoch, i64 timestamp);

/// Upper bound of what a record adds to a batch, as the Java client estimates it.
u32 record_size_bound(std::optional<std::string_view> key, std::optional<std::string_view> value);

/// Gives a finished batch its producer's identity and sequence, and a new checksum.
void assign_producer(std::span<u8> batch, i64 producer_id, i16 producer_epoch, i32 base_sequence);

/// Recomputes length-independent fields of a batch in place: base offset and leader epoch, and with
/// `log_append_time_ms` >= 0 the time fields and the checksum.
void assign_offsets(std::span<u8> batch, i64 base_offset, i32 leader_epoch, i64 log_append_time_ms = -1);

}  // namespace engine::wire
