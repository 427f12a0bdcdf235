// The timeline: one lane a node, bars for what it was, markers for what happened, idle stretches folded, branches as
// a metro map. Times are nanoseconds of world time.
#pragma once

#include <string>
#include <vector>

#include "app/view_model/tape.h"

namespace app {

/// A stretch of time as wide as its weight. A folded one is drawn as a gap with a label.
struct TimeStretchVm {
    i64 from_ns = 0;
    i64 to_ns = 0;
    i32 weight = 1;              // share of the width
    bool folded = false;
    std::string label;           // "4.6 s folded"
};

struct TickVm {
    i64 at_ns = 0;
    std::string label;           // "4.4 s"; "" is a small tick
};

struct TimeAxisVm {
    std::vector<TimeStretchVm> stretches;   // ascending, without gaps
    std::vector<TickVm> ticks;
};

enum class BarKind : u8 {
    leader, in_sync, out_of_sync, dead,
    session,       // a plain line with its label
    acknowledged,  // good
    not_acknowledged,
    waiting,       // dashed
    running,       // neutral: a micro-batch, a task
};

struct BarVm {
    i64 from_ns = 0;
    i64 to_ns = 0;
    BarKind kind = BarKind::in_sync;
    std::string label;
    std::string object;          // what a click selects
};

enum class MarkerKind : u8 {
    event,         // a small bar
    leader,        // an election
    controller,
    broken,        // a kill, a fault
    ended,         // something expired
    late_drop,
    checkpoint,
    prediction_open,
    prediction_answered,
    bookmark,
};

struct MarkerVm {
    i64 at_ns = 0;
    MarkerKind kind = MarkerKind::event;
    std::string label;           // "kill"
    std::string object;          // "fact 312.0"
    bool on_axis = false;        // above the lanes: stops, predictions, bookmarks
};

struct LaneVm {
    std::string object;          // "broker 1"
    std::string name;
    std::vector<BarVm> bars;
    std::vector<MarkerVm> markers;
};

/// A line of the metro map; stations are interventions and stops.
struct BranchVm {
    std::string name;
    i32 parent = -1;             // index into the list; -1 the first
    i32 parent_station = 0;      // after which station of the parent it leaves
    i32 stations = 1;
    i32 cursor_station = -1;     // where the cursor is; -1 on another branch
};

struct TimelineVm {
    std::vector<std::string> tabs;   // "Timeline", "Space-time", "Events", "Metrics", "Console"
    std::string tab;
    TimeAxisVm axis;
    std::vector<LaneVm> lanes;
    std::vector<MarkerVm> axis_markers;
    i64 now_ns = 0;
    std::string now;             // "10.502"
    i64 newest_ns = 0;           // nothing has run beyond it
    std::string beyond;          // "not run yet"
    std::vector<BranchVm> branches;
    bool folded_to_strip = false;    // projector, or a low window: one line that tells the story
};

}  // namespace app
