// Kafka's promises as lamps: each holds at this moment, or is broken, with what broke it. Looked at are the logs and
// the bookkeeping of the applications, whatever a broker believes.
#pragma once

#include "app/view_model/base.h"

namespace app {

class Scene;

struct LampVm {
    std::string promise;  // "acknowledged is kept"
    bool broken = false;
    std::string why;       // broken: what is wrong, and whose promise it is
    std::string question;  // what a click asks; "" nothing
};

std::vector<LampVm> make_lamps(const Scene& scene);

}  // namespace app
