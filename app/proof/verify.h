// `verify`: that a lesson's run is decided by its inputs alone, whatever the process, the heap, the zone, the
// slices it is run in, and however often one goes back.
#pragma once

#include <optional>
#include <string>

#include "sim/base/types.h"

namespace app::proof {

int verify_lesson(const std::string& name, std::optional<sim::u64> seed);

}  // namespace app::proof
