// The Twin view: two branches of one run at the same moment: what happened on each since they parted, the first thing
// that differs, and what it came to.
#pragma once

#include "app/view_model/base.h"
#include "app/view_model/page.h"

namespace app {

struct TwinFactVm {
    std::string text;
    std::string object;  // only of the branch that is shown: a click goes there
    bool broken = false;
};

/// One moment, on the left, on the right, or on both.
struct TwinRowVm {
    std::string time;
    TwinFactVm left, right;  // text "" nothing there
    bool same = false;       // on both
    bool first_difference = false;
};

struct TwinStateVm {
    std::string label;  // "orders-0: leader"
    std::string left, right;
    bool differs = false;
};

struct TwinVm {
    PageHeadVm head;
    std::string left, right;  // names of the branches
    std::string parted;       // "They parted at 5.120 s."
    std::string verdict;      // "3 rows of 12 differ"
    std::vector<TwinRowVm> rows;
    std::string more;  // "14 later rows"; "" none
    std::vector<TwinStateVm> state;
};

}  // namespace app
