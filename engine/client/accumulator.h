// Records on their way out: one queue of batches for each partition, bounded by buffer.memory.
#pragma once

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
};

struct PartitionQueue {
    std::vector<ProducerBatchState> batches;    // oldest first; a retry goes back to the front, in sequence order
    std::vector<ProducerBatchState> in_flight;  // in order of sending
    i32 next_sequence = 0;                      // idempotent producers
};

struct Accumulator {
    sim::FlatMap<TopicPartition, PartitionQueue> queues;
    i64 used_bytes = 0;
    u64 next_batch = 1;
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
bool sendable(const Accumulator& accumulator, const PartitionQueue& queue, const ProducerConfig& config, Nanos now, bool flushing);
Nanos sendable_at(const PartitionQueue& queue, const ProducerConfig& config);
/// When the oldest batch of a queue has used up delivery.timeout.ms; kForever if there is none.
Nanos expires_at(const PartitionQueue& queue, const ProducerConfig& config);
/// Gives back the memory of a finished batch.
void release(Accumulator& accumulator, const ProducerBatchState& batch);

}  // namespace engine::client
