// The Space-time view: a line a node, a slanted line a message; what led to the selected event and what came of it;
// below, one record from end to end, and the ledger of its producer.
#pragma once

#include "app/view_model/base.h"
#include "app/view_model/page.h"

namespace app {

enum class ConePart : u8 { selected, led_to_it, came_from_it, unrelated };

struct SpacePointVm {
    i32 column = 0;
    i32 lane = 0;
    ConePart part = ConePart::unrelated;
    bool broken = false;             // a kill, a loss
    bool elects = false;             // a leader or a controller
    std::string label;
    std::string object;              // "fact 486.0": a click goes there
};

struct SpaceMessageVm {
    i32 from_column = 0, from_lane = 0;
    i32 to_column = 0, to_lane = 0;
    ConePart part = ConePart::unrelated;
    bool lost = false;               // ends in a cross before it arrives
    bool flying = false;             // has not arrived at this moment
    std::string label;
    std::string object;              // "message 812"
};

/// A stretch of a lane: who led, who was dead.
struct SpaceBandVm {
    i32 lane = 0;
    i32 from_column = 0, to_column = 0;
    bool dead = false;
    std::string label;
};

struct SpaceColumnVm {
    std::string time;                // "5.040"
    double width = 1;                // from the column before: 1 each, or its share of the time that is shown
    std::string gap_before;          // "5.1 s, 61 events": a stretch was left out
};

enum class TraceState : u8 { done, never, not_yet };
struct TraceStageVm {
    std::string title;               // "log of broker 2"
    std::string note;                // "offset 9", "never arrived"
    TraceState state = TraceState::not_yet;
    std::string object;
};

enum class LedgerState : u8 { once, twice, lost, waiting, refused };
struct LedgerCellVm {
    std::string number;              // of the send: "9"
    LedgerState state = LedgerState::waiting;
    bool selected = false;
    std::string object;              // "orders-0 offset 9"; "" if it is in no log
};

/// What came of the same sends at those who read them: a group, or a consumer without one.
struct ReaderLedgerVm {
    std::string name;
    std::string sentence;            // "What group g worked off."
    std::vector<LedgerCellVm> cells;
    u64 once = 0, twice = 0, lost = 0;
};

struct SpaceTimeVm {
    PageHeadVm head;
    PageHeadVm trace_head;           // of the Record trace view
    bool to_scale = false;           // columns stand as far apart as their moments
    std::vector<std::string> lanes;
    std::vector<std::string> lane_objects;
    std::vector<SpaceColumnVm> columns;
    std::vector<SpaceBandVm> bands;
    std::vector<SpaceMessageVm> messages;
    std::vector<SpacePointVm> points;
    // The record.
    std::string record;              // "Where order 9 went"
    std::vector<TraceStageVm> trace;
    std::string ledger_sentence;
    std::vector<LedgerCellVm> ledger;
    u64 once = 0, twice = 0, lost = 0;
    std::vector<ReaderLedgerVm> readers;
    std::string note;                // what numbers alone would hide
};

}  // namespace app
