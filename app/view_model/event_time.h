// The Event time view: when a row happened against when it arrived. Across: batches; up: event time; the watermark as a
// staircase; windows that fill, are emitted and evicted; rows dropped as late.
#pragma once

#include "app/view_model/query_data.h"

namespace app {

enum class EventMarkKind : u8 { in_order, out_of_order, dropped };

struct EventMarkVm {
    EventMarkKind kind = EventMarkKind::in_order;
    double x = 0;  // in batches: 2.5 arrived between batch 2 and 3
    i64 event_time = 0;
    std::string label;   // "cat 12:09"
    std::string object;  // "words-0 offset 3"
    std::string record;  // how a line names it; "" it cannot be moved
    bool moved = false;  // on the other branch it is elsewhere, or not at all
    double other_x = -1;      // where it is there; -1: nowhere
    i64 other_event_time = -1;
};

struct EventColumnVm {
    std::string title;  // "batch 3"
    bool no_data = false;
    bool next = false;   // not run yet
    i64 watermark = -1;  // with which it decides what is late
    i64 evict = -1;
    i64 at = -1;  // its trigger; of the next one, when it is due if triggers keep their distance
};

/// A window on the event axis, from the batch that first filled it to the one that evicted it.
struct EventWindowVm {
    i64 start = 0, end = 0;
    double from = 0, to = 0;               // in batches
    std::string label;                     // "count 3"
    i64 emitted_in = -1, evicted_in = -1;  // batches; -1 not yet
    i32 lane = 0;                          // windows that overlap lie in lanes side by side
};

struct EventWindowRowVm {
    std::string window;  // "[12:00, 12:10)"
    std::string value;   // "cat 1, dog 2"
    std::string state;   // "evicted in batch 5", "needs 4 min"
    bool evicted = false;
    i32 per_mille = 0;  // how far the watermark is on its way to the window's end
    std::string object;
    bool selected = false;
};

struct LateRowVm {
    std::string title;  // "donkey 12:04"
    std::string note;   // "[11:55, 12:05) ends at 12:05 ≤ 12:11"
    std::string batch;  // "batch 6"
    std::string object;
    bool selected = false;
};

struct NamedValueVm {
    std::string name, value;
};

/// One number on this branch and on the other.
struct EventPairVm {
    std::string name, here, there;
    [[nodiscard]] bool differs() const { return here != there; }
};

/// The other branch below this one.
struct EventTwinVm {
    std::string title;   // "What if donkey 12:04 had come in batch 6?"
    std::string branch;  // its name
    std::string first;   // "first difference: batch 5"
    i64 first_column = -1;
    std::vector<EventPairVm> came_to;
};

struct EventTimeVm {
    PageHeadVm head;
    i64 low = 0, high = 1;  // event axis, ms
    i64 grid = 1;           // ms between lines
    std::vector<EventColumnVm> columns;
    std::vector<EventMarkVm> marks;
    std::vector<EventWindowVm> windows;
    i32 lanes = 1;
    std::vector<EventWindowRowVm> rows;
    std::vector<LateRowVm> late;
    std::vector<NamedValueVm> next_batch;
    std::string rule;
    i64 origin = 0;  // epoch ms at which the lesson's clock began
    EventTwinVm twin;
    std::vector<EventTimeVm> other;  // the other branch's plot, around what differs; none if there is one branch
};

/// Where a mark is dragged to, as the line that does it.
struct MarkMove {
    std::string line;  // "arrive cat@12:09 at 12:14:30"; "" nothing moves
    std::string told;  // "arrives at 12:14:30"
    double x = 0;
    i64 event_time = 0;
};

/// Another arrival: `column` as marks have it, snapped to a round moment between two triggers.
MarkMove arrive_at(const EventTimeVm& vm, const EventMarkVm& mark, double column);
/// Another event time, snapped.
MarkMove happen_at(const EventTimeVm& vm, const EventMarkVm& mark, i64 event_time);

EventTimeVm make_event_time(const QueryData& data);
/// The same query on another branch at the same moment.
void add_event_twin(EventTimeVm& vm, const QueryData& here, const QueryData& there, std::string branch,
                    const std::string& text);

}  // namespace app
