// One replica's log as a tape: a cell an offset, with the marks that Kafka keeps on it.
#pragma once

#include <string>
#include <vector>

#include "app/view_model/base.h"

namespace app {

/// What a replica is to its partition; decides colour and texture of its tape and card.
enum class ReplicaRole : u8 {
    leader,
    in_sync,
    out_of_sync,
    offline,      // its broker is dead: what is drawn is the log as it was last seen
    none,         // the broker holds no replica of what the stage shows
};

enum class CellState : u8 {
    committed,       // below the high watermark
    not_committed,   // between high watermark and log end
    aborted,         // of an aborted transaction
    marker,          // a control record: end of a transaction
    tombstone,       // a key without a value
    compacted,       // taken away by compaction
    truncated,       // cut from this log, or lost
};

/// One offset, or a whole batch when `last` is larger than `offset`.
struct TapeCell {
    i64 offset = 0;
    i64 last = 0;                    // inclusive
    CellState state = CellState::committed;
    bool selected = false;
    bool changed = false;            // by the step that the cursor stands on
    std::string object;              // "orders-0/2 offset 9"
    std::string key;                 // shown when the cells are wide
    std::string time;                // "5.040", shown when the cells are wide
};

/// Where a leader's term begins in this log.
struct EpochStart {
    i64 offset = 0;
    i32 leader_epoch = 0;
};

constexpr i64 kNoMark = -1;

struct TapeVm {
    std::string object;              // "orders-0/2": partition and broker
    std::string partition;           // "orders-0"; the label when a card has several tapes
    ReplicaRole role = ReplicaRole::in_sync;
    std::vector<TapeCell> cells;     // ascending, from first_shown to the log end
    u64 cells_before = 0;            // records below the first cell that are not drawn
    i32 empty_after = 1;             // dotted cells for the next offsets
    // Marks; kNoMark draws none. A mark stands before the cell of its offset.
    i64 log_start_offset = kNoMark;
    i64 last_stable_offset = kNoMark;
    i64 high_watermark = kNoMark;
    i64 log_end_offset = kNoMark;
    i64 only_here_from = kNoMark;    // while nobody leads: what no living or in-sync copy has besides begins here
    std::vector<EpochStart> epochs;  // empty: not shown
};

}  // namespace app
