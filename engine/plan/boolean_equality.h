// Spark's rule for a truth value beside a number (BooleanEquality): without ANSI `true = 1` asks the truth value
// itself, other numbers are compared with it as a number.
#pragma once

#include "engine/plan/functions.h"

namespace engine::spark {

/// For `=` and `<=>`. Sets `done` if the node was rewritten and typed; the result then is whether that went well.
bool boolean_equality(Typing& t, bool& done);

}  // namespace engine::spark
