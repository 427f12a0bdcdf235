// A view that takes the room of stage and timeline: what stands above its tabs.
#pragma once

#include <string>
#include <vector>

namespace app {

struct PageHeadVm {
    std::string title;                 // "billing", "Wire"
    std::vector<std::string> chips;    // "range assignor"
    std::string sentence;              // what one is looking at
    // Nothing to show: why, and what to do.
    std::string empty_title;
    std::string empty_text;
};

}  // namespace app
