// Appending: validation, offsets, rolling, flushing.
#include <fmt/format.h>

#include "engine/log/segment.h"
#include "engine/wire/batch_builder.h"
#include "sim/base/assert.h"

namespace engine::log {
namespace {

constexpr std::string_view kRejected = "One or more records have been rejected";

using Refused = std::unexpected<AppendRefusal>;

Refused refuse(ErrorCode code, std::string message = {}, std::vector<BadRecord> bad_records = {}) {
    return Refused({code, std::move(message), std::move(bad_records)});
}

bool timestamp_in_range(const TopicConfig& config, i64 timestamp, i64 now_ms) {
    if (timestamp < 0) return true;
    const i64 behind = now_ms - timestamp, ahead = timestamp - now_ms;
    return behind <= config.timestamp_before_max_ms && ahead <= config.timestamp_after_max_ms;
}

/// Walks the records of a client's batch: dense offsets, the stated count, keys where they are needed, times.
std::expected<void, AppendRefusal> check_records(const TopicConfig& config, i64 now_ms, std::span<const u8> batch) {
    wire::RecordReader records(batch);
    wire::RecordView record;
    std::vector<BadRecord> without_key, out_of_time;
    i32 expected = 0;
    while (records.next(record)) {
        if (record.offset_delta != expected)
            return refuse(ErrorCode::invalid_record, "Inner record offsets are not dense from 0.");
        if (config.cleanup_compact && record.key_is_null)
            without_key.push_back({expected, "Compacted topic cannot accept message without key"});
        const i64 timestamp = records.header().base_timestamp + record.timestamp_delta;
        const bool own_time = config.timestamp_type == TimestampType::create_time;
        if (own_time && !timestamp_in_range(config, timestamp, now_ms))
            out_of_time.push_back(
                {expected, fmt::format("Timestamp {} of message with offset {} is out of range", timestamp, expected)});
        ++expected;
    }
    if (failed(records.error())) return refuse(records.error());
    if (expected != records.header().record_count || expected != records.header().last_offset_delta + 1)
        return refuse(ErrorCode::invalid_record, "Inconsistent batch offset range and record count.");
    if (!without_key.empty()) return refuse(ErrorCode::invalid_record, std::string(kRejected), std::move(without_key));
    if (!out_of_time.empty())
        return refuse(ErrorCode::invalid_timestamp, std::string(kRejected), std::move(out_of_time));
    return {};
}

std::expected<wire::BatchHeader, AppendRefusal> check_batch_fields(const TopicConfig& config, const sim::Slice& batch,
                                                                   AppendOrigin origin) {
    const auto header = wire::check_batch(batch.bytes());
    if (!header) return refuse(header.error());
    if (batch.length > static_cast<u64>(config.max_message_bytes))
        return refuse(ErrorCode::message_too_large,
                      fmt::format("The record batch size is {} bytes which exceeds the maximum configured value of {}.",
                                  batch.length, config.max_message_bytes));
    if (batch.length > static_cast<u64>(config.segment_bytes)) return refuse(ErrorCode::record_list_too_large);
    if (origin == AppendOrigin::coordinator) return *header;
    if (header->base_offset != 0)
        return refuse(ErrorCode::invalid_record,
                      fmt::format("The baseOffset of the record batch should be 0, but it is {}", header->base_offset));
    if (header->is_control())
        return refuse(ErrorCode::invalid_record, "Clients are not allowed to write control records");
    if (header->has_producer() && header->base_sequence < 0)
        return refuse(ErrorCode::invalid_record, "Invalid sequence number in record batch with producerId");
    if (header->log_append_time()) return refuse(ErrorCode::invalid_timestamp, "Clients may not set LogAppendTime.");
    return *header;
}

/// The batch as the log keeps it: with offsets, the leader's epoch and, if the topic wants it, the log's time.
sim::Slice with_offsets(const sim::Slice& batch, Offset base, LeaderEpoch epoch, i64 log_append_time_ms) {
    const auto bytes = batch.bytes();
    std::vector<u8> copy(bytes.begin(), bytes.end());
    MR_ASSERT(base.value >= 0 && epoch.value >= 0);
    wire::assign_offsets(copy, base.value, epoch.value, log_append_time_ms);
    return sim::Slice::whole(sim::Chunk::of(copy, batch.chunk->provenance()));
}

/// A topic whose compression.type is not `producer` stores every batch in its own codec.
sim::Slice recompressed(const sim::Slice& batch, const wire::BatchHeader& header, i8 codec) {
    if (codec < 0 || header.codec() == static_cast<wire::Codec>(codec)) return batch;
    wire::BatchHeader target = header;
    target.attributes = static_cast<i16>((header.attributes & ~7) | codec);
    wire::BatchBuilder builder(target);
    wire::RecordReader records(batch.bytes());
    for (wire::RecordView view; records.next(view);) {
        wire::NewRecord record;
        record.timestamp = header.base_timestamp + view.timestamp_delta;
        if (!view.key_is_null) record.key = wire::text_of(view.key);
        if (!view.value_is_null) record.value = wire::text_of(view.value);
        for (const auto& h : view.headers) {
            std::optional<std::string> value;
            if (!h.value_is_null) value = std::string(wire::text_of(h.value));
            record.headers.emplace_back(wire::text_of(h.key), std::move(value));
        }
        builder.append(record, view.offset_delta);
    }
    MR_ASSERT(builder.count() == header.record_count);
    return sim::Slice::whole(sim::Chunk::of(builder.finish(), batch.chunk->provenance()));
}

bool must_roll(const Log& log, i64 now_ms, const wire::BatchHeader& header, u32 bytes) {
    const Segment& active = log.active();
    MR_ASSERT(bytes > 0 && header.base_offset >= active.base.value);
    if (active.bytes + bytes > static_cast<u64>(log.config.segment_bytes) && active.bytes > 0) return true;
    const i64 age = header.max_timestamp >= 0 && active.first_timestamp >= 0
                        ? header.max_timestamp - active.first_timestamp
                        : now_ms - active.created_ms;
    if (active.bytes > 0 && age > log.config.segment_time.to_millis() - active.roll_jitter_ms) return true;
    const u64 most_entries = static_cast<u64>(log.config.segment_index_bytes) / OffsetIndex::kEntryBytes;
    if (active.index.entries.size() >= most_entries) return true;
    return header.last_offset() - active.base.value > INT32_MAX;
}

std::expected<bool, ErrorCode> write(Log& log, LogContext context, const sim::Slice& batch,
                                     const wire::BatchHeader& header) {
    MR_ASSERT(batch.length == header.total_bytes());
    bool rolled = false;
    if (must_roll(log, context.now_ms, header, batch.length)) {
        if (const auto done = roll(log, context); !done) return std::unexpected(done.error());
        rolled = true;
    }
    if (const auto indexed = ensure_index(log, context, log.segments.back()); !indexed)
        return std::unexpected(indexed.error());
    const auto written = write_batch(log.segments.back(), context, batch, header, log.config.index_interval_bytes);
    if (!written) return std::unexpected(written.error());
    MR_ASSERT(header.base_offset >= log.next_offset.value && header.next_offset() > header.base_offset);
    log.next_offset = Offset{header.next_offset()};
    log.unflushed_messages += header.record_count;
    if (log.unflushed_messages >= log.config.flush_messages) flush(log, context);
    return rolled;
}

void start_epoch(Log& log, LogContext context, LeaderEpoch epoch, Offset start) {
    if (!log.epochs.assign(epoch, start)) return;
    (void)context.disk.replace(log.directory + "/leader-epoch-checkpoint", log.epochs.to_text());
    MR_ASSERT(log.latest_epoch() == epoch);
}

/// The epoch begins with its first batch: of a compacted log that may lie behind our end.
bool note_epoch(Log& log, LogContext context, const wire::BatchHeader& header) {
    const LeaderEpoch epoch{header.partition_leader_epoch};
    if (epoch <= log.latest_epoch() || epoch == kNoEpoch) return false;
    start_epoch(log, context, epoch, Offset{header.base_offset});
    return true;
}

}  // namespace

std::expected<AppendInfo, AppendRefusal> append_as_leader(Log& log, LogContext context, const sim::Slice& batch,
                                                          LeaderEpoch epoch, AppendOrigin origin,
                                                          bool check_sequences) {
    MR_ASSERT(epoch >= log.latest_epoch());  // nobody has led after us
    auto header = check_batch_fields(log.config, batch, origin);
    if (!header) return Refused(header.error());
    if (origin == AppendOrigin::client)
        if (const auto good = check_records(log.config, context.now_ms, batch.bytes()); !good)
            return Refused(good.error());
    if (header->has_producer() && origin == AppendOrigin::client && check_sequences) {
        if (const ProducerBatch* known = log.producers.find_duplicate(*header))
            return AppendInfo{known->first_offset(), known->last_offset, -1, true, false, false};
        if (const auto good = log.producers.check(*header); !good) return refuse(good.error());
    }
    const bool log_time = log.config.timestamp_type == TimestampType::log_append_time;
    const i64 append_time = log_time ? context.now_ms : -1;
    const sim::Slice stored =
        with_offsets(recompressed(batch, *header, log.config.compression), log.next_offset, epoch, append_time);
    const auto final_header = wire::read_header(stored.bytes());
    MR_ASSERT(final_header.has_value());
    MR_ASSERT(final_header->base_offset == log.next_offset.value &&
              final_header->partition_leader_epoch == epoch.value);
    const AppendInfo info{
        Offset{final_header->base_offset},      Offset{final_header->last_offset()}, append_time, false, false,
        note_epoch(log, context, *final_header)};
    const auto rolled = write(log, context, stored, *final_header);
    if (!rolled) return refuse(rolled.error());
    replay_producer(log.producers, stored.bytes(), *final_header);
    AppendInfo done = info;
    done.rolled = *rolled;
    MR_ASSERT(done.last_offset + 1 == log.next_offset && log.latest_epoch() == epoch);
    return done;
}

std::expected<AppendInfo, ErrorCode> append_as_follower(Log& log, LogContext context, const wire::Slices& batches) {
    AppendInfo info{log.next_offset, log.next_offset - 1, -1, false, false, false};
    for (const sim::Slice& slice : batches) {
        const auto header = wire::read_header(slice.bytes());
        if (!header) { if (slice.length < wire::kBatchHeaderBytes) break; return std::unexpected(header.error()); }
        if (header->total_bytes() > slice.length) break;  // cut off by the fetch limit
        if (!wire::check_batch(slice.bytes())) return std::unexpected(ErrorCode::corrupt_message);
        if (header->base_offset < log.next_offset.value) return std::unexpected(ErrorCode::unknown_server_error);
        const auto rolled = write(log, context, slice, *header);
        if (!rolled) return std::unexpected(rolled.error());
        info.new_epoch |= note_epoch(log, context, *header);
        replay_producer(log.producers, slice.bytes(), *header);
        info.rolled |= *rolled;
        info.last_offset = Offset{header->last_offset()};
    }
    MR_ASSERT(info.last_offset + 1 == log.next_offset);
    return info;
}

void begin_epoch(Log& log, LogContext context, LeaderEpoch epoch) { start_epoch(log, context, epoch, log.next_offset); }

std::expected<void, ErrorCode> roll(Log& log, LogContext context) {
    MR_ASSERT(!log.segments.empty());
    close_segment(log.segments.back(), context);
    auto segment = make_segment(log, context, log.next_offset);
    if (!segment) return std::unexpected(segment.error());
    const auto snapshot = log.producers.to_snapshot();
    (void)context.disk.replace(file_name(log.directory, log.next_offset, "snapshot"),
                               wire::text_of(snapshot));
    log.recovery_point = log.next_offset;
    log.segments.push_back(std::move(*segment));
    MR_ASSERT(log.active().base == log.next_offset && log.active().bytes == 0);
    return {};
}

void close_cleanly(Log& log, LogContext context) {
    const std::string path = file_name(log.directory, log.next_offset, "snapshot");
    const auto snapshot = log.producers.to_snapshot();
    if (log.next_offset > log.log_start) (void)context.disk.replace(path, wire::text_of(snapshot));
    flush(log, context);
    MR_ASSERT(log.recovery_point == log.next_offset);
}

void flush(Log& log, LogContext context) {
    for (const Segment& segment : log.segments) {
        if (segment.base + static_cast<i64>(segment.bytes) < log.recovery_point) continue;
        context.disk.sync(segment.log_file);
        if (segment.index_file != sim::kNoFile) context.disk.sync(segment.index_file);
        context.disk.sync(segment.time_index_file);
    }
    log.recovery_point = log.next_offset;
    log.unflushed_messages = 0;
    MR_VALIDATE(log.holds_together());
}

}  // namespace engine::log
