// The Events view and the transcript: what happened, one line each, filtered by words.
#pragma once

#include <string>
#include <vector>

#include "app/view_model/base.h"

namespace app {

struct EventRowVm {
    std::string object;          // "fact 486.0": a click goes there
    std::string time;            // "10.502"
    std::string step;            // "486"
    std::string node;            // "broker 2"
    std::string text;            // "parks a produce request of shop: waits for HW 10"
    bool here = false;           // the cursor stands on it
    bool broken = false;         // a fault, a loss, a refusal
};

struct EventsVm {
    std::string sentence;        // "Everything that happened, oldest first. Click a line to go there."
    std::string filter;          // what was typed
    std::vector<EventRowVm> rows;    // a window around the cursor, already filtered
    u64 rows_now = 0;            // of `rows`, those up to the cursor
    u64 cursor = 0;              // another one: the view goes there
    u64 rows_before = 0;         // matching rows above the first one shown
    u64 rows_after = 0;
    u64 matching = 0;            // of all
    u64 total = 0;
};

}  // namespace app
