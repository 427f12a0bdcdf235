// What UNPIVOT may not do; the check asks once all columns are known.
#pragma once

#include <optional>

#include "engine/plan/analyser.h"

namespace engine::spark {

/// Why the columns of an UNPIVOT do not go together; none if they do. Requires: all of them are resolved.
std::optional<SetRefusal> unpivot_refused(const Plan& p, bool ansi);

}  // namespace engine::spark
