// The top bar: where in the run the cursor stands and how it moves.
#pragma once

#include <string>

#include "app/view_model/base.h"

namespace app {

struct TopBarVm {
    bool home = false;           // the course home: no transport
    bool playing = false;
    bool can_step_back = true;
    bool can_step_forward = true;   // false with an open question at the newest event
    std::string why_not_forward;    // "Answer the question first."
    std::string time;            // "10.502 s"
    std::string step;            // "486"
    std::string seed;            // "7"
    std::string branch;          // "main"
    std::string pace;            // "paced by event"
    std::string speed;           // "1x"
    std::string diverged;        // "DIVERGED at step 1 024"; "" when the replay agrees
};

}  // namespace app
