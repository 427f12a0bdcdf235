// Actions on what has happened already: to let a record arrive at another time, one must stand before it was sent.
#pragma once

#include <optional>
#include <string>

#include "app/lab/run/run.h"

namespace app::lab {

/// Whether a line is about a record that was sent and can be undone: it is carried out before it was.
bool is_about_the_past(const engine::World& world, const std::string& line);
/// The moment on the world's clock before which a line must be carried out; none if now will do.
std::optional<sim::Nanos> must_precede(const Run& run, const std::string& line);
/// Goes back to before that moment if it must. True if it did: what is done then begins another branch.
bool rewind_for(Run& run, const std::string& line);

}  // namespace app::lab
