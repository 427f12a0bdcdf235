// Actions on what has happened already: to let a record arrive at another time, one must stand before it was sent.
#pragma once

#include <optional>
#include <string>

#include "app/lab/run/run.h"

namespace app::lab {

/// The moment on the world's clock before which a line must be carried out; none if now will do, or if that moment
/// lies before the origin.
std::optional<sim::Nanos> must_precede(const engine::World& world, sim::Nanos clock, const std::string& line);
/// Goes back to before that moment if it must. True if it did: what is done then begins another branch.
bool rewind_for(Run& run, const std::string& line);

}  // namespace app::lab
