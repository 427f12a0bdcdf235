// Compaction: of each key only the latest record stays (spec/kafka.md section 2.6). A pass reads the dirty part of
// the log, maps each key to its latest offset, and writes all segments up to there again without what is outdated.
//
// Offsets of records and the first and last offsets of batches never change; the order never changes; the active
// segment is never touched.
//
//   cleaner.cc        a pass: grouping segments, writing them again
//   clean_map.cc      key -> latest offset of the dirty part
//   clean_txns.cc     which batches belong to aborted transactions, which markers are still needed
#pragma once

#include <map>

#include "engine/log/log.h"
#include "engine/log/txn_index.h"
#include "engine/model/planted_bugs.h"

namespace engine::log {

/// Memory for the map of keys: as many entries as slots times the load factor.
struct CleanLimits {
    u32 map_slots = 134'217'728 / 24;     // log.cleaner.dedupe.buffer.size / bytes of a slot
    u32 load_millionths = 900'000;        // log.cleaner.io.buffer.load.factor
    PlantedBug bug = PlantedBug::none;    // tests only

    [[nodiscard]] u64 most_keys() const { return static_cast<u64>(map_slots) * load_millionths / 1'000'000; }
};

// ---- clean_txns.cc --------------------------------------------------------------------------------

/// Follows the transactions of a log from batch to batch.
class CleanTxns {
public:
    /// Looks for the aborted transactions below `end`: in the batches themselves, which say it all.
    CleanTxns(const Log& log, const sim::Disk& disk, Offset end);

    /// True if nothing of the batch is needed: of a data batch because its transaction was aborted, of a marker
    /// because no batch of its transaction is left.
    bool is_dispensable(std::span<const u8> batch, const wire::BatchHeader& header);

private:
    struct Open {
        bool seen = false;   // a batch of it was met
        Offset first;
        Offset marker;
    };
    void open_up_to(Offset offset);
    bool ends_unseen(std::span<const u8> batch, const wire::BatchHeader& header);

    std::vector<AbortedTxn> aborted_;                 // by first offset
    std::size_t next_aborted_ = 0;
    sim::FlatMap<ProducerId, Open> open_aborted_;
    sim::FlatMap<ProducerId, bool> open_committed_;   // a batch was met; the value says nothing
};

// ---- clean_map.cc ---------------------------------------------------------------------------------

/// The latest offsets of keys in a stretch of the log.
struct CleanMap {
    std::map<std::string, Offset, std::less<>> offsets;   // lives for one pass, is no state
    Offset last = kNoOffset;     // everything up to here has been read
    u64 records_read = 0;
    bool full = false;

    [[nodiscard]] Offset latest_of(std::string_view key) const;
};

/// Maps [from, end), or as much of it as the limits allow.
CleanMap map_keys(const Log& log, LogContext context, Offset from, Offset end, const CleanLimits& limits);

// ---- cleaner.cc -----------------------------------------------------------------------------------

/// What of a log may be cleaned now.
struct CleanRange {
    Offset first_dirty;
    Offset end;                  // first offset that may not be touched
    u64 clean_bytes = 0;
    u64 dirty_bytes = 0;
    bool overdue = false;        // max.compaction.lag.ms has passed for the oldest dirty record

    /// Share of the dirty bytes, in millionths.
    [[nodiscard]] i64 dirty_millionths() const;
};
/// `checkpoint` is where the last pass ended; one outside of the log counts as its start.
CleanRange cleanable_range(const Log& log, Offset checkpoint, Offset last_stable, i64 now_ms);
/// Whether it is worth a pass, by the topic's settings.
bool worth_cleaning(const Log& log, const CleanRange& range);

/// One pass. Where the dirty part begins afterwards; kafka_storage_error if the disk is full.
std::expected<Offset, ErrorCode> clean(Log& log, LogContext context, Offset first_dirty, Offset end,
                                       const CleanLimits& limits = {});

}  // namespace engine::log
