// Records on their way out: one queue of batches for each partition, bounded by buffer.memory.
#pragma once

#include <algorithm>

#include "engine/client/client_config.h"
#include "engine/model/observer.h"
#include "engine/wire/batch_builder.h"
#include "sim/base/ring.h"

namespace engine::client {

/// A batch from its first record to its answer.
struct ProducerBatchState {
    u64 id = 0;
    wire::BatchBuilder builder{{}};
    sim::SmallVec<u32, 2> ordinals;     // of the sends in it
    Nanos created;
    Nanos retry_not_before;
    u32 attempts = 0;                   // times it was sent
    bool closed = false;                // no more records go in
    sim::Slice bytes;                   // once drained: what is sent, and sent again
    i64 producer_id = -1;
    i16 producer_epoch = -1;
    i32 base_sequence = -1;
    i32 charged_bytes = 0;              // of buffer.memory

    [[nodiscard]] bool has_sequence() const { return base_sequence >= 0; }
    [[nodiscard]] i32 count() const { return static_cast<i32>(ordinals.size()); }
    /// A producer's identity comes whole or not at all; what was sent is closed and has bytes.
    [[nodiscard]] bool holds_together() const {
        return (!has_sequence() || (producer_id >= 0 && producer_epoch >= 0)) && (attempts == 0 || closed) &&
               charged_bytes >= 0;
    }
    /// The sequence behind its last record: wraps from 2147483647 to 0.
    [[nodiscard]] i32 next_sequence() const {
        return static_cast<i32>((static_cast<u32>(base_sequence) + static_cast<u32>(count())) & 0x7fffffff);
    }
};

struct PartitionQueue {
    std::vector<ProducerBatchState> batches;    // oldest first; a retry goes back to the front, in sequence order
    std::vector<ProducerBatchState> in_flight;  // in order of sending
    // Of idempotent producers:
    i16 producer_epoch = -1;                    // that the sequences belong to
    i32 next_sequence = 0;
    i32 expected_sequence = 0;                  // behind the last one that was acknowledged
    i32 unresolved = -1;                        // behind a batch that was given up and may be in the log; -1 = none
    bool begins_anew = false;                   // a gap is certain: sequences begin again with the next epoch

    /// Batches that were sent at least once and whose end is open.
    [[nodiscard]] bool has_open_sequences() const {
        return !in_flight.empty() || std::ranges::any_of(batches, &ProducerBatchState::has_sequence);
    }
};

struct Accumulator {
    sim::FlatMap<TopicPartition, PartitionQueue> queues;
    i64 used_bytes = 0;
    u64 next_batch = 1;

    /// used_bytes is what the batches of all queues are charged. O(batches).
    [[nodiscard]] bool balances() const;
};

/// One record of a send().
struct OutgoingRecord {
    TopicPartition target;
    NullableText key;
    NullableText value;
    std::vector<std::pair<std::string, NullableText>> headers;
    i64 timestamp_ms = 0;
    u32 ordinal = 0;
};

struct AppendOutcome {
    bool fits = true;         // false: buffer.memory is full
    bool batch_full = false;  // the batch is complete, or another one had to be opened
    i64 bytes = 0;            // estimated size of the record
};
AppendOutcome append(Accumulator& accumulator, const ProducerConfig& config, Nanos now, const OutgoingRecord& record);

/// Whether the first batch of a queue may go out now; else when it may, by time alone.
bool sendable(const Accumulator& accumulator, const PartitionQueue& queue, const ProducerConfig& config, Nanos now,
              bool flushing);
Nanos sendable_at(const PartitionQueue& queue, const ProducerConfig& config);
/// When the oldest batch of a queue has used up delivery.timeout.ms; kForever if there is none.
Nanos expires_at(const PartitionQueue& queue, const ProducerConfig& config);
/// Gives back the memory of a finished batch.
void release(Accumulator& accumulator, const ProducerBatchState& batch);

}  // namespace engine::client
