// The log of one partition replica: segments on the node's disk, and what must agree with them (indexes,
// leader epochs, producer state). The files are the truth: everything here can be rebuilt from them.
//
// Invariants: log_start <= next_offset; segments are in order of base offset and at least one, the last is the
// active one; every batch lies in one file extent; epochs and producer states describe exactly [log_start,
// next_offset).
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "engine/log/leader_epochs.h"
#include "engine/log/offset_index.h"
#include "engine/log/producer_state.h"
#include "engine/model/planted_bugs.h"
#include "engine/model/topic_config.h"
#include "sim/disk/disk_door.h"

namespace engine::log {

struct Segment {
    Offset base;
    sim::FileId log_file;
    sim::FileId index_file;
    sim::FileId time_index_file;
    OffsetIndex index;
    TimeIndex time_index;
    u64 bytes = 0;
    u64 bytes_since_index = 0;
    i64 max_timestamp = -1;
    Offset max_timestamp_offset;
    i64 first_timestamp = -1;   // largest of the first batch; -1 while empty
    i64 created_ms = 0;         // wall clock of the node
    i64 roll_jitter_ms = 0;
};

struct Log {
    std::string directory;      // `<topic>-<partition>`
    TopicConfig config;
    std::vector<Segment> segments;
    Offset log_start;
    Offset next_offset;         // log end offset, LEO
    Offset recovery_point;      // everything below is on the platter
    LeaderEpochs epochs;
    ProducerStates producers;
    i64 unflushed_messages = 0;
    std::vector<std::string> doomed;   // files that have left the log, by their new names: whoever runs it deletes them

    [[nodiscard]] const Segment& active() const { MR_ASSERT(!segments.empty()); return segments.back(); }
    [[nodiscard]] u64 bytes() const;
    /// The invariants above, but for those that need the disk. O(number of segments and epochs).
    [[nodiscard]] bool holds_together() const;
    [[nodiscard]] LeaderEpoch latest_epoch() const { return epochs.latest(); }
};

/// What the functions of a log need of the node that calls them.
struct LogContext {
    sim::DiskDoor& disk;
    i64 now_ms = 0;        // wall clock
    sim::Prng& rng;
};

/// Names of a partition's files: `<directory>/<20 digits>.<suffix>`.
std::string file_name(const std::string& directory, Offset base, std::string_view suffix);

// ---- recovery.cc ----------------------------------------------------------------------------------

/// Opens or creates a log. After an unclean stop every segment from the recovery point on is read and checked:
/// at the first bad byte the log ends.
std::expected<void, ErrorCode> open_log(Log& log, LogContext context, Offset recovery_point, Offset log_start,
                                        bool clean);

// ---- append.cc ------------------------------------------------------------------------------------

struct AppendInfo {
    Offset first_offset;
    Offset last_offset;
    i64 log_append_time_ms = -1;
    bool duplicate = false;   // nothing was written: the producer repeated a batch
    bool rolled = false;
    bool new_epoch = false;
};

/// A record that made its batch be refused.
struct BadRecord {
    i32 index = 0;
    std::string why;
};

/// Why a batch was not written.
struct AppendRefusal {
    ErrorCode code = ErrorCode::none;
    std::string message;             // for the client; "" for the code's own
    std::vector<BadRecord> bad_records;    // for invalid_record and invalid_timestamp
};

enum class AppendOrigin : u8 { client, coordinator };

/// Validates a batch, gives it offsets and the leader's epoch, and writes it. `check_sequences` false is for
/// tests only: it leaves out what makes producers idempotent.
std::expected<AppendInfo, AppendRefusal> append_as_leader(Log& log, LogContext context, const sim::Slice& batch,
                                                          LeaderEpoch epoch, AppendOrigin origin,
                                                          bool check_sequences = true);
/// Writes the leader's bytes as they are. A cut-off batch at the end is ignored.
std::expected<AppendInfo, ErrorCode> append_as_follower(Log& log, LogContext context, const wire::Slices& batches);
/// The leader's term begins: its epoch starts at the log's end.
void begin_epoch(Log& log, LogContext context, LeaderEpoch epoch);
/// Closes the active segment and starts a new one at the log's end. kafka_storage_error if the disk is full.
std::expected<void, ErrorCode> roll(Log& log, LogContext context);
/// Puts everything on the platter.
void flush(Log& log, LogContext context);
/// The end of a log's life in memory: all is on the platter, and a snapshot spares the next start the reading.
void close_cleanly(Log& log, LogContext context);

// ---- read.cc --------------------------------------------------------------------------------------

struct ReadResult {
    wire::Slices batches;
    u32 bytes = 0;
};

/// Batches from the one that holds `from` up to `limit` (an offset that is a batch boundary) and `max_bytes`;
/// the first batch comes whole if `whole_first`, else not at all if it does not fit; the last one may be cut off.
/// Requires log_start <= from <= limit <= next_offset.
ReadResult read(const Log& log, sim::DiskDoor& disk, Offset from, Offset limit, u32 max_bytes, bool whole_first);
/// First record at or after a timestamp and below `limit`; offset kNoOffset if there is none.
TimestampOffset find_timestamp(const Log& log, sim::DiskDoor& disk, i64 timestamp, Offset limit);
/// The record with the largest timestamp.
TimestampOffset find_max_timestamp(const Log& log, sim::DiskDoor& disk);
/// The segment that holds an offset. Requires it to be at or above the first base.
const Segment& segment_of(const Log& log, Offset offset);
/// Calls visit(batch bytes) for every batch of the log, first to last; stops when it returns false.
template <class Visit>
void for_each_batch(const Log& log, const sim::Disk& disk, Visit&& visit) {
    for (const Segment& segment : log.segments) {
        const sim::Rope& content = disk.file(segment.log_file).cached;
        for (const sim::Slice& slice : content.slices(0, content.size()))
            if (!visit(slice)) return;
    }
}

// ---- truncate.cc ----------------------------------------------------------------------------------

/// Drops everything from `end` on. Requires end <= next_offset.
std::expected<void, ErrorCode> truncate_to(Log& log, LogContext context, Offset end);
/// Drops everything and starts anew at an offset.
std::expected<void, ErrorCode> restart_at(Log& log, LogContext context, Offset start);

// ---- retention.cc ---------------------------------------------------------------------------------

/// The log begins at `start` from now on, if that is later. Segments that end below it stay until retention runs.
void advance_log_start(Log& log, LogContext context, Offset start);
/// Drops whole segments that are wholly below the high watermark and older, or more, than the topic keeps. How many.
std::expected<i32, ErrorCode> drop_old_segments(Log& log, LogContext context, Offset high_watermark,
                                                PlantedBug bug = PlantedBug::none);

}  // namespace engine::log
