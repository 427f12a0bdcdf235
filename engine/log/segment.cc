#include "engine/log/segment.h"

#include <fmt/format.h>

#include "sim/base/assert.h"

namespace engine::log {
namespace {

constexpr u8 kSyncLane = 3;  // nobody waits for the end of a closed segment's sync
static_assert(kSyncLane < sim::kLanes);

template <class Bytes>
sim::Slice slice_of(const Bytes& bytes) {
    return sim::Slice::whole(sim::Chunk::of(bytes));
}

/// Base offset and last offset delta of a batch, without reading the rest.
i64 base_offset_of(std::span<const u8> batch) { return sim::load_big_endian<i64>(batch.data()); }

i64 last_offset_of(std::span<const u8> batch) {
    MR_ASSERT(batch.size() >= wire::kBatchHeaderBytes);
    constexpr u32 kLastOffsetDelta = 23;
    return base_offset_of(batch) + sim::load_big_endian<i32>(batch.data() + kLastOffsetDelta);
}

constexpr u64 kNotAtTheTail = ~u64{0};

/// Most readers want what was appended last, or what comes behind it: found without searching.
u64 tail_position_of(const sim::Disk::File& file, Offset offset) {
    if (file.cached.size() == 0) return 0;
    const sim::Slice& last = file.cached.last_extent();
    const auto batch = last.bytes();
    if (last_offset_of(batch) < offset.value) return file.cached.size();
    MR_ASSERT(last.length <= file.cached.size());
    return base_offset_of(batch) <= offset.value ? file.cached.size() - last.length : kNotAtTheTail;
}

void index_batch(Segment& segment, LogContext context, Offset last_offset, u64 position) {
    MR_ASSERT(segment.index_file != sim::kNoFile && segment.time_index_file != sim::kNoFile);
    if (!segment.index.append(last_offset, static_cast<u32>(position))) return;
    (void)context.disk.append(segment.index_file, slice_of(segment.index.bytes_of(segment.index.entries.size() - 1)));
    if (segment.time_index.maybe_append(segment.max_timestamp, segment.max_timestamp_offset))
        (void)context.disk.append(segment.time_index_file,
                                  slice_of(segment.time_index.bytes_of(segment.time_index.entries.size() - 1)));
    segment.bytes_since_index = 0;
}

void note_timestamps(Segment& segment, const wire::BatchHeader& header) {
    MR_ASSERT(header.last_offset() >= segment.base.value);
    if (segment.first_timestamp < 0) segment.first_timestamp = header.max_timestamp;
    if (header.max_timestamp <= segment.max_timestamp) return;
    segment.max_timestamp = header.max_timestamp;
    segment.max_timestamp_offset = Offset{header.last_offset()};
}

}  // namespace

std::string file_name(const std::string& directory, Offset base, std::string_view suffix) {
    MR_ASSERT(base.value >= 0);
    return fmt::format("{}/{:020d}.{}", directory, base.value, suffix);
}

std::expected<Segment, ErrorCode> make_segment(const Log& log, LogContext context, Offset base) {
    Segment segment;
    segment.base = segment.max_timestamp_offset = base;
    segment.index.base = segment.time_index.base = base;
    segment.created_ms = context.now_ms;
    const i64 jitter = log.config.segment_jitter.to_millis();
    segment.roll_jitter_ms = jitter > 0 ? context.rng.between(0, jitter - 1) : 0;
    for (auto [file, suffix] : {std::pair{&segment.log_file, "log"}, {&segment.index_file, "index"},
                                {&segment.time_index_file, "timeindex"}}) {
        const auto opened = context.disk.open(file_name(log.directory, base, suffix));
        if (!opened) return std::unexpected(ErrorCode::kafka_storage_error);
        *file = *opened;
    }
    MR_ASSERT(segment.log_file != segment.index_file && segment.index_file != segment.time_index_file);
    return segment;
}

std::expected<void, ErrorCode> write_batch(Segment& segment, LogContext context, const sim::Slice& batch,
                                           const wire::BatchHeader& header, i64 index_interval_bytes) {
    const u64 position = segment.bytes;
    MR_ASSERT(batch.length == header.total_bytes() && header.base_offset >= segment.base.value);
    if (!context.disk.append(segment.log_file, batch)) return std::unexpected(ErrorCode::kafka_storage_error);
    note_timestamps(segment, header);
    if (segment.bytes_since_index > static_cast<u64>(index_interval_bytes))
        index_batch(segment, context, Offset{header.last_offset()}, position);
    segment.bytes += batch.length;
    segment.bytes_since_index += batch.length;
    MR_ASSERT(segment.bytes == context.disk.size(segment.log_file));
    return {};
}

void close_segment(Segment& segment, LogContext context) {
    if (segment.time_index.maybe_append(segment.max_timestamp, segment.max_timestamp_offset))
        (void)context.disk.append(segment.time_index_file,
                                  slice_of(segment.time_index.bytes_of(segment.time_index.entries.size() - 1)));
    for (const sim::FileId file : {segment.log_file, segment.index_file, segment.time_index_file})
        if (file != sim::kNoFile) context.disk.sync_later(file, kSyncLane);
}

u64 position_of(const Segment& segment, const sim::Disk::File& file, Offset offset) {
    const auto is_below = [&](auto batch) { return last_offset_of(batch) < offset.value; };
    u64 position = tail_position_of(file, offset);
    if (position == kNotAtTheTail) position = file.cached.find_extent(is_below);
    MR_ASSERT(position <= file.cached.size() && segment.bytes == file.cached.size());
    MR_VALIDATE(segment.index.lookup(offset).position <= position || offset > segment.base);
    return position;
}

std::expected<void, ErrorCode> ensure_index(const Log& log, LogContext context, Segment& segment) {
    if (segment.index_file != sim::kNoFile) return {};
    const auto opened = context.disk.open(file_name(log.directory, segment.base, "index"));
    if (!opened) return std::unexpected(ErrorCode::kafka_storage_error);
    segment.index_file = *opened;
    return {};
}

void retire_files(Log& log, LogContext context, Offset base) {
    for (const std::string_view suffix : {"log", "index", "timeindex", "snapshot"}) {
        const std::string path = file_name(log.directory, base, suffix);
        if (context.disk.find(path) == sim::kNoFile) continue;
        log.doomed.push_back(path + ".deleted");
        context.disk.rename(path, log.doomed.back());
    }
}

void remove_files(const Log& log, LogContext context, Offset base) {
    for (const std::string_view suffix : {"log", "index", "timeindex", "snapshot"}) {
        const std::string path = file_name(log.directory, base, suffix);
        if (context.disk.find(path) != sim::kNoFile) context.disk.remove(path);
    }
}

/// Offsets that can stand in this segment behind those before; anything else is a torn or corrupt header.
bool fits(const Segment& segment, const wire::BatchHeader& header, Offset next) {
    const i64 most = segment.base.value + INT32_MAX;
    return header.base_offset >= next.value && header.last_offset() >= header.base_offset &&
           header.last_offset() <= most;
}

Offset rebuild(Segment& segment, LogContext context, i64 index_interval_bytes, bool check_crc) {
    const auto batches = context.disk.read(segment.log_file, 0, context.disk.size(segment.log_file));
    context.disk.truncate(segment.index_file, 0);
    context.disk.truncate(segment.time_index_file, 0);
    segment.index.entries = {};
    segment.time_index.entries = {};
    segment.bytes = segment.bytes_since_index = 0;
    segment.max_timestamp = segment.first_timestamp = -1;
    Offset next = segment.base;
    for (const sim::Slice& batch : batches) {
        const auto header = check_crc ? wire::check_batch(batch.bytes()) : wire::read_header(batch.bytes());
        if (!header || header->total_bytes() != batch.length || !fits(segment, *header, next)) break;
        note_timestamps(segment, *header);
        if (segment.bytes_since_index > static_cast<u64>(index_interval_bytes))
            index_batch(segment, context, Offset{header->last_offset()}, segment.bytes);
        segment.bytes += batch.length;
        segment.bytes_since_index += batch.length;
        next = Offset{header->next_offset()};
    }
    if (segment.bytes < context.disk.size(segment.log_file)) context.disk.truncate(segment.log_file, segment.bytes);
    MR_ASSERT(segment.bytes == context.disk.size(segment.log_file) && next >= segment.base);
    return next;
}

void replay_producer(ProducerStates& states, std::span<const u8> batch, const wire::BatchHeader& header) {
    if (!header.has_producer()) return;
    if (!header.is_control()) return states.update(header);
    wire::RecordReader records(batch);
    wire::RecordView record;
    if (!records.next(record)) return;
    wire::Reader value(record.value);
    value.get_i16();  // version
    const i32 coordinator_epoch = value.get_i32();
    const auto type = wire::control_type(record);
    if (type == wire::ControlType::abort || type == wire::ControlType::commit)
        (void)states.complete(header, coordinator_epoch, type == wire::ControlType::abort);
}

void save_epochs(const Log& log, LogContext context) {
    (void)context.disk.replace(log.directory + "/leader-epoch-checkpoint", log.epochs.to_text());
}

}  // namespace engine::log
