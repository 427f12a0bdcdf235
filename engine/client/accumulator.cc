#include "engine/client/accumulator.h"

#include <algorithm>

namespace engine::client {
namespace {

std::optional<std::string_view> view_of(const NullableText& text) {
    if (text.is_null) return {};
    return text.text;
}

ProducerBatchState new_batch(Accumulator& accumulator, const ProducerConfig& config, Nanos now, i32 first_bytes) {
    wire::BatchHeader header;
    header.attributes = static_cast<i16>(config.codec);
    ProducerBatchState batch;
    batch.id = accumulator.next_batch++;
    batch.builder = wire::BatchBuilder(header);
    batch.created = now;
    batch.charged_bytes = std::max(config.batch_size, first_bytes);
    accumulator.used_bytes += batch.charged_bytes;
    MR_ASSERT(batch.charged_bytes > 0 && accumulator.used_bytes > 0);
    return batch;
}

bool takes(const ProducerBatchState& batch, const ProducerConfig& config, u32 bytes) {
    return !batch.closed && batch.builder.size() + bytes <= static_cast<u32>(std::max(config.batch_size, 1));
}

wire::NewRecord record_of(const OutgoingRecord& outgoing) {
    wire::NewRecord record;
    record.timestamp = outgoing.timestamp_ms;
    record.key = view_of(outgoing.key);
    record.value = view_of(outgoing.value);
    for (const auto& [key, value] : outgoing.headers) {
        std::optional<std::string> text;
        if (!value.is_null) text = value.text;
        record.headers.emplace_back(key, std::move(text));
    }
    return record;
}

}  // namespace

bool Accumulator::balances() const {
    i64 charged = 0;
    for (const auto& [id, queue] : queues)
        for (const auto* batches : {&queue.batches, &queue.in_flight})
            for (const ProducerBatchState& batch : *batches) charged += batch.charged_bytes;
    return charged == used_bytes;
}

AppendOutcome append(Accumulator& accumulator, const ProducerConfig& config, Nanos now,
                     const OutgoingRecord& outgoing) {
    MR_ASSERT(outgoing.target.topic != kNoName && outgoing.target.partition >= 0);
    PartitionQueue& queue = accumulator.queues[outgoing.target];
    u32 bytes = wire::record_size_bound(view_of(outgoing.key), view_of(outgoing.value));
    for (const auto& [key, value] : outgoing.headers) bytes += static_cast<u32>(10 + key.size() + value.text.size());
    AppendOutcome outcome{true, false, bytes};
    const bool opens = queue.batches.empty() || !takes(queue.batches.back(), config, bytes);
    if (opens) {
        if (!queue.batches.empty()) queue.batches.back().closed = true;
        const auto charge = std::max<i64>(config.batch_size, static_cast<i64>(wire::kBatchHeaderBytes + bytes));
        if (accumulator.used_bytes + charge > config.buffer_memory) return {false, false, bytes};
        queue.batches.push_back(new_batch(accumulator, config, now, static_cast<i32>(charge)));
    }
    ProducerBatchState& batch = queue.batches.back();
    batch.builder.append(record_of(outgoing));
    batch.ordinals.push_back(outgoing.ordinal);
    MR_ASSERT(batch.builder.count() == batch.count() && !batch.closed && batch.holds_together());
    MR_ASSERT(accumulator.used_bytes <= config.buffer_memory);
    outcome.batch_full = opens || batch.builder.size() >= static_cast<u32>(config.batch_size);
    return outcome;
}

Nanos sendable_at(const PartitionQueue& queue, const ProducerConfig& config) {
    if (queue.batches.empty()) return sim::kForever;
    const ProducerBatchState& first = queue.batches.front();
    if (first.attempts > 0) return first.retry_not_before;
    const bool full =
        first.closed || queue.batches.size() > 1 || first.builder.size() >= static_cast<u32>(config.batch_size);
    return full ? Nanos{} : first.created + config.linger;
}

bool sendable(const Accumulator& accumulator, const PartitionQueue& queue, const ProducerConfig& config, Nanos now,
              bool flushing) {
    if (queue.batches.empty()) return false;
    if (queue.batches.front().attempts > 0) return queue.batches.front().retry_not_before <= now;
    const bool exhausted = accumulator.used_bytes + config.batch_size > config.buffer_memory;
    return flushing || exhausted || sendable_at(queue, config) <= now;
}

Nanos expires_at(const PartitionQueue& queue, const ProducerConfig& config) {
    Nanos oldest = sim::kForever;
    for (const ProducerBatchState& batch : queue.batches) oldest = std::min(oldest, batch.created);
    for (const ProducerBatchState& batch : queue.in_flight) oldest = std::min(oldest, batch.created);
    return oldest == sim::kForever ? oldest : oldest + config.delivery_timeout;
}

void release(Accumulator& accumulator, const ProducerBatchState& batch) {
    MR_ASSERT(batch.holds_together());
    accumulator.used_bytes -= batch.charged_bytes;
    MR_ASSERT(accumulator.used_bytes >= 0);
}

}  // namespace engine::client
