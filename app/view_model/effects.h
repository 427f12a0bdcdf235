// What a verb would do, told before it is done: by the rules of the system and the state of this moment. Nothing is
// carried out for it, and nothing is told while a question is open.
#pragma once

#include <string>

#include "app/view_model/scene.h"

namespace app {

/// "orders-0: will leave ISR {2}, below min.insync.replicas 2"; "" if there is nothing to tell beforehand.
std::string effect_of(const Scene& scene, const std::string& line);

}  // namespace app
