// One segment's files: making, indexing, finding. Used by the other parts of the log.
#pragma once

#include "engine/log/log.h"

namespace engine::log {

/// A new empty segment with its three files. kafka_storage_error if the disk is full.
std::expected<Segment, ErrorCode> make_segment(const Log& log, LogContext context, Offset base);
/// Writes a batch at the end and indexes it by the rule of `index.interval.bytes`.
std::expected<void, ErrorCode> write_batch(Segment& segment, LogContext context, const sim::Slice& batch,
                                           const wire::BatchHeader& header, i64 index_interval_bytes);
/// The last time entry of a segment that is being closed, and its files to the platter.
void close_segment(Segment& segment, LogContext context);
/// Position of the first batch whose last offset is at or above `offset`; the file's size if there is none.
u64 position_of(const Segment& segment, const sim::Disk::File& file, Offset offset);
/// Gives a segment the index file that it may lack: one that was begun without being written to has none.
std::expected<void, ErrorCode> ensure_index(const Log& log, LogContext context, Segment& segment);
/// Renames a segment's files so that they no longer count; their deletion is left to the log's owner.
void retire_files(Log& log, LogContext context, Offset base);
/// Writes the leader epochs as they are now to their file.
void save_epochs(const Log& log, LogContext context);
/// Removes a segment's files.
void remove_files(const Log& log, LogContext context, Offset base);
/// Rebuilds indexes and times from the batches of the file, checking each. Stops at the first bad byte, where
/// the file is cut. Returns the offset behind the last good batch.
Offset rebuild(Segment& segment, LogContext context, i64 index_interval_bytes, bool check_crc);
/// Takes up a batch in producer state, as a replica does: without checking.
void replay_producer(ProducerStates& states, std::span<const u8> batch, const wire::BatchHeader& header);

}  // namespace engine::log
