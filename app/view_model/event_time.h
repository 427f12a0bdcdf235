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
};

struct EventColumnVm {
    std::string title;  // "batch 3"
    bool no_data = false;
    bool next = false;   // not run yet
    i64 watermark = -1;  // with which it decides what is late
    i64 evict = -1;
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
};

struct LateRowVm {
    std::string title;  // "donkey 12:04"
    std::string note;   // "[11:55, 12:05) ends at 12:05 ≤ 12:11"
    std::string batch;  // "batch 6"
};

struct NamedValueVm {
    std::string name, value;
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
};

EventTimeVm make_event_time(const QueryData& data);

}  // namespace app
