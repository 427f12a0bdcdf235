// Which moments of a stretch of time are worth a frame of a film.
#pragma once

#include <vector>

#include "app/view_model/base.h"
#include "engine/history.h"

namespace app {

/// Cursors behind the weightiest facts between two cursors, at most 24 of them, and one at the beginning.
std::vector<u64> turning_points(const engine::History& history, u64 first, u64 end);

}  // namespace app
